"""Alerts and their transitions, as they come out of evaluations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sentinel.domain.alerts import Alert, AlertDay, AlertState, Reason, Teller, Transition, TransitionKind
from sentinel.domain.findings import (
    Basis,
    BudgetStanding,
    Contribution,
    Direction,
    Excess,
    Finding,
    RuleKind,
    Severity,
    Whole,
)
from sentinel.domain.forecasts import BudgetForecast
from sentinel.domain.messages import Fact, Message, Tone
from sentinel.domain.periods import Period, PeriodKind, period_of
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.notify import batch, compose

ACCOUNT = Place(Dimension.ACCOUNT, "main", "main")
TENANT = Place(Dimension.TENANT, "ti_1", "ti_1")
PRODUCTION = Place(Dimension.WORKSPACE, "wi_1", "production")
ORDERS = Place(Dimension.CLUSTER, "vci_1", "orders-prod")
WRITTEN = Place(Dimension.PRODUCT_FAMILY, "Uncompressed GiB written", "Uncompressed GiB written")
WHOLE_ACCOUNT = Scope((ACCOUNT,))
EVERYTHING = Scope(())
ORDERS_CLUSTER = Scope((ACCOUNT, TENANT, PRODUCTION, ORDERS))
ORDERS_WRITTEN = Scope((ACCOUNT, TENANT, PRODUCTION, ORDERS, WRITTEN))
PRODUCTION_SCOPE = Scope((ACCOUNT, TENANT, PRODUCTION))

TUESDAY = date(2026, 3, 3)
MORNING = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
ENDED = {
    TransitionKind.RESOLVED: AlertState.RESOLVED,
    TransitionKind.WITHDRAWN: AlertState.WITHDRAWN,
    TransitionKind.EXPIRED: AlertState.EXPIRED,
}


def _days(finding: Finding, earlier: tuple[float, ...]) -> tuple[AlertDay, ...]:
    count = len(earlier)
    before = tuple(
        AlertDay(finding.day - timedelta(days=count - place), cost, finding.expected, finding.lower, finding.upper, 5.0)
        for place, cost in enumerate(earlier)
    )
    last = AlertDay(finding.day, finding.observed, finding.expected, finding.lower, finding.upper, finding.score)
    return (*before, last)


def alert_of(finding: Finding, *, earlier: tuple[float, ...] = (), alert_id: int | None = 1042) -> Alert:
    """The open alert of a finding; `earlier` are the costs of the days right before it."""
    days = _days(finding, earlier)
    return Alert(
        id=alert_id,
        rule=finding.rule,
        kind=finding.kind,
        scope=finding.scope,
        episode=finding.day.isoformat(),
        severity=finding.severity,
        state=AlertState.OPEN,
        opened_at=datetime(2026, 3, 4, 7, 30, tzinfo=UTC),
        told_at=datetime(2026, 3, 4, 7, 30, tzinfo=UTC),
        told_impact=385.0,
        told_threshold=next(iter(finding.budget.crossed), None) if finding.budget else None,
        rule_fingerprint="0123456789abcdef",
        finding=finding,
        days=days,
    )


def opened(alert: Alert, moment: datetime = MORNING) -> Transition:
    """The transition that opens it, for its kind's own reason."""
    reason = {
        RuleKind.SPIKE: Reason.OUTSIDE_BAND,
        RuleKind.BUDGET: Reason.THRESHOLD_CROSSED,
        RuleKind.NEW_SPEND: Reason.FIRST_CHARGE,
        RuleKind.FRESHNESS: Reason.NO_FRESH_DATA,
        RuleKind.COMMITMENT: Reason.OFF_COURSE,
        RuleKind.CREDIT: Reason.CREDIT_ENDS,
        RuleKind.RECONCILIATION: Reason.INVOICE_DIFFERS,
    }[alert.kind]
    return Transition(TransitionKind.OPENED, reason, alert, moment)


def changed(
    alert: Alert, kind: TransitionKind, reason: Reason, *, previous: Alert | None = None, moment: datetime = MORNING
) -> Transition:
    """A later transition of an alert; it was as it is where no `previous` is given."""
    now = replace(alert, state=ENDED[kind], closed_at=moment) if kind.closes else alert
    return Transition(kind, reason, now, moment, previous or alert)


def spike(**changes: Any) -> Finding:
    """The spike of the README: orders-prod writes three times as much as on other Tuesdays."""
    finding = Finding(
        rule="cluster-product",
        kind=RuleKind.SPIKE,
        scope=ORDERS_WRITTEN,
        day=TUESDAY,
        direction=Direction.UP,
        severity=Severity.CRITICAL,
        observed=640.0,
        expected=210.0,
        lower=180.0,
        upper=245.0,
        score=7.9,
        basis=Basis.SETTLED,
        currency="USD",
        excess=Excess(volume=428.4, price=1.6, volume_percent=2.04, price_percent=0.0025),
        whole=Whole(PRODUCTION_SCOPE, 0.91),
        regions=("us-east-1",),
    )
    return replace(finding, **changes)


