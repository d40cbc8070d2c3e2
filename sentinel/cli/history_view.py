"""What the pulls of an account went through, as lines for people and as records."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentinel.store import Fault, SettlementLag


def fault_line(fault: Fault) -> str:
    """`3 times, last 2026-03-05 14:00 UTC, passed: the answer is a web page, ...`."""
    times = "once" if fault.times == 1 else f"{fault.times} times"
    since = f" since {fault.first:%Y-%m-%d %H:%M}" if fault.times > 1 else ""
    state = "goes on" if fault.ongoing else "passed"
    return f"{times}{since}, last {fault.last:%Y-%m-%d %H:%M} UTC, {state}: {fault.message}"


def fault_record(fault: Fault) -> dict[str, object]:
    """A fault in JSON's types."""
    return {
        "kind": fault.kind,
        "message": fault.message,
        "times": fault.times,
        "first": fault.first.isoformat(),
        "last": fault.last.isoformat(),
        "ongoing": fault.ongoing,
    }


def settlement_line(lag: SettlementLag) -> str:
    """How late figures settle, and which `settle_after` follows from it."""
    return (
        f"figures settle {_hours(lag.median)} h after their day (median; p95 {_hours(lag.p95)} h, seen on {lag.days} "
        f"days): settle_after {_hours(lag.recommended)}h is enough"
    )


def settlement_record(lag: SettlementLag) -> dict[str, object]:
    """A settlement in JSON's types, durations in hours."""
    return {
        "days": lag.days,
        "median_hours": _hours(lag.median),
        "p95_hours": _hours(lag.p95),
        "recommended_hours": _hours(lag.recommended),
    }


def _hours(duration: timedelta) -> float | int:
    hours = round(duration / timedelta(hours=1), 1)
    return int(hours) if hours.is_integer() else hours
