"""What follows once a message stands in Slack: first messages brought up to date, and the chart.

The message itself has arrived by then, so none of this may keep it from being delivered: what cannot be done is logged
and let be, and what fails for the moment is tried again a few times.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from slack_sdk import WebClient

from sentinel.domain.messages import Chart, Message, Notification
from sentinel.errors import ChartError, DeliveryError
from sentinel.notify.deadline import Deadline
from sentinel.notify.slack.errors import FAILURES, delivery_error
from sentinel.notify.slack.places import Place, Thread
from sentinel.notify.slack.posted import chart_name, charts_of
from sentinel.notify.slack.progress import Progress
from sentinel.notify.slack.render import Answers, render
from sentinel.notify.words.phrases import one_line

TRIES = 3
"""So often a step may fail for the moment before it is let be."""

_ALT_AT_MOST = 1_000
_TITLE_AT_MOST = 150

_log = logging.getLogger(__name__)


_CHART = "chart"


def chart_step(place: int) -> str:
    """What sharing one of a notification's charts is called in `Progress`."""
    return f"{_CHART} {place + 1}" if place else _CHART


def _is_chart(step: str) -> bool:
    return step.startswith(_CHART)


@dataclass(frozen=True, slots=True)
class _FirstMessage:
    """Where the first message about an alert stands, and what it should say."""

    place: Place
    standing: Message


class FollowUp:
    """The steps after the posts of a notification; each is known by its name in `Progress`."""

    def __init__(self, client: WebClient, where: str, answers: Answers) -> None:
        self._client = client
        self._where = where
        self._answers = answers
        self._said: set[str] = set()

    def do(self, notification: Notification, thread: Thread, progress: Progress, deadline: Deadline) -> None:
        """Do what is not settled yet. Raises DeliveryError where something is worth another attempt."""
        for alert_id, first in _first_messages(notification, thread):
            self._step(f"alert {alert_id}", progress, deadline, partial(self._update, first))
        for place, chart in enumerate(charts_of(notification.message)):
            share = partial(self._share, chart, chart_name(notification, place), thread.place)
            self._step(chart_step(place), progress, deadline, share)

    def _step(self, name: str, progress: Progress, deadline: Deadline, deed: Callable[[], None]) -> None:
        if name in progress.settled:
            return
        deadline.check(self._where)
        try:
            deed()
        except ChartError as error:
            self._let_be(name, str(error))
        except FAILURES as error:
            failed = delivery_error(error, self._where)
            if not failed.permanent and (failed.retry_after is not None or progress.fail(name) < TRIES):
                # Whether this step was done is no question about the message itself.
                raise DeliveryError(str(failed), retry_after=failed.retry_after, uncertain=_is_chart(name)) from error
            self._let_be(name, str(failed))
        progress.settled.add(name)

    def _let_be(self, name: str, why: str) -> None:
        """A lasting lack is told once, not with every alert."""
        what = "no chart is shown" if _is_chart(name) else f"the first message about {name} stays as it was"
        level = logging.INFO if why in self._said else logging.WARNING
        self._said.add(why)
        _log.log(level, "%s: %s", what, why)

    def _update(self, first: _FirstMessage) -> None:
        post = render(first.standing, self._answers)[0]
        self._client.chat_update(
            channel=first.place.channel,
            ts=first.place.ts,
            text=post.text,
            blocks=list(post.blocks),
            attachments=list(post.attachments),
        )

    def _share(self, chart: Chart, name: str, root: Place) -> None:
        from sentinel.charts import png  # noqa: PLC0415 - a heavy engine, loaded only where there is a chart

        alt = one_line(chart.alt)
        self._client.files_upload_v2(
            content=png(chart.specification),
            filename=name,
            title=alt[:_TITLE_AT_MOST],
            alt_txt=alt[:_ALT_AT_MOST],
            channel=root.channel,
            thread_ts=root.ts,
        )


def _first_messages(notification: Notification, thread: Thread) -> Iterator[tuple[int, _FirstMessage]]:
    """The first messages that are out of date now, by their alerts' ids; a shared one belongs to no alert."""
    threads = dict(notification.threads)
    message = notification.message
    if notification.thread is not None:
        if str(thread) != notification.thread:
            return  # the first message is gone: a new one was just posted
        threads.update(dict.fromkeys(message.alert_ids, notification.thread))
    told = {each.alert_ids[0]: each for each in (message, *message.details) if each.phase and len(each.alert_ids) == 1}
    for alert_id, each in told.items():
        begun = Thread.read(threads[alert_id]) if alert_id in threads else None
        if begun is not None and not begun.shared:
            yield alert_id, _FirstMessage(begun.place, each.standing or each)
