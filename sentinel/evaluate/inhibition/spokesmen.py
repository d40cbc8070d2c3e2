"""Which of several alerts about one excess tells it: the part that holds most of it, or the whole that is shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sentinel.domain.alerts import AlertKey
from sentinel.domain.findings import RuleKind
from sentinel.evaluate.inhibition.kinship import Kinship, Voice

EXPLAINS = 0.8
"""Parts that hold four fifths of an excess are its explanation."""

EXPLAINS_NO_MORE = 0.5
"""A whole is told for itself once its told parts hold less than half of it; a single odd day does not get there."""

BELONGS_FROM = 0.25
"""A part that had a quarter of its own first excess when the whole first fired is what the whole told of."""

Voices = Mapping[AlertKey, Voice]


def choose(kinship: Kinship, told: Voices, asking: Voices) -> dict[AlertKey, Voice]:
    """The voice that tells in another's place, by the other's key; who is not named tells for himself.

    `told` are heard already; of these, too, a wider one that is told now takes the place. A teller may be named whose
    own place is taken by another one: follow the names to the end.
    """
    tellers: dict[AlertKey, Voice] = {}
    for key, voice in asking.items():
        teller = _told_by(kinship, voice, told)
        if teller is not None:
            tellers[key] = teller
    for voice in sorted(asking.values(), key=kinship.breadth, reverse=True):
        if voice.key in tellers:
            continue
        parts = [part for part in kinship.narrower(voice) if part.key in asking]
        best = max(parts, key=lambda part: _share(voice, part), default=None)
        if best is not None and _share(voice, best) >= EXPLAINS:
            tellers[voice.key] = best
            continue
        for part in kinship.narrower(voice):
            if part.key in asking or part.key in told:
                tellers.setdefault(part.key, voice)
    return tellers


def has_outgrown(kinship: Kinship, whole: Voice, heard: Voices, new: Voices) -> bool:
    """Whether its parts tell a whole no more: several of them are new, or those that are heard hold too little."""
    parts = kinship.narrower(whole)
    if sum(part.key in new for part in parts) > 1:
        return True
    day = whole.newest_settled
    if day is None or whole.track is None:
        return False
    explained = sum(part.excess for part in _apart(kinship, [p for p in parts if p.key in heard], day))
    left = whole.excess[day] - explained
    return explained < EXPLAINS_NO_MORE * whole.excess[day] and left >= whole.track.matters_from


def _told_by(kinship: Kinship, voice: Voice, told: Voices) -> Voice | None:
    """Who has told this excess already: a wider voice that it was a part of from the first, or most of its parts."""
    for whole in kinship.wider(voice):
        if whole.key in told and _belongs(voice, whole):
            return whole
    parts = [part for part in kinship.narrower(voice) if part.key in told]
    newest = max((day for part in parts if (day := _newest_common(voice, part))), default=None)
    if newest is None:
        return None
    heard = _apart(kinship, parts, newest)
    enough = sum(part.excess for part in heard) >= EXPLAINS * voice.excess[newest]
    return heard[0].voice if enough else None


def _newest_common(whole: Voice, part: Voice) -> date | None:
    """The newest day on which both fire; None where the part had ended before the whole fired last."""
    day = whole.newest_with(part)
    return None if day is None or (whole.newest_settled and day < whole.newest_settled) else day


def _belongs(part: Voice, whole: Voice) -> bool:
    """Whether a part rose with the whole, and did not come to it later with a cause of its own."""
    if part.since <= whole.since:
        return True
    # What is new was nothing at all before.
    if part.track is None or part.track.kind is RuleKind.NEW_SPEND:
        return False
    then = next((v.figures for v in part.track.verdicts if v.day >= whole.since), None)
    if then is None:
        return False
    return (then.observed - then.expected) * part.direction.sign >= BELONGS_FROM * part.excess[part.since]


def _share(whole: Voice, part: Voice) -> float:
    """How much of the excess of a whole one of its parts holds, on the newest day on which both fire."""
    day = _newest_common(whole, part)
    return part.excess[day] / whole.excess[day] if day and whole.excess[day] > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Part:
    voice: Voice
    excess: float


def _apart(kinship: Kinship, voices: list[Voice], day: date) -> list[_Part]:
    """The largest excesses of a day, largest first, no two of which share a series: they may be added up."""
    found = (_Part(voice, voice.excess[day]) for voice in voices if day in voice.excess)
    apart: list[_Part] = []
    taken: set[int] = set()
    for part in sorted(found, key=lambda part: (-part.excess, kinship.breadth(part.voice))):
        series = kinship.series(part.voice)
        if taken.isdisjoint(series):
            taken |= series
            apart.append(part)
    return apart
