"""One excess, one alert: of a place and its parts that fire together, the one that explains it best is told.

The part tells it when it holds most of the excess of the whole; the whole tells it when several parts share it. What
another alert tells is recorded, and told itself when that alert ends first, or no longer explains it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sentinel.domain.alerts import Alert, AlertKey, Mark, MarkKind, Reason, Teller, TransitionKind
from sentinel.domain.findings import RuleKind
from sentinel.domain.silences import is_silenced
from sentinel.evaluate.context import Context
from sentinel.evaluate.inhibition.joint import speak_for
from sentinel.evaluate.inhibition.kinship import Kinship, Voice
from sentinel.evaluate.inhibition.spokesmen import choose, has_outgrown
from sentinel.evaluate.lifecycle import Step, tell
from sentinel.evaluate.tracks import Track, newest_finding

INHIBITED_KINDS = frozenset({RuleKind.SPIKE, RuleKind.NEW_SPEND})
"""A budget is a promise of its own, and late data is no excess: nothing inhibits them."""

Family = Mapping[AlertKey, Step]

_BEYOND = TransitionKind.ESCALATED, Reason.BEYOND_TELLER
_LEFT = TransitionKind.REMINDED, Reason.TELLER_ENDED


def inhibit(
    steps: Sequence[Step], explained: Iterable[Voice], marks: Iterable[Mark], context: Context
) -> tuple[Step, ...]:
    """Decide who tells each open alert, and change accordingly what is told.

    `steps` are what the rules say, each for itself. `explained` speak for what still fires after a person has explained
    it: it has no open alert, and alerts of the same excess stay as quiet.
    """
    family = {step.now.key: step for step in steps if step.is_open and step.now.kind in INHIBITED_KINDS}
    if not any(step.before is None or step.now.inhibited_by or step.now.tells_for for step in family.values()):
        return tuple(steps)
    tellers = _tellers(family, tuple(explained), marks, context)
    for_whom: dict[Teller, list[Alert]] = {}
    done: dict[AlertKey, Step] = {}
    for key, teller in tellers.items():
        done[key] = _keep_quiet(family[key], teller)
        for_whom.setdefault(teller, []).append(family[key].now)
    for key, step in family.items():
        if key not in tellers:
            heard = _speak_up(step, family, context) if step.was_inhibited else step
            done[key] = speak_for(heard, for_whom.get(Teller(key, step.now.id), ()), context)
    return tuple(done.get(step.now.key, step) if step.is_open else step for step in steps)


def explained_voice(track: Track, mark: Mark) -> Voice:
    """What a firing track says that a person has explained."""
    firing = [v for v in track.verdicts if v.fires]
    direction = newest_finding(firing).direction
    excess = {v.day: max(0.0, (v.figures.observed - v.figures.expected) * direction.sign) for v in firing}
    return Voice(track.key, mark.alert_id, direction, mark.first_day, excess, track)


def _voice(step: Step) -> Voice:
    alert, direction = step.now, step.now.finding.direction
    excess = {day.day: max(0.0, (day.observed - day.expected) * direction.sign) for day in alert.days}
    return Voice(alert.key, alert.id, direction, alert.since, excess, step.track)


def _tellers(
    family: Family, explained: tuple[Voice, ...], marks: Iterable[Mark], context: Context
) -> dict[AlertKey, Teller]:
    """Who tells each alert that does not tell for itself."""
    voices = {key: _voice(step) for key, step in family.items()}
    kinship = Kinship((*voices.values(), *explained), context)
    by_person = {voice.key: voice for voice in explained}
    audible = {key: step for key, step in family.items() if not _rule_is_silenced(step.now, context)}
    told = by_person | {key: voices[key] for key, step in audible.items() if step.before and not step.was_inhibited}
    new = {key: voices[key] for key, step in audible.items() if step.before is None}
    heard = by_person | {key: voices[key] for key in audible}
    marked = {mark.alert_id for mark in marks if mark.kind in (MarkKind.EXPECTED, MarkKind.FALSE_ALARM)}

    def asks(step: Step, teller: Teller) -> bool:
        open_teller = family.get(teller.key)
        if open_teller is None or open_teller.now.id != teller.alert_id:
            return _misses(step, teller, marked, context)
        voice = voices[step.now.key]
        inside = any(whole.key == teller.key for whole in kinship.wider(voice))
        return step.fires_now and not inside and has_outgrown(kinship, voice, heard, new)

    quiet = {
        key: teller for key, step in family.items() if (teller := step.now.inhibited_by) and not asks(step, teller)
    }
    asking = new | {key: voices[key] for key, step in family.items() if step.was_inhibited and key not in quiet}
    chosen = {key: Teller(voice.key, voice.alert_id) for key, voice in choose(kinship, told, asking).items()}
    named = quiet | chosen
    return {key: _last(teller, named, family) for key, teller in named.items() if key in family}


def _misses(step: Step, teller: Teller, marked: Collection[int], context: Context) -> bool:
    """Whether an alert asks to be told now that the one that told it has ended.

    Where a person has explained that one, or it told what is new, nothing is news but a further growth.
    """
    rule = context.rules.named(teller.key[0])
    if teller.alert_id in marked or (rule is not None and rule.kind is RuleKind.NEW_SPEND):
        return step.transition is not None and step.transition.kind is TransitionKind.ESCALATED
    return step.fires_now


def _last(teller: Teller, named: Mapping[AlertKey, Teller], family: Family) -> Teller:
    """Who tells in the end: a teller may have one himself."""
    while teller.key in named and teller.key in family and family[teller.key].now.id == teller.alert_id:
        teller = named[teller.key]
    return teller


def _keep_quiet(step: Step, teller: Teller) -> Step:
    """Recorded and not told; a correction goes to those who were told what is corrected."""
    now, said = replace(step.now, inhibited_by=teller), step.transition
    if said is None or said.kind not in (TransitionKind.OPENED, TransitionKind.CORRECTED):
        return replace(step, now=now, transition=None)
    return replace(step, now=now, transition=replace(said, alert=now))


def _speak_up(step: Step, family: Family, context: Context) -> Step:
    """Told from now on: the one that told it has ended, or does not explain it any more."""
    teller = step.now.inhibited_by
    still_open = teller is not None and teller.key in family and family[teller.key].now.id == teller.alert_id
    kind, reason = _BEYOND if still_open else _LEFT
    told = tell(replace(step.now, inhibited_by=None), kind, reason, context.moment, before=step.before or step.now)
    return replace(step, now=told.alert, transition=told.transition)


def _rule_is_silenced(alert: Alert, context: Context) -> bool:
    """Whether a silence of its rule covers an alert now: it speaks to nobody, and cannot speak for others.

    A silence of a place is another matter: who silences a cluster knows where the excess comes from.
    """
    return any(
        silence.starts_at <= context.moment < silence.ends_at
        and any(name == "rule" for name, _ in silence.matchers)
        and is_silenced(alert, silence)
        for silence in context.silences
    )