def drop(**changes: Any) -> Finding:
    """A cluster that costs far less than it should."""
    finding = spike(
        direction=Direction.DOWN,
        severity=Severity.WARNING,
        observed=12.5,
        score=-9.2,
        excess=Excess(volume=-197.5, price=0.0, volume_percent=-0.94, price_percent=None),
        whole=None,
        scope=ORDERS_CLUSTER,
        contributions=(
            Contribution(Scope((*ORDERS_CLUSTER.places, WRITTEN)), -150.0, 0.76),
            Contribution(
                Scope((*ORDERS_CLUSTER.places, Place(Dimension.PRODUCT_FAMILY, "m", "Cluster minutes"))), -47.5, 0.24
            ),
        ),
    )
    return replace(finding, **changes)


def monthly(spent: float = 9812.0, crossed: tuple[str, ...] = ("80%", "50%"), **changes: Any) -> Finding:
    """The budget of the whole account in November."""
    finding = Finding(
        rule="whole-account",
        kind=RuleKind.BUDGET,
        scope=EVERYTHING,
        day=date(2026, 11, 21),
        direction=Direction.UP,
        severity=Severity.CRITICAL if spent >= 12000 else Severity.WARNING,
        observed=spent,
        expected=12000.0,
        lower=0.0,
        upper=9600.0,
        score=spent / 12000.0,
        basis=Basis.UNSETTLED,
        currency="USD",
        budget=BudgetStanding(12000.0, period_of(PeriodKind.MONTH, date(2026, 11, 21)), crossed, 2, 1),
    )
    return replace(finding, **changes)


NOVEMBER_DAYS = period_of(PeriodKind.MONTH, date(2026, 11, 21))
NOVEMBER = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


def daily(**changes: Any) -> Finding:
    """A daily budget of a production cluster."""
    finding = monthly(
        spent=180.0,
        crossed=("100%",),
        rule="each-production-cluster",
        scope=ORDERS_CLUSTER,
        day=TUESDAY,
        severity=Severity.CRITICAL,
        expected=150.0,
        upper=150.0,
        score=1.2,
        basis=Basis.SETTLED,
        budget=BudgetStanding(150.0, Period(TUESDAY, TUESDAY), ("100%",), 0, 0),
    )
    return replace(finding, **changes)


def new_spend(**changes: Any) -> Finding:
    """A cluster that was never charged before."""
    finding = spike(
        rule="new-cluster",
        kind=RuleKind.NEW_SPEND,
        severity=Severity.WARNING,
        scope=ORDERS_CLUSTER,
        observed=12.0,
        expected=0.0,
        lower=0.0,
        upper=4.99,
        score=0.0,
        basis=Basis.UNSETTLED,
        excess=None,
        whole=None,
    )
    return replace(finding, **changes)


def stale(**changes: Any) -> Finding:
    """An account whose days no longer settle; figures are hours."""
    finding = Finding(
        rule="freshness",
        kind=RuleKind.FRESHNESS,
        scope=WHOLE_ACCOUNT,
        day=date(2026, 3, 5),
        direction=Direction.UP,
        severity=Severity.WARNING,
        observed=64.2,
        expected=0.0,
        lower=0.0,
        upper=60.0,
        score=1.07,
        basis=Basis.SETTLED,
        currency="USD",
        note="no day has settled",
    )
    return replace(finding, **changes)


def _rolling() -> BudgetStanding:
    return BudgetStanding(12000.0, Period(date(2026, 10, 23), date(2026, 11, 21)), ("80%",), 0, 1, rolling=True)


def _averaged() -> BudgetStanding:
    return BudgetStanding(12000.0, NOVEMBER_DAYS, ("80%",), 0, 1, made_of="the average of the last 3 periods plus 10%")


def _ahead(chance: float, total: float, crossed: tuple[str, ...] = (), foreseen: tuple[str, ...] = ()) -> Alert:
    """A budget of which something is foreseen: its total, and how likely that is to exceed the amount."""
    forecast = BudgetForecast(total, 0.94 * total, 1.07 * total, 12000.0, chance, 120.0, -80.0, 9, 2)
    spent = 6212.0 if crossed else 5210.0
    standing = BudgetStanding(12000.0, NOVEMBER_DAYS, crossed, 0, 2, foreseen=foreseen, forecast=forecast)
    return alert_of(monthly(spent, crossed, budget=standing))


