"""What people say of an alert, as messages: the answer in its thread, and a line below how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sentinel.domain.alerts import Alert, Mark, MarkKind
from sentinel.domain.messages import Fact, Message, Phase, Tone
from sentinel.notify.words.compose import standing, what
from sentinel.notify.words.phrases import a_day, one_line

_NO_REMINDERS = "No more reminders; what gets worse is still told"
_WHAT_FOLLOWS = {
    MarkKind.ACKNOWLEDGED: _NO_REMINDERS,
    MarkKind.SNOOZED: "No reminders until then; what gets worse is still told",
    MarkKind.EXPECTED: "The alert ends with the next evaluation, and its days teach no baseline",
    MarkKind.FALSE_ALARM: "The alert ends with the next evaluation, and is counted against its rule",
}


def answer(mark: Mark, by: str, alert: Alert, said: Sequence[Mark], *, name_account: bool = False) -> Message:
    """What the thread of an alert is told when somebody, called `by` there, has spoken on it.

    `said` are all the marks on the alert, this one included.
    """
    today = mark.at.astimezone(UTC).date()
    return Message(
        tone=Tone.NEUTRAL,
        headline=_headline(mark, by, today),
        lines=tuple(filter(None, (one_line(mark.comment), _WHAT_FOLLOWS[mark.kind]))),
        facts=_facts(alert),
        alert_ids=(mark.alert_id,),
        phase=Phase.ACKNOWLEDGED,
        standing=standing(alert, said, mark.at, name_account=name_account),
    )


def explained(alert: Alert, day: date, lines: tuple[str, ...], moment: datetime) -> Message:
    """Why an alert's rule fires on a day, or why it does not any more; it changes nothing."""
    on = a_day(day, moment.astimezone(UTC).date())
    return Message(
        tone=Tone.NEUTRAL,
        headline=f"Why: {what(alert)} on {on}",
        lines=lines,
        facts=_facts(alert),
        actions=(f"sentinel explain {one_line(alert.rule)} --day {day}",),
        alert_ids=() if alert.id is None else (alert.id,),
    )


def _headline(mark: Mark, by: str, today: date) -> str:
    who = one_line(by)
    match mark.kind:
        case MarkKind.ACKNOWLEDGED:
            return f"Acknowledged by {who}"
        case MarkKind.SNOOZED:
            until = f" until {a_day(mark.until.date(), today)}, {mark.until:%H:%M} UTC" if mark.until else ""
            return f"Snoozed by {who}{until}"
        case MarkKind.EXPECTED:
            level = ", and the new level is normal" if mark.new_level else ""
            return f"Expected, says {who}{level}"
        case MarkKind.FALSE_ALARM:
            return f"A false alarm, says {who}"


def _facts(alert: Alert) -> tuple[Fact, ...]:
    return (Fact("rule", one_line(alert.rule)), Fact("id", str(alert.id)))
