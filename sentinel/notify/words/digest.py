"""Messages that are told together: one heading, the gravest lines, the rest in its details."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sentinel.domain.messages import Message, Tone
from sentinel.notify.words.phrases import a_day
from sentinel.rules.model import Channel
from sentinel.rules.values import format_duration

LONG_DOWN = timedelta(hours=1)
"""What waited for longer is no news one by one."""

_SHOWN_HEADLINES = 10
_GRAVITY = (Tone.CRITICAL, Tone.WARNING, Tone.NEUTRAL, Tone.GOOD)


def fold_reason(spec: Channel, *, waiting: int, oldest: datetime | None, sent: int, moment: datetime) -> str | None:
    """Why all that waits for a channel is to be told in one message, as its headline says it; None where it is not.

    `waiting` can still be told in another way, the oldest was written at `oldest`; `sent` were taken within the span of
    the rate limit.
    """
    limit = spec.rate_limit
    if limit is not None and waiting > 1 and limit.messages - sent <= 1:
        return f"held back by the limit of {limit.messages} in {format_duration(limit.per)}"
    if spec.digest_above is None or oldest is None or waiting <= spec.digest_above:
        return None
    if moment - oldest < LONG_DOWN:
        return None
    since = oldest.astimezone(UTC)
    return f"waited for this channel since {a_day(since.date(), moment.date())} {since:%H:%M} UTC"


def together(messages: Sequence[Message], why: str) -> Message:
    """One message for them all, in their order in its details; `why` follows their number in the headline.

    Of an alert that several tell of, the heading names only how it stands after the last one.
    """
    details = tuple(detail for message in messages for detail in _singly(message))
    newest = {detail.alert_ids or (place,): detail for place, detail in enumerate(details)}
    standing = sorted(newest.values(), key=lambda detail: _GRAVITY.index(detail.tone))
    tone = standing[0].tone
    return Message(
        tone=tone,
        headline=heading(tone, f"{len(details)} messages {why}"),
        lines=shown_first([detail.headline for detail in standing]),
        details=details,
        alert_ids=tuple(dict.fromkeys(alert_id for detail in details for alert_id in detail.alert_ids)),
    )


def without_alerts(message: Message, alert_ids: Collection[int]) -> Message | None:
    """What is left of a message that tells nothing of these alerts; None where that is nothing."""
    if not message.details:
        return None if message.alert_ids and set(message.alert_ids) <= set(alert_ids) else message
    left = tuple(
        detail for detail in message.details if not (detail.alert_ids and set(detail.alert_ids) <= set(alert_ids))
    )
    if len(left) == len(message.details):
        return message
    if len(left) <= 1:
        return left[0] if left else None
    told = together(left, "")
    return replace(told, headline=heading(told.tone, f"{len(left)} alerts"))


def as_detail(message: Message) -> Message:
    """A message among many: one action, no picture, no sections, or the others would outweigh what is told."""
    return replace(message, actions=message.actions[:1], chart=None, sections=())


def heading(tone: Tone, text: str) -> str:
    """The headline of many messages: `CRITICAL  12 alerts: ...`."""
    return f"{'GOOD NEWS' if tone is Tone.GOOD else tone.value.upper()}  {text}"


def shown_first(lines: Sequence[str]) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    left = len(lines) - _SHOWN_HEADLINES
    return (*lines[:_SHOWN_HEADLINES], *([f"and {left} more"] if left > 0 else ()))


def _singly(message: Message) -> Iterator[Message]:
    if message.details:
        yield from message.details
    else:
        yield as_detail(message)
