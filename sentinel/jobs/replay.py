"""Backtest: what rules would have told, by the one deciding function at each moment, with what was known then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from sentinel.domain.alerts import Alert, Mark, Silence, Transition, TransitionKind
from sentinel.domain.findings import Basis
from sentinel.errors import UsageError
from sentinel.evaluate import Decision, decide
from sentinel.jobs.evaluate import Told
from sentinel.jobs.fold import Fold
from sentinel.jobs.occasions import Occasion, plan_occasions
from sentinel.jobs.sight import Sight
from sentinel.rules.model import Rules
from sentinel.store import Database, alerts, known_days, marks, recorded_evaluations, silences

Progress = Callable[[int, int], None]
"""Told (evaluations done, evaluations in all) after each."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What rules would have told on the days first..last, both inclusive.

    `told` are the transitions in their order; the findings of assumed evaluations have the basis `assumed`. `alerts`
    are those opened on these days, as they stand at the end. `recorded` and `assumed` count evaluations,
    `other_version` those of the recorded ones that another version of the program made. `warnings` are those of the
    last evaluation.
    """

    first: date
    last: date
    told: tuple[Told, ...]
    alerts: tuple[Alert, ...]
    recorded: int
    assumed: int
    other_version: int
    warnings: tuple[str, ...]

    @property
    def weeks(self) -> float:
        """The length of the days."""
        return ((self.last - self.first).days + 1) / 7


def backtest(
    database: Database,
    rules: Rules,
    version: str,
    now: datetime,
    *,
    first: date | None = None,
    last: date | None = None,
    as_it_was: bool = True,
    progress: Progress | None = None,
) -> Backtest:
    """Repeat what was judged on the days first..last, or judge it by these rules; nothing is written.

    Without `first` it begins with the history or the first evaluation, without `last` it ends with today. `version` is
    this program's. What was judged by the same definitions is repeated as it was; without `as_it_was` it is judged as
    if the rules had stood since `first`, which makes two files comparable. Raises UsageError where there is nothing to
    judge.
    """
    with database.read() as conn:
        evaluations = recorded_evaluations(conn)
        settled = _settled_days(conn, rules, now)
        last = last or now.date()
        first = first or min([*settled[:1], *(one.moment.date() for one in evaluations[:1]), last])
        occasions = plan_occasions(rules, evaluations, settled, first, last, as_it_was=as_it_was)
        if not any(occasion.reported for occasion in occasions):
            raise UsageError(f"there is nothing to judge: no settled day and no evaluation from {first} to {last}")
        sight = Sight(conn, database, rules, occasions)
        fold = Fold(alerts(conn))
        words = _Words(marks(conn), silences(conn))
    told: list[Told] = []
    decision = None
    for done, occasion in enumerate(occasions, start=1):
        decision = _decide(sight, occasion, fold, words)
        now_told = fold.take(decision, occasion.rules, words.silences, occasion.moment)
        if occasion.reported:
            told += now_told if occasion.assumed is None else map(_assumed, now_told)
        if progress:
            progress(done, len(occasions))
    opened = {one.transition.alert.id for one in told if one.transition.kind is TransitionKind.OPENED}
    reported = [occasion for occasion in occasions if occasion.reported]
    repeated = {occasion.moment for occasion in reported if occasion.assumed is None}
    return Backtest(
        first=first,
        last=last,
        told=tuple(told),
        alerts=tuple(alert for alert in fold.all_alerts if alert.id in opened),
        recorded=sum(occasion.assumed is None for occasion in reported),
        assumed=sum(occasion.assumed is not None for occasion in reported),
        other_version=sum(one.moment in repeated and one.version != version for one in evaluations),
        warnings=decision.warnings if decision else (),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """All that people ever said. A silence says itself when it stands; of marks, those made by a moment count."""

    marks: tuple[Mark, ...]
    silences: tuple[Silence, ...]


def _decide(sight: Sight, occasion: Occasion, fold: Fold, words: _Words) -> Decision:
    fold.begin_anew(occasion.anew)
    view = sight.at(occasion)
    return decide(
        view.matrix,
        fold.recent(occasion.moment),
        occasion.rules,
        words.silences,
        fold.words(words.marks, occasion.moment),
        fold.previous,
        view.states,
        occasion.moment,
        view.survey,
    )


def _settled_days(conn: Connection, rules: Rules, moment: datetime) -> list[date]:
    settle_after = rules.settings.settle_after
    known = (known_days(conn, account.name, settle_after, moment) for account in rules.accounts)
    return sorted({day for account in known for day in account.settled})


def _assumed(told: Told) -> Told:
    """The same, saying that its day was taken as settled."""
    transition: Transition = told.transition
    alert = transition.alert
    finding = replace(alert.finding, basis=Basis.ASSUMED)
    return replace(told, transition=replace(transition, alert=replace(alert, finding=finding)))
