"""Slack posts as a small HTML page that looks as they do in Slack, for pictures."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sentinel.domain.messages import Message
from sentinel.notify.slack.buttons import Block
from sentinel.notify.slack.render import Answers, render

ICON = f"data:image/svg+xml;base64,{b64encode((Path(__file__).parent / 'icon.svg').read_bytes()).decode()}"
"""The app's picture, as an address."""

_CODE = re.compile(r"`([^`]+)`")
_FENCED = re.compile(r"```\n?([^`]+?)\n?```\n?")
_BOLD = re.compile(r"(?m)^\*(.+)\*$")


def page(messages: Sequence[Message], answers: Answers = Answers.COMMANDS) -> str:
    """One page with the messages below one another, each followed by what stands in its thread."""
    return _template().render(threads=[render(message, answers) for message in messages], icon=ICON)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["mrkdwn"] = _as_html
    return environment.get_template("preview.html.j2")


def _as_html(text: Block) -> str:
    """A text object as HTML; mrkdwn has escaped `&`, `<` and `>` already, just as HTML wants it."""
    shown = str(text["text"])
    if text["type"] == "plain_text":
        return shown
    escaped = shown.replace('"', "&quot;").replace("'", "&#39;")
    fenced = _FENCED.sub(r"<pre>\1</pre>", escaped)
    marked = _BOLD.sub(r"<b>\1</b>", _CODE.sub(r"<code>\1</code>", fenced))
    return Markup(marked.replace("\n", "<br>"))  # noqa: S704 - mrkdwn is escaped where it is made
