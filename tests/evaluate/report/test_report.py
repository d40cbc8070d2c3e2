"""What a report says of small histories written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from sentinel.domain.alerts import Alert, AlertState, Teller
from sentinel.domain.findings import RuleKind
from sentinel.domain.matrix import DatedCharge
from sentinel.domain.periods import Period, PeriodKind
from sentinel.domain.reports import Report
from sentinel.evaluate import Inquiry, TwoPeriods, decide, latest, make_report, on_day
from sentinel.rules.model import Rules, Weekday, Where
from tests.evaluate.history import History, at, series

ORDERS, EVENTS = series("orders"), series("events", workspace="wi_2", workspace_name="staging")
READ = series("orders", "Compressed GiB read")
MONDAY = date(2026, 3, 2)
WEEKS_AGO = MONDAY - timedelta(days=28)
MORNING = at(MONDAY, 9)
WEEK = Inquiry("weekly", PeriodKind.WEEK)


def rules(**more: Any) -> Rules:
    """Rules of one account."""
    return Rules.model_validate({"accounts": [{"name": "main", "api_key": "k"}], **more})


def report(
    history: History,
    inquiry: Inquiry = WEEK,
    moment: datetime = MORNING,
    charges: tuple[DatedCharge, ...] = (),
    alerts: tuple[Alert, ...] = (),
    **more: Any,
) -> Report:
    """The last report on a history that is pulled every morning."""
    said = rules(**more)
    pulls = [at(history.first_day + timedelta(days=number), 8) for number in range(200)]
    matrix = history.seen_at(moment, [pull for pull in pulls if pull <= moment])
    matrix = type(matrix)(
        **{name: getattr(matrix, name) for name in matrix.__slots__ if name != "account_charges"},
        account_charges=charges,
    )
    periods = latest(inquiry, moment.date(), said.settings.week_start)
    return make_report(inquiry, periods, matrix, said, {}, alerts, moment)


def two_weeks(before: float, after: float) -> History:
    """A cluster that costs so much a day before the told week, and in it."""
    return History(WEEKS_AGO).spend(ORDERS, WEEKS_AGO, [before] * 21 + [after] * 7 + [1.0])


@pytest.mark.parametrize(
    ("inquiry", "today", "told", "before", "so_far"),
    [
        ("day", "2026-03-01", "2026-02-28", "2026-02-27", False),
        ("week", "2026-03-02", "2026-02-23 to 2026-03-01", "2026-02-16 to 2026-02-22", False),
        ("week", "2026-03-08", "2026-02-23 to 2026-03-01", "2026-02-16 to 2026-02-22", False),
        ("month", "2028-03-01", "2028-02-01 to 2028-02-29", "2028-01-01 to 2028-01-31", False),
        ("month", "2026-01-03", "2025-12-01 to 2025-12-31", "2025-11-01 to 2025-11-30", False),
        ("week so far", "2026-03-05", "2026-03-02 to 2026-03-04", "2026-02-23 to 2026-02-25", True),
        ("week so far", "2026-03-02", "2026-02-23 to 2026-03-01", "2026-02-16 to 2026-02-22", False),
        ("month so far", "2026-03-31", "2026-03-01 to 2026-03-30", "2026-02-01 to 2026-02-28", True),
    ],
)
def test_the_last_period(inquiry: str, today: str, told: str, before: str, so_far: bool) -> None:
    """The one that has ended, or so far the running one against as many days of the one before."""
    asked = Inquiry("", PeriodKind(inquiry.partition(" ")[0]), so_far=inquiry.endswith("so far"))
    periods = latest(asked, date.fromisoformat(today), Weekday.MONDAY)
    assert (str(periods.told), str(periods.before), periods.so_far) == (told, before, so_far)


def test_the_period_of_a_day() -> None:
    """Whole where it has ended, up to yesterday where it runs, nothing where it has not begun before today."""
    today = date(2026, 3, 5)
    week = on_day(WEEK, date(2026, 2, 1), today, Weekday.SUNDAY)
    assert week == TwoPeriods(Period(date(2026, 2, 1), date(2026, 2, 7)), Period(date(2026, 1, 25), date(2026, 1, 31)))
    running = on_day(WEEK, today, today, Weekday.MONDAY)
    assert running is not None
    assert (str(running.told), running.so_far) == ("2026-03-02 to 2026-03-04", True)
    assert on_day(WEEK, today, today, Weekday.THURSDAY) is None


def test_a_week_against_the_one_before() -> None:
    """All that was spent, and volume and price add up to the change."""
    told = report(two_weeks(100.0, 130.0))
    assert (told.spend.usage, told.before.usage) == (910.0, 700.0)
    assert told.compared is not None
    whole = told.compared.whole
    assert (whole.change, whole.volume, whole.price) == (210.0, 210.0, 0.0)
    assert whole.share == pytest.approx(0.3)
    assert not told.compared.by_day


def test_days_that_can_grow_are_counted() -> None:
    """On Monday morning Saturday and Sunday are not settled, and no day is unknown."""
    told = report(two_weeks(100.0, 100.0))
    assert (told.spend.unsettled_days, told.spend.unknown, told.spend.known_days) == (2, (), 7)


def test_a_price_that_changed_is_told_apart() -> None:
    """The same quantity at a higher price is price and no volume, for the cluster and in all."""
    history = two_weeks(100.0, 150.0)
    matrix = history.seen_at(at(MONDAY, 9), [])
    quantity = np.where(matrix.cost == 150.0, matrix.cost / 0.03, matrix.quantity)
    dearer = type(matrix)(
        **{name: getattr(matrix, name) for name in matrix.__slots__ if name != "quantity"}, quantity=quantity
    )
    periods = latest(WEEK, MONDAY, Weekday.MONDAY)
    told = make_report(WEEK, periods, dearer, rules(), {}, (), at(MONDAY, 9))
    assert told.compared is not None
    moved = told.compared.clusters.scopes[0].moved
    assert (round(moved.price, 6), round(moved.volume, 6)) == (350.0, 0.0)
    assert round(told.compared.whole.price, 6) == 350.0


def test_an_unknown_day_is_never_a_day_of_nothing() -> None:
    """The sum is without it, it is named, and days are compared with days."""
    history = two_weeks(100.0, 100.0)
    history.missing.add(date(2026, 2, 25))
    told = report(history)
    assert (told.spend.usage, told.spend.unknown, told.spend.known_days) == (600.0, (date(2026, 2, 25),), 6)
    assert told.compared is not None
    assert told.compared.by_day
    assert told.compared.whole.change == 0.0


def test_nothing_is_known_of_the_period_before() -> None:
    """A history that begins with the told week compares nothing."""
    told = report(History(date(2026, 2, 23)).spend(ORDERS, date(2026, 2, 23), [10.0] * 8))
    assert (told.spend.usage, told.compared, told.top) == (70.0, None, None)
    assert len(told.before.unknown) == 7


def test_months_of_different_length_are_compared_by_the_day() -> None:
    """A February at the same rate as January is no saving."""
    history = History(date(2026, 1, 1)).spend(ORDERS, date(2026, 1, 1), [10.0] * 62)
    told = report(history, Inquiry("m", PeriodKind.MONTH), at(date(2026, 3, 3), 9))
    assert (told.before.usage, told.spend.usage) == (310.0, 280.0)
    assert told.compared is not None
    assert (told.compared.by_day, told.compared.whole.change) == (True, 0.0)


def test_movers_are_the_largest_first_whichever_way() -> None:
    """Clusters and product families, with what was not there before; what did not move is left out."""
    history = two_weeks(100.0, 60.0)
    history.spend(READ, WEEKS_AGO, [5.0] * 29)
    history.spend(EVENTS, date(2026, 2, 23), [20.0] * 7)
    told = report(history)
    assert told.compared is not None
    clusters = [(str(one.scope.places[-1]), one.moved.change, one.moved.share) for one in told.compared.clusters.scopes]
    assert clusters == [("orders", -280.0, pytest.approx(-280 / 735)), ("events", 140.0, None)]
    assert [str(one.scope.places[-1]) for one in told.compared.products.scopes] == ["Uncompressed GiB written"]
    assert told.top is not None
    assert [one.change for one in told.top.movers] == [-280.0, 140.0]


def test_one_team_s_report_tells_of_its_part_alone() -> None:
    """Its series, the budgets that lie wholly in it, the alerts about it, and no charges of the account."""
    history = two_weeks(100.0, 100.0).spend(EVENTS, WEEKS_AGO, [10.0] * 29)
    inquiry = Inquiry("staging", PeriodKind.WEEK, where=Where(workspace=("staging",)))
    credit = DatedCharge("main", "credits", date(2026, 2, 1), date(2026, 2, 24), -50.0)
    budgets = [
        {"name": "all", "amount": 9000, "period": "week"},
        {"name": "each", "amount": 100, "period": "week", "per": ["cluster"]},
        {"name": "stage", "amount": 70, "period": "week", "where": {"workspace": "staging"}},
    ]
    told = report(history, inquiry, charges=(credit,), budgets=budgets)
    assert (told.spend.usage, told.part, told.spend.charges) == (70.0, " where workspace staging", None)
    lines = [(line.rule, line.running, line.spent, line.amount) for line in told.budgets.lines]
    assert lines == [
        ("each", False, 70.0, 100.0),
        ("each", True, 10.0, 100.0),
        ("stage", False, 70.0, 70.0),
        ("stage", True, 10.0, 70.0),
    ]


def test_net_stands_beside_usage_where_the_charges_are_those_of_the_period() -> None:
    """Dated credits are known by the day; undated ones only of whole months."""
    history = History(date(2026, 1, 1)).spend(ORDERS, date(2026, 1, 1), [10.0] * 62)
    credit = DatedCharge("main", "credits", date(2026, 2, 1), date(2026, 2, 24), -50.0)
    support = DatedCharge("main", "support", date(2026, 2, 1), None, 100.0)
    week = report(history, charges=(credit,))
    assert week.spend.charges is not None
    assert (week.spend.usage, week.spend.net) == (70.0, 20.0)
    assert report(history, charges=(credit, support)).spend.charges is None
    month = report(history, Inquiry("m", PeriodKind.MONTH), charges=(credit, support))
    assert month.spend.charges is not None
    assert (month.spend.charges.credits, month.spend.charges.support, month.spend.net) == (-50.0, 100.0, 330.0)


def test_a_daily_budget_is_told_by_the_days_that_were_over_it() -> None:
    """How many of the told days, and the dearest of them; a cluster that was never over is not told."""
    costs = [100.0] * 21 + [100.0, 120.0, 130.0, 90.0, 80.0, 50.0, 50.0]
    history = History(WEEKS_AGO).spend(ORDERS, WEEKS_AGO, costs).spend(EVENTS, WEEKS_AGO, [10.0] * 28)
    budgets = [{"name": "d", "amount": 100, "period": "day", "per": ["cluster"]}]
    (line,) = report(history, budgets=budgets).budgets.lines
    assert (line.over, line.judged, line.spent, str(line.period)) == (3, 7, 130.0, "2026-02-25")


def test_a_month_that_runs_is_told_beside_the_one_that_ended_and_foretold() -> None:
    """With steady days the likely end is the rate times the days, and the chance to be over is certain."""
    history = History(date(2026, 1, 1)).spend(ORDERS, date(2026, 1, 1), [10.0] * 75)
    budgets = [{"name": "m", "amount": 250, "period": "month"}]
    told = report(history, Inquiry("m", PeriodKind.MONTH), at(date(2026, 3, 16), 9), budgets=budgets)
    ended, running = told.budgets.lines
    assert (ended.spent, ended.forecast, str(ended.period)) == (280.0, None, "2026-02-01 to 2026-02-28")
    assert running.forecast is not None
    assert running.forecast.total == pytest.approx(310.0, rel=0.02)
    assert running.forecast.above > 0.9


def test_a_budget_that_cannot_be_judged_says_why() -> None:
    """A plan without the month has no amount."""
    budgets = [{"name": "m", "plan": {"2027-01": 9}, "period": "month"}]
    (line,) = report(two_weeks(10.0, 10.0), budgets=budgets).budgets.lines
    assert (line.amount, line.share, line.missing) == (None, None, "the plan has no amount for it")


def test_many_budgets_leave_room_for_the_fullest_of_each() -> None:
    """Eight lines, of every budget at least the fullest scope; the others are counted."""
    history = two_weeks(100.0, 100.0)
    for number in range(12):
        history.spend(series(f"c{number}"), WEEKS_AGO, [30.0 + number] * 28)
    budgets = [
        {"name": "each", "amount": 100, "period": "week", "per": ["cluster"]},
        {"name": "all", "amount": 99000, "period": "month"},
    ]
    told = report(history, budgets=budgets).budgets
    assert len(told.lines) == 8
    assert told.left_out == 13 * 2 + 1 - 8
    assert {line.rule for line in told.lines} == {"each", "all"}
    ended = [line.spent for line in told.lines if line.rule == "each" and not line.running]
    assert ended == sorted(ended, reverse=True)


def test_open_alerts_are_told_the_gravest_first_and_inhibited_ones_not() -> None:
    """What another alert tells is told by that."""
    budgets = [
        {"name": "w", "amount": 10, "period": "month"},
        {"name": "c", "amount": 0.5, "period": "week", "per": ["cluster"], "severity": "critical"},
    ]
    said = rules(budgets=budgets)
    history = two_weeks(100.0, 100.0)
    moment = at(MONDAY, 9)
    matrix = history.seen_at(moment, [moment])
    opened = [transition.alert for transition in decide(matrix, (), said, (), (), {}, {}, moment).transitions]
    assert all(alert.state is AlertState.OPEN and alert.kind is RuleKind.BUDGET for alert in opened)
    told_by_another = replace(opened[0], inhibited_by=Teller(("r", "s", "e"), 7))
    told = report(history, alerts=(*opened, told_by_another), budgets=budgets)
    assert [alert.rule for alert in told.alerts] == ["c", "w"]


def test_nothing_matches() -> None:
    """A part that nothing bears costs nothing, and says that it has no series."""
    told = report(two_weeks(10.0, 10.0), Inquiry("x", PeriodKind.WEEK, where=Where(cluster=("nobody",))))
    assert (told.series, told.spend.usage) == (0, 0.0)
