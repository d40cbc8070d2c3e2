"""What the daemon has to tell of itself."""

from __future__ import annotations

from datetime import datetime

from sentinel.domain.findings import Severity
from sentinel.domain.messages import Message, Tone
from sentinel.rules.model import Rules
from sentinel.store import Database, enqueue


def tell_invalid_rules(database: Database, rules: Rules, problems: str, moment: datetime) -> None:
    """Tell the default channels that a changed rules file is invalid, and that the old rules stay in force."""
    lines = problems.splitlines()
    message = Message(
        tone=Tone.WARNING,
        headline="WARNING  The rules file is invalid; the rules in force stay as they are",
        lines=(*lines[:10], *([f"and {len(lines) - 10} more"] if len(lines) > 10 else [])),  # noqa: PLR2004 - a screenful
        actions=("sentinel check",),
    )
    with database.write() as conn:
        for channel in rules.defaults.notify.channels(Severity.WARNING):
            enqueue(conn, channel, f"invalid-rules/{moment:%Y-%m-%dT%H:%M:%S}", message, moment)
