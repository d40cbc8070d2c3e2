"""What one answer changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sentinel.domain.suspicion import ClustersKept
from sentinel.store.pulls.entries import NOTHING, RowCounts


@dataclass(frozen=True, slots=True)
class PullReport:
    """What recording one answer did.

    `covered` are the days it tells the cost of, `newly_covered` those that no pull told before. `rows` counts daily
    rows, `charges_changed` account charges, `renamed` new names and regions of known places. `lost` names the days on
    which the answer has lost too many clusters: then it was kept aside and changed nothing.
    """

    account: str
    pulled_at: datetime
    pull: int
    covered: tuple[date, ...]
    newly_covered: tuple[date, ...] = ()
    rows: RowCounts = field(default=NOTHING)
    charges_changed: int = 0
    renamed: int = 0
    lost: tuple[ClustersKept, ...] = ()

    @property
    def kept_aside(self) -> bool:
        """Whether the answer looks wrong and waits for another to agree."""
        return bool(self.lost)

    @property
    def changes_nothing(self) -> bool:
        """Whether the history said all of this before."""
        changed = self.rows.new + self.rows.changed + self.rows.vanished + self.charges_changed + self.renamed
        return not (self.kept_aside or self.newly_covered or changed)

    @property
    def new(self) -> int:
        """Rows that were not there before."""
        return self.rows.new

    @property
    def changed(self) -> int:
        """Rows with another cost or quantity than before."""
        return self.rows.changed

    @property
    def unchanged(self) -> int:
        """Rows that were there before, and the same."""
        return self.rows.unchanged

    @property
    def vanished(self) -> int:
        """Rows that were there before and are gone: their day is zero now."""
        return self.rows.vanished
