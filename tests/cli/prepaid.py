"""A simulated account that uses a prepaid amount, and the truth about how far it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sentinel.simulator import Clock, Server, World
from sentinel.simulator.landscape import Account, Cluster, Meter, Tenant, Workspace
from sentinel.simulator.tariffs import CLUSTER_MINUTES, GIB_WRITTEN
from tests.command import Command

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
TODAY = NOW.date()
HISTORY_DAYS = 150
LONG_AFTER = NOW + timedelta(days=400)


def day(offset: int) -> date:
    """So many days after today."""
    return TODAY + timedelta(days=offset)


@dataclass(frozen=True, slots=True)
class Prepaid:
    """An account of three clusters with weekends, growth and noise."""

    world: World

    @classmethod
    def build(cls, seed: int, *, growth: float = 0.2, days: int = HISTORY_DAYS, **account: Any) -> Prepaid:
        """Some 300 dollars a working day, since so many days ago."""
        clusters = tuple(
            Cluster(
                f"vci_{name}",
                name,
                ("us-east-1",),
                (
                    Meter(CLUSTER_MINUTES, base=1440, step=15),
                    Meter(GIB_WRITTEN, base=base, weekend=(0.8, 0.7), growth=growth, noise=0.04),
                ),
            )
            for name, base in (("orders", 7000.0), ("events", 4000.0), ("search", 2000.0))
        )
        tenant = Tenant("ti_1", (Workspace("wi_1", "production", clusters),))
        return cls(World(Account(day(-days), (tenant,), **account), NOW, seed=seed))

    def usage(self, first: date, last: date) -> float:
        """What the clusters will really have cost on these days, in dollars."""
        return sum(row.cost for row in self.world.rows(LONG_AFTER, first, last)) / 1e8

    def credited(self, first: date, last: date, product: str) -> float:
        """What a credit will really have given back on these days, in dollars."""
        lines = self.world.account_lines(LONG_AFTER, first, last)
        return -sum(line.cost for line in lines if line.product == product) / 1e8

    def used_up_on(self, amount: float, first: date) -> date:
        """The day on which an amount is really used up."""
        left, place = amount, first
        costs: dict[date, int] = {}
        for row in self.world.rows(LONG_AFTER, first, first + timedelta(days=500)):
            costs[row.day] = costs.get(row.day, 0) + row.cost
        while left > costs[place] / 1e8:
            left -= costs[place] / 1e8
            place += timedelta(days=1)
        return place


@contextmanager
def watching(folder: Path, world: World, rules: str) -> Iterator[Command]:
    """`sentinel` with rules and a billing API that answers for the world as it is now."""
    with Server({"key-main": world}, clock=Clock(NOW)) as server:
        command = Command(folder, {"SENTINEL_WARPSTREAM_URL": server.url})
        command.write_rules(
            f"settings: {{history_days: {HISTORY_DAYS}}}\n"
            "accounts: [{name: main, api_key: key-main}]\n"
            "channels: {here: {console: {}}}\ndefaults: {notify: [here]}\n" + rules
        )
        yield command
