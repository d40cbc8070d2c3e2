"""Photographs of Slack messages and e-mails in a real browser, for docs/: `make pictures`.

Written are docs/alert.png, for the README, docs/icon.png, for the app, and docs/pictures: every Slack message by its
kind, and e-mails by day, by night and on a phone.
"""

from __future__ import annotations

import base64
import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image

from sentinel.charts import png, spend
from sentinel.domain.messages import Chart, Message, Phase
from sentinel.domain.pictures import SpendCourse, SpendDay
from sentinel.notify import compose
from sentinel.notify.email.render import as_html
from sentinel.notify.slack.posted import charts_of
from sentinel.notify.slack.render import Answers
from tests.charts import stories as pictures
from tests.notify.illustrated import illustrated
from tests.notify.outlook_stories import outlook_transitions
from tests.notify.preview import ICON, page
from tests.notify.reported import illustrated_report
from tests.notify.stories import messages

DOCS = Path(__file__).parents[2] / "docs"
WIDTH, WIDE = 780, 960
PHONE, PHONE_SHOWS = 390, 620
SATURDAY = 5
_HEIGHT = re.compile(r'data-height="(\d+)"')
_MEASURE = (
    '<script>document.documentElement.setAttribute("data-height", document.documentElement.scrollHeight)</script>'
)
_SHARP_UP_TO = 2000
"""Pages higher than this are taken at half the resolution, to keep their files small."""

_COLOURS = 256


@dataclass(frozen=True, slots=True)
class Photograph:
    """A page to be taken, and the file, below docs/, that it goes to; what is long is not `sharp`, to stay small."""

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
    """The picture with a palette, a third of its size: it has few colours, of which the rare ones matter."""
    with Image.open(file) as image:
        painted = image.convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    written = BytesIO()
    painted.save(written, "PNG", optimize=True)
    return written.getvalue()


def photographs() -> Iterator[Photograph]:
    """Everything that is shown in docs/."""
    with_chart = illustrated()
    outlooks = {name: compose(transition) for name, transition in outlook_transitions().items()}
    told = messages() | outlooks | with_chart
    yield Photograph("alert.png", in_a_channel("finops", replace(told["spike-opened"], chart=spend(two_days_up()))))
    yield Photograph("icon.png", f'<body style="margin:0"><img src="{ICON}" width="512"></body>', 512, sharp=False)
    by_kind: dict[str, list[Message]] = {}
    for name, message in told.items():
        by_kind.setdefault(name.partition("-")[0], []).append(message)
    for kind, of_kind in by_kind.items():
        yield Photograph(f"pictures/slack-{kind}.png", in_slack(of_kind), sharp=False)
    for name in ("spike-opened", "budget-opened", "commitment-opened", "digest"):
        yield Photograph(f"pictures/email-{name.partition('-')[0]}.png", in_a_mail(told[name]))
    reported = illustrated_report()
    yield Photograph("pictures/slack-report.png", in_slack([reported]), WIDE, sharp=False)
    yield Photograph("pictures/email-report.png", in_a_mail(reported), sharp=False)
    spike = in_a_mail(told["spike-opened"])
    yield Photograph("pictures/email-dark.png", spike, dark=True)
    yield Photograph("pictures/email-phone.png", on_a_phone(spike), width=500)


def two_days_up() -> SpendCourse:
    """The spike of the stories after fifty-eight days of which each is a little different."""
    course = pictures.spike()
    return replace(course, days=tuple(one if _is_new(one) else _as_usual(one.day) for one in course.days))


def _is_new(one: SpendDay) -> bool:
    return one.fires and not one.settled


def _as_usual(day: date) -> SpendDay:
    expected = 210.0 if day.weekday() < SATURDAY else 150.0
    return SpendDay(
        day=day,
        cost=expected * (1 + 0.013 * ((day.toordinal() * 29) % 17 - 8)),
        expected=expected,
        lower=expected * 0.86,
        upper=expected * 1.17,
    )


def in_a_channel(channel: str, message: Message) -> str:
    """A message and its thread below the name of its channel."""
    head, _, body = in_slack([message]).partition("<body>")
    style = "margin:-20px -24px 16px;padding:12px 24px;border-bottom:1px solid #ddd;font-size:18px;font-weight:900"
    return f'{head}<body><p style="{style}"><span style="color:#616061"># </span>{channel}</p>{body}'


def in_slack(told: Sequence[Message]) -> str:
    """The messages as Slack shows them, those that follow an earlier one without buttons, charts in their threads."""
    pages = [page((message,), Answers.BUTTONS if _opens(message) else Answers.ELSEWHERE) for message in told]
    head, _, _ = pages[0].partition("<body>")
    bodies = (one.partition("<body>")[2].partition("</body>")[0] for one in pages)
    threads = (f"{body}{_in_thread(message)}" for body, message in zip(bodies, told, strict=True))
    return f"{head}<body>{''.join(threads)}</body></html>"


def _opens(message: Message) -> bool:
    """Whether it begins a thread."""
    return message.phase is not Phase.ENDED and message.standing is None


def _in_thread(message: Message) -> str:
    style = "width:100%;max-width:600px;border:1px solid #ddd;border-radius:8px"
    name = '<p class="name"><b>sentinel</b><span class="app">APP</span><span class="time">7:30 AM</span></p>'
    images = (f'<img src="{_address(chart)}" alt="" style="{style}">' for chart in charts_of(message))
    return "".join(
        f'<div class="thread"><article><div class="avatar"></div><div>{name}{image}</div></article></div>'
        for image in images
    )


def in_a_mail(message: Message) -> str:
    """The HTML part with its picture in it."""
    charts = {chart: f"chart-{place}." for place, chart in enumerate(charts_of(message))}
    mail = as_html(message, charts)
    for chart, name in charts.items():
        mail = mail.replace(f"cid:{name}", _address(chart))
    # Not in the font that happens to be this machine's own.
    return mail.replace("system-ui,-apple-system,", "")


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
