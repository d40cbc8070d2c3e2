"""What every rule has: a name, who is told, what it looks at, and a fingerprint of what decides."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, ClassVar

from pydantic import Field

from sentinel.domain.findings import RuleKind, Severity
from sentinel.rules.entries import Entry, Per, Where
from sentinel.rules.receivers import Notify
from sentinel.rules.values import Name


class Rule(Entry):
    """What every rule has; without `notify` the defaults' channels are told."""

    kind: ClassVar[RuleKind]

    name: Name
    notify: Notify | None = None
    severity: Severity = Severity.WARNING

    @property
    def fingerprint(self) -> str:
        """A stable hash of what decides: neither the name nor who is told, nor values left at their default."""
        decides = self.model_dump(mode="json", exclude={"name", "notify"}, exclude_defaults=True)
        text = json.dumps({"kind": self.kind.value, **decides}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class ScopedRule(Rule):
    """A rule over a part of the spend: what `where` matches, without what `except` matches, split by `per`."""

    where: Where = Where()
    except_: Annotated[Where, Field(alias="except")] = Where()
    per: Per = ()
