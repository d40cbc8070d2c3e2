"""What happens to a series: each event is a factor on its days' cost."""

from dataclasses import dataclass

import numpy as np

from benchmarks.verdicts.labels import Event, Floats, Kind

QUIET_DAYS = 14
"""No event in the first fortnight: nothing can be judged there."""

LEAST_MOVE = 2.0
"""An event that moves less than 2 currency units a day is dropped: nobody should be woken for it."""

SPACING = (45, 151)
DENSE_SPACING = (8, 71)

KINDS = tuple(kind for kind in Kind if kind is not Kind.LABEL)


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """A series after its events."""

    cost: Floats
    events: tuple[Event, ...]


def with_events(
    random: np.random.Generator, cost: Floats, weekday: Floats, begin: int, *, dense: bool = False
) -> Changed:
    """Put events into a series; onsets are counted from `begin`.

    From the end of one change (a ramp's last rising day, a drop's last day) to the next onset it is 45 to
    150 days; dense: 8 to 70.
    """
    low, high = DENSE_SPACING if dense else SPACING
    events: list[Event] = []
    changed = cost.copy()
    day = QUIET_DAYS + int(random.integers(0, high - low))
    while day < len(cost) - 1:
        kind = KINDS[random.integers(len(KINDS))]
        if kind is Kind.NEW and events:
            kind = Kind.SPIKE
        event, factor = _draw(random, kind, day, weekday)
        moved = _moved(changed, factor, event)
        if np.nansum(moved) >= LEAST_MOVE * np.count_nonzero(moved > 0) > 0:
            changed = changed * factor
            onset = day + int(np.argmax(moved > 0))
            events.append(Event(kind, begin + onset, begin + event.last, event.size))
        day = _change_ends(event) + int(random.integers(low, high))
    return Changed(changed, tuple(events))


def _change_ends(event: Event) -> int:
    """Return the day after which the series holds still again."""
    match event.kind:
        case Kind.SPIKE:
            return event.last
        case Kind.RAMP:
            return event.onset + 6
        case Kind.SLOW_RAMP:
            return event.onset + 27
        case _:
            return min(event.last, event.onset + 21)


def _moved(cost: Floats, factor: Floats, event: Event) -> Floats:
    """Return by how much the event moves each of its first 28 days."""
    days = slice(event.onset, min(event.last, event.onset + 27) + 1)
    return cost[days] if event.kind is Kind.NEW else np.abs(cost[days] * (factor[days] - 1))


def _draw(random: np.random.Generator, kind: Kind, day: int, weekday: Floats) -> tuple[Event, Floats]:
    days = len(weekday)
    since = np.arange(days) - day
    after = since >= 0
    match kind:
        case Kind.SPIKE:
            size, last = _between(random, 1.3, 10), min(days, day + int(random.integers(1, 4))) - 1
            factor = np.where(after & (np.arange(days) <= last), size, 1.0)
        case Kind.LEVEL_UP:
            size, last = _between(random, 1.3, 5), days - 1
            factor = np.where(after, size, 1.0)
        case Kind.LEVEL_DOWN:
            size, last = _between(random, 0.2, 0.7), days - 1
            factor = np.where(after, size, 1.0)
        case Kind.RAMP:
            size, last = _between(random, 1.5, 5), days - 1
            factor = size ** np.clip((since + 1) / 7, 0, 1)
        case Kind.SLOW_RAMP:
            size, last = _between(random, 1.6, 4), days - 1
            factor = size ** np.clip((since + 1) / 28, 0, 1)
        case Kind.DROP:
            size, length = 0.0, (2, 5, 10, days)[random.integers(4)]
            last = min(days, day + length) - 1
            factor = np.where(after & (np.arange(days) <= last), 0.0, 1.0)
        case Kind.NEW:
            size, last = 1.0, days - 1
            factor = np.where(after, 1.0, 0.0)
        case _:
            size = _between(random, 1.6, 4) ** random.choice([-1, 1])
            last = min(days, day + (21 if random.random() < 0.5 else days)) - 1
            pair = random.choice(7, 2, replace=False)
            factor = np.where(np.isin(weekday, pair) & after & (np.arange(days) <= last), size, 1.0)
    return Event(kind, day, last, float(size)), factor


def _between(random: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
