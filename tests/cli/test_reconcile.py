"""`sentinel reconcile`: the stored days of a month against its invoice, over a real HTTP server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sentinel.simulator import PAST_INVOICE, Chaos, Clock, Fault, Misbilled, Row, Server, World, past_invoice
from tests.command import Command

RULES = """\
settings: {history_days: 130}
accounts:
  - {name: main, api_key: key-main, currency: USD}
"""
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
LAST = NOW.date().replace(day=1) - timedelta(days=1)
MONTH = (LAST.replace(day=1) - timedelta(days=1)).replace(day=1)
"""The first day of the month before the last: its days have settled, whatever the day of the month is today."""

WORLD = World.build(NOW, clusters=10, history_days=125)


def biggest_row() -> Row:
    """The dearest row of orders-prod in the month: what the planted difference is put on."""
    orders = WORLD.cluster("orders-prod").id
    rows = [row for row in WORLD.rows(NOW, MONTH, MONTH.replace(day=28)) if row.cluster_id == orders]
    return max(rows, key=lambda row: row.cost)


WRONG = biggest_row()
PLANTED = 37.41


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    """Two keys of one account: the invoices that the second one sees are wrong in one line."""
    wrong = WORLD.billed_wrongly(Misbilled(WRONG.day, WRONG.cluster_id, WRONG.product, PLANTED))
    with Server({"key-main": WORLD, "key-wrong": wrong}, clock=Clock(NOW)) as server:
        yield server


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory, api: Server) -> Command:
    """`sentinel` with the whole history of the account, which no test changes."""
    command = Command(tmp_path_factory.mktemp("pulled"), {"SENTINEL_WARPSTREAM_URL": api.url})
    command.write_rules(RULES)
    done = command("pull")
    assert done.returncode == 0, done.stderr
    return command


def records(command: Command, *options: str) -> list[dict[str, Any]]:
    """What `reconcile --json` prints: the lines, then the whole."""
    done = command("reconcile", "--month", f"{MONTH:%Y-%m}", "--json", *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def with_wrong_invoices(command: Command) -> Command:
    """The same history, asked about with the key that sees the wrong invoices."""
    rules = command.folder / "wrong.yaml"
    rules.write_text(RULES.replace("key-main", "key-wrong"), encoding="utf-8")
    return Command(command.folder, {**command.environment, "SENTINEL_RULES": str(rules)})


def test_a_month_reconciles_within_half_a_cent_a_line_over_the_invoices_own_dates(pulled: Command) -> None:
    """Every line of every cluster, and the credits and support of the account."""
    *lines, whole = records(pulled)
    assert (whole["from"], whole["to"]) == (MONTH.isoformat(), (LAST.replace(day=1) - timedelta(days=1)).isoformat())
    assert len(lines) > 25
    assert [line for line in lines if not line["reconciled"]] == []
    assert max(abs(line["difference"]) for line in lines) <= 0.015
    assert {line["line"]["product"] for line in lines if line["line"]["cluster"] is None} == {
        "Support",
        "Commit credits",
        "Free credits",
    }
    assert whole["differing_lines"] == 0
    assert (whole["days_not_covered"], whole["days_not_settled"]) == ([], [])


def test_one_line_of_the_invoice_is_off_by_at_most_half_a_cent(pulled: Command) -> None:
    """A line whose product has one price all month is one line of the invoice: its rounding is half a cent."""
    *lines, _ = records(pulled)
    orders = [line for line in lines if line["line"]["cluster"] == "orders-prod"]
    assert len(orders) >= 3
    assert all(abs(line["difference"]) <= 0.00500001 for line in orders)


def test_a_planted_difference_is_found_and_named_by_cluster_and_product(pulled: Command) -> None:
    """Exactly the planted line, by its amount; exit code 0, and 3 where it is asked for."""
    wrong = with_wrong_invoices(pulled)
    *lines, whole = records(wrong)
    (found,) = (line for line in lines if not line["reconciled"])
    assert found["line"]["cluster"] == "orders-prod"
    assert found["line"]["cluster_id"] == WRONG.cluster_id
    assert found["line"]["product"] == WRONG.product
    assert found["difference"] == pytest.approx(-PLANTED, abs=0.006)
    assert whole["differing_lines"] == 1
    month = f"{MONTH:%Y-%m}"
    assert wrong("reconcile", "--month", month, "--fail-on-difference").returncode == 3
    assert pulled("reconcile", "--month", month, "--fail-on-difference").returncode == 0


def test_without_a_terminal_only_what_differs_is_printed(pulled: Command) -> None:
    """One JSON object for each differing line, and one for the whole."""
    done = with_wrong_invoices(pulled)("reconcile", "--month", f"{MONTH:%Y-%m}")
    first, whole = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["line"]["product"], whole["differing_lines"]) == (WRONG.product, 1)


def test_missing_days_are_told_first(tmp_path: Path, api: Server) -> None:
    """A history that begins in the middle of a month cannot agree with its invoice, and says so."""
    begin = MONTH.replace(day=11)
    command = Command(tmp_path, {"SENTINEL_WARPSTREAM_URL": api.url})
    command.write_rules(RULES.replace("130", str((NOW.date() - begin).days)))
    assert command("pull").returncode == 0
    done = command("reconcile", "--month", f"{MONTH:%Y-%m}")
    missing = f"{MONTH} to {MONTH.replace(day=10)}"
    assert f"10 days of the period are not covered ({missing}): a difference is to be expected" in done.stderr
    whole = json.loads(done.stdout.splitlines()[-1])
    assert whole["days_not_covered"] == [MONTH.replace(day=day).isoformat() for day in range(1, 11)]
    assert whole["stored"] < whole["invoiced"]


def test_the_running_month_is_compared_with_the_pending_invoice(pulled: Command) -> None:
    """What has accrued on both sides is the same; that the month still runs is told."""
    done = pulled("reconcile", "--month", f"{NOW:%Y-%m}")
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout.splitlines()[-1])
    assert (whole["pending"], whole["differing_lines"]) == (True, 0)
    assert "the period still runs" in done.stderr


def test_a_saved_invoice_can_be_compared(pulled: Command) -> None:
    """Without the API: a file, or standard input."""
    invoice = past_invoice(WORLD, MONTH, NOW)
    file = pulled.folder / "invoice.json"
    file.write_text(json.dumps(invoice), encoding="utf-8")
    nowhere = {"SENTINEL_WARPSTREAM_URL": "http://127.0.0.1:9"}
    for done in (
        pulled("reconcile", "--invoice", str(file), **nowhere),
        pulled("reconcile", "--invoice", "-", stdin=file.read_bytes(), **nowhere),
    ):
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["differing_lines"] == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--month", "february"), "is no month; write 2026-02"),
        (("--account", "mian"), "there is no account mian; did you mean main?"),
        (("--invoice", "nowhere.json"), "nowhere.json cannot be read (No such file or directory)"),
    ],
)
def test_wrong_usage_is_told(pulled: Command, options: tuple[str, ...], told: str) -> None:
    """Exit code 2, and what is wrong."""
    done = pulled("reconcile", *options)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_a_month_without_an_invoice_is_told(pulled: Command) -> None:
    """The API has nothing before the account began."""
    done = pulled("reconcile", "--month", f"{date(MONTH.year - 2, 1, 1):%Y-%m}")
    assert (done.returncode, "there is no invoice for" in done.stderr) == (1, True), done.stderr


def test_an_invoice_that_cannot_be_read_is_told_with_its_place(pulled: Command) -> None:
    """A proxy's page and a broken answer are errors, and no comparison."""
    with Server({"key-main": WORLD}, clock=Clock(NOW), chaos=Chaos(always=Fault.HTML)) as broken:
        done = pulled("reconcile", SENTINEL_WARPSTREAM_URL=broken.url)
    assert (done.returncode, "web page" in done.stderr, done.stdout) == (1, True, ""), done.stderr


def test_the_invoice_is_asked_for_by_a_day_of_its_period(pulled: Command, api: Server) -> None:
    """The documented body, and one question for a month."""
    before = len(api.log)
    records(pulled)
    assert [(served.path, served.window) for served in api.log[before:]] == [(PAST_INVOICE, (MONTH.isoformat(),))]
