"""What every rule has: a name, who is told, what it looks at, and a fingerprint of what decides."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from sentinel.domain.findings import RuleKind, Severity
from sentinel.domain.scopes import Dimension
from sentinel.rules.entries import Entry, Per, Where, spell_part
from sentinel.rules.receivers import Notify
from sentinel.rules.values import Interval, Name, within_or_never

RemindEvery = Annotated[Interval, within_or_never(timedelta(hours=1), timedelta(days=365))]
"""How often people are reminded of an alert that still fires."""


class Rule(Entry):
    """What every rule has; without `notify` the routes say who is told, or else the defaults."""

    kind: ClassVar[RuleKind]
    judged_with: ClassVar[frozenset[str]] = frozenset({"settle_after"})
    """The settings of the file that its verdicts rest on."""
    heeds_mutes: ClassVar[bool] = False

    name: Name
    notify: Notify | None = None
    severity: Severity = Severity.WARNING
    remind_every: RemindEvery | None = None
    """How often people are reminded while it still fires, or `never`."""

    @field_validator("notify", mode="before")
    @classmethod
    def _says_whom(cls, value: object) -> object:
        if value is None:
            raise ValueError("must be a list of channels; [] tells nobody")
        return value

    @property
    def fingerprint(self) -> str:
        """A stable hash of what decides in it: neither its name nor who is told how often, nor values at a default.

        `Rules.fingerprint` also counts what it is judged with.
        """
        decides = self.model_dump(mode="json", exclude={"name", "notify", "remind_every"}, exclude_defaults=True)
        text = json.dumps({"kind": self.kind.value, **decides}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def account_patterns(self) -> tuple[str, ...]:
        """The accounts that it names, each a name or a glob; none where it looks at all."""
        return ()

    @property
    def reminds(self) -> bool:
        """Whether people are reminded of its alerts where it has no `remind_every` of its own."""
        return True

    @abstractmethod
    def watches(self, currency: str) -> str:
        """What it watches, in half a line for people; its amounts are in `currency`."""


class PartRule(Rule):
    """A rule over a part of the spend: what `where` matches, without what `except` matches."""

    judged_with = Rule.judged_with | {"tier_pattern"}

    where: Where = Where()
    except_: Annotated[Where, Field(alias="except")] = Where()

    @property
    def account_patterns(self) -> tuple[str, ...]:
        """The accounts that it names."""
        return self.where.account

    @property
    def splits_by(self) -> tuple[Dimension, ...]:
        """The dimensions whose every value gets a verdict of its own."""
        return ()

    @property
    def part(self) -> str:
        """The part of the spend that it looks at, for people: ` where workspace production`."""
        return spell_part(self.where, self.except_)


class ScopedRule(PartRule):
    """A rule over a part of the spend, split by `per`."""

    per: Per = ()

    @property
    def splits_by(self) -> tuple[Dimension, ...]:
        """The dimensions whose every value gets a verdict of its own."""
        return self.per

    @property
    def part(self) -> str:
        """The part of the spend that it looks at, for people: ` for each cluster where workspace production`."""
        return (f" for each {' and '.join(self.per)}" if self.per else "") + spell_part(self.where, self.except_)
