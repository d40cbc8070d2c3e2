"""What most commands work with: settings, rules, database, clients and channels, opened from the environment."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentinel.cli.invocation import Invocation

if TYPE_CHECKING:
    from threading import Event

    from sentinel.jobs.pull_costs import AccountPull
    from sentinel.notify import Channel
    from sentinel.pull import BillingClient
    from sentinel.rules.model import Account, Rules
    from sentinel.settings import Settings
    from sentinel.store import Database


@dataclass(frozen=True, slots=True)
class Workplace:
    """One process's settings, rules and open database."""

    settings: Settings
    rules: Rules
    rules_hash: str
    database: Database

    def open_client(self, account: Account, shutdown: Event | None = None) -> BillingClient:
        """A client of the billing API for one account; `shutdown` ends its waits."""
        return open_client(self.settings, account, shutdown)

    def open_channels(self) -> dict[str, Channel]:
        """Every channel of the rules, by its name."""
        from sentinel.notify import open_channel

        return {name: open_channel(name, spec, self.settings) for name, spec in self.rules.channels.items()}

    def beat(self, pulls: Iterable[AccountPull]) -> None:
        """Give the monitor that the environment names a sign of life, unless one of the pulls failed."""
        from sentinel.notify import beat

        if self.settings.heartbeat_url is not None and not any(pull.failed for pull in pulls):
            beat(self.settings.heartbeat_url.get_secret_value())


def open_client(settings: Settings, account: Account, shutdown: Event | None = None) -> BillingClient:
    """A client of the billing API that the environment names, for one account."""
    from sentinel.pull import BillingClient

    key = account.api_key.get_secret_value()
    return BillingClient(base_url=settings.warpstream_url, api_key=key, shutdown=shutdown)


@contextmanager
def open_workplace(invocation: Invocation) -> Iterator[Workplace]:
    """Read the environment and the rules, and open the database. Raises SettingsError, RulesError, StoreError."""
    from sentinel.rules.load import rules_hash
    from sentinel.store import open_database

    settings = invocation.settings()
    rules = invocation.rules(settings)
    with open_database(settings.database_url.get_secret_value()) as database:
        yield Workplace(settings, rules, rules_hash(rules), database)


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def user_name() -> str:
    """Who runs the command; `user 10001` where the system knows no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
