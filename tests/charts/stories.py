"""Pictures of each kind, as they come out of verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sentinel.charts import burn_down, burn_up, movers, period, spend
from sentinel.domain.findings import RuleKind
from sentinel.domain.messages import Chart
from sentinel.domain.periods import Period, PeriodKind, days_to, period_of
from sentinel.domain.pictures import (
    BurnDay,
    BurnDown,
    BurnUp,
    DayCost,
    ForecastDay,
    Level,
    Mover,
    Movers,
    PeriodCourse,
    SpendCourse,
    SpendDay,
    UsedUp,
)
from sentinel.domain.scopes import Dimension, Place, Scope

ACCOUNT = Place(Dimension.ACCOUNT, "main", "main")
WRITTEN = Place(Dimension.PRODUCT_FAMILY, "Uncompressed GiB written", "Uncompressed GiB written")
LAST = date(2026, 3, 3)
NOVEMBER = period_of(PeriodKind.MONTH, date(2026, 11, 1))
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'name' \x1b[31m\r\n\u202e\x00 ${datum.cost} {{signal}}"


def cluster(name: str) -> Scope:
    """What one cluster writes."""
    return Scope((ACCOUNT, Place(Dimension.CLUSTER, f"vci_{name}", name), WRITTEN))


def spike(days: int = 60) -> SpendCourse:
    """A course with a spike on its last two days, which can still grow, an older one, unknown days and muted ones."""
    first = LAST - timedelta(days=days - 1)
    return SpendCourse(
        rule="cluster-product",
        kind=RuleKind.SPIKE,
        scope=cluster("orders-prod"),
        currency="USD",
        days=tuple(_day(first + timedelta(days=number), days - 1 - number) for number in range(days)),
    )


def _day(day: date, before_last: int) -> SpendDay:
    expected = 210.0 if day.weekday() < 5 else 150.0
    usual = expected * (1 + 0.04 * ((day.toordinal() * 7) % 5 - 2))
    if before_last in (28, 29):
        return SpendDay(day, None, settled=False)
    cost = {0: 640.0, 1: 595.0, 18: 420.0, 19: 410.0, 39: 402.0}.get(before_last, usual)
    return SpendDay(
        day=day,
        cost=cost,
        expected=expected if before_last < 50 else None,
        lower=expected * 0.86 if before_last < 50 else None,
        upper=expected * 1.17 if before_last < 50 else None,
        settled=before_last > 1,
        fires=before_last in (0, 1, 18, 19, 39),
        muted=before_last in (18, 19),
    )


def daily() -> SpendCourse:
    """A daily budget that four days went over."""
    judged = spike()
    days = tuple(
        SpendDay(one.day, one.cost, settled=one.settled, fires=(one.cost or 0.0) >= 400.0) for one in judged.days
    )
    return replace(judged, rule="each-cluster", kind=RuleKind.BUDGET, days=days, level=400.0)


def new() -> SpendCourse:
    """A cluster that began three days ago."""
    days = tuple(
        SpendDay(one.day, 12.0 + number if number >= 57 else 0.0, settled=number < 58, fires=number >= 57)
        for number, one in enumerate(spike().days)
    )
    return replace(spike(), rule="new-cluster", kind=RuleKind.NEW_SPEND, days=days, level=5.0)


def quiet() -> SpendCourse:
    """A scope that cost nothing on any day."""
    return replace(spike(3), days=tuple(SpendDay(one.day, 0.0) for one in spike(3).days))


def month(days: int = 21) -> BurnUp:
    """The budget of the whole account in November, as far as it is known."""
    spent = [9812.0 / 21 * number + 30.0 * (number % 3) for number in range(1, days + 1)]
    return BurnUp(
        rule="whole-account",
        scope=Scope((ACCOUNT,)),
        currency="USD",
        period=NOVEMBER,
        amount=12000.0,
        levels=(Level(6000.0, "50%"), Level(9600.0, "80%"), Level(12000.0, "100%")),
        days=tuple(
            BurnDay(date(2026, 11, number), amount, settled=number < days - 1)
            for number, amount in enumerate(spent, start=1)
        ),
    )


def foreseen() -> BurnUp:
    """The same with a forecast to its end."""
    known = month()
    newest = known.days[-1]
    ahead = range(1, (NOVEMBER.last - newest.day).days + 1)
    return replace(
        known,
        forecast=tuple(
            ForecastDay(
                day=newest.day + timedelta(days=number),
                median=newest.spent + 467.0 * number,
                lower=newest.spent + 467.0 * number - 120.0 * number**0.5,
                upper=newest.spent + 467.0 * number + 160.0 * number**0.5,
            )
            for number in ahead
        ),
    )


def gaps(days: int = 10) -> BurnUp:
    """A month of which two days are unknown."""
    known = month(days)
    return replace(known, days=tuple(replace(one, known=one.day.day not in (4, 5)) for one in known.days))


def commitment(days: int = 184) -> BurnDown:
    """A commitment of a year that goes faster than it should, as far as it is known; with a forecast to its end."""
    term = Period(date(2026, 1, 1), date(2026, 12, 31))
    spent = [270.25 * n + 0.36 * n * n + 43.0 * (n % 7) for n in range(1, days + 1)]
    newest = term.first + timedelta(days=days - 1)
    ahead = [*range(3, (term.last - newest).days, 3), (term.last - newest).days]
    return BurnDown(
        rule="2026-commit",
        scope=Scope((ACCOUNT,)),
        currency="USD",
        term=term,
        amount=100_000.0,
        before=0.0,
        days=tuple(BurnDay(term.first + timedelta(days=n), one, settled=n < days - 2) for n, one in enumerate(spent)),
        forecast=tuple(
            ForecastDay(newest + timedelta(days=n), *(spent[-1] + rate * n for rate in (376.2, 333.2, 417.6)))
            for n in ahead
        ),
        used_up=UsedUp(date(2026, 10, 12), date(2026, 10, 2), date(2026, 10, 25)),
    )


def lasting() -> BurnDown:
    """One of which something will be left; what was used in its first month is known in one sum only."""
    whole = commitment()
    slower = tuple(replace(one, spent=one.spent * 0.6) for one in whole.days)
    newest = slower[-1].spent
    ahead = (date(2026, 9, 30), date(2026, 12, 31))
    forecast = tuple(ForecastDay(day, newest * 1.5, newest * 1.35, newest * 1.7) for day in ahead)
    return replace(whole, before=slower[30].spent, days=slower[31:], forecast=forecast, used_up=None)


def overspent() -> BurnDown:
    """One that is gone; nothing is foreseen."""
    gone = replace(commitment(300), forecast=())
    on = next(one.day for one in gone.days if one.spent >= gone.amount)
    return replace(gone, used_up=UsedUp(on, on, on))


def moves() -> Movers:
    """Alerts that are told together; two clusters bear one name."""
    return Movers(
        title="The largest of 12 moves",
        currency="USD",
        before="expected",
        after="seen",
        movers=(
            Mover(cluster("orders-prod"), 210.0, 640.0),
            Mover(cluster("orders-prod"), 197.5, 12.5),
            Mover(cluster("load-test"), 10.0, 90.0),
            Mover(cluster("a-cluster-whose-name-is-longer-than-any-picture"), 100.0, 62.0),
        ),
        left_out=8,
    )


def two_weeks() -> PeriodCourse:
    """Sixty days, the last week and the one before, an unknown day, and the last two still growing."""
    days = tuple(DayCost(one.day, one.cost, settled=one.settled) for one in spike().days)
    week_before = days_to(LAST - timedelta(days=7), 7)
    return PeriodCourse("Cost a day", "USD", days, days_to(LAST, 7), week_before, "this week", "the week before")


def charts() -> dict[str, Chart]:
    """Every chart whose specification is kept, by its name."""
    return {
        "spend-spike": spend(spike()),
        "spend-daily-budget": spend(daily()),
        "spend-new": spend(new()),
        "spend-nothing": spend(quiet()),
        "spend-hostile": spend(replace(spike(3), rule=HOSTILE, scope=cluster(HOSTILE))),
        "burn-up": burn_up(month()),
        "burn-up-forecast": burn_up(foreseen()),
        "burn-up-gaps": burn_up(gaps()),
        "burn-down": burn_down(commitment()),
        "burn-down-lasting": burn_down(lasting()),
        "burn-down-used-up": burn_down(overspent()),
        "period": period(two_weeks()),
        "period-hostile": period(replace(two_weeks(), title=HOSTILE, told_as=HOSTILE)),
        "movers": movers(moves()),
        "movers-hostile": movers(replace(moves(), title=HOSTILE, movers=(Mover(cluster(HOSTILE), 1.0, 2.0),))),
    }
