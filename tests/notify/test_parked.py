from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sentinel.domain.messages import Notification
from sentinel.errors import DeliveryError
from sentinel.notify import compose, parked_notice
from sentinel.rules.model import Rules
from tests.notify.stories import alert_of, opened, spike

NOW = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
BROKEN = DeliveryError("channel finops (#finops): Slack says invalid_auth", permanent=True)


def rules(*channels: str) -> Rules:
    """Rules with these channels and nothing else."""
    return Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "channels": {name: {"console": {}} for name in channels},
        }
    )


def notification(channel: str, key: str = "evaluation-7-0") -> Notification:
    """One that could not be delivered."""
    return Notification(1, channel, key, compose(opened(alert_of(spike()))), attempts=1, uncertain=False)


def test_another_channel_is_told_which_message_is_missing_and_why() -> None:
    """The notice names the broken channel, the error and what was not told."""
    notice = parked_notice(notification("finops"), BROKEN, rules("finops", "owners"), NOW)
    assert notice is not None
    assert notice.channel == "owners"
    assert notice.message.headline == "CRITICAL  Channel finops does not take messages"
    assert notice.message.lines[:2] == (
        "channel finops (#finops): Slack says invalid_auth",
        "Not told there: CRITICAL  Spend spike: orders-prod, Uncompressed GiB written",
    )


def test_one_notice_a_day_for_each_channel() -> None:
    """Two hundred parked messages of one channel have one key a day, so that they are told once."""
    both = rules("finops", "owners")
    first = parked_notice(notification("finops"), BROKEN, both, NOW)
    second = parked_notice(notification("finops", "evaluation-7-1"), BROKEN, both, NOW + timedelta(hours=2))
    tomorrow = parked_notice(notification("finops"), BROKEN, both, NOW + timedelta(days=1))
    assert first is not None
    assert second is not None
    assert tomorrow is not None
    assert first.key == second.key != tomorrow.key


def test_two_broken_channels_do_not_tell_one_another_for_ever() -> None:
    """A notice that could not be delivered itself is told to nobody."""
    both = rules("finops", "owners")
    notice = parked_notice(notification("finops"), BROKEN, both, NOW)
    assert notice is not None
    assert parked_notice(notification("owners", notice.key), BROKEN, both, NOW) is None


def test_without_another_channel_nobody_can_be_told() -> None:
    """A lone channel has no other to tell."""
    assert parked_notice(notification("finops"), BROKEN, rules("finops"), NOW) is None
