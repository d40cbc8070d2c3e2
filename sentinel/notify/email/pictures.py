"""The charts of a mail: images inside it, which its HTML part shows by their Content-ID."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from sentinel.charts import png
from sentinel.domain.messages import Chart, Message
from sentinel.errors import ChartError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as it travels: `content_id` is without its angle brackets."""

    chart: Chart
    content_id: str
    png: bytes


def pictures_in(message: Message, identity: str) -> tuple[Picture, ...]:
    """The charts of a message, its sections and its details; one that cannot be drawn is left out, the words are not.

    `identity` is the mail's own, like the inside of a Message-ID.
    """
    carried = (message.chart, *(one.chart for one in message.sections), *(one.chart for one in message.details))
    charts = dict.fromkeys(chart for chart in carried if chart is not None)
    return tuple(_drawn(charts, identity))


def _drawn(charts: dict[Chart, None], identity: str) -> Iterator[Picture]:
    for place, chart in enumerate(charts, start=1):
        try:
            yield Picture(chart, f"chart-{place}.{identity}", png(chart.specification))
        except ChartError as error:
            log.warning("mailed without a chart: %s", error)
