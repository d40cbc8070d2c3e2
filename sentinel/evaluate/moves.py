"""The largest moves among alerts that are told together."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import RuleKind
from sentinel.domain.pictures import Mover, Movers

SHOWN = 10

_MOVES = frozenset({RuleKind.SPIKE, RuleKind.NEW_SPEND})
"""What these alerts say is how far a day's cost is from the expected one; a budget's figure is a sum of days."""


def moves_of(alerts: Sequence[Alert]) -> Movers | None:
    """What moved most on each alert's newest day; None where fewer than two have moved.

    Amounts of two currencies are not compared: those of the most frequent one are shown.
    """
    moved = [alert.finding for alert in alerts if alert.kind in _MOVES]
    currencies = [finding.currency for finding in moved]
    shown = max(sorted(set(currencies)), key=currencies.count, default="")
    largest = sorted((f for f in moved if f.currency == shown), key=lambda finding: -abs(finding.impact))
    if len(largest) < 2:  # noqa: PLR2004 - one move has a picture of its own
        return None
    return Movers(
        title=f"The largest of {len(largest)} moves" if len(largest) > SHOWN else f"{len(largest)} moves",
        currency=shown,
        before="expected",
        after="seen",
        movers=tuple(Mover(finding.scope, finding.expected, finding.observed) for finding in largest[:SHOWN]),
        left_out=max(0, len(largest) - SHOWN),
    )
