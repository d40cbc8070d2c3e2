from __future__ import annotations

import os
from contextlib import suppress
from io import StringIO, TextIOWrapper
from pathlib import Path

import pytest
from rich.console import Console

from sentinel.domain.messages import Notification
from sentinel.errors import DeliveryError
from sentinel.notify import batch, compose, print_message
from sentinel.notify.console.channel import ConsoleChannel
from tests.notify.renders import on_terminal
from tests.notify.stories import alert_of, hostile, many, opened, spike

ALERT = compose(opened(alert_of(spike())))
SENT = Notification(1, "here", "evaluation-7-0", ALERT, attempts=1, uncertain=False)


def test_a_message_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output shows the headline and every line; the receipt is the key."""
    assert ConsoleChannel("here").send(SENT).remote_id == "evaluation-7-0"
    shown = capsys.readouterr().out
    assert "CRITICAL  Spend spike: orders-prod, Uncompressed GiB written" in shown
    assert "91% of the excess of workspace production" in shown


def test_its_bar_has_the_colour_of_its_tone() -> None:
    """On a terminal with colours the bar of a critical alert is red."""
    written = StringIO()
    print_message(Console(file=written, width=100, force_terminal=True, color_system="truecolor"), ALERT)
    assert "\x1b[38;2;198;40;40m▌" in written.getvalue()


def test_a_name_cannot_draw_on_the_terminal() -> None:
    """Escape sequences and markup in names stay text."""
    assert "\x1b" not in on_terminal(hostile())
    odd = compose(opened(alert_of(spike(rule="[bold red]rule[/]"))))
    assert "rule [bold red]rule[/]" in on_terminal(odd)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_lines_fit_the_terminal(width: int) -> None:
    """Long lines are folded, and every line has the bar."""
    (digest,) = batch(many(7))
    shown = on_terminal(digest, width).splitlines()
    assert all(len(line) <= max(width, 26) for line in shown)
    assert all(line.strip()[:1] == "▌" for line in shown if line)


def test_a_terminal_without_unicode_gets_a_plain_bar(tmp_path: Path) -> None:
    """An old encoding is no reason to stay silent."""
    with TextIOWrapper((tmp_path / "out").open("wb"), encoding="ascii") as file:
        ConsoleChannel("here", Console(file=file, width=100)).send(SENT)
    assert (tmp_path / "out").read_text().startswith("| CRITICAL  Spend spike")


def test_output_that_cannot_be_written_is_an_error() -> None:
    """A closed pipe is told and ends nothing, so that the notification stays in the outbox."""
    reader, writer = os.pipe()
    os.close(reader)
    pipe = os.fdopen(writer, "w")
    with pytest.raises(DeliveryError, match="cannot be written"):
        ConsoleChannel("here", Console(file=pipe)).send(SENT)
    with suppress(BrokenPipeError):  # what was not taken is still in its buffer
        pipe.close()
