from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert, MarkKind
from sentinel.domain.pictures import BurnDown, BurnUp, SpendCourse
from sentinel.evaluate import Picture, Survey, explain, moves_of, picture_of, pictures_of
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, only, series

FIRST = date(2026, 1, 1)
DAY = timedelta(days=1)
ORDERS, OTHER = series("orders"), series("other")
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "spikes": [{"name": "unusual", "per": ["cluster"], "direction": "both"}],
        "budgets": [
            {"name": "month", "amount": 3000, "period": "month"},
            {"name": "each-day", "amount": 150, "period": "day", "per": ["cluster"]},
        ],
        "new_spend": [{"name": "newcomers", "per": ["cluster"], "min_daily": 5}],
        "commitments": [{"name": "commit", "amount": 9000, "from": "2026-01-05", "to": "2026-04-30"}],
    }
)
SPIKE_DAY = FIRST + 60 * DAY


def usual(number: int) -> float:
    """A little more on each day of the week."""
    return 100.0 + 2.0 * ((FIRST + number * DAY).weekday())


def story(*rules: str) -> Story:
    """Sixty usual days of two clusters, then one four times as expensive, and a usual one that has just begun."""
    costs = [usual(number) for number in range(62)]
    costs[60] *= 4
    history = History(FIRST).spend(ORDERS, FIRST, costs).spend(OTHER, FIRST, [usual(n) / 4 for n in range(62)])
    history.missing.add(FIRST + 40 * DAY)
    return Story(history, RULES.only({*rules}))


def pictures(told: Story, *alerts: Alert) -> dict[int, Picture]:
    """The pictures of alerts as they stand at the story's last moment."""
    moment = told.pulls[-1]
    matrix = told.history.seen_at(moment, told.pulls)
    states = {"main": AccountState("main", ready=True)}
    return pictures_of(alerts, matrix, told.rules, tuple(told.marks), states, moment, Survey(matrix, told.rules))


def opened(told: Story, rule: str, evaluations: int = 4) -> Alert:
    """The alert of a rule after daily evaluations that end two days after the spike."""
    for back in range(evaluations - 1, -1, -1):
        told.evaluate(at(SPIKE_DAY + 2 * DAY - back * DAY))
    (alert,) = (one for one in told.alerts if one.rule == rule)
    return alert


def course_of(told: Story, alert: Alert) -> SpendCourse:
    """The picture of a course."""
    picture = pictures(told, alert)[alert.id or 0]
    assert isinstance(picture, SpendCourse)
    return picture


def test_a_spikes_picture_shows_what_decided() -> None:
    """The marked day has the figures of the alert, and every judged day its own range."""
    told = story("unusual")
    alert = opened(told, "unusual")
    course = course_of(told, alert)
    by_day = {one.day: one for one in course.days}
    (day,) = alert.days
    shown = by_day[day.day]
    assert (shown.cost, shown.expected, shown.lower, shown.upper) == (day.observed, day.expected, day.lower, day.upper)
    assert [one.day for one in course.days if one.fires] == [SPIKE_DAY]
    judged = [one for one in course.days if one.upper is not None]
    assert len(judged) > 40
    for one in judged:
        assert one.fires == (one.cost is not None and one.upper is not None and one.cost > one.upper)


def test_a_picture_ends_with_the_newest_known_day_and_is_sixty_days_long() -> None:
    """The running day is not known yet: nothing of it is drawn; a gap before it is."""
    told = story("unusual")
    told.history.missing.add(SPIKE_DAY + 2 * DAY)
    course = course_of(told, opened(told, "unusual"))
    assert (len(course.days), course.days[-1].day) == (60, SPIKE_DAY + DAY)
    assert [one.day for one in course.days if one.cost is None] == [FIRST + 40 * DAY]
    assert [one.settled for one in course.days[-4:]] == [True, True, True, False]


def test_pictures_of_some_alerts_are_those_of_an_explanation_of_everything() -> None:
    """Only the series of the alert are judged again, with the same outcome."""
    told = story("unusual")
    alert = opened(told, "unusual")
    moment = told.pulls[-1]
    matrix = told.history.seen_at(moment, told.pulls)
    rule = told.rules.named("unusual")
    assert rule is not None
    all_scopes = explain(rule, matrix, told.rules, (), {}, moment)
    assert len(all_scopes) == 2
    (explained,) = (one for one in all_scopes if one.scope == alert.scope)
    assert picture_of(rule, explained) == course_of(told, alert)


def test_a_mark_counts_in_the_picture() -> None:
    """What a person called the new normal is drawn as the new normal."""
    told = story("unusual")
    alert = opened(told, "unusual")
    told.mark(MarkKind.EXPECTED, at(SPIKE_DAY + 2 * DAY), new_level=True)
    course = course_of(told, alert)
    assert not any(one.fires for one in course.days)


def test_muted_days_are_shown_as_muted() -> None:
    """They are drawn, and are no marked days."""
    told = story("unusual")
    alert = opened(told, "unusual")
    mute = {"where": {"cluster": "orders"}, "from": str(SPIKE_DAY), "to": str(SPIKE_DAY)}
    told.rules = Rules.model_validate(
        {**RULES.model_dump(mode="json", by_alias=True, exclude_unset=True), "mutes": [mute]}
    )
    course = course_of(told, alert)
    assert [one.day for one in course.days if one.muted] == [SPIKE_DAY]