def _forecasts() -> dict[str, Transition]:
    kind, why, half = TransitionKind, Reason, ("50%",)
    only, both = _ahead(0.84, 12640.0, (), ("100%",)), _ahead(0.84, 12640.0, half, ("100%",))
    lower, alone = _ahead(0.12, 11380.0, half), _ahead(0.12, 11380.0, (), ("100%",))
    standing = only.finding.budget
    over = replace(only, finding=replace(only.finding, budget=standing and replace(standing, forecast=None)))
    december = datetime(2026, 12, 3, 7, tzinfo=UTC)
    return {
        "forecast-opened": Transition(kind.OPENED, why.FORECAST_ABOVE, only, NOVEMBER),
        "forecast-escalated": changed(both, kind.ESCALATED, why.FORECAST_ABOVE, previous=lower, moment=NOVEMBER),
        "forecast-crossed": changed(both, kind.ESCALATED, why.HIGHER_THRESHOLD, previous=only, moment=NOVEMBER),
        "forecast-lower": changed(lower, kind.CORRECTED, why.FORECAST_BELOW, previous=both, moment=NOVEMBER),
        "forecast-resolved": changed(alone, kind.RESOLVED, why.FORECAST_BELOW, previous=only, moment=NOVEMBER),
        "forecast-resolved-over": changed(over, kind.RESOLVED, why.FORECAST_BELOW, previous=only, moment=december),
    }


def _crossed_higher() -> Transition:
    before = alert_of(monthly())
    now = alert_of(monthly(12100.0, ("100%", "80%", "50%"), upper=12000.0))
    return changed(now, TransitionKind.ESCALATED, Reason.HIGHER_THRESHOLD, previous=before, moment=NOVEMBER)


def _fell_below() -> Transition:
    before = alert_of(monthly())
    after = replace(before, days=(AlertDay(date(2026, 11, 21), 9512.0, 12000.0, 0.0, 9600.0, 0.79),))
    return changed(after, TransitionKind.WITHDRAWN, Reason.DATA_CHANGED, previous=before, moment=NOVEMBER)


