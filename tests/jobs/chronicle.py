"""Sixty days of a small account, lived through: pulls, restatements, evaluations, and what people say of alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import AlertState, MarkKind, Silence
from sentinel.domain.costs import Window
from sentinel.domain.messages import Receipt
from sentinel.errors import ApiUnavailable
from sentinel.jobs.evaluate import Told, evaluate
from sentinel.jobs.outgoing import take_next
from sentinel.jobs.respond import respond
from sentinel.rules.model import Rules
from sentinel.store import Database, add_silence, alerts, record_answer, record_failed_pull, record_sent
from tests.store.answers import Row, answer

FIRST = date(2026, 1, 1)
DAYS = 60
UNITS = 100_000_000
RULES = Rules.model_validate(
    {
        "settings": {"history_days": 40},
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": {"here": {"console": {}, "rate_limit": "none"}},
        "defaults": {"notify": ["here"]},
        "budgets": [
            {"name": "month", "amount": 9000, "period": "month"},
            {"name": "each-day", "amount": 130, "period": "day", "per": ["cluster"], "severity": "critical"},
        ],
        "spikes": [
            {"name": "robust", "per": ["cluster", "product_family"], "direction": "both", "min_change": 5},
            {"name": "classic", "per": ["cluster"], "method": "classic", "window": 10, "z": 3, "min_change": 5},
            {"name": "whole", "per": ["workspace"], "direction": "both", "min_change": 5, "min_percent": "5%"},
        ],
        "new_spend": [{"name": "new", "per": ["cluster"]}],
        "mutes": [{"where": {"cluster": "vci_1"}, "from": "2026-02-03", "to": "2026-02-04"}],
    }
)


@dataclass(slots=True)
class Chronicle:
    """What happened, decided by one seed; `told` is what each evaluation recorded.

    Somebody looks at it on the last `lived` of the sixty days, from a moment on that chance decides.
    """

    database: Database
    generator: np.random.Generator
    series: int
    lived: int = DAYS
    told: list[Told] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    def live(self, rules: Rules = RULES) -> None:
        """Let the days pass."""
        costs = self._costs()
        begin = datetime(FIRST.year, FIRST.month, FIRST.day, 7, tzinfo=UTC)
        end = begin + timedelta(days=DAYS)
        moment = end - timedelta(days=self.lived - self._below(self.lived * 5 // 12))
        while moment < end:
            if self._chance(0.85):
                self._pull(costs, moment)
            if self._chance(0.9):
                evaluation = evaluate(self.database, rules, "hash", moment)
                self.told += evaluation.told
                self._deliver(moment)
                self.moments.append(moment)
            if self._chance(0.3):
                self._speak(moment + timedelta(minutes=20))
            if self._chance(0.1):
                self._restate(costs, moment)
            moment += timedelta(
                hours=float(self.generator.choice([1, 6, 11, 24, 30, 90], p=[0.2, 0.3, 0.2, 0.2, 0.07, 0.03]))
            )

    def _costs(self) -> NDArray[np.float64]:
        """[series, days]: levels with noise, spikes, stops and late starts."""
        shape = self.series, DAYS
        costs = self.generator.uniform(20, 120, (self.series, 1)) * np.exp(self.generator.normal(0, 0.05, shape))
        costs[self.generator.random(shape) < 0.02] *= 3
        for row in range(self.series):
            if self._chance(0.2):
                costs[row, : 35 + self._below(20)] = 0
            if self._chance(0.2):
                costs[row, 30 + self._below(25) :] *= self.generator.choice([0, 0.3, 2])
        return costs

    def _pull(self, costs: NDArray[np.float64], moment: datetime) -> None:
        today = (moment.date() - FIRST).days
        first = 0 if self._chance(0.3) else max(0, today - 10)
        window = Window(FIRST + timedelta(days=first), FIRST + timedelta(days=min(today, DAYS - 1) + 1))
        if self._chance(0.1):
            with self.database.write() as conn:
                record_failed_pull(conn, "main", moment, window, ApiUnavailable("out of reach"))
            return
        rows = [row for day in window.each_day() for row in self._rows(costs, day, moment)]
        with self.database.write() as conn:
            record_answer(conn, "main", moment, window, answer(window, rows), RULES.settings.settle_after)

    def _rows(self, costs: NDArray[np.float64], day: date, moment: datetime) -> list[Row]:
        """What the API says of a day: for 30 hours after its start it grows."""
        hours = (moment - datetime(day.year, day.month, day.day, tzinfo=UTC)).total_seconds() / 3600
        grown = min(1.0, hours / 30)
        column = costs[:, (day - FIRST).days] * grown
        return [
            Row(day, round(cost * UNITS), cost * 50, cluster=f"vci_{row // 2}", product=f"product - Tier {row % 2 + 1}")
            for row, cost in enumerate(column.tolist())
            if cost
        ]

    def _deliver(self, moment: datetime) -> None:
        with self.database.write() as conn:
            while sent := take_next(conn, "here", RULES.channels["here"], moment).notification:
                record_sent(conn, sent, Receipt(sent.key), moment)

    def _restate(self, costs: NDArray[np.float64], moment: datetime) -> None:
        day = (moment.date() - FIRST).days - int(self.generator.integers(0, 9))
        if day >= 0:
            costs[self._below(self.series), min(day, DAYS - 1)] *= self.generator.choice([0, 0.4, 3])

    def _speak(self, moment: datetime) -> None:
        with self.database.read() as conn:
            known = alerts(conn)
        if not known:
            return
        meant = known[self._below(len(known))]
        if self._chance(0.2):
            starts = moment + timedelta(hours=self._below(5))
            silence = Silence(None, (("rule", meant.rule),), starts, starts + timedelta(days=2), "ann", "")
            with self.database.write() as conn:
                add_silence(conn, silence)
            return
        quiets = [MarkKind.ACKNOWLEDGED, MarkKind.SNOOZED] if meant.state is AlertState.OPEN else []
        kinds = [MarkKind.EXPECTED, MarkKind.FALSE_ALARM, *quiets]
        kind = kinds[self._below(len(kinds))]
        respond(
            self.database,
            meant.id or 0,
            kind,
            author="ann",
            comment="",
            moment=moment,
            until=moment + timedelta(days=4) if kind is MarkKind.SNOOZED else None,
            new_level=kind is MarkKind.EXPECTED and self._chance(0.5),
        )

    def _below(self, stop: int) -> int:
        return int(self.generator.integers(0, stop))

    def _chance(self, share: float) -> bool:
        return bool(self.generator.random() < share)
