"""Reports as they come out of evaluate, with their charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sentinel.charts import movers
from sentinel.charts import period as drawn_period
from sentinel.domain.messages import Message
from sentinel.domain.periods import Period, PeriodKind
from sentinel.domain.pictures import DayCost, Mover, Movers, PeriodCourse
from sentinel.domain.reports import (
    AccountAge,
    AccountCharges,
    BudgetForecast,
    BudgetLine,
    BudgetLines,
    Comparison,
    Due,
    Moved,
    MovedScope,
    MovedScopes,
    PeriodSum,
    Report,
)
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.notify import tell_report
from tests.notify.stories import ACCOUNT, EVERYTHING, PRODUCTION, TENANT, WRITTEN, alert_of, daily, spike

MADE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TOLD = Period(date(2026, 2, 23), date(2026, 3, 1))
BEFORE = Period(date(2026, 2, 16), date(2026, 2, 22))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
THURSDAY = Period(date(2026, 2, 26), date(2026, 2, 26))
LIKELY = BudgetForecast(total=11900.0, lower=11300.0, upper=12600.0, above=0.38)


def cluster(name: str) -> Scope:
    """A cluster of the workspace production."""
    return Scope((ACCOUNT, TENANT, PRODUCTION, Place(Dimension.CLUSTER, f"vci_{name}", name)))


def course() -> PeriodCourse:
    """Sixty days up to the told week, with weekends, an unknown day, and the last two still growing."""
    days = [TOLD.last - timedelta(days=59 - number) for number in range(60)]
    return PeriodCourse(
        title="Cost a day",
        currency="USD",
        days=tuple(_cost(day) for day in days),
        told=TOLD,
        before=BEFORE,
        told_as="this week",
        before_as="the week before",
    )


def _cost(day: date) -> DayCost:
    if day == date(2026, 1, 28):
        return DayCost(day, None, settled=False)
    usual = (460.0 if day.weekday() < 5 else 330.0) * (1 + 0.03 * ((day.toordinal() * 7) % 5 - 2))
    return DayCost(day, usual * (1.12 if day in TOLD else 1.0), settled=day < date(2026, 2, 28))


def _clusters() -> MovedScopes:
    moved = (
        ("orders-prod", Moved(671.0, 981.0, 310.0, 0.0)),
        ("events-prod", Moved(449.0, 431.2, 0.0, -17.8)),
        ("search-eu", Moved(0.0, 12.4, 12.4, 0.0)),
    )
    return MovedScopes(tuple(MovedScope(cluster(name), move) for name, move in moved), left_out=4)


def _budget(rule: str, period: Period, scope: Scope = EVERYTHING, **figures: Any) -> BudgetLine:
    return BudgetLine(rule=rule, scope=scope, period=period, running=period == MARCH, **figures)


def report() -> Report:
    """A weekly report on time: one budget has ended, one runs, two alerts are open."""
    return Report(
        name="weekly",
        kind=PeriodKind.WEEK,
        so_far=False,
        part="",
        series=31,
        currency="USD",
        spend=PeriodSum(TOLD, 3412.0, 7, (), 2, AccountCharges(-400.0, 250.0)),
        before=PeriodSum(BEFORE, 3120.0, 7, (), 0),
        compared=Comparison(
            whole=Moved(3120.0, 3412.0, 310.0, -18.0),
            clusters=_clusters(),
            products=MovedScopes((MovedScope(Scope((WRITTEN,)), Moved(2510.0, 2820.0, 310.0, 0.0)),), 0),
            by_day=False,
        ),
        budgets=BudgetLines(
            (
                _budget("whole-account", FEBRUARY, spent=12312.0, amount=12000.0),
                _budget("whole-account", MARCH, spent=431.0, amount=12000.0, forecast=LIKELY),
                _budget("each-cluster", THURSDAY, cluster("orders-prod"), spent=210.0, amount=150.0, over=3, judged=7),
            ),
            left_out=9,
        ),
        alerts=(alert_of(spike(), earlier=(595.0,)), alert_of(daily(), alert_id=1043)),
        accounts=(AccountAge("main", date(2026, 3, 2), date(2026, 2, 27)),),
        course=course(),
        top=Movers(
            "What moved most, by cluster",
            "USD",
            "the week before",
            "this week",
            tuple(Mover(one.scope, one.moved.before, one.moved.after) for one in _clusters().scopes),
            4,
        ),
        made_at=MADE,
        due=Due(datetime(2026, 3, 2, 8, 0, tzinfo=UTC), "Europe/Berlin"),
    )


def late() -> Report:
    """A month of one team that waited in vain for its days, after two that nobody made."""
    whole = report()
    assert whole.compared is not None
    return replace(
        whole,
        name="payments team",
        kind=PeriodKind.MONTH,
        part=" where workspace payments",
        spend=PeriodSum(FEBRUARY, 312.4, 26, (date(2026, 2, 27), date(2026, 2, 28)), 0),
        before=PeriodSum(Period(date(2026, 1, 1), date(2026, 1, 31)), 410.0, 31, (), 0),
        compared=replace(whole.compared, whole=Moved(13.23, 12.02, -1.21, 0.0), by_day=True),
        budgets=BudgetLines(
            (
                _budget("team", FEBRUARY, spent=312.4, amount=500.0, unknown_days=2),
                _budget("planned", MARCH, spent=9.0, amount=None, missing="the plan has no amount for it"),
            ),
            0,
        ),
        alerts=(),
        accounts=(
            AccountAge(
                "main", date(2026, 2, 26), date(2026, 2, 26), datetime(2026, 2, 27, 3, 10, tzinfo=UTC), "HTTP 503"
            ),
        ),
        made_at=datetime(2026, 3, 3, 2, 30, tzinfo=UTC),
        due=Due(datetime(2026, 3, 1, 8, 0, tzinfo=UTC), "Europe/Berlin", missed=2),
    )


def young() -> Report:
    """The running month of an account that has just begun, asked for by somebody."""
    return replace(
        report(),
        name="",
        kind=PeriodKind.MONTH,
        so_far=True,
        spend=PeriodSum(Period(date(2026, 3, 1), date(2026, 3, 4)), 40.0, 4, (), 2),
        before=PeriodSum(Period(date(2026, 2, 1), date(2026, 2, 4)), 0.0, 0, (), 0),
        compared=None,
        budgets=BudgetLines((), 0),
        alerts=(),
        top=None,
        made_at=datetime(2026, 3, 5, 8, 0, tzinfo=UTC),
        due=None,
    )


def hostile() -> Report:
    """Names that try to end a table, to ping and to draw."""
    name = "``` <!channel> <b>x</b> \x1b[31mred\r\nmore, and rather a long name at that"
    whole = report()
    assert whole.compared is not None
    moved = MovedScopes((MovedScope(cluster(name), Moved(1.0, 2.0, 1.0, 0.0)),) * 2, 0)
    return replace(
        whole,
        name=name,
        part=f" where cluster {name}",
        compared=replace(whole.compared, clusters=moved),
        accounts=(replace(whole.accounts[0], account=name),),
    )


def reports() -> dict[str, Message]:
    """Every report whose looks are kept."""
    kept = {"report": report(), "report-late": late(), "report-young": young(), "report-hostile": hostile()}
    return {name: tell_report(one) for name, one in kept.items()}


def illustrated_report() -> Message:
    """The weekly report as it is sent."""
    one = report()
    assert one.top is not None
    return tell_report(one, drawn_period(one.course), movers(one.top))