def test_a_budgets_picture_adds_up_to_what_was_told() -> None:
    """The last day's sum is the alert's figure; days without an answer add nothing and are named."""
    told = story("month")
    told.history.missing = {FIRST + 33 * DAY}
    told.evaluate(at(date(2026, 2, 20)))
    (alert,) = told.alerts
    burn = pictures(told, alert)[alert.id or 0]
    assert isinstance(burn, BurnUp)
    assert burn.days[-1].spent == pytest.approx(alert.finding.observed)
    assert burn.period == alert.finding.budget.period if alert.finding.budget else None
    assert [one.day for one in burn.days if not one.known] == [FIRST + 33 * DAY]
    assert [level.name for level in burn.levels] == ["50%", "80%", "100%"]
    assert burn.days[0].day == date(2026, 2, 1)
    assert [one.settled for one in burn.days] == sorted((one.settled for one in burn.days), reverse=True)
    assert not burn.days[-1].settled


def test_a_period_that_is_over_is_drawn_to_its_end_and_no_further() -> None:
    """An alert of February that is told in March shows February."""
    told = story("month")
    told.evaluate(at(date(2026, 2, 20)))
    told.evaluate(at(date(2026, 3, 3)))
    alert = next(one for one in told.alerts if one.finding.budget and one.finding.budget.period.first.month == 2)
    burn = pictures(told, alert)[alert.id or 0]
    assert isinstance(burn, BurnUp)
    assert (burn.days[0].day, burn.days[-1].day) == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_commitments_picture_ends_where_its_alert_says() -> None:
    """What is spent, the end of its term and the day on which nothing is left are those that were told."""
    told = story("commit")
    told.history.missing = set()
    told.evaluate(at(SPIKE_DAY + DAY))
    (alert,) = told.alerts
    outlook, burn = alert.finding.outlook, pictures(told, alert)[alert.id or 0]
    assert outlook is not None
    assert isinstance(burn, BurnDown)
    assert (burn.amount, burn.before) == (9000.0, 0.0)
    assert [one.day for one in burn.days[:: len(burn.days) - 1]] == [date(2026, 1, 5), alert.finding.day]
    assert burn.days[-1].spent == pytest.approx(outlook.spent)
    last = burn.forecast[-1]
    assert (last.day, last.median, last.lower, last.upper) == (
        date(2026, 4, 30),
        outlook.projected,
        outlook.projected_least,
        outlook.projected_most,
    )
    assert burn.used_up is not None
    end = burn.used_up
    assert (end.day, end.earliest, end.latest) == (outlook.exhausted_on, outlook.earliest, outlook.latest)
    told.history.missing = {FIRST + 30 * DAY}
    assert pictures(told, alert) == {}


def test_a_daily_budgets_picture_has_its_amount_as_a_line() -> None:
    """Days from the amount on are marked; there is no range of expected costs."""
    told = story("each-day")
    course = course_of(told, opened(told, "each-day"))
    assert course.level == 150
    assert [one.day for one in course.days if one.fires] == [SPIKE_DAY]
    assert all(one.upper is None for one in course.days)


def test_new_spend_is_drawn_from_its_first_charge() -> None:
    """The days since then are marked, those before it cost nothing and are known."""
    told = story("newcomers")
    told.history.missing.clear()
    told.history.spend(series("young"), SPIKE_DAY, [20.0, 21.0, 22.0])
    told.evaluate(at(SPIKE_DAY + 2 * DAY))
    (alert,) = told.alerts
    course = course_of(told, alert)
    assert [one.day for one in course.days if one.fires] == [SPIKE_DAY + n * DAY for n in range(3)]
    assert course.days[0].cost == 0.0


def test_what_has_no_picture_is_left_out() -> None:
    """The age of the data is no cost, and a rule that is gone judges nothing."""
    told = story("unusual")
    alert = opened(told, "unusual")
    gone = replace(alert, id=7, rule="removed")
    fresh = replace(alert, id=8, rule="freshness")
    assert set(pictures(told, alert, gone, fresh)) == {alert.id}


def test_moves_of_alerts_are_ordered_by_size_and_compared_within_one_currency() -> None:
    """The most frequent currency is shown; one move alone is no comparison."""
    told = story("unusual")
    alert = only_alert(told)
    dearer = replace(alert, finding=replace(alert.finding, observed=alert.finding.observed + 50))
    foreign = replace(alert, finding=replace(alert.finding, currency="EUR", observed=9999.0))
    budget = opened(story("each-day"), "each-day")
    moved = moves_of([alert, dearer, foreign, budget])
    assert moved is not None
    assert (moved.currency, moved.left_out) == ("USD", 0)
    assert [mover.after for mover in moved.movers] == [dearer.finding.observed, alert.finding.observed]
    assert moves_of([alert, budget]) is None
    assert moves_of([alert] * 12).left_out == 2  # type: ignore[union-attr] - twelve moves have a picture


def only_alert(told: Story) -> Alert:
    """The alert that the first evaluation after the spike opens."""
    told.evaluate(at(SPIKE_DAY))
    return only(told.evaluate(at(SPIKE_DAY + DAY))).alert if not told.alerts else told.alerts[0]
