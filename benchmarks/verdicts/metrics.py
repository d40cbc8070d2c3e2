"""From flagged days to figures: alerts, found events, false alerts, delay.

Flagged days become alerts with a cooldown of 7 days: an alert opens on a flagged day that follows seven
unflagged ones. An event is found when an alert opens within its kind's days after its onset. An alert
between an event's onset and its tolerated end is not false. Precision counts alerts, recall events.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from benchmarks.verdicts.labels import Corpus, Event, Flags, Kind, LabelledSeries

COOLDOWN = 7
FIRST_JUDGED = 14
FOUND_WITHIN = {Kind.RAMP: 9, Kind.SLOW_RAMP: 30}
FOUND_WITHIN_USUAL = 3
TOLERATED = {Kind.RAMP: 21, Kind.SLOW_RAMP: 42, Kind.WEEKDAY_BREAK: 28}
TOLERATED_USUAL = 14
DAYS_A_YEAR = 365.25


@dataclass(slots=True)
class Tally:
    """Counts of one method over some series; add them up with `add`."""

    series_years: float = 0.0
    events: int = 0
    found: int = 0
    same_day: int = 0
    alerts: int = 0
    false_alerts: int = 0
    delays: list[int] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Return the share of events that were found."""
        return self.found / self.events if self.events else float("nan")

    @property
    def precision(self) -> float:
        """Return the share of alerts that an event explains."""
        return 1 - self.false_alerts / self.alerts if self.alerts else float("nan")

    @property
    def f1(self) -> float:
        """Return the harmonic mean of recall and precision."""
        if not self.found:
            return 0.0
        return 2 * self.recall * self.precision / (self.recall + self.precision)

    @property
    def false_per_year(self) -> float:
        """Return the false alerts a series and year."""
        return self.false_alerts / self.series_years if self.series_years else float("nan")

    @property
    def mean_delay(self) -> float:
        """Return the mean days from an event's onset to its alert."""
        return float(np.mean(self.delays)) if self.delays else float("nan")

    @property
    def median_delay(self) -> float:
        """Return the median days from an event's onset to its alert."""
        return float(np.median(self.delays)) if self.delays else float("nan")


def alert_days(flagged: Flags) -> list[int]:
    """Return the days on which an alert opens: flagged, and none of the seven days before is."""
    days = np.flatnonzero(flagged)
    return [int(day) for place, day in enumerate(days) if place == 0 or day - days[place - 1] > COOLDOWN]


def tally_series(series: LabelledSeries, flagged: Flags) -> dict[str, Tally]:
    """Return the counts of one series by group: the part, each event's kind, and the background."""
    first = series.begin + FIRST_JUDGED
    end = series.begin + len(series.cost)
    judged = flagged.copy()
    judged[:first] = False
    alerts = alert_days(judged)
    explained = {day for event in series.events for day in range(event.onset, _tolerated_end(event) + 1)}
    false_alerts = [day for day in alerts if day not in explained]
    years = max(0, end - first) / DAYS_A_YEAR
    groups = (series.part.value, f"{series.part.value}: {series.background}")
    tallies = {name: Tally(series_years=years, alerts=len(alerts), false_alerts=len(false_alerts)) for name in groups}
    for event in series.events:
        if event.onset < first:
            continue
        within = FOUND_WITHIN.get(event.kind, FOUND_WITHIN_USUAL)
        last = event.last if event.kind is Kind.LABEL else event.onset + within
        delay = next((day - event.onset for day in alerts if event.onset <= day <= last), None)
        for name in (*groups, f"{series.part.value}: {_size_class(event)}"):
            add(tallies.setdefault(name, Tally()), _tally_event(delay))
    return tallies


def tally(corpus: Corpus, flagged: Flags) -> dict[str, Tally]:
    """Return the counts of a corpus by group; flagged is [series, days]."""
    return merged(tally_series(one, flagged[row]) for row, one in enumerate(corpus.series))


def merged(tallies: Iterable[dict[str, Tally]]) -> dict[str, Tally]:
    """Return the sums of the counts, group by group."""
    total: dict[str, Tally] = {}
    for groups in tallies:
        for name, counts in groups.items():
            add(total.setdefault(name, Tally()), counts)
    return total


def add(total: Tally, more: Tally) -> None:
    """Add the counts of one tally to another."""
    total.series_years += more.series_years
    total.events += more.events
    total.found += more.found
    total.same_day += more.same_day
    total.alerts += more.alerts
    total.false_alerts += more.false_alerts
    total.delays += more.delays


def _tally_event(delay: int | None) -> Tally:
    if delay is None:
        return Tally(events=1)
    return Tally(events=1, found=1, same_day=int(delay == 0), delays=[delay])


def _tolerated_end(event: Event) -> int:
    """Return the last day whose alert the event explains: a passing event also explains its end."""
    after_onset = event.onset + TOLERATED.get(event.kind, TOLERATED_USUAL)
    return after_onset if event.kind is not Kind.LABEL else event.last


def _size_class(event: Event) -> str:
    if event.kind is not Kind.SPIKE:
        return event.kind.value
    for low, high in ((1.0, 1.5), (1.5, 2.0), (2.0, 3.0), (3.0, 5.0)):
        if low <= event.size < high:
            return f"spike {low:g}-{high:g}x"
    return "spike above 5x"
