"""`sentinel status`: how everything stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from sentinel.cli.alert_view import alert_line, alert_record, scope_name
from sentinel.cli.cycle import AsJson
from sentinel.cli.history_view import fault_line, fault_record, settlement_line, settlement_record
from sentinel.cli.output import write_json
from sentinel.cli.prepaid_view import prepaid_lines, prepaid_record
from sentinel.cli.rule_view import rule_line, rule_record
from sentinel.cli.workplace import now, open_workplace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentinel.jobs.overview import AccountOverview, Overview
    from sentinel.store import QueueState


def status(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """How pulls, budgets, alerts and channels stand."""
    from sentinel.jobs.overview import overview

    with open_workplace(ctx.obj) as place:
        seen = overview(place.database, place.rules, now())
    if as_json:
        write_json(_record(seen))
        return
    _print(seen)


def _print(seen: Overview) -> None:
    from rich.console import Console

    from sentinel.cli.budget_bars import print_budgets

    console = Console(highlight=False, markup=False)
    console.rule("history", align="left")
    for account in seen.accounts:
        for line in _account_lines(account):
            console.print(line, soft_wrap=True)
    console.rule("budgets", align="left")
    print_budgets(console, seen.budgets)
    prepaid = list(prepaid_lines(seen.prepaid))
    if prepaid:
        console.rule("commitments, credits, invoices", align="left")
    for line in prepaid:
        console.print(line, soft_wrap=True)
    console.rule("alerts", align="left")
    for line in [alert_line(alert) for alert in seen.alerts] or ["none is open"]:
        console.print(line, soft_wrap=True)
    if seen.records:
        console.rule("rules, in the last 90 days", align="left")
        for record in seen.records:
            console.print(rule_line(record), soft_wrap=True)
    console.rule("channels", align="left")
    for line in [_queue_line(queue) for queue in seen.queues] or ["nothing was sent yet"]:
        console.print(line, soft_wrap=True)


def _account_lines(account: AccountOverview) -> Iterator[str]:
    yield (
        f"{account.name}: {account.days_covered} days covered, to {account.newest_covered or '-'}; "
        f"{account.days_settled} settled, to {account.newest_settled or '-'}"
    )
    pulled = f"{account.last_pull:%Y-%m-%d %H:%M} UTC" if account.last_pull else "never"
    yield f"  last pull {pulled}" + ("" if account.state.ready else "; the backfill is not complete yet")
    if account.begins:
        yield f"  its history begins on {account.begins}: the billing API tells nothing of the days before"
    if account.state.failing_since:
        yield f"  failing since {account.state.failing_since:%Y-%m-%d %H:%M} UTC: {account.state.error}"
    if account.state.kept_aside_at:
        yield f"  an answer of {account.state.kept_aside_at:%Y-%m-%d %H:%M} UTC looks wrong and is kept aside"
    if account.settlement:
        yield f"  {settlement_line(account.settlement)}"
    for fault in account.faults:
        yield f"  {fault_line(fault)}"


def _queue_line(queue: QueueState) -> str:
    waits = f" since {queue.waiting_since:%Y-%m-%d %H:%M} UTC" if queue.waiting_since else ""
    error = f"; last error: {queue.error}" if queue.error else ""
    way_out = "; `sentinel deliver --parked` sends them once the channel works" if queue.parked else ""
    silenced = f", {queue.silenced} silenced" if queue.silenced else ""
    counts = f"{queue.sent} sent, {queue.waiting} waiting{waits}, {queue.parked} parked{silenced}"
    return f"{queue.channel}: {counts}{error}{way_out}"


def _record(seen: Overview) -> dict[str, Any]:
    return {
        "moment": seen.moment.isoformat(),
        "accounts": [
            {
                "account": account.name,
                "days_covered": account.days_covered,
                "days_settled": account.days_settled,
                "begins": account.begins and account.begins.isoformat(),
                "newest_covered": account.newest_covered and account.newest_covered.isoformat(),
                "newest_settled": account.newest_settled and account.newest_settled.isoformat(),
                "last_pull": account.last_pull and account.last_pull.isoformat(),
                "ready": account.state.ready,
                "failing_since": account.state.failing_since and account.state.failing_since.isoformat(),
                "error": account.state.error or None,
                "kept_aside_at": account.state.kept_aside_at and account.state.kept_aside_at.isoformat(),
                "settlement": account.settlement and settlement_record(account.settlement),
                "faults": [fault_record(fault) for fault in account.faults],
            }
            for account in seen.accounts
        ],
        "budgets": [
            {
                "rule": now_.budget.name,
                "scope": scope_name(now_.scope),
                "from": now_.so_far.period.first.isoformat(),
                "to": now_.so_far.period.last.isoformat(),
                "spent": now_.so_far.spent,
                "amount": now_.amount,
                "missing": now_.missing and now_.missing.value,
                "usage": now_.both and now_.both.usage,
                "net": now_.both and now_.both.net,
                "currency": now_.currency,
                "unknown_days": now_.so_far.unknown_days,
                "forecast": now_.forecast and asdict(now_.forecast),
                "forecast_awaits": now_.too_young and asdict(now_.too_young),
            }
            for now_ in seen.budgets
        ],
        **prepaid_record(seen.prepaid),
        "alerts": [alert_record(alert) for alert in seen.alerts],
        "rules": [rule_record(record) for record in seen.records],
        "channels": [
            {
                "channel": queue.channel,
                "sent": queue.sent,
                "waiting": queue.waiting,
                "parked": queue.parked,
                "silenced": queue.silenced,
                "waiting_since": queue.waiting_since and queue.waiting_since.isoformat(),
                "error": queue.error,
            }
            for queue in seen.queues
        ],
    }
