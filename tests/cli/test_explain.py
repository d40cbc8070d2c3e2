"""`sentinel explain`: why a rule fired on a day, or why not."""

from __future__ import annotations

import json

import pytest

from tests.charts.drawn import read_png
from tests.cli.saved import RULES, SPIKE, cost, import_sixty_days
from tests.command import Command


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """`sentinel` in a folder with sixty imported days, which no test changes."""
    command = Command(tmp_path_factory.mktemp("saved"), {})
    import_sixty_days(command)
    return command


def explained(sentinel: Command, *arguments: str, **environment: str) -> list[dict[str, object]]:
    """What `explain --json` prints."""
    done = sentinel("explain", *arguments, "--json", **environment)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_day_that_fired_tells_its_figures_and_which_bounds_it_broke(sentinel: Command) -> None:
    """Observed, expected, band, score, days used, volume and price: the figures that decided."""
    fired, usual = explained(sentinel, "unusual", "--day", "2026-02-20")
    assert (fired["fires"], fired["reason"], fired["observed"]) == (True, "fires", cost("orders", SPIKE))
    assert fired["lower"] < fired["expected"] < fired["upper"] < fired["observed"]
    assert (fired["days_used"], fired["days_left_out"]) == (35, 0)
    excess = fired["excess"]
    assert excess["volume"] + excess["price"] == pytest.approx(fired["observed"] - fired["expected"])
    assert fired["sentence"].startswith("It fired: $416 is more than $")
    assert (usual["fires"], usual["scope"]["cluster"]) == (False, "small")


def test_a_day_without_an_alert_tells_what_it_would_have_taken(sentinel: Command) -> None:
    """The band, both minimums and the cost, in one sentence."""
    (usual,) = explained(sentinel, "unusual", "--day", "2026-02-19", "--scope", "ORDERS")
    assert usual["reason"] == "inside_band"
    sentence = usual["sentence"]
    assert "that needed more than $" in sentence
    assert "and at least $10 and 25% more than expected; it was $103 against the expected $1" in sentence


def test_an_unusual_day_below_the_minimums_says_so(sentinel: Command) -> None:
    """Outside the band is not enough."""
    other = sentinel.folder / "strict.yaml"
    other.write_text(RULES.replace("min_change: 10", "min_change: 500"), encoding="utf-8")
    (small,) = explained(sentinel, "unusual", "--day", "2026-02-20", "--scope", "orders", SENTINEL_RULES=str(other))
    assert (small["fires"], small["reason"]) == (False, "too_small")
    assert "too small a change" in small["sentence"]
    assert "at least $500 and 25% more than expected; it was $416" in small["sentence"]


@pytest.mark.parametrize(
    ("day", "reason", "told"),
    [
        ("2025-12-20", "", "watches nothing"),
        ("2026-01-01", "first_charge", "first charge"),
        ("2026-01-04", "too_young", "too young"),
        ("2026-03-05", "unknown_day", "unknown is not zero"),
    ],
)
def test_a_day_without_a_verdict_says_why(sentinel: Command, day: str, reason: str, told: str) -> None:
    """Each code of the detector in words."""
    done = sentinel("explain", "unusual", "--day", day)
    assert (done.returncode, told in done.stdout + done.stderr) == (0, True), done.stdout + done.stderr
    assert {one["reason"] for one in explained(sentinel, "unusual", "--day", day)} == ({reason} if reason else set())


def test_a_muted_day_fires_and_tells_nobody(sentinel: Command) -> None:
    """A mute hides no finding from explain."""
    mute = "mutes:\n  - {where: {cluster: orders}, from: 2026-02-20, to: 2026-02-20}\n"
    other = sentinel.folder / "muted.yaml"
    other.write_text(RULES + mute, encoding="utf-8")
    (muted,) = explained(sentinel, "unusual", "--day", "2026-02-20", "--scope", "orders", SENTINEL_RULES=str(other))
    assert (muted["fires"], muted["reason"], muted["sentence"].startswith("Muted")) == (True, "muted", True)


