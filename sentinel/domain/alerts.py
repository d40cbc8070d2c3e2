"""A finding's life over time: alerts, their transitions, and what people say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sentinel.domain.findings import Finding, RuleKind, Severity
from sentinel.domain.scopes import Scope


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
    FIRST_CHARGE = "first_charge"
    NO_FRESH_DATA = "no_fresh_data"
    HIGHER_THRESHOLD = "higher_threshold"
    HIGHER_SEVERITY = "higher_severity"
    IMPACT_DOUBLED = "impact_doubled"
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


@dataclass(frozen=True, slots=True)
class AlertDay:
    """What was said of one day of an alert, as sent: amounts in currency."""

    day: date
    observed: float
    expected: float
    lower: float
    upper: float
    score: float


@dataclass(frozen=True, slots=True)
class Alert:
    """The state of one alert; `id` is None until the database gave it one.

    At most one alert is open per (rule, scope.key, episode). `days` are in the order of their day. `impact` sums
    observed minus expected over `days`; `told_impact` is the impact when it was last told, `told_threshold` the
    highest budget threshold told.
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

    @property
    def impact(self) -> float:
        """Observed minus expected over all days so far, in currency."""
        return sum(day.observed - day.expected for day in self.days)

    @property
    def since(self) -> date:
        """The first day that fired."""
        return self.days[0].day


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

    `matchers` maps a dimension, or `rule`, to a glob; all must match.
    """

    id: int | None
    matchers: tuple[tuple[str, str], ...]
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str
