"""How messages look in every channel, kept in tests/fixtures/renders.

After a wanted change write them anew with `python -m tests.notify.renders`, and read the difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from io import StringIO
from pathlib import Path

from rich.console import Console

from sentinel.domain.messages import Message
from sentinel.notify import print_message
from sentinel.notify.email.render import as_html, as_text
from sentinel.notify.slack.preview import page
from sentinel.notify.slack.render import render as as_slack
from tests.notify.stories import messages

KEPT = Path(__file__).parents[1] / "fixtures" / "renders"
IN_EVERY_CHANNEL = ("spike-opened", "budget-opened", "digest", "hostile", "notice")


def renders() -> Iterator[tuple[str, str]]:
    """Each file's name and what it should hold."""
    for name, message in messages().items():
        yield f"{name}.txt", as_text(message)
        if name in IN_EVERY_CHANNEL:
            yield f"{name}.html", as_html(message)
            yield f"{name}.slack.json", json.dumps([asdict(post) for post in as_slack(message)], indent=1) + "\n"
            yield f"{name}.slack.html", page((message,))
            yield f"{name}.console.txt", on_terminal(message)


def on_terminal(message: Message, width: int = 100) -> str:
    """What a terminal of so many columns shows, without its colours."""
    written = StringIO()
    print_message(Console(file=written, width=width, force_terminal=False), message)
    return written.getvalue()


if __name__ == "__main__":
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.iterdir():
        old.unlink()
    for file, text in renders():
        (KEPT / file).write_text(text, encoding="utf-8")
