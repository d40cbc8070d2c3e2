"""A process that delivers until it is killed: `python -m tests.killed DATABASE_URL SECONDS_AHEAD`.

It is what `sentinel deliver` does, with one difference: its clock goes ahead, so that what a killed process held is
given back at once and not after the lease.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sentinel.jobs.deliver import deliver_pending
from sentinel.notify import open_channel
from sentinel.rules.load import load_rules
from sentinel.settings import load_settings
from sentinel.store import open_database


def deliver(url: str, ahead: timedelta) -> None:
    """One run over all channels of the folder's rules.yaml."""
    settings = load_settings()
    rules = load_rules(Path("rules.yaml"), {})
    channels = {name: open_channel(name, spec, settings) for name, spec in rules.channels.items()}
    with open_database(url) as database:
        sys.stdout.write("delivering\n")
        sys.stdout.flush()
        deliver_pending(database, rules, channels, lambda: datetime.now(UTC) + ahead)


if __name__ == "__main__":
    deliver(sys.argv[1], timedelta(seconds=float(sys.argv[2])))
