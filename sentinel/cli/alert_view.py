"""Alerts as lines for people and as records for programs; the records' fields are stable."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sentinel.cli.prepaid_view import outlook_record
from sentinel.domain.money import format_money
from sentinel.domain.scopes import Dimension

_OUTER = (Dimension.ACCOUNT, Dimension.TENANT)

if TYPE_CHECKING:
    from rich.console import Console

    from sentinel.domain.alerts import Alert, Mark, Teller
    from sentinel.domain.scopes import Place, Scope
    from sentinel.jobs.evaluate import Told
    from sentinel.store import PastTransition


def transition_record(told: Told) -> dict[str, Any]:
    """The stable fields of one transition."""
    transition = told.transition
    return {
        **alert_record(transition.alert),
        "transition": transition.kind.value,
        "reason": transition.reason.value,
        "channels": list(told.channels),
    }


def alert_record(alert: Alert) -> dict[str, Any]:
    """The stable fields of one alert; amounts in currency, days in UTC."""
    finding = alert.finding
    return {
        "alert_id": alert.id,
        "rule": alert.rule,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "scope": scope_record(alert.scope, finding.regions),
        "day": finding.day.isoformat(),
        "since": alert.since.isoformat(),
        "observed": finding.observed,
        "expected": finding.expected,
        "lower": finding.lower,
        "upper": finding.upper,
        "score": finding.score,
        "impact": alert.impact,
        "currency": finding.currency,
        "outlook": outlook_record(finding.outlook),
        "forecast": finding.budget and finding.budget.forecast and asdict(finding.budget.forecast),
        "basis": finding.basis.value,
        "inhibited_by": alert.inhibited_by and alert.inhibited_by.alert_id,
        "tells_for": list(alert.tells_for),
    }


def story_record(alert: Alert, past: tuple[PastTransition, ...], marks: tuple[Mark, ...]) -> dict[str, Any]:
    """The stable fields of one alert with each of its days, each change and each word on it."""
    return {
        **alert_record(alert),
        "days": [
            {
                "day": day.day.isoformat(),
                "observed": day.observed,
                "expected": day.expected,
                "lower": day.lower,
                "upper": day.upper,
                "score": day.score,
            }
            for day in alert.days
        ],
        "transitions": [
            {"at": one.moment.isoformat(), "transition": one.kind.value, "reason": one.reason.value} for one in past
        ],
        "marks": [
            {
                "at": mark.at.isoformat(),
                "mark": mark.kind.value,
                "author": mark.author,
                "comment": mark.comment,
                "until": mark.until and mark.until.isoformat(),
                "new_level": mark.new_level,
            }
            for mark in marks
        ],
    }


def scope_record(scope: Scope, regions: tuple[str, ...]) -> dict[str, str | None]:
    """What the scope fixes, and the regions it runs in; null where it spans several."""
    cluster = scope.get(Dimension.CLUSTER)
    fixed = {dimension: scope.get(dimension) for dimension in Dimension}
    record = {dimension.value: place.id if place else None for dimension, place in fixed.items()}
    workspace = fixed[Dimension.WORKSPACE]
    return record | {
        "workspace": workspace.name if workspace else None,
        "workspace_id": workspace.id if workspace else None,
        "cluster": cluster.name if cluster else None,
        "cluster_id": cluster.id if cluster else None,
        "region": record[Dimension.REGION] or "+".join(regions) or None,
    }


def scope_name(scope: Scope) -> str:
    """What a scope is called: its finest places, without the account and tenant that they lie in."""
    fixed = [place for place in scope.places if place.dimension not in _OUTER]
    shown = [place for place in fixed if not _is_implied(place, fixed)] or list(scope.places[:1])
    return ", ".join(str(place) for place in shown) or "everything"


def _is_implied(place: Place, fixed: list[Place]) -> bool:
    return place.dimension is Dimension.WORKSPACE and any(other.dimension is Dimension.CLUSTER for other in fixed)


def transition_line(told: Told) -> str:
    """One transition on one line."""
    transition = told.transition
    nobody = "" if transition.alert.inhibited_by else "  (silenced)" if told.kept_back_from else "  (told to nobody)"
    to = f"  -> {', '.join(told.channels)}" if told.channels else nobody
    return f"{transition.kind.value:<10} {alert_line(transition.alert)}  [{transition.reason.value}]{to}"


def alert_line(alert: Alert) -> str:
    """One alert on one line."""
    finding = alert.finding
    where = scope_name(alert.scope)
    number = f"#{alert.id}" if alert.id is not None else "new"
    amounts = (
        f"{format_money(finding.observed, finding.currency)} against {format_money(finding.expected, finding.currency)}"
    )
    line = f"{number:<6} {alert.severity.value:<8} {alert.rule}: {where}: {amounts} on {finding.day}"
    return line + (f"; {told_by(alert.inhibited_by)}" if alert.inhibited_by else "")


def told_by(teller: Teller) -> str:
    """`told by alert 1042`: who tells an alert that is recorded alone."""
    return f"told by alert {teller.alert_id}" if teller.alert_id is not None else "told by another one that is new"


def alert_story(console: Console, alert: Alert, past: tuple[PastTransition, ...], marks: tuple[Mark, ...]) -> None:
    """One alert in full: as it was last told, each of its days, each change with its reason, each word on it."""
    from rich.table import Table

    from sentinel.domain.alerts import Transition
    from sentinel.notify import compose, print_message

    if past:
        newest = past[-1]
        print_message(console, compose(Transition(newest.kind, newest.reason, alert, newest.moment)))
    days = Table("Day", "Observed", "Expected", "Band", "Score", box=None, pad_edge=False)
    for day in alert.days:
        currency = alert.finding.currency
        band = f"{format_money(day.lower, currency)} to {format_money(day.upper, currency)}"
        observed, expected = format_money(day.observed, currency), format_money(day.expected, currency)
        days.add_row(str(day.day), observed, expected, band, f"{day.score:.1f}")
    console.print(days)
    for transition in past:
        console.print(f"{transition.moment:%Y-%m-%d %H:%M} UTC  {transition.kind.value} ({transition.reason.value})")
    for mark in marks:
        console.print(f"{mark.at:%Y-%m-%d %H:%M} UTC  {mark.kind.value} by {mark.author} {mark.comment}", markup=False)
