"""What may open an alert: news, and not the history that a first start or a new rule finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import Mark, MarkKind
from sentinel.domain.findings import RuleKind
from sentinel.evaluate.context import OPENS_WITHIN_DAYS, RuleContext
from sentinel.evaluate.lifecycle.outlooks import OUTLOOK_KINDS
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import Settings

NORMAL_DAYS_END_AN_EPISODE = 2
"""One quiet day, a Sunday perhaps, does not end an incident; two settled ones do."""


def opening_days(track: Track, around: RuleContext, settings: Settings) -> tuple[DayVerdict, ...]:
    """The firing days for which a new alert may be opened, none where the track has to wait."""
    if not track.ready:
        return ()
    if track.rolling:
        highest = track.highest_lately(NORMAL_DAYS_END_AN_EPISODE)
        return (highest,) if highest is not None and highest.fires else ()
    told = frozenset() if track.lasting else around.told_days.get(track.key, frozenset())
    untold = (v for v in track.verdicts if v.fires and v.day not in told)
    return tuple(v for v in untold if _is_news(v, track, around, settings))


def may_be_news(
    days: NDArray[np.datetime64], settled_at: NDArray[np.datetime64], around: RuleContext
) -> NDArray[np.bool_]:
    """[scopes, days]: the days that `_is_news` may call news; `settled_at` is of that shape, `days` is [days]."""
    if around.is_first or around.previous is None:
        return np.ones(settled_at.shape, np.bool_)
    recent = days >= np.datetime64(around.today - timedelta(days=OPENS_WITHIN_DAYS))
    since = np.datetime64(around.previous.moment.astimezone(UTC).replace(tzinfo=None))
    return recent & (np.isnat(settled_at) | (settled_at > since))


def _is_news(verdict: DayVerdict, track: Track, around: RuleContext, settings: Settings) -> bool:
    standing = verdict.finding.budget if verdict.finding else None
    if standing is not None:
        oldest = around.today - timedelta(days=settings.restate_days)
        return standing.period.last >= max(oldest, _first_period_end(track, around, settings))
    if track.kind in OUTLOOK_KINDS:
        return not track.closed
    if track.kind is RuleKind.FRESHNESS:
        return True
    if around.is_first:
        return track.newest_settled is None or verdict.day >= track.newest_settled
    if verdict.day < around.today - timedelta(days=OPENS_WITHIN_DAYS):
        return False
    # `previous` exists: without it the evaluation would be the first.
    return verdict.settled_at is None or around.previous is None or verdict.settled_at > around.previous.moment


def _first_period_end(track: Track, around: RuleContext, settings: Settings) -> date:
    """The end of the first period that a rule can tell of: the one that ran when it was first judged.

    Of a daily budget it is the newest day that could be settled then: the running one is not judgeable by itself.
    """
    since = around.judged_since
    if track.lasting:
        return since.date()
    return (since - settings.settle_after).date() - timedelta(days=1)


def explaining_mark(track: Track, marks: Iterable[Mark]) -> Mark | None:
    """A person's word that this very episode is expected or a false alarm, as long as it has not ended since."""
    explaining = (
        mark
        for mark in marks
        if mark.kind in (MarkKind.EXPECTED, MarkKind.FALSE_ALARM)
        and (mark.rule, mark.scope_key, mark.episode) == track.key
        and (track.lasting or not _ended_since(track, mark.last_day))
    )
    return next(explaining, None)


def _ended_since(track: Track, last_day: date) -> bool:
    quiet = 0
    for verdict in track.verdicts:
        if verdict.day > last_day:
            quiet = quiet + 1 if verdict.is_normal else 0
            if quiet >= NORMAL_DAYS_END_AN_EPISODE:
                return True
    return False
