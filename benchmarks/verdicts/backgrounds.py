"""What a series does when nothing happens: ten mean paths, and the noise around them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from benchmarks.verdicts.labels import Flags, Floats

HEAVY_TAILED_SHARE = 0.4
DAYS_A_MONTH = 30.4


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The calendar of one series: arrays [days]."""

    weekday: Floats
    day_of_month: Floats
    month: Floats

    def __len__(self) -> int:
        """Return the number of days."""
        return len(self.weekday)


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The mean path of a series, 1 on a usual day, and its relative noise; only the generator knows them."""

    name: str
    mean: Floats
    deviation: float


def calendar(first_day: date, days: int) -> Days:
    """Return the calendar of `days` days from `first_day` on."""
    dates = [first_day + timedelta(days=day) for day in range(days)]
    return Days(
        np.array([day.weekday() for day in dates], float),
        np.array([day.day for day in dates], float),
        np.array([day.month for day in dates], float),
    )


def noise(random: np.random.Generator, days: int, deviation: float) -> Floats:
    """Return a factor on the cost: AR(1) in log space (phi 0 to 0.6), for 40% of the series with t4 shocks."""
    phi = random.uniform(0, 0.6)
    shocks = (
        random.standard_t(4, days + 30) / np.sqrt(2)
        if random.random() < HEAVY_TAILED_SHARE
        else random.standard_normal(days + 30)
    )
    values = np.zeros(days + 30)
    for day in range(1, days + 30):
        values[day] = phi * values[day - 1] + np.sqrt(1 - phi**2) * shocks[day]
    return np.exp(deviation * values[30:])


def steady(random: np.random.Generator, days: Days) -> Background:
    """A flat cost."""
    return Background("steady", np.ones(len(days)), random.uniform(0.01, 0.05))


def weekly(random: np.random.Generator, days: Days) -> Background:
    """A weekend 10 to 80% below the week."""
    depth = random.uniform(0.1, 0.8)
    sunday = depth * random.uniform(0.8, 1.1)
    mean = np.where(days.weekday == 5, 1 - depth, np.where(days.weekday == 6, max(1 - sunday, 0.1), 1.0))
    return Background("weekly", mean, random.uniform(0.03, 0.12))


def growth(random: np.random.Generator, days: Days) -> Background:
    """-3 to +12% a month."""
    monthly = random.uniform(-0.03, 0.12)
    mean = (1 + monthly) ** (np.arange(len(days)) / DAYS_A_MONTH)
    return Background("growth", mean, random.uniform(0.02, 0.08))


def noisy(random: np.random.Generator, days: Days) -> Background:
    """A flat cost that scatters by 15 to 35%."""
    return Background("noisy", np.ones(len(days)), random.uniform(0.15, 0.35))


def monthly_fee(random: np.random.Generator, days: Days) -> Background:
    """A fee of 1 to 8 days' cost on the 1st."""
    fee = random.uniform(1, 8)
    return Background("monthly fee", 1 + fee * (days.day_of_month == 1), random.uniform(0.02, 0.08))


def tiered(random: np.random.Generator, days: Days) -> Background:
    """A price that falls after some day between the 8th and the 22nd."""
    last, price = random.integers(8, 23), random.uniform(0.3, 0.85)
    mean = np.where(days.day_of_month > last, price, 1.0)
    return Background("tiered", mean, random.uniform(0.02, 0.08))


def zero_heavy(random: np.random.Generator, days: Days) -> Background:
    """No cost on 5 to 40% of the days, or cost on only 1 or 2 days of each 5 to 20."""
    if random.random() < 0.5:
        mean = (random.random(len(days)) >= random.uniform(0.05, 0.4)).astype(float)
    else:
        gap, run, mean = int(random.integers(5, 21)), int(random.integers(1, 3)), np.zeros(len(days))
        day = int(random.integers(0, gap))
        while day < len(days):
            mean[day : day + run] = 1
            day += max(run + 1, gap + int(random.integers(-1, 2)))
    return Background("zero-heavy", mean, random.uniform(0.05, 0.3))


def batch(random: np.random.Generator, days: Days) -> Background:
    """A weekly, fortnightly or monthly job of 1 to 5 days' cost."""
    job, rhythm = random.uniform(1, 5), random.integers(0, 3)
    offset = int(random.integers(0, 28))
    runs = (
        np.arange(len(days)) % (7 if rhythm == 0 else 14) == offset % (7 if rhythm == 0 else 14)
        if rhythm < 2
        else days.day_of_month == 1 + offset
    )
    return Background("batch", 1 + job * runs, random.uniform(0.03, 0.1))


def holiday(random: np.random.Generator, days: Days) -> Background:
    """23 December to 1 January at 55 to 90%."""
    closed: Flags = ((days.month == 12) & (days.day_of_month >= 23)) | ((days.month == 1) & (days.day_of_month == 1))
    return Background("holiday", np.where(closed, random.uniform(0.55, 0.9), 1.0), random.uniform(0.02, 0.08))


def random_walk(random: np.random.Generator, days: Days) -> Background:
    """A level that wanders by 1 to 4% a day."""
    steps = random.uniform(0.01, 0.04) * random.standard_normal(len(days))
    return Background("random walk", np.exp(np.cumsum(steps)), random.uniform(0.02, 0.06))


BACKGROUNDS: tuple[Callable[[np.random.Generator, Days], Background], ...] = (
    steady,
    weekly,
    growth,
    noisy,
    monthly_fee,
    tiered,
    zero_heavy,
    batch,
    holiday,
    random_walk,
)
