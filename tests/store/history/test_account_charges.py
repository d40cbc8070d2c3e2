"""Credits and support: by day or by billing month, in every version that a pull gave."""

from __future__ import annotations

from datetime import date, datetime

from sentinel.domain.costs import AccountCharge, Window
from sentinel.store import Database, PullReport
from tests.store.answers import Row, at, day, window
from tests.store.reading import load
from tests.store.recording import pull

MARCH = date(2026, 3, 1)
LATE = at(40)


def credit(cost: int, on: date | None = None, product: str = "Credit") -> AccountCharge:
    """A credit of March."""
    return AccountCharge(product, MARCH, on, cost)


def pulled(database: Database, moment: datetime, days: Window, *charges: AccountCharge) -> PullReport:
    """Days with one row each, and account charges."""
    return pull(database, moment, days, [Row(each, 1) for each in days.each_day()], account_charges=charges)


def charges(database: Database, as_of: datetime | None = None) -> list[tuple[str, date | None, int]]:
    """(product, day, cost in 1e-8 units) of March."""
    found = load(database, as_of=as_of).account_charges
    return [(charge.product, charge.day, round(charge.cost * 1e8)) for charge in found]


def test_dated_and_undated_charges_are_kept_apart(database: Database) -> None:
    """A credit of a day, and a support charge of the month."""
    report = pulled(database, LATE, window(0, 31), credit(-500, day(3)), credit(700, product="Support"))
    assert report.charges_changed == 2
    assert charges(database) == [("Support", None, 700), ("Credit", day(3), -500)]


def test_charges_of_one_product_and_day_are_added_up(database: Database) -> None:
    """As daily rows are."""
    pulled(database, LATE, window(0, 31), credit(-500, day(3)), credit(-20, day(3)))
    assert charges(database) == [("Credit", day(3), -520)]


def test_the_same_charges_again_change_nothing(database: Database) -> None:
    """And the report says so."""
    pulled(database, LATE, window(0, 31), credit(-500, day(3)), credit(700))
    again = pulled(database, at(41), window(0, 31), credit(-500, day(3)), credit(700))
    assert (again.charges_changed, again.changes_nothing) == (0, True)


def test_an_undated_charge_is_replaced_only_by_a_window_from_the_months_first_day(database: Database) -> None:
    """That of a part of the month would look the same."""
    pulled(database, LATE, window(0, 31), credit(700))
    part = pulled(database, at(41), window(5, 31), credit(300))
    assert (part.charges_changed, charges(database)) == (0, [("Credit", None, 700)])
    whole = pulled(database, at(42), window(0, 31), credit(900))
    assert (whole.charges_changed, charges(database)) == (1, [("Credit", None, 900)])


def test_a_month_that_comes_in_parts_is_their_sum(database: Database) -> None:
    """The first days alone do not replace what was known of more of the month."""
    pulled(database, at(20), window(0, 20), credit(700))
    newer = pulled(database, at(21), window(10, 21), credit(300))
    assert (newer.charges_changed, charges(database)) == (0, [("Credit", None, 700)])
    older = pulled(database, at(21, 1), window(0, 10), credit(450), credit(5, product="Support"))
    assert (older.charges_changed, charges(database)) == (2, [("Credit", None, 750), ("Support", None, 5)])
    assert charges(database, as_of=at(21)) == [("Credit", None, 700)]


def test_the_first_part_of_a_month_is_better_than_nothing(database: Database) -> None:
    """Until the rest of it is told, in whatever order."""
    pulled(database, LATE, window(0, 10), credit(450))
    assert charges(database) == [("Credit", None, 450)]
    pulled(database, at(41), window(10, 31), credit(300))
    assert charges(database) == [("Credit", None, 750)]


def test_a_part_without_a_charge_says_that_there_is_none(database: Database) -> None:
    """Half of a month, asked again, no longer has the charge that it had."""
    pulled(database, LATE, window(10, 31), credit(300))
    pulled(database, LATE, window(0, 10), credit(450))
    report = pulled(database, at(41), window(10, 31))
    assert (report.charges_changed, charges(database)) == (1, [("Credit", None, 450)])


def test_a_few_days_asked_again_leave_the_charge_of_the_month_alone(database: Database) -> None:
    """Also right after its first day, and until all of the month is asked for again."""
    pulled(database, LATE, window(0, 31), credit(700))
    for first, stop in ((0, 3), (3, 9), (12, 31)):
        assert pulled(database, at(41), window(first, stop), credit(10)).charges_changed == 0
    assert charges(database) == [("Credit", None, 700)]
    pulled(database, at(42), window(9, 12), credit(10))
    assert charges(database) == [("Credit", None, 40)]


def test_a_charge_that_vanishes_is_gone_and_was_there(database: Database) -> None:
    """Both kinds."""
    pulled(database, LATE, window(0, 31), credit(-500, day(3)), credit(700))
    report = pulled(database, at(42), window(0, 31))
    assert (report.charges_changed, charges(database)) == (2, [])
    assert charges(database, as_of=at(41)) == [("Credit", None, 700), ("Credit", day(3), -500)]


def test_a_dated_charge_outside_the_covered_days_is_left_aside(database: Database) -> None:
    """As a daily row is."""
    pulled(database, LATE, window(0, 5), credit(-500, day(20)))
    assert charges(database) == []


def test_an_undated_charge_of_a_month_that_began_before_the_window_is_not_shown(database: Database) -> None:
    """It stands on the first day of its month."""
    pulled(database, LATE, window(0, 31), credit(700), credit(-500, day(6)))
    matrix = load(database, window(5, 10))
    assert [(charge.day, round(charge.cost * 1e8)) for charge in matrix.account_charges] == [(day(6), -500)]
