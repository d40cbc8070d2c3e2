"""How a change of an alert is told: with the figures that are then the last told, and when it is told again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sentinel.domain.alerts import Alert, AlertState, Mark, MarkKind, Reason, Transition, TransitionKind
from sentinel.domain.findings import Finding
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.tracks import Track

_CLOSING_STATE = {
    TransitionKind.WITHDRAWN: AlertState.WITHDRAWN,
    TransitionKind.RESOLVED: AlertState.RESOLVED,
    TransitionKind.EXPIRED: AlertState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Followed:
    """How an open alert stands now: its new state, and the transition that brought it there, if one is to be told."""

    alert: Alert
    transition: Transition | None


def threshold_of(finding: Finding) -> str | None:
    """The highest threshold that a budget's finding has crossed, or that is foreseen; of an outlook its stage."""
    if finding.outlook is not None:
        return finding.outlook.stage.value
    standing = finding.budget
    if standing is None:
        return None
    return standing.crossed[0] if standing.crossed else f"forecast {standing.foreseen[0]}"


def tell(alert: Alert, kind: TransitionKind, reason: Reason, moment: datetime, *, before: Alert) -> Followed:
    """Tell how an open alert stands now."""
    told = replace(alert, told_at=moment, told_impact=alert.impact, told_threshold=threshold_of(alert.finding))
    return Followed(told, Transition(kind, reason, told, moment, before))


def close(
    alert: Alert, kind: TransitionKind, reason: Reason, moment: datetime, *, before: Alert | None = None
) -> Followed:
    """End an alert."""
    closed = replace(alert, state=_CLOSING_STATE[kind], closed_at=moment, told_at=moment)
    return Followed(closed, Transition(kind, reason, closed, moment, before or alert))


def remind(
    now: Alert, before: Alert, track: Track, moment: datetime, *, silence_ended: bool, around: RuleContext
) -> Followed:
    """Tell it again when a silence over it has ended, or `remind_every` has passed; only while it fires now."""
    if not track.fires_now or _is_quieted(before, around.marks, moment):
        return Followed(now, None)
    if silence_ended:
        return tell(now, TransitionKind.REMINDED, Reason.SILENCE_ENDED, moment, before=before)
    if moment - before.told_at >= around.remind_every:
        return tell(now, TransitionKind.REMINDED, Reason.STILL_FIRING, moment, before=before)
    return Followed(now, None)


def _is_quieted(alert: Alert, marks: tuple[Mark, ...], moment: datetime) -> bool:
    """Acknowledged, or snoozed for now: whoever said so needs no reminder."""
    return any(
        mark.alert_id == alert.id
        and (
            mark.kind is MarkKind.ACKNOWLEDGED
            or (mark.kind is MarkKind.SNOOZED and mark.until is not None and moment < mark.until)
        )
        for mark in marks
    )
