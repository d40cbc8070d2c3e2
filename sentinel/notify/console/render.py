"""A message as it would look in Slack, drawn for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from sentinel.domain.messages import Message, Section
from sentinel.notify.look import COLOURS, small_print
from sentinel.notify.table import aligned
from sentinel.notify.words.phrases import one_line

_WIDEST = 100
_INDENT = 4


def print_message(console: Console, message: Message) -> None:
    """Print one message behind a bar in its colour, its sections and details below, a blank line after each."""
    _print(console, message, indent=0)
    for section in message.sections:
        _print_section(console, section)
    for detail in message.details:
        _print(console, detail, indent=_INDENT)


def _print(console: Console, message: Message, indent: int) -> None:
    bar = "▌" if console.encoding.startswith("utf") else "|"
    width = max(20, min(console.width, _WIDEST) - indent - 2)
    for text in _texts(message):
        for line in text.wrap(console, width):
            line.rstrip()
            edge = Text.assemble(" " * indent, (bar, COLOURS[message.tone]), " ")
            console.print(edge + line, soft_wrap=True)
    console.print()


def _print_section(console: Console, section: Section) -> None:
    console.print(Text(one_line(section.title), style="bold"), soft_wrap=True)
    for place, line in enumerate(aligned(section.table) if section.table else ()):
        # Wrapped columns are no columns: a narrow terminal shows the first of them.
        console.print(Text(line, style="dim" if place == 0 else ""), no_wrap=True, overflow="ellipsis", crop=True)
    for line in section.lines:
        console.print(Text(one_line(line)))
    console.print()


def _texts(message: Message) -> Iterator[Text]:
    """Text objects, not markup: a cluster named `[bold]` stays what it is."""
    yield Text(one_line(message.headline), style="bold")
    for line in message.lines:
        yield Text(one_line(line))
    if message.facts:
        yield Text(one_line(small_print(message.facts)), style="dim")
    if message.actions:
        yield Text("   ".join(map(one_line, message.actions)), style="cyan")
