"""Moments and durations as they are written on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import typer

from sentinel.errors import UsageError


def parse_moment(text: str) -> datetime:
    """A moment in UTC: `2026-03-03` is its midnight. Raises typer.BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment; write 2026-03-03 or 2026-03-03T08:00") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_end(starts_at: datetime, lasting: str | None, until: str | None) -> datetime:
    """The end that either `--for 7d` or `--until 2026-03-10` means; raises UsageError and typer.BadParameter."""
    from sentinel.rules.values import duration

    if (lasting is None) == (until is None):
        raise UsageError("say how long: either --for 7d or --until 2026-03-10")
    if until is not None:
        moment = parse_moment(until)
        # A day alone is meant with all its hours.
        return moment + timedelta(days=1) if len(until) == len("2026-03-10") else moment
    try:
        return starts_at + duration(lasting)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--for {lasting}: {error}") from None
