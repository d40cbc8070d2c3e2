"""What every rule has: a name, who is told, what it looks at, and a fingerprint of what decides."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from sentinel.domain.findings import RuleKind, Severity
from sentinel.rules.entries import Entry, Per, Where, spell_part
from sentinel.rules.receivers import Notify
from sentinel.rules.values import Name


class Rule(Entry):
    """What every rule has; without `notify` the defaults' channels are told."""

    kind: ClassVar[RuleKind]

    name: Name
    notify: Notify | None = None
    severity: Severity = Severity.WARNING

    @field_validator("notify", mode="before")
    @classmethod
    def _says_whom(cls, value: object) -> object:
        if value is None:
            raise ValueError("must be a list of channels; [] tells nobody")
        return value

    @property
    def fingerprint(self) -> str:
        """A stable hash of what decides: neither the name nor who is told, nor values left at their default."""
        decides = self.model_dump(mode="json", exclude={"name", "notify"}, exclude_defaults=True)
        text = json.dumps({"kind": self.kind.value, **decides}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @abstractmethod
    def watches(self, currency: str) -> str:
        """What it watches, in half a line for people; its amounts are in `currency`."""


class ScopedRule(Rule):
    """A rule over a part of the spend: what `where` matches, without what `except` matches, split by `per`."""

    where: Where = Where()
    except_: Annotated[Where, Field(alias="except")] = Where()
    per: Per = ()

    @property
    def part(self) -> str:
        """The part of the spend that it looks at, for people: ` for each cluster where workspace production`."""
        return (f" for each {' and '.join(self.per)}" if self.per else "") + spell_part(self.where, self.except_)
