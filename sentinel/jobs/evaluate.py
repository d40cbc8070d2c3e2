"""Stage 3 of the cycle: judge the history, and write alerts with their notifications in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sentinel import __version__
from sentinel.domain.alerts import Mark, Reason, Silence, Transition, TransitionKind, with_teller_ids
from sentinel.domain.costs import Window
from sentinel.domain.silences import silence_over
from sentinel.errors import UsageError
from sentinel.evaluate import Decision, Survey, decide, first_day_needed, pictures_of
from sentinel.jobs.accounts import account_states
from sentinel.jobs.illustrate import Illustrator
from sentinel.notify import batch, channels_for
from sentinel.rules.model import Rules
from sentinel.store import (
    Database,
    awaiting_channels,
    enqueue,
    load_matrix,
    marks,
    paused_collector,
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
    """A transition, with its alert's id, and the channels it is told to; none where it is only recorded.

    `kept_back_from` are the channels that would be told but for a silence: it waits for them like any other, since the
    silence that counts is the one that stands when it would be sent.
    """

    transition: Transition
    channels: tuple[str, ...]
    kept_back_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one evaluation decided, and who is told of each transition."""

    moment: datetime
    decision: Decision
    told: tuple[Told, ...]


@paused_collector()
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
    survey = Survey(matrix, rules)
    with database.read() if dry_run else database.write() as conn:
        previous = previous_evaluations(conn)
        _refuse_the_past(moment, (evaluation.moment for evaluation in previous.values()), dry_run=dry_run)
        standing = silences(conn)
        alerts = recent_alerts(conn, moment - REMEMBERED)
        said = marks(conn)
        decision = decide(matrix, alerts, rules, standing, said, previous, states, moment, survey)
        if dry_run:
            return Evaluation(moment, decision, who_is_told(decision.transitions, rules, {}, standing, moment))
        number = record_evaluation(conn, moment, rules, rules_hash, __version__)
        transitions = record_transitions(conn, number, decision.transitions)
        update_alerts(conn, with_teller_ids(decision.updated, (t.alert for t in transitions)))
        told_before = told_channels(conn, [t.alert.id for t in transitions if t.alert.id is not None])
        told = who_is_told(transitions, rules, told_before, standing, moment)
        illustrator = Illustrator(
            transitions, lambda looked_at: pictures_of(looked_at, matrix, rules, said, states, moment, survey)
        )
        _enqueue(conn, number, told, rules, said, moment, illustrator)
    return Evaluation(moment, decision, told)


def _enqueue(
    conn: Connection,
    evaluation: int,
    told: tuple[Told, ...],
    rules: Rules,
    said: tuple[Mark, ...],
    moment: datetime,
    illustrator: Illustrator,
) -> None:
    """One notification for each transition and channel, or one for them all where they are many.

    Nobody is reminded of what he has not been told yet: a channel that is down gathers no reminders.
    """
    reminded = (one.transition.alert.id for one in told if one.transition.kind is TransitionKind.REMINDED)
    unheard = awaiting_channels(conn, [alert_id for alert_id in reminded if alert_id is not None])
    by_channel: dict[str, list[Transition]] = {}
    for one in told:
        for channel in (*one.channels, *one.kept_back_from):
            if channel not in unheard.get(one.transition.alert.id or 0, ()):
                by_channel.setdefault(channel, []).append(one.transition)
    for channel, transitions in by_channel.items():
        digest_above = rules.channels[channel].digest_above
        messages = illustrator.illustrate(
            batch(transitions, most=digest_above, name_account=len(rules.accounts) > 1, said=said)
        )
        for place, message in enumerate(messages):
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
        _told(t, rules, told_before.get(t.alert.id or 0, ()), silence_over(t.alert, standing, moment))
        for t in transitions
    )


def _told(transition: Transition, rules: Rules, before: Collection[str], silence: Silence | None) -> Told:
    if transition.reason in UNTOLD:
        return Told(transition, ())
    channels = channels_for(transition, rules, before)
    return Told(transition, channels) if silence is None else Told(transition, (), channels)


def _refuse_the_past(moment: datetime, evaluated: Iterable[datetime], *, dry_run: bool) -> None:
    newest = max(evaluated, default=None)
    if newest is not None and moment < newest and not dry_run:
        raise UsageError(
            f"the latest evaluation was made at {newest:%Y-%m-%d %H:%M:%S} UTC, after {moment:%Y-%m-%d %H:%M:%S}: "
            "alerts have moved on since; add --dry-run to see what an earlier moment would have said"
        )