def transitions() -> dict[str, Transition]:
    """One transition for each text that people can get, by a name that says which."""
    once, again = alert_of(spike()), alert_of(spike(), earlier=(595.0,))
    doubled = alert_of(spike(observed=1410.0), earlier=(595.0, 640.0))
    warning = replace(once, severity=Severity.WARNING)
    fell, budget, over = alert_of(drop()), alert_of(monthly()), alert_of(daily(), earlier=(160.0, 175.0))
    new, late = alert_of(new_spend()), alert_of(stale())
    kind, why = TransitionKind, Reason
    told_too = replace(again, tells_for=("account", "workspace"))
    inhibited = replace(
        alert_of(spike(rule="workspace", scope=PRODUCTION_SCOPE, whole=None), earlier=(595.0,), alert_id=1043),
        inhibited_by=Teller(once.key, once.id),
    )
    heard = replace(inhibited, inhibited_by=None)
    return {
        "spike-opened-for-three-rules": opened(told_too),
        "spike-seen-by-another-rule": changed(
            told_too, kind.REMINDED, why.SEEN_BY_ANOTHER_RULE, previous=replace(again, tells_for=("account",))
        ),
        "spike-told-after-its-teller": changed(heard, kind.REMINDED, why.TELLER_ENDED, previous=inhibited),
        "spike-told-beyond-its-teller": changed(heard, kind.ESCALATED, why.BEYOND_TELLER, previous=inhibited),
        "spike-opened": opened(again),
        "spike-opened-first-day": opened(once),
        "spike-opened-unsettled": opened(alert_of(spike(basis=Basis.UNSETTLED, excess=None, whole=None))),
        "spike-opened-from-nothing": opened(
            alert_of(spike(expected=0.0, lower=0.0, upper=9.5, whole=None, excess=Excess(640.0, 0.0, None, None)))
        ),
        "spike-assumed": opened(alert_of(spike(basis=Basis.ASSUMED), alert_id=None)),
        "spike-escalated-doubled": changed(doubled, kind.ESCALATED, why.IMPACT_DOUBLED, previous=again),
        "spike-escalated-severity": changed(once, kind.ESCALATED, why.HIGHER_SEVERITY, previous=warning),
        "spike-reminded": changed(again, kind.REMINDED, why.STILL_FIRING),
        "spike-reminded-after-silence": changed(again, kind.REMINDED, why.SILENCE_ENDED),
        "spike-corrected": changed(alert_of(spike(observed=402.0)), kind.CORRECTED, why.DATA_CHANGED, previous=once),
        "spike-withdrawn": changed(once, kind.WITHDRAWN, why.DATA_CHANGED),
        "spike-resolved": changed(again, kind.RESOLVED, why.BACK_TO_NORMAL),
        "spike-resolved-one-day": changed(once, kind.RESOLVED, why.BACK_TO_NORMAL),
        "spike-expired-new-level": changed(doubled, kind.EXPIRED, why.NEW_LEVEL),
        "spike-expired-gone": changed(again, kind.EXPIRED, why.SCOPE_GONE),
        "spike-expired-rule-removed": changed(again, kind.EXPIRED, why.RULE_REMOVED),
        "spike-expired-rule-changed": changed(again, kind.EXPIRED, why.RULE_CHANGED),
        "spike-expired-expected": changed(again, kind.EXPIRED, why.MARKED_EXPECTED),
        "spike-expired-false-alarm": changed(again, kind.EXPIRED, why.MARKED_FALSE_ALARM),
        "drop-opened": opened(fell),
        "drop-resolved": changed(fell, kind.RESOLVED, why.BACK_TO_NORMAL),
        "budget-opened": opened(budget, NOVEMBER),
        "budget-opened-amount": opened(alert_of(monthly(9100.0, ("9,000", "50%"))), NOVEMBER),
        "budget-opened-last-day": opened(budget, datetime(2026, 11, 30, 7, tzinfo=UTC)),
        "budget-opened-over": opened(budget, datetime(2026, 12, 2, 7, tzinfo=UTC)),
        "budget-opened-rolling": opened(alert_of(monthly(budget=_rolling())), NOVEMBER),
        "budget-opened-averaged": opened(alert_of(monthly(budget=_averaged())), NOVEMBER),
        "budget-escalated": _crossed_higher(),
        "budget-withdrawn": _fell_below(),
        "budget-expired": changed(budget, kind.EXPIRED, why.PERIOD_CLOSED, moment=datetime(2026, 12, 8, 7, tzinfo=UTC)),
        "budget-rule-changed": changed(budget, kind.ESCALATED, why.RULE_CHANGED, moment=NOVEMBER),
        **_forecasts(),
        "daily-opened": opened(alert_of(daily())),
        "daily-escalated-third-day": changed(over, kind.ESCALATED, why.IMPACT_DOUBLED),
        "daily-resolved": changed(over, kind.RESOLVED, why.BACK_TO_NORMAL),
        "new-spend-opened": opened(new),
        "new-spend-expired-expected": changed(new, kind.EXPIRED, why.MARKED_EXPECTED),
        "freshness-opened": opened(late),
        "freshness-opened-failing": opened(
            alert_of(stale(note="the pulls fail: the API refuses the key (401)", observed=130.0))
        ),
        "freshness-opened-kept-aside": opened(
            alert_of(
                stale(note="an answer that looks wrong is kept aside until another agrees", observed=7.0, upper=0.0)
            )
        ),
        "freshness-resolved": changed(late, kind.RESOLVED, why.BACK_TO_NORMAL),
    }


def many(count: int) -> tuple[Transition, ...]:
    """Transitions of so many alerts in one evaluation, some of them ends."""
    told = []
    for number in range(count):
        place = Place(Dimension.CLUSTER, f"vci_{number}", f"load-{number}")
        scope = Scope((ACCOUNT, TENANT, PRODUCTION, place))
        severity = Severity.CRITICAL if number % 4 == 0 else Severity.WARNING
        alert = alert_of(spike(scope=scope, severity=severity, observed=300.0 + number), alert_id=1000 + number)
        ended = number % 5 == 4
        told.append(changed(alert, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL) if ended else opened(alert))
    return tuple(told)


def hostile() -> Message:
    """A message whose names try to ping, to break lines, to forge headers and to draw on a terminal."""
    name = (
        "<!channel> & \x1b[31mred\x1b[0m\r\nBcc: everybody@example.com <script>alert(1)</script> *bold* `code` \u202e"
    )
    scope = Scope((ACCOUNT, TENANT, Place(Dimension.WORKSPACE, "w", name), Place(Dimension.CLUSTER, "c", name)))
    return compose(opened(alert_of(spike(scope=scope, whole=Whole(scope, 0.5)))))


def messages() -> dict[str, Message]:
    """Every message whose looks are kept: one of each transition, a digest, a hostile one, a bare one."""
    told = {name: compose(transition) for name, transition in transitions().items()}
    return told | {
        "digest": batch(many(12))[0],
        "hostile": hostile(),
        "notice": Message(Tone.NEUTRAL, "sentinel was started", facts=(Fact("version", "0.1.0"),)),
    }
