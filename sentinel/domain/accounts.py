"""What is known of an account beyond its costs, when a verdict is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sentinel.domain.invoices import Invoice


@dataclass(frozen=True, slots=True)
class AccountState:
    """How the pulls of one account stand; moments are UTC, None where there was none.

    `ready`: its backfill is complete, or the API refused what is missing. `failing_since`: the first of the failures
    since the last good answer, with the newest `error`. `kept_aside_at`: when the oldest answer was pulled that looks
    wrong and waits for another to agree. `invoices` are those of the last closed billing periods, the oldest first;
    none where no rule reads them.
    """

    account: str
    ready: bool
    first_pull: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    kept_aside_at: datetime | None = None
    invoices: tuple[Invoice, ...] = ()
