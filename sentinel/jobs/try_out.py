"""Does the billing API answer, and would every channel take a message? Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sentinel.domain.costs import Window
from sentinel.domain.messages import Notification
from sentinel.errors import SentinelError
from sentinel.notify import Channel, sample
from sentinel.pull import BillingClient
from sentinel.rules.model import Account, Rules


@dataclass(frozen=True, slots=True)
class Trial:
    """What was tried, whether it works, and what it said."""

    name: str
    works: bool
    said: str


def try_out(
    rules: Rules,
    open_client: Callable[[Account], BillingClient],
    open_channel: Callable[[str], Channel],
    today: date,
) -> Iterator[Trial]:
    """Ask for the costs of yesterday with every account's key, and check every channel."""
    for account in rules.accounts:
        yield _tried(f"account {account.name}", partial(_ask, open_client, account, today))
    for name in rules.channels:
        yield _tried(f"channel {name}", partial(_check, open_channel, name))


def send_samples(channels: Iterable[str], open_channel: Callable[[str], Channel], moment: datetime) -> Iterator[Trial]:
    """Send a sample message to each channel."""
    for name in channels:
        yield _tried(f"channel {name}", partial(_send_sample, open_channel, name, moment))


def _send_sample(open_channel: Callable[[str], Channel], name: str, moment: datetime) -> str:
    key = f"test/{moment.isoformat()}"
    notification = Notification(0, name, key, sample(moment), attempts=1, uncertain=False, created_at=moment)
    with closing(open_channel(name)) as channel:
        return f"receipt {channel.send(notification).remote_id}"


def _check(open_channel: Callable[[str], Channel], name: str) -> str:
    with closing(open_channel(name)) as channel:
        return channel.check()


def _ask(open_client: Callable[[Account], BillingClient], account: Account, today: date) -> str:
    with open_client(account) as client:
        answer = client.get_breakdowns(Window(today - timedelta(days=1), today))
    clusters = len(answer.daily_charges().clusters)
    return f"the billing API answers by {client.method}: {clusters} clusters"


def _tried(name: str, attempt: Callable[[], str]) -> Trial:
    try:
        return Trial(name, works=True, said=attempt())
    except SentinelError as error:
        return Trial(name, works=False, said=str(error))
