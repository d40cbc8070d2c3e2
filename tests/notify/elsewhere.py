"""How messages look in Slack with buttons and in its threads, in PagerDuty, by Apprise and in a JSON webhook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, cast

from sentinel.domain.alerts import Mark, MarkKind
from sentinel.domain.messages import Message, Notification
from sentinel.notify import answer, explained, sample
from sentinel.notify.apprise.render import as_html, as_text, title
from sentinel.notify.pagerduty.render import render as as_events
from sentinel.notify.slack.buttons import Block
from sentinel.notify.slack.render import Answers, SlackPost
from sentinel.notify.slack.render import render as as_slack
from sentinel.notify.webhook.render import render as as_json
from tests.notify.reported import reports
from tests.notify.stories import alert_of, messages, spike

MOMENT = datetime(2026, 3, 5, 9, 15, tzinfo=UTC)
TOLD = ("spike-opened", "spike-escalated-doubled", "spike-resolved", "budget-opened", "digest", "hostile", "notice")

ANSWERED = "spike-opened"
INSTEAD = (Answers.BUTTONS, Answers.ELSEWHERE)


def spoken() -> dict[str, Message]:
    """What stands in an alert's thread when people have spoken on it or asked about it, and a test."""
    alert = alert_of(spike(), earlier=(595.0,))
    first, last = alert.days[0].day, alert.days[-1].day

    def said(kind: MarkKind, until: datetime | None = None, comment: str = "") -> Message:
        mark = Mark(kind, 1042, alert.rule, alert.scope.key, alert.episode, first, last, "ann", MOMENT, comment, until)
        return answer(mark, "@ann", alert, [mark])

    lines = (
        "It fired: $640 is more than $245, the upper end of what is usual",
        "Expected $210 (180 to 245), score 7.9",
    )
    return {
        "spike-acknowledged": said(MarkKind.ACKNOWLEDGED, comment="a load test, Bob knows"),
        "spike-snoozed": said(MarkKind.SNOOZED, MOMENT.replace(day=12)),
        "spike-marked-expected": said(MarkKind.EXPECTED),
        "spike-marked-false-alarm": said(MarkKind.FALSE_ALARM),
        "spike-explained": explained(alert, date(2026, 3, 3), lines, MOMENT),
        "test": sample(MOMENT),
    }


def renders_elsewhere() -> Iterator[tuple[str, str]]:
    """Each file's name and what it should hold."""
    told = messages()
    shown = {**{name: told[name] for name in TOLD}, **spoken(), "report": reports()["report"]}
    for name, message in shown.items():
        notification = Notification(1, "team", "evaluation-7/0", message, 1, uncertain=False, created_at=MOMENT)
        yield f"{name}.slack.json", in_slack(message)
        if name == ANSWERED:
            yield f"{name}.slack-answers.json", _json({way.name.lower(): _only(way, message) for way in INSTEAD})
        if message.standing is not None:
            yield f"{name}.slack-first.json", in_slack(message.standing, Answers.BUTTONS)
        yield f"{name}.pagerduty.json", _json([event.body for event in as_events(notification, "ROUTING-KEY")])
        yield f"{name}.apprise.txt", f"{title(message)}\n\n{as_text(message)}\n"
        yield f"{name}.apprise.html", as_html(message)
        yield f"{name}.webhook.json", _json(json.loads(as_json(notification)))


def in_slack(message: Message, answers: Answers = Answers.COMMANDS) -> str:
    """The posts of a message."""
    return _json([asdict(post) for post in as_slack(message, answers)])


def _only(way: Answers, message: Message) -> list[Block]:
    """The blocks that a message has when it is answered in a way, and does not have where commands are typed."""
    typed = [block for post in as_slack(message) for block in _blocks(post)]
    return [block for post in as_slack(message, way) for block in _blocks(post) if block not in typed]


def _blocks(post: SlackPost) -> list[Block]:
    inside = [block for each in post.attachments for block in cast("list[Block]", each["blocks"])]
    return [*post.blocks, *inside]


def _json(value: Any) -> str:
    return json.dumps(value, indent=1) + "\n"
