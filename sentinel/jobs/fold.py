"""What the database would hold from one evaluation to the next, carried along in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sentinel.domain.alerts import Alert, Mark, Silence, Transition, TransitionKind, with_teller_ids
from sentinel.domain.evaluations import PreviousEvaluation
from sentinel.evaluate import Decision
from sentinel.jobs.evaluate import REMEMBERED, Told, who_is_told
from sentinel.rules.model import Rules


class Birth(NamedTuple):
    """What an alert is known by in every replay: its rule, scope key and episode, and when it was opened."""

    rule: str
    scope_key: str
    episode: str
    opened_at: datetime

    @classmethod
    def of(cls, alert: Alert) -> Birth:
        """That of one alert."""
        return cls(alert.rule, alert.scope.key, alert.episode, alert.opened_at)


class Fold:
    """Alerts, their channels, and when each rule was judged, after the evaluations taken in so far.

    `recorded` are the alerts of the database: one that is opened just as then bears the same id, others have ids above
    them all.
    """

    def __init__(self, recorded: Iterable[Alert]) -> None:
        self.previous: dict[str, PreviousEvaluation] = {}
        self._alerts: dict[int, Alert] = {}
        self._left_behind: dict[int, Alert] = {}
        self._told: dict[int, frozenset[str]] = {}
        self._numbers = {Birth.of(alert): alert.id for alert in recorded if alert.id is not None}
        self._newest = max(self._numbers.values(), default=0)

    @property
    def all_alerts(self) -> tuple[Alert, ...]:
        """Every alert as it stands, in the order of the ids; also those that a new beginning has left behind."""
        return tuple(alert for _, alert in sorted({**self._left_behind, **self._alerts}.items()))

    def recent(self, moment: datetime) -> tuple[Alert, ...]:
        """The open alerts and the lately closed ones, as an evaluation reads them."""
        since = moment - REMEMBERED
        alerts = (alert for _, alert in sorted(self._alerts.items()))
        return tuple(alert for alert in alerts if alert.closed_at is None or alert.closed_at >= since)

    def words(self, marks: Iterable[Mark], moment: datetime) -> tuple[Mark, ...]:
        """The marks made by a moment, each on the alert that stands here for the one that it was said of."""
        return tuple(self._on_own_alert(mark) for mark in marks if mark.at <= moment)

    def begin_anew(self, rules: Collection[str]) -> None:
        """Leave these rules' alerts and evaluations behind: what is still open of them comes to no end."""
        left = {number: alert for number, alert in self._alerts.items() if alert.rule in rules}
        self._left_behind |= left
        self._alerts = {number: alert for number, alert in self._alerts.items() if number not in left}
        for rule in rules:
            self.previous.pop(rule, None)

    def take(
        self, decision: Decision, rules: Rules, silences: tuple[Silence, ...], moment: datetime
    ) -> tuple[Told, ...]:
        """Keep what an evaluation decided, as the database would; its transitions with ids and channels."""
        for rule in rules.all:
            before, fingerprint = self.previous.get(rule.name), rules.fingerprint(rule)
            since = before.since if before and before.fingerprint == fingerprint else moment
            self.previous[rule.name] = PreviousEvaluation(moment, fingerprint, since)
        numbered = tuple(self._numbered(transition) for transition in decision.transitions)
        alerts = with_teller_ids((transition.alert for transition in numbered), (one.alert for one in numbered))
        transitions = tuple(replace(one, alert=alert) for one, alert in zip(numbered, alerts, strict=True))
        for alert in (*with_teller_ids(decision.updated, alerts), *alerts):
            self._alerts[alert.id or 0] = alert
        told = who_is_told(transitions, rules, self._told, silences, moment)
        for one in told:
            number = one.transition.alert.id or 0
            self._told[number] = self._told.get(number, frozenset()) | frozenset(one.channels)
        return told

    def _numbered(self, transition: Transition) -> Transition:
        if transition.kind is not TransitionKind.OPENED:
            return transition
        number = self._numbers.get(Birth.of(transition.alert))
        if number is None:
            self._newest += 1
            number = self._newest
        return replace(transition, alert=replace(transition.alert, id=number))

    def _on_own_alert(self, mark: Mark) -> Mark:
        if mark.alert_id in self._alerts:
            return mark
        meant = [alert for alert in self._alerts.values() if _is_about(mark, alert)]
        return replace(mark, alert_id=meant[-1].id or 0) if meant else mark


def _is_about(mark: Mark, alert: Alert) -> bool:
    """Whether a mark on an alert of other rules speaks of this one's days."""
    return (
        (alert.rule, alert.scope.key, alert.episode) == (mark.rule, mark.scope_key, mark.episode)
        and alert.opened_at <= mark.at
        and alert.days[0].day <= mark.last_day
        and mark.first_day <= alert.days[-1].day
    )
