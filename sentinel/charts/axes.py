"""The two axes of pictures over time: amounts upwards, UTC days to the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sentinel.charts.look import Spec, number

_TICKS_AT_MOST = 8
_CENTS_BELOW = 4.0
_SHORT_FROM = 100_000.0
_DAY = 86_400_000
"""In milliseconds, the unit of Vega's time scale."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """From `bottom` to `top`, named by `title`, which names the currency; `grid` draws a faint line at each tick."""

    title: str
    bottom: float
    top: float
    grid: bool = True

    def on(self, field: str) -> Spec:
        """The encoding of a field that holds an amount."""
        return {
            "field": field,
            "type": "quantitative",
            "scale": {"domain": [number(self.bottom), number(self.top)], "nice": False, "zero": False},
            "axis": {
                "title": self.title,
                "format": self._form,
                "tickCount": 5,
                "grid": self.grid,
                "domain": False,
                "ticks": False,
            },
        }

    @property
    def _form(self) -> str:
        """Small amounts have cents, large ones are shortened: 120k, 1.2M."""
        size = max(-self.bottom, self.top)
        return ",.2f" if size < _CENTS_BELOW else "~s" if size >= _SHORT_FROM else ",.0f"


@dataclass(frozen=True, slots=True)
class Days:
    """From the beginning of `first` to the end of `last`, in UTC wherever the picture is drawn."""

    first: date
    last: date

    def on(self, field: str) -> Spec:
        """The encoding of a field that holds a day, or a moment in milliseconds."""
        ends = (self.first, self.last + timedelta(days=1))
        return {
            "field": field,
            "type": "temporal",
            "scale": {"type": "utc", "domain": [{"signal": f"toDate('{end}')"} for end in ends], "nice": False},
            "axis": {"title": None, "format": "%-d %b", "grid": False, "tickCount": self._ticks, "labelOverlap": True},
        }

    @property
    def _ticks(self) -> int:
        """No more than one a day: a label names a day."""
        return min(_TICKS_AT_MOST, (self.last - self.first).days + 1)


def between(first: float, last: float) -> list[Spec]:
    """A transform: the moments `from` and `to` inside the day `day`, given as shares of the day."""
    return [
        {"calculate": f"toDate(datum.day) + {round(first * _DAY)}", "as": "from"},
        {"calculate": f"toDate(datum.day) + {round(last * _DAY)}", "as": "to"},
    ]
