"""A message to try a channel with."""

from __future__ import annotations

from datetime import datetime

from sentinel.domain.messages import Fact, Message, Tone


def sample(moment: datetime) -> Message:
    """A spike that never was, clearly called a test; it tells of no alert, so nothing in it can be answered."""
    return Message(
        tone=Tone.WARNING,
        headline="TEST  Spend spike: orders-prod, Uncompressed GiB written",
        lines=(
            "This is a test, sent by `sentinel notify test`: nothing has happened, and nobody needs to act",
            "Expected $210 (180 to 245) on Tue 3 Mar, saw $640: +$430 (+205%), second day, $815 so far",
            "Volume +204%, price unchanged. 91% of the excess of workspace production",
        ),
        facts=(
            Fact("workspace", "production"),
            Fact("region", "us-east-1"),
            Fact("rule", "a test"),
            Fact("sent", f"{moment:%Y-%m-%d %H:%M} UTC"),
        ),
    )