def test_budgets_tell_how_much_was_missing(sentinel: Command) -> None:
    """Spent of the amount, and what the next threshold needed."""
    fired, below = explained(sentinel, "each-day", "--day", "2026-02-20")
    assert fired["sentence"] == "It fired: $416 of $300 were spent, which crosses 100%"
    assert below["sentence"] == "It did not fire: $8 of $300 were spent; that needed $300, $292 more"


def test_new_spend_tells_why_nothing_is_new(sentinel: Command) -> None:
    """What was charged all along is not new; what begins with the history is not known to be."""
    assert {one["reason"] for one in explained(sentinel, "newcomers", "--day", "2026-02-20")} == {"not_new"}
    assert {one["reason"] for one in explained(sentinel, "newcomers", "--day", "2026-01-03")} == {"not_known_new"}


def test_an_imported_account_cannot_be_late(sentinel: Command) -> None:
    """Freshness is about pulls."""
    (fresh,) = explained(sentinel, "freshness", "--day", "2026-02-20")
    assert (fresh["fires"], "only ever imported" in fresh["sentence"]) == (False, True)


def test_before_it_was_pulled_a_day_is_unknown(sentinel: Command) -> None:
    """`--as-of` knows what had been pulled by then."""
    assert explained(sentinel, "unusual", "--day", "2026-02-20", "--as-of", "2026-03-09") == []


def test_the_last_sixty_days_are_drawn_with_the_band_and_the_day_marked(sentinel: Command) -> None:
    """Eight rows of bars, the highest under the spike, which is marked."""
    done = sentinel("explain", "unusual", "--day", "2026-02-20", "--scope", "orders")
    rows = done.stdout.splitlines()
    (below,) = [number for number, row in enumerate(rows) if row.rstrip().endswith("^ 2026-02-20")]
    picture = rows[below - 8 : below]
    column = rows[below].index("^")
    heights = [sum(row.ljust(column + 1)[place] in "▁▂▃▄▅▆▇█" for row in picture) for place in range(11, column + 1)]
    assert max(heights[:-1]) < heights[-1]
    assert "░" in "".join(picture)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("unusal", "--day", "2026-02-20"), "did you mean unusual?"),
        (("unusual", "--day", "2999-01-01"), "has not begun"),
        (("unusual", "--day", "soon"), "is no day"),
    ],
)
def test_wrong_usage_is_told(sentinel: Command, arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2, and the way out."""
    done = sentinel("explain", *arguments)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_a_scope_is_drawn_to_a_file(sentinel: Command) -> None:
    """`--png` writes a picture of the one shown scope beside the words."""
    done = sentinel("explain", "unusual", "--day", "2026-02-20", "--scope", "orders", "--png", "orders.png")
    assert done.returncode == 0, done.stderr
    assert "It fired" in done.stdout
    assert "drawn: orders.png" in done.stderr
    drawn = read_png((sentinel.folder / "orders.png").read_bytes())
    assert (drawn.width, drawn.height) == (1440, 560)


def test_several_scopes_are_drawn_to_numbered_files(sentinel: Command) -> None:
    """One picture for each scope, in the order in which they are shown; `--json` draws them, too."""
    done = sentinel("explain", "each-day", "--day", "2026-02-20", "--png", "scopes.png", "--json")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    first, second = ((sentinel.folder / f"scopes-{number}.png").read_bytes() for number in (1, 2))
    assert first != second
    assert not (sentinel.folder / "scopes.png").exists()


@pytest.mark.parametrize(
    ("rule", "file", "told"),
    [
        ("freshness", "fresh.png", "there is no cost to draw for rule freshness"),
        ("unusual", "no/such/folder.png", "cannot be written"),
        ("unusual", ".", "is a directory"),
    ],
)
def test_what_cannot_be_drawn_is_told(sentinel: Command, rule: str, file: str, told: str) -> None:
    """Exit code 2, and what stands in the way."""
    done = sentinel("explain", rule, "--day", "2026-02-20", "--png", file)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
