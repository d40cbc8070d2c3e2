"""`sentinel run`: the daemon."""

from __future__ import annotations

import logging
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

import typer

from sentinel.cli.workplace import Workplace, now, open_workplace
from sentinel.errors import SentinelError

if TYPE_CHECKING:
    from sentinel.cli.invocation import Invocation
    from sentinel.daemon import Task, Watch
    from sentinel.notify import Channel

log = logging.getLogger(__name__)


def run(ctx: typer.Context) -> None:
    """Pull, evaluate and deliver on schedule, until SIGTERM; SIGHUP reads the rules again."""
    # Until the daemon listens for it: it would end the process, and the rules are about to be read anyway.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from sentinel.daemon import Daemon
    from sentinel.store import claim_daemon

    with open_workplace(ctx.obj) as place, claim_daemon(place.database):
        service = _Service(ctx.obj, place)
        if place.rules.channels:
            _warm_charts()
        log.info("watching %d accounts by %d rules", len(place.rules.accounts), len(place.rules.all))
        Daemon(service.tasks, service.reload, service.watches).run()


def _warm_charts() -> None:
    from sentinel.charts import warm
    from sentinel.errors import ChartError

    try:
        warm()
    except ChartError as error:
        log.warning("messages go without charts: %s", error)


class _Service:
    """The rules in force, and what the daemon does with them."""

    def __init__(self, invocation: Invocation, place: Workplace) -> None:
        self._invocation = invocation
        self._place = place
        self._channels = place.open_channels()

    def tasks(self) -> tuple[Task, ...]:
        """One task for the cycle, and one for each channel, so that a dead channel delays no other."""
        from sentinel.daemon import DELIVERY_TICK, TICK, Task

        tick = min(TICK, self._place.rules.settings.pull_every)
        return (
            Task("cycle", tick, partial(_cycle, self._place)),
            *(
                Task(f"deliver to {name}", DELIVERY_TICK, partial(_deliver, self._place, channel))
                for name, channel in self._channels.items()
            ),
        )

    def watches(self) -> tuple[Watch, ...]:
        """One listener for each Slack app whose messages have buttons."""
        from sentinel.daemon import Watch

        return tuple(
            Watch(f"buttons of {', '.join(channels)}", partial(_listen, self._place, token, channels))
            for token, channels in _app_tokens(self._place).items()
        )

    def reload(self) -> None:
        """Take the rules file as it is now; an invalid one is told and changes nothing."""
        from sentinel.jobs.notices import tell_invalid_rules
        from sentinel.rules.load import rules_hash

        try:
            rules = self._invocation.rules(self._place.settings)
            place = Workplace(self._place.settings, rules, rules_hash(rules), self._place.database)
            channels = place.open_channels()
        except SentinelError as error:
            log.error("the rules in force stay as they are: %s", error)  # noqa: TRY400 - the error explains itself
            tell_invalid_rules(self._place.database, self._place.rules, str(error), now())
            return
        self._place, self._channels = place, channels
        log.info("read the rules again: %d rules", len(rules.all))


def _cycle(place: Workplace, stop: threading.Event) -> None:
    from sentinel.jobs.cycle import pull_and_evaluate_when_due

    tick = pull_and_evaluate_when_due(place.database, place.rules, place.rules_hash, place.open_client, now, stop)
    if tick.evaluation is not None:
        found, told = len(tick.evaluation.decision.findings), len(tick.evaluation.told)
        log.info("evaluated: %d findings, %d changes", found, told)
    place.beat(tick.pulls)


def _deliver(place: Workplace, channel: Channel, stop: threading.Event) -> None:
    from sentinel.jobs.deliver import deliver_channel

    deliver_channel(place.database, place.rules, channel, now, stop)


def _app_tokens(place: Workplace) -> dict[str, tuple[str, ...]]:
    """The app-level tokens of the rules, each with the channels that its app posts to."""
    tokens: dict[str, tuple[str, ...]] = {}
    for name, channel in place.rules.channels.items():
        if channel.slack is not None and channel.slack.app_token is not None:
            token = channel.slack.app_token.get_secret_value()
            tokens[token] = (*tokens.get(token, ()), name)
    return tokens


def _listen(place: Workplace, app_token: str, channels: tuple[str, ...], stop: threading.Event) -> None:
    from sentinel.jobs.press import act_on
    from sentinel.notify import open_listener

    listener = open_listener(
        app_token, place.settings, lambda press: act_on(place.database, place.rules, channels, press, now())
    )
    listener.run(stop)
