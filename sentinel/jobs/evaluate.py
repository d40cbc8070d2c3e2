"""Stage 3 of the cycle: judge the history, and write alerts with their notifications in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sentinel import __version__
from sentinel.domain.alerts import Reason, Silence, Transition
from sentinel.domain.costs import Window
from sentinel.domain.silences import is_silenced
from sentinel.errors import UsageError
from sentinel.evaluate import Decision, decide, first_day_needed
from sentinel.jobs.accounts import account_states
from sentinel.notify import batch, channels_for
from sentinel.rules.model import Rules
from sentinel.store import (
    Database,
    enqueue,
    load_matrix,
    marks,
    previous_evaluations,
    recent_alerts,
    record_evaluation,
    record_transitions,
    silences,
    told_channels,
    update_alerts,
)

REMEMBERED = timedelta(days=60)
"""So long a closed alert still keeps its days from being told again."""

UNTOLD = frozenset({Reason.PERIOD_CLOSED})
"""The calendar ends these, and nobody needs to be told what day it is."""


@dataclass(frozen=True, slots=True)
class Told:
    """A transition, with its alert's id, and the channels it is told to; none where it is only recorded."""

    transition: Transition
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one evaluation decided, and who is told of each transition."""

    moment: datetime
    decision: Decision
    told: tuple[Told, ...]


def evaluate(
    database: Database, rules: Rules, rules_hash: str, moment: datetime, *, as_of: bool = False, dry_run: bool = False
) -> Evaluation:
    """Judge every rule at a moment and record what changes; with `dry_run` nothing is written.

    `as_of` sees only what had been pulled by the moment. Raises UsageError for a moment before the latest recorded
    evaluation: alerts have moved on since.
    """
    names = tuple(account.name for account in rules.accounts)
    today = moment.date()
    window = Window(first_day_needed(rules, today), today + timedelta(days=1))
    settle_after = rules.settings.settle_after
    with database.read() as conn:
        matrix = load_matrix(conn, names, window, settle_after, as_of=moment if as_of else None)
        states = account_states(conn, rules, moment)
    with database.read() if dry_run else database.write() as conn:
        previous = previous_evaluations(conn)
        _refuse_the_past(moment, (evaluation.moment for evaluation in previous.values()), dry_run=dry_run)
        standing = silences(conn)
        alerts = recent_alerts(conn, moment - REMEMBERED)
        decision = decide(matrix, alerts, rules, standing, marks(conn), previous, states, moment)
        if dry_run:
            return Evaluation(moment, decision, who_is_told(decision.transitions, rules, {}, standing, moment))
        number = record_evaluation(conn, moment, rules, rules_hash, __version__)
        update_alerts(conn, decision.updated)
        transitions = record_transitions(conn, number, decision.transitions)
        told_before = told_channels(conn, [t.alert.id for t in transitions if t.alert.id is not None])
        told = who_is_told(transitions, rules, told_before, standing, moment)
        _enqueue(conn, number, told, moment, name_account=len(names) > 1)
    return Evaluation(moment, decision, told)


def _enqueue(
    conn: Connection, evaluation: int, told: tuple[Told, ...], moment: datetime, *, name_account: bool
) -> None:
    """One notification for each transition and channel, or one for them all where they are many."""
    by_channel: dict[str, list[Transition]] = {}
    for one in told:
        for channel in one.channels:
            by_channel.setdefault(channel, []).append(one.transition)
    for channel, transitions in by_channel.items():
        for place, message in enumerate(batch(transitions, name_account=name_account)):
            enqueue(conn, channel, f"evaluation-{evaluation}/{place}", message, moment)


def who_is_told(
    transitions: tuple[Transition, ...],
    rules: Rules,
    told_before: Mapping[int, Collection[str]],
    standing: tuple[Silence, ...],
    moment: datetime,
) -> tuple[Told, ...]:
    """The channels of each transition; `told_before` are those that its alert, by its id, was told to already."""
    return tuple(
        Told(
            t,
            () if _is_quiet(t, standing, moment) else channels_for(t, rules, told_before.get(t.alert.id or 0, ())),
        )
        for t in transitions
    )


def _is_quiet(transition: Transition, standing: tuple[Silence, ...], moment: datetime) -> bool:
    return transition.reason in UNTOLD or any(
        silence.starts_at <= moment < silence.ends_at and is_silenced(transition.alert, silence) for silence in standing
    )


def _refuse_the_past(moment: datetime, evaluated: Iterable[datetime], *, dry_run: bool) -> None:
    newest = max(evaluated, default=None)
    if newest is not None and moment < newest and not dry_run:
        raise UsageError(
            f"the latest evaluation was made at {newest:%Y-%m-%d %H:%M:%S} UTC, after {moment:%Y-%m-%d %H:%M:%S}: "
            "alerts have moved on since; add --dry-run to see what an earlier moment would have said"
        )
