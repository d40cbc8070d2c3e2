from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

import pytest

from sentinel.domain.costs import AccountCharge
from sentinel.errors import BadAnswer
from sentinel.pull import decode_answer

JANUARY = date(2026, 1, 1)


def test_daily_rows_are_dated_and_added_up_by_product_and_day() -> None:
    """A product may stand more than once."""
    support = {"product": "Support", "breakdowns": [row("2026-01-01", 1.5), row("2026-01-02", 2)]}
    assert charges_of([support, {"product": "Support", "breakdowns": [row("2026-01-02", 0.25)]}]) == (
        AccountCharge("Support", JANUARY, date(2026, 1, 1), 150_000_000),
        AccountCharge("Support", JANUARY, date(2026, 1, 2), 225_000_000),
    )


def test_rows_with_only_a_total_belong_to_the_answers_month() -> None:
    """Credits are negative and are added up by product."""
    credits_ = [{"product": "Commit credits", "total": -100.00000001}, {"product": "Commit credits", "total": -1}]
    assert charges_of(credits_) == (AccountCharge("Commit credits", JANUARY, None, -10_100_000_001),)


def test_a_row_of_several_days_belongs_to_their_month() -> None:
    """A month's support fee has no day."""
    fee = {"product": "Support", "breakdowns": [row("2026-01-01", 310, date_to="2026-02-01")]}
    assert charges_of([fee]) == (AccountCharge("Support", JANUARY, None, 31_000_000_000),)


def test_a_window_of_a_whole_month_is_that_month() -> None:
    """Its end, the first of the next month, does not count."""
    charge = {"product": "Support", "total": 1}
    assert charges_of([charge], date_to="2026-02-01") == (AccountCharge("Support", JANUARY, None, 100_000_000),)


def test_a_total_of_two_months_is_left_aside_and_told(caplog: pytest.LogCaptureFixture) -> None:
    """It can be told to neither month, and a guess would be a false number."""
    charge = {"product": "Support", "total": 1}
    with caplog.at_level(logging.WARNING, "sentinel.pull"):
        assert charges_of([charge], date_to="2026-02-02") == ()
    assert "account_charges[0] (Support) was left aside" in caplog.text


@pytest.mark.parametrize(
    ("charge", "problem"),
    [
        ({"product": "p"}, 'account_charges[0]: expected "breakdowns" or "total" beside "product"'),
        ({"total": 1}, "account_charges[0].product: is missing"),
        ({"product": "p", "total": "1.5"}, 'account_charges[0].total: expected number, got "1.5"'),
        ({"product": "p", "total": 1e12}, "account_charges[0].total: expected a total within 1,000,000,000"),
        (
            {"product": "p", "breakdowns": [{"date_from": "2026-01-01", "date_to": "2026-01-02", "total": "x"}]},
            'account_charges[0].breakdowns[0].total: expected number, got "x"',
        ),
        (
            {"product": "p", "breakdowns": [{"date_from": "2026-01-01", "date_to": "2026-01-02"}]},
            "account_charges[0].breakdowns[0].total: is missing",
        ),
        (
            {"product": "p", "breakdowns": [{"date_from": "2026-01-02", "date_to": "2026-02-02", "total": 1}]},
            "account_charges[0].breakdowns[0].date_to: expected the same month as 2026-01-02, got 2026-02-02",
        ),
        ("p", 'account_charges[0]: expected an object, got "p"'),
    ],
)
def test_a_charge_of_another_shape_is_named_by_its_path(charge: object, problem: str) -> None:
    """Neither shape is documented, so a third is refused."""
    with pytest.raises(BadAnswer) as caught:
        charges_of([charge])
    assert str(caught.value).startswith(problem)


def row(day: str, total: float, *, date_to: str | None = None) -> dict[str, Any]:
    """A breakdown of one day, or up to `date_to`."""
    following = date_to or f"2026-01-{int(day[-2:]) + 1:02}"
    return {"date_from": day, "date_to": following, "quantity": 1, "total": total}


def charges_of(charges: list[Any], *, date_to: str = "2026-01-10") -> tuple[AccountCharge, ...]:
    """The account charges of an answer that begins with January and has nothing else."""
    answer = {"date_from": "2026-01-01", "date_to": date_to, "tenants": [], "account_charges": charges}
    return decode_answer(json.dumps(answer).encode()).account_charges
