"""A finding's life over time: alerts, their transitions, and what people say of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sentinel.domain.findings import Finding, RuleKind, Severity
from sentinel.domain.scopes import Dimension, Scope


class AlertState(StrEnum):
    """Open while it is the team's business; the others say how it ended."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class TransitionKind(StrEnum):
    """One change of an alert."""

    OPENED = "opened"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    RESOLVED = "resolved"
    EXPIRED = "expired"

    @property
    def closes(self) -> bool:
        """Whether the alert has ended with this transition."""
        return self in (TransitionKind.WITHDRAWN, TransitionKind.RESOLVED, TransitionKind.EXPIRED)


class Reason(StrEnum):
    """Why a transition happened; every transition has exactly one."""

    OUTSIDE_BAND = "outside_band"
    THRESHOLD_CROSSED = "threshold_crossed"
    FORECAST_ABOVE = "forecast_above"
    FORECAST_BELOW = "forecast_below"
    FIRST_CHARGE = "first_charge"
    NO_FRESH_DATA = "no_fresh_data"
    OFF_COURSE = "off_course"
    CREDIT_ENDS = "credit_ends"
    INVOICE_DIFFERS = "invoice_differs"
    HIGHER_THRESHOLD = "higher_threshold"
    HIGHER_SEVERITY = "higher_severity"
    IMPACT_DOUBLED = "impact_doubled"
    NEXT_STAGE = "next_stage"
    OUTLOOK_CHANGED = "outlook_changed"
    STILL_FIRING = "still_firing"
    SILENCE_ENDED = "silence_ended"
    DATA_CHANGED = "data_changed"
    RULE_CHANGED = "rule_changed"
    BACK_TO_NORMAL = "back_to_normal"
    PERIOD_CLOSED = "period_closed"
    NEW_LEVEL = "new_level"
    SCOPE_GONE = "scope_gone"
    RULE_REMOVED = "rule_removed"
    MARKED_EXPECTED = "marked_expected"
    MARKED_FALSE_ALARM = "marked_false_alarm"
    TELLER_ENDED = "teller_ended"
    BEYOND_TELLER = "beyond_teller"
    SEEN_BY_ANOTHER_RULE = "seen_by_another_rule"


@dataclass(frozen=True, slots=True)
class AlertDay:
    """What was said of one day of an alert, as sent: amounts in currency."""

    day: date
    observed: float
    expected: float
    lower: float
    upper: float
    score: float


AlertKey = tuple[str, str, str]
"""Rule, scope key and episode: at most one open alert bears it."""


@dataclass(frozen=True, slots=True)
class Teller:
    """The alert that tells what another one sees too; `alert_id` is None until the database gave it one."""

    key: AlertKey
    alert_id: int | None


@dataclass(frozen=True, slots=True)
class Alert:
    """The state of one alert; `id` is None until the database gave it one.

    At most one alert is open per (rule, scope.key, episode). `days` are in the order of their day. `impact` sums
    observed minus expected over `days`; `told_impact` is the impact when it was last told, `told_threshold` the
    highest budget threshold told. An alert that is `inhibited_by` another one is recorded and not told; `tells_for`
    are the rules of the alerts that this one is told for, `also_to` the channels that hear of it for their sake.
    """

    id: int | None
    rule: str
    kind: RuleKind
    scope: Scope
    episode: str
    severity: Severity
    state: AlertState
    opened_at: datetime
    told_at: datetime
    told_impact: float
    told_threshold: str | None
    rule_fingerprint: str
    finding: Finding
    days: tuple[AlertDay, ...]
    closed_at: datetime | None = None
    inhibited_by: Teller | None = None
    tells_for: tuple[str, ...] = ()
    also_to: tuple[str, ...] = ()

    @property
    def key(self) -> AlertKey:
        """What it is known by while it is open."""
        return self.rule, self.scope.key, self.episode

    @property
    def impact(self) -> float:
        """Observed minus expected over all days so far, in currency."""
        return sum(day.observed - day.expected for day in self.days)

    @property
    def since(self) -> date:
        """The first day that fired."""
        return self.days[0].day

    def bears(self, dimension: Dimension) -> tuple[str, ...]:
        """What it is known by in a dimension: an id and a name, or all its regions; nothing where it spans several."""
        if dimension is Dimension.REGION:
            return self.finding.regions
        place = self.scope.get(dimension)
        return (place.id, place.name) if place else ()


def with_teller_ids(alerts: Iterable[Alert], recorded: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts with the ids of tellers that were opened together with them; `recorded` have got theirs just now."""
    ids = {alert.key: alert.id for alert in recorded if alert.state is AlertState.OPEN}
    return tuple(_with_teller_id(alert, ids) for alert in alerts)


def _with_teller_id(alert: Alert, ids: dict[AlertKey, int | None]) -> Alert:
    teller = alert.inhibited_by
    if teller is None or teller.alert_id is not None:
        return alert
    return replace(alert, inhibited_by=replace(teller, alert_id=ids[teller.key]))


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of an alert and why: `alert` is how it stands afterwards."""

    kind: TransitionKind
    reason: Reason
    alert: Alert
    moment: datetime
    previous: Alert | None = None
    """How the alert stood before; None when it was opened."""


class MarkKind(StrEnum):
    """A person's word on an alert."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    EXPECTED = "expected"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Mark:
    """Who said what of which alert, and when.

    `until` is the snooze's end. `new_level` with EXPECTED makes the alert's level the normal from its first day on.
    The alert's rule, scope, episode and days are carried along, so that evaluate needs no look-up.
    """

    kind: MarkKind
    alert_id: int
    rule: str
    scope_key: str
    episode: str
    first_day: date
    last_day: date
    author: str
    at: datetime
    comment: str = ""
    until: datetime | None = None
    new_level: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """While it stands, matching notifications are not sent; it matches the moment of sending.

    `matchers` maps a dimension, or `rule`, to a name, an id or a glob; all must match. It stands from `starts_at` on,
    and no longer at `ends_at`.
    """

    id: int | None
    matchers: tuple[tuple[str, str], ...]
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str
