"""A message as it would look in Slack, drawn for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import Box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from sentinel.domain.messages import Message
from sentinel.notify.look import COLOURS, small_print
from sentinel.notify.wording import one_line

_WIDEST = 100

# Only the left edge is drawn: the coloured bar.
_BAR = Box("▌   \n▌   \n▌   \n▌   \n▌   \n▌   \n▌   \n▌   \n")


def print_message(console: Console, message: Message) -> None:
    """Print one message with its coloured bar, its details indented below."""
    console.print(_panel(message, console.width))
    for detail in message.details:
        console.print(Padding(_panel(detail, console.width - 4), (0, 0, 0, 4)))


def _panel(message: Message, width: int) -> Panel:
    return Panel(
        Group(*_parts(message)),
        box=_BAR,
        border_style=COLOURS[message.tone],
        padding=(0, 1),
        width=min(width, _WIDEST),
    )


def _parts(message: Message) -> Iterator[RenderableType]:
    """Text objects, not markup: a cluster named `[bold]` stays what it is."""
    yield Text(one_line(message.headline), style="bold")
    for line in message.lines:
        yield Text(one_line(line))
    if message.facts:
        yield Text(one_line(small_print(message.facts)), style="dim")
    for action in message.actions:
        yield Text(one_line(action), style="cyan")
