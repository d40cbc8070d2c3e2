"""`sentinel backtest`: which alerts these rules would have sent."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.cli.saved import RULES, import_sixty_days
from tests.command import Command


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """`sentinel` in a folder with sixty imported days, which no test changes."""
    command = Command(tmp_path_factory.mktemp("saved"), {})
    import_sixty_days(command)
    return command


SPAN = ("--from", "2026-01-01", "--to", "2026-03-01")


def transitions(sentinel: Command, *options: str) -> list[dict[str, object]]:
    """What `backtest --json` prints."""
    done = sentinel("backtest", *SPAN, "--json", *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_planted_spike_is_the_only_thing_told(sentinel: Command) -> None:
    """Each settled day is judged once: the spike opens its alerts two days later, and two normal days end them."""
    told = [(one["moment"], one["rule"], one["transition"], one["basis"]) for one in transitions(sentinel)]
    assert told == [
        ("2026-02-22T12:00:00+00:00", "each-day", "opened", "assumed"),
        ("2026-02-22T12:00:00+00:00", "unusual", "opened", "assumed"),
        ("2026-02-24T12:00:00+00:00", "each-day", "resolved", "assumed"),
        ("2026-02-24T12:00:00+00:00", "unusual", "resolved", "assumed"),
    ]


def test_every_transition_carries_the_stable_fields(sentinel: Command) -> None:
    """Programs find the same names as in `alerts` and `evaluate`."""
    opened = next(one for one in transitions(sentinel) if one["rule"] == "unusual")
    assert (opened["kind"], opened["day"], opened["observed"], opened["channels"]) == (
        "spike",
        "2026-02-20",
        416.0,
        ["here"],
    )
    assert opened["scope"]["cluster"] == "orders"
    assert {"expected", "lower", "upper", "score", "impact", "severity", "state", "reason"} <= opened.keys()


def test_totals_and_the_count_of_days_are_told_to_people(sentinel: Command) -> None:
    """Alerts in all, a week and a rule; how it was judged goes to standard error."""
    done = sentinel("backtest", *SPAN)
    assert "2 alerts in 8.6 weeks, 0.2 a week; 4 messages" in done.stdout
    assert "0 recorded evaluations repeated, 60 settled days judged once (basis: assumed)" in done.stderr
    assert "2026-02-22 12:00  opened     #1" in done.stdout


def test_fail_on_alert_ends_with_exit_code_3(sentinel: Command) -> None:
    """For use in scripts: 3 where something would have been sent, 0 where nothing would."""
    assert sentinel("backtest", *SPAN, "--fail-on-alert").returncode == 3
    assert sentinel("backtest", "--from", "2026-02-01", "--to", "2026-02-10", "--fail-on-alert").returncode == 0


def test_another_rules_file_shows_only_what_differs(sentinel: Command) -> None:
    """The budget's alert is gone with a higher amount; the spike's is in both."""
    other = sentinel.folder / "other.yaml"
    other.write_text(RULES.replace("amount: 300", "amount: 500"), encoding="utf-8")
    (gone,) = transitions(sentinel, "--against", str(other))
    assert (gone["side"], gone["rule"], gone["day"]) == ("only_these", "each-day", "2026-02-20")
    done = sentinel("backtest", *SPAN, "--against", str(other))
    assert "1 alerts in both, 1 no longer sent (-), 0 new (+)" in done.stdout


def test_nothing_is_written(sentinel: Command) -> None:
    """A backtest leaves no evaluation, no alert and no message behind."""
    assert transitions(sentinel)
    with sqlite3.connect(sentinel.folder / "sentinel.db") as connection:
        for table in ("evaluation", "alert", "transition", "notification"):
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,)  # noqa: S608 - fixed names


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--from", "yesterday"), "is no day; write 2026-03-03"),
        (("--from", "2025-01-01", "--to", "2025-02-01"), "there is nothing to judge"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "there is nothing to judge"),
        (("--against", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_wrong_usage_is_told(sentinel: Command, options: tuple[str, ...], told: str) -> None:
    """Exit code 2, and what is wrong."""
    done = sentinel("backtest", *options)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
