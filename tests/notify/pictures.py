"""Photographs of Slack messages and e-mails in a real browser, for docs/: `make pictures`.

Written are docs/alert.png, for the README, and docs/pictures: every Slack message by its kind, and e-mails by day, by
night and on a phone.
"""

from __future__ import annotations

import base64
import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from sentinel.charts import png
from sentinel.domain.messages import Chart, Message
from sentinel.notify.email.render import as_html
from sentinel.notify.slack.posted import charts_of
from sentinel.notify.slack.preview import page
from sentinel.notify.slack.render import Answers
from tests.notify.illustrated import illustrated
from tests.notify.reported import illustrated_report
from tests.notify.stories import messages

DOCS = Path(__file__).parents[2] / "docs"
WIDTH = 780
PHONE, PHONE_SHOWS = 390, 620
_HEIGHT = re.compile(r'data-height="(\d+)"')
_MEASURE = (
    '<script>document.documentElement.setAttribute("data-height", document.documentElement.scrollHeight)</script>'
)
_SHARP_UP_TO = 2000
"""Pages higher than this are taken at half the resolution, to keep their files small."""

_COLOURS = 192


@dataclass(frozen=True, slots=True)
class Photograph:
    """A page to be taken, and the file, below docs/, that it goes to; what has many pictures in it is not `sharp`."""

    file: str
    page: str
    width: int = WIDTH
    dark: bool = False
    sharp: bool = True


@dataclass(frozen=True, slots=True)
class Browser:
    """Chromium without a window."""

    program: str
    profile: Path

    def take(self, photograph: Photograph) -> bytes:
        """The PNG of a whole page, however high it is."""
        file = self.profile / "page.html"
        file.write_text(photograph.page.replace("</body>", f"{_MEASURE}</body>"), encoding="utf-8")
        found = _HEIGHT.search(self._run(photograph, file, 200, "--dump-dom"))
        assert found is not None, f"the browser did not say how high {photograph.file} is"
        height = int(found[1])
        scale = 2 if photograph.sharp and height <= _SHARP_UP_TO else 1
        target = self.profile / "page.png"
        self._run(photograph, file, height, f"--screenshot={target}", f"--force-device-scale-factor={scale}")
        return _small(target)

    def _run(self, photograph: Photograph, file: Path, height: int, *arguments: str) -> str:
        command = [
            self.program,
            *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"),
            *("--disable-component-update", f"--user-data-dir={self.profile / 'profile'}"),
            f"--window-size={photograph.width},{height}",
            f"--blink-settings=preferredColorScheme={0 if photograph.dark else 1}",
            *arguments,
            file.as_uri(),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def _small(file: Path) -> bytes:
    """The picture with a palette, a third of its size: text and bars have few colours."""
    with Image.open(file) as image:
        painted = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    written = BytesIO()
    painted.save(written, "PNG", optimize=True)
    return written.getvalue()


def photographs() -> Iterator[Photograph]:
    """Everything that is shown in docs/."""
    with_chart = illustrated()
    told = messages() | with_chart
    yield Photograph("alert.png", in_slack([told["spike-opened"]]))
    by_kind: dict[str, list[Message]] = {}
    for name, message in told.items():
        by_kind.setdefault(name.partition("-")[0], []).append(message)
    for kind, of_kind in by_kind.items():
        yield Photograph(f"pictures/slack-{kind}.png", in_slack(of_kind))
    for name in ("spike-opened", "budget-opened", "digest"):
        yield Photograph(f"pictures/email-{name.partition('-')[0]}.png", in_a_mail(told[name]))
    reported = illustrated_report()
    yield Photograph("pictures/slack-report.png", in_slack([reported]), sharp=False)
    yield Photograph("pictures/email-report.png", in_a_mail(reported), sharp=False)
    spike = in_a_mail(told["spike-opened"])
    yield Photograph("pictures/email-dark.png", spike, dark=True)
    yield Photograph("pictures/email-phone.png", on_a_phone(spike), width=500)


def in_slack(told: Sequence[Message]) -> str:
    """The messages as Slack shows them, their charts in their threads."""
    pages = [page((message,), Answers.BUTTONS) for message in told]
    head, _, _ = pages[0].partition("<body>")
    bodies = (one.partition("<body>")[2].partition("</body>")[0] for one in pages)
    threads = (f"{body}{_in_thread(message)}" for body, message in zip(bodies, told, strict=True))
    return f"{head}<body>{''.join(threads)}</body></html>"


def _in_thread(message: Message) -> str:
    style = "width:100%;max-width:600px;border:1px solid #ddd;border-radius:8px"
    name = '<p class="name"><b>sentinel</b><span class="app">APP</span><span class="time">7:30 AM</span></p>'
    images = (f'<img src="{_address(chart)}" alt="" style="{style}">' for chart in charts_of(message))
    return "".join(
        f'<div class="thread"><article><div class="avatar">s</div><div>{name}{image}</div></article></div>'
        for image in images
    )


def in_a_mail(message: Message) -> str:
    """The HTML part with its picture in it."""
    charts = {chart: f"chart-{place}." for place, chart in enumerate(charts_of(message))}
    mail = as_html(message, charts)
    for chart, name in charts.items():
        mail = mail.replace(f"cid:{name}", _address(chart))
    return mail


def on_a_phone(mail: str) -> str:
    """A mail in a frame as narrow as a phone."""
    style = "border:10px solid #222;border-radius:30px"
    frame = f'<iframe srcdoc="{html.escape(mail)}" width="{PHONE}" height="{PHONE_SHOWS}" style="{style}"></iframe>'
    return f'<!doctype html><body style="margin:20px;text-align:center;background:#fff">{frame}</body>'


def _address(chart: Chart) -> str:
    return f"data:image/png;base64,{base64.b64encode(png(chart.specification)).decode()}"


def main(program: str) -> None:
    """Take all photographs by the named browser."""
    folder = DOCS / "pictures"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(program, Path(profile))
        for photograph in photographs():
            (DOCS / photograph.file).write_bytes(browser.take(photograph))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "chromium")
