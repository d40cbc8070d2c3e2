"""A small history written by hand, and the evaluations that follow each other on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert, AlertState, Mark, MarkKind, Silence, Transition, with_teller_ids
from sentinel.domain.evaluations import PreviousEvaluation
from sentinel.domain.matrix import CostMatrix, Series
from sentinel.evaluate import Decision, decide
from sentinel.rules.model import Rule, Rules

SETTLE_AFTER = timedelta(hours=36)


def series(cluster: str, product: str = "Uncompressed GiB written", **borne: str) -> Series:
    """A series of account main; `borne` overrides account, tenant, workspace, workspace_name or region."""
    return Series(
        account=borne.get("account", "main"),
        tenant=borne.get("tenant", "ti_1"),
        workspace=borne.get("workspace", "wi_1"),
        cluster=f"vci_{cluster}",
        product=product,
        workspace_names=(borne.get("workspace_name", "production"),),
        cluster_names=(cluster,),
        regions=(borne.get("region", "us-east-1"),),
    )


@dataclass
class History:
    """Costs by series and day, seen at a moment: days after it are unknown, the last ones unsettled.

    Pulls are taken to happen at the moment of every evaluation, so that a day settles at the first one that comes at
    least 36 hours after its end.
    """

    first_day: date
    costs: dict[Series, dict[date, float]] = field(default_factory=dict)
    missing: set[date] = field(default_factory=set)
    price: float = 0.02

    def spend(self, of: Series, first: date, amounts: list[float]) -> History:
        """Charge a series on consecutive days."""
        days = self.costs.setdefault(of, {})
        days |= {first + timedelta(days=n): amount for n, amount in enumerate(amounts)}
        return self

    def seen_at(self, moment: datetime, pulls: list[datetime]) -> CostMatrix:
        """The matrix that the store would load at a moment, after these pulls."""
        count = (moment.date() - self.first_day).days + 1
        days = [self.first_day + timedelta(days=n) for n in range(count)]
        rows = list(self.costs)
        cost = np.array([[self.costs[row].get(day, 0.0) for day in days] for row in rows]).reshape(len(rows), count)
        covered = np.array([[day not in self.missing for day in days]])
        settled_at = np.full((1, count), np.datetime64("NaT", "s"))
        for column, day in enumerate(days):
            settles = datetime.combine(day + timedelta(days=1), time(), UTC) + SETTLE_AFTER
            since = next((pull for pull in pulls if pull >= settles), None)
            if since is not None and covered[0, column]:
                settled_at[0, column] = np.datetime64(since.replace(tzinfo=None), "s")
        return CostMatrix(
            first_day=self.first_day,
            accounts=("main",),
            series=tuple(rows),
            account_of=np.zeros(len(rows), np.int64),
            cost=np.where(covered, cost, 0.0),
            quantity=np.where(covered, cost, 0.0) / self.price,
            covered=covered,
            settled_at=settled_at,
        )


@dataclass
class Story:
    """Evaluations one after the other: each sees what the ones before recorded, as the database would keep it."""

    history: History
    rules: Rules
    alerts: list[Alert] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    previous: dict[str, PreviousEvaluation] = field(default_factory=dict)
    pulls: list[datetime] = field(default_factory=list)
    ready: bool = True
    state: AccountState | None = None

    def evaluate(self, moment: datetime) -> Decision:
        """Pull and judge at a moment, and record the outcome."""
        self.pulls.append(moment)
        matrix = self.history.seen_at(moment, self.pulls)
        account = self.state or AccountState("main", ready=self.ready, first_pull=self.pulls[0])
        decision = decide(
            matrix,
            tuple(self.alerts),
            self.rules,
            tuple(self.silences),
            tuple(self.marks),
            self.previous,
            {"main": account},
            moment,
        )
        self.previous = {rule.name: self._judged(rule, moment) for rule in self.rules.all}
        return self._recorded(decision)

    def tell(self, moment: datetime) -> list[tuple[str, str]]:
        """Judge at a moment; what is told, as (transition, reason)."""
        return [(t.kind.value, t.reason.value) for t in self.evaluate(moment).transitions]

    def mark(self, kind: MarkKind, at: datetime, **more: object) -> None:
        """A person's word on the only alert."""
        alert = self.alerts[-1]
        self.marks.append(
            replace(
                Mark(
                    kind=kind,
                    alert_id=alert.id or 0,
                    rule=alert.rule,
                    scope_key=alert.scope.key,
                    episode=alert.episode,
                    first_day=alert.days[0].day,
                    last_day=alert.days[-1].day,
                    author="ann",
                    at=at,
                ),
                **more,
            )
        )

    def _judged(self, rule: Rule, moment: datetime) -> PreviousEvaluation:
        before = self.previous.get(rule.name)
        known = before is not None and before.fingerprint == self.rules.fingerprint(rule)
        return PreviousEvaluation(moment, self.rules.fingerprint(rule), before.since if before and known else moment)

    def _recorded(self, decision: Decision) -> Decision:
        """The decision with the ids that the database would give out."""
        numbered = [self._with_id(t.alert) for t in decision.transitions]
        alerts = with_teller_ids(numbered, numbered)
        for alert in (*with_teller_ids(decision.updated, numbered), *alerts):
            self.alerts[(alert.id or 0) - 1] = alert
        transitions = (replace(t, alert=alert) for t, alert in zip(decision.transitions, alerts, strict=True))
        return replace(decision, transitions=tuple(transitions))

    def _with_id(self, alert: Alert) -> Alert:
        if alert.id is not None:
            return alert
        self.alerts.append(replace(alert, id=len(self.alerts) + 1))
        return self.alerts[-1]

    @property
    def open(self) -> list[Alert]:
        """The alerts that are open now."""
        return [alert for alert in self.alerts if alert.state is AlertState.OPEN]


def only(decision: Decision) -> Transition:
    """The one transition of a decision."""
    (transition,) = decision.transitions
    return transition


def at(day: date, hour: int = 12) -> datetime:
    """A moment of a UTC day."""
    return datetime.combine(day, time(hour), UTC)
