"""Charts for messages: one for each alert that is told by itself, one of the largest moves for a digest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sentinel.charts import burn_down, burn_up, movers, period, spend
from sentinel.domain.alerts import Alert, Transition, TransitionKind
from sentinel.domain.messages import Chart, Message
from sentinel.domain.pictures import BurnDown, BurnUp, Movers, PeriodCourse, SpendCourse
from sentinel.errors import ChartError
from sentinel.evaluate import moves_of

log = logging.getLogger(__name__)

Picture = SpendCourse | BurnUp | BurnDown | Movers | PeriodCourse
Look = Callable[[Sequence[Alert]], Mapping[int, SpendCourse | BurnUp | BurnDown]]
"""The pictures of some alerts by their ids; those without one are left out."""

ALERTS_AT_MOST = 20
"""Where a channel is told of more alerts one by one, the gravest have a chart: nobody looks at a hundred of them."""

_ILLUSTRATED = frozenset(
    {TransitionKind.OPENED, TransitionKind.ESCALATED, TransitionKind.CORRECTED, TransitionKind.RESOLVED}
)
_DRAWN_BY: Mapping[type[Picture], Callable[..., Chart]] = {
    SpendCourse: spend,
    BurnUp: burn_up,
    BurnDown: burn_down,
    Movers: movers,
    PeriodCourse: period,
}


def draw(picture: Picture) -> Chart:
    """The chart of a picture of any kind. Raises ChartError."""
    return _DRAWN_BY[type(picture)](picture)


@dataclass
class Illustrator:
    """The charts of one evaluation: an alert is looked at when the first message needs its picture, and then once."""

    transitions: Sequence[Transition]
    look: Look
    _charts: dict[int, Chart | None] = field(default_factory=dict)

    def illustrate(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        """The same messages, with a chart where there is one; without it a message says the same."""
        ordered = tuple(messages)
        singles = sorted((m for m in ordered if not m.details and len(m.alert_ids) == 1), key=self._gravity)
        self._look_at({message.alert_ids[0] for message in singles[:ALERTS_AT_MOST]})
        return tuple(replace(message, chart=self._chart(message)) for message in ordered)

    def _chart(self, message: Message) -> Chart | None:
        if message.details:
            told = set(message.alert_ids)
            moved = moves_of([t.alert for t in self.transitions if t.alert.id in told and not t.kind.closes])
            return drawn(moved) if moved else None
        return self._charts.get(message.alert_ids[0]) if len(message.alert_ids) == 1 else None

    def _look_at(self, numbers: set[int]) -> None:
        wanted = [
            one.alert
            for one in self.transitions
            if one.kind in _ILLUSTRATED and one.alert.id in numbers and one.alert.id not in self._charts
        ]
        pictures = self.look(wanted) if wanted else {}
        self._charts |= {number: drawn(picture) for number, picture in pictures.items()}
        self._charts |= {a.id: None for a in wanted if a.id is not None and a.id not in pictures}

    def _gravity(self, message: Message) -> tuple[int, float]:
        alert = next((t.alert for t in self.transitions if t.alert.id == message.alert_ids[0]), None)
        return (0, 0.0) if alert is None else (-alert.severity.rank, -abs(alert.impact))


def drawn(picture: Picture) -> Chart | None:
    """The chart of a picture, None where it cannot be drawn, which the log explains."""
    try:
        return draw(picture)
    except ChartError as error:
        # The words say it all: an alert is never held back for its picture.
        log.warning("told without a chart: %s", error)
        return None
