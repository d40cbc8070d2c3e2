"""Telling through another channel that a notification could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sentinel.domain.messages import Message, Notification, Tone
from sentinel.errors import DeliveryError
from sentinel.notify.words.phrases import one_line
from sentinel.rules.model import Rules

_KEY_PREFIX = "parked/"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about a channel for another one, with its event key there."""

    channel: str
    key: str
    message: Message


def parked_notice(notification: Notification, error: DeliveryError, rules: Rules, moment: datetime) -> Notice | None:
    """What tells the first other channel of rules.yaml that this one is broken; None where there is no other.

    One notice a day for each broken channel: a second with the same key is no news. A notice that could not be
    delivered itself is not told again, or two broken channels would tell one another for ever.
    """
    others = [name for name in rules.channels if name != notification.channel]
    if not others or notification.key.startswith(_KEY_PREFIX):
        return None
    day = moment.astimezone(UTC).date()
    return Notice(
        channel=others[0],
        key=f"{_KEY_PREFIX}{notification.channel}/{day}",
        message=Message(
            tone=Tone.CRITICAL,
            headline=f"CRITICAL  Channel {one_line(notification.channel)} does not take messages",
            lines=(
                one_line(str(error)),
                f"Not told there: {one_line(notification.message.headline)}",
                "It is kept, and can be sent again once the channel works",
            ),
            actions=("sentinel status",),
            # No alert ids: the alert itself has not been told here.
        ),
    )
