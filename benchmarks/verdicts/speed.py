"""How long verdicts take: a year of many series, one day of many more, and a whole evaluation with many open alerts."""

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

import numpy as np

from benchmarks.verdicts.labels import Floats
from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert, AlertState, with_teller_ids
from sentinel.domain.evaluations import PreviousEvaluation
from sentinel.domain.matrix import CostMatrix, Series
from sentinel.evaluate import Decision, decide
from sentinel.evaluate.detector import Panel, judge
from sentinel.rules.model import Rules

FIRST_DAY = date(2025, 1, 1)
MEMORY = 400
YEAR = 365
PRODUCTS = 5
WORKSPACES = 50
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "freshness": {"enabled": False},
        "budgets": [{"name": "month", "amount": 1_000_000, "period": "month"}],
        "spikes": [
            {"name": "product", "per": ["cluster", "product_family"], "direction": "both"},
            {"name": "cluster", "per": ["cluster"], "direction": "both"},
            {"name": "workspace", "per": ["workspace"], "direction": "both", "min_percent": "5%"},
        ],
        "new_spend": [{"name": "new", "per": ["cluster"]}],
    }
)


def speed_rows() -> Iterator[str]:
    """Yield the table of speed: processor seconds of one core, and the peak memory of the process so far."""
    yield "| what | seconds | series-days/s | peak memory |"
    yield "|---|---|---|---|"
    for what, series, judged in (("a year of 10,000 series", 10_000, YEAR), ("one day of 50,000 series", 50_000, 1)):
        panel = _panel(_costs(series, MEMORY + judged - 1))
        started = time.process_time()
        judge(panel, MEMORY - 1, MEMORY + judged - 1)
        yield _row(what, time.process_time() - started, series * judged)
        del panel
    yield from _evaluations(10_000, 3_400)


def _row(what: str, seconds: float, series_days: int) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return f"| {what} | {seconds:.1f} | {series_days / seconds:,.0f} | {peak:.2f} GiB |"


def _costs(series: int, days: int, rising: int = 0) -> Floats:
    """[series, days]: levels with noise; so many that are `rising` cost about three times as much on the last four."""
    random = np.random.default_rng(3)
    level = np.exp(random.uniform(np.log(5), np.log(300), (series, 1)))
    costs: Floats = level * np.exp(random.normal(0, 0.05, (series, days)))
    costs[random.permutation(series)[:rising], -4:] *= random.uniform(2.5, 4, (rising, 1))
    return costs


def _panel(cost: Floats) -> Panel:
    nothing = np.zeros(cost.shape, np.bool_)
    return Panel(FIRST_DAY, cost, ~nothing, nothing, np.zeros(len(cost), np.int64))


@dataclass(slots=True)
class _Life:
    """Daily evaluations of one account, as the database would keep them."""

    cost: Floats
    series: tuple[Series, ...]
    alerts: list[Alert] = field(default_factory=list)
    previous: dict[str, PreviousEvaluation] = field(default_factory=dict)

    def matrix(self, days: int) -> CostMatrix:
        ends = np.datetime64(FIRST_DAY, "s") + (np.arange(days) + 1) * np.timedelta64(1, "D")
        settled = np.where(np.arange(days) < days - 2, ends + np.timedelta64(36, "h"), np.datetime64("NaT"))
        return CostMatrix(
            first_day=FIRST_DAY + timedelta(days=days - MEMORY),
            accounts=("main",),
            series=self.series,
            account_of=np.zeros(len(self.series), np.int64),
            cost=self.cost[:, days - MEMORY : days],
            quantity=self.cost[:, days - MEMORY : days],
            covered=np.ones((1, MEMORY), np.bool_),
            settled_at=settled[None, -MEMORY:],
        )

    def judge(self, matrix: CostMatrix, moment: datetime) -> Decision:
        return decide(
            matrix,
            tuple(self.alerts),
            RULES,
            (),
            (),
            self.previous,
            {"main": AccountState("main", ready=True)},
            moment,
        )

    def record(self, decision: Decision, moment: datetime) -> None:
        news = [t.alert for t in decision.transitions if t.alert.id is None]
        numbered = [replace(alert, id=len(self.alerts) + place) for place, alert in enumerate(news, start=1)]
        self.alerts += with_teller_ids(numbered, numbered)
        told = [t.alert for t in decision.transitions if t.alert.id is not None]
        for alert in with_teller_ids([*told, *decision.updated], numbered):
            self.alerts[(alert.id or 0) - 1] = alert
        self.previous = {
            rule.name: PreviousEvaluation(moment, RULES.fingerprint(rule), moment - timedelta(days=90))
            for rule in RULES.all
        }

    @property
    def open(self) -> int:
        return sum(alert.state is AlertState.OPEN for alert in self.alerts)


def _evaluations(clusters: int, rising: int) -> Iterator[str]:
    """Evaluate the day before some series rise, and three days after it."""
    series, days = clusters * PRODUCTS, MEMORY + 4
    life = _Life(_costs(series, days, rising), tuple(_series(row) for row in range(series)))
    for day in range(days - 4, days):
        moment = datetime.combine(FIRST_DAY + timedelta(days=day - 1), time_of_day(12), UTC)
        matrix, before = life.matrix(day), life.open
        started = time.process_time()
        decision = life.judge(matrix, moment)
        seconds = time.process_time() - started
        life.record(decision, moment)
        what = f"an evaluation of {series:,} series, {before:,} alerts open before it and {life.open:,} after it"
        yield _row(what, seconds, series)


def _series(row: int) -> Series:
    cluster = row // PRODUCTS
    place = f"{cluster % WORKSPACES}"
    return Series(
        account="main",
        tenant="ti_1",
        workspace=f"wi_{place}",
        cluster=f"vci_{cluster}",
        product=f"Product {row % PRODUCTS}",
        workspace_names=(f"workspace-{place}",),
        cluster_names=(f"cluster-{cluster}",),
        regions=("us-east-1",),
    )
