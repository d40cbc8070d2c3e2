"""What every rule is judged with, and what belongs to one rule alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert, Mark, Silence
from sentinel.domain.evaluations import PreviousEvaluation
from sentinel.domain.matrix import CostMatrix
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.muted import MutedScopes
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import PartRule, Rule, Rules

OPENS_WITHIN_DAYS = 7
"""A finding on an older day is history: it is shown by backtest and explain, and never sent."""

RUN_DAYS = 14
"""So far back the days of an alert that opens now are looked for: it says since when."""

JUDGED_DAYS_AT_MOST = 60
"""An alert open for longer is told by its last two months; that bounds the work of an evaluation."""


@dataclass(frozen=True)
class Context:
    """One evaluation: the history, the rules, what is known of accounts, and the moment to judge at."""

    matrix: CostMatrix
    rules: Rules
    accounts: Mapping[str, AccountState]
    silences: tuple[Silence, ...]
    moment: datetime
    survey: Survey

    def groups(self, rule: PartRule) -> Groups:
        """The scopes of a rule."""
        return self.survey.groups(rule, self.matrix)

    def muted(self, rule: PartRule) -> MutedScopes:
        """The muted days of the scopes of a rule."""
        return self.survey.muted(rule, self.matrix)

    @cached_property
    def ready_accounts(self) -> frozenset[str]:
        """The accounts whose history is as complete as it gets."""
        return frozenset(name for name, state in self.accounts.items() if state.ready)

    @property
    def today(self) -> date:
        """The running UTC day."""
        return self.moment.date()

    def currency_of(self, accounts: frozenset[str]) -> str:
        """The currency of a scope; the rules see to it that its accounts share one."""
        return next((a.currency for a in self.rules.accounts if a.name in accounts), self.rules.accounts[0].currency)


@dataclass(frozen=True, slots=True)
class RuleContext:
    """One rule in this evaluation: its open and lately closed alerts, people's words on them, its last evaluation."""

    rule: Rule
    open_alerts: tuple[Alert, ...]
    closed_alerts: tuple[Alert, ...]
    marks: tuple[Mark, ...]
    previous: PreviousEvaluation | None
    moment: datetime
    fingerprint: str
    """What stands for the definition that the rule is judged by."""
    told_days: Mapping[tuple[str, str, str], frozenset[date]]
    """By a track's key the days that an ended alert has told already."""
    remind_every: timedelta
    """So long after it was told last an alert that still fires is told again."""

    @property
    def today(self) -> date:
        """The running UTC day."""
        return self.moment.date()

    @property
    def judged_since(self) -> datetime:
        """The first evaluation by this very definition: this one, where there was none before."""
        return self.moment if self.previous is None or self.is_first else self.previous.since

    @property
    def is_first(self) -> bool:
        """Whether this very definition is judged for the first time."""
        return self.previous is None or self.previous.fingerprint != self.fingerprint

    @property
    def judge_from(self) -> date:
        """The first day whose verdict can still matter."""
        days = [alert.since for alert in self.open_alerts] + [mark.last_day for mark in self.marks]
        horizon = self.today - timedelta(days=JUDGED_DAYS_AT_MOST)
        return max(horizon, min([*days, self.today - timedelta(days=RUN_DAYS)]))

    def open_scope_keys(self, episode: str) -> frozenset[str]:
        """The scopes with an open alert of this episode."""
        return frozenset(alert.scope.key for alert in self.open_alerts if alert.episode == episode)
