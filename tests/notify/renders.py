"""How messages look in every channel, kept in tests/fixtures/renders.

After a wanted change write them anew with `python -m tests.notify.renders`, and read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from rich.console import Console

from sentinel.domain.messages import Message
from sentinel.notify import compose, print_message
from sentinel.notify.email.render import as_html, as_text
from tests.notify.elsewhere import in_slack, renders_elsewhere
from tests.notify.illustrated import illustrated
from tests.notify.outlook_stories import outlook_transitions
from tests.notify.reported import illustrated_report, reports
from tests.notify.stories import messages

KEPT = Path(__file__).parents[1] / "fixtures" / "renders"
IN_EVERY_CHANNEL = (
    "spike-opened",
    "budget-opened",
    "commitment-opened",
    "credit-missing-opened",
    "invoice-opened",
    "digest",
    "hostile",
    "notice",
    "report",
    "report-hostile",
)


def renders() -> Iterator[tuple[str, str]]:
    """Each file's name and what it should hold."""
    outlooks = {name: compose(transition) for name, transition in outlook_transitions().items()}
    for name, message in (messages() | outlooks | reports()).items():
        yield f"{name}.txt", as_text(message)
        if name in IN_EVERY_CHANNEL:
            yield f"{name}.html", as_html(message)
            yield f"{name}.slack.json", in_slack(message)
            yield f"{name}.console.txt", on_terminal(message)
    yield "spike-opened.chart.html", _with_charts(illustrated()["spike-opened"])
    yield "report.chart.html", _with_charts(illustrated_report())
    yield from renders_elsewhere()


def _with_charts(message: Message) -> str:
    charts = (message.chart, *(section.chart for section in message.sections))
    names = {chart: f"chart-{place}.mail@example.com" for place, chart in enumerate(charts, start=1) if chart}
    return as_html(message, names)


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
