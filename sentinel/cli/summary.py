"""What a rules.yaml watches, and whom it tells, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sentinel.cli.whom import describe_route, heard_channels, route_notes, told_by
from sentinel.domain.schedules import next_due
from sentinel.rules.entries import spell_part
from sentinel.rules.matching import matcher
from sentinel.rules.model import Rule, Rules, ScheduledReport
from sentinel.settings import Settings


def summary(rules: Rules, settings: Settings, moment: datetime) -> Iterator[str]:
    """One line for each account, channel, rule, report and mute, and one for each thing that looks unintended."""
    for account in rules.accounts:
        yield f"account {account.name} ({account.currency})"
    for name, channel in rules.channels.items():
        yield f"channel {name}: {channel.receiver}"
    for rule in rules.all:
        yield f"{rule.kind.value} {rule.name}: {rule.watches(_currency(rules, rule))}; tells {told_by(rules, rule)}"
    for route in rules.routes:
        yield f"route {describe_route(route)}"
    for report in rules.reports:
        told = ", ".join(report.notify) or "nobody"
        yield f"report {report.name}: {report}; {_next(report, rules, moment)}; tells {told}"
    for mute in rules.mutes:
        yield f"mute {mute.days}{spell_part(mute.where, mute.except_)}"
    yield from _notes(rules, settings)


def _notes(rules: Rules, settings: Settings) -> Iterator[str]:
    for name, channel in rules.channels.items():
        if channel.email is not None and settings.smtp_url is None:
            yield f"note: channel {name} needs a mail server; set SENTINEL_SMTP_URL"
    heard = heard_channels(rules)
    for name in rules.channels:
        if name not in heard:
            yield f"note: no rule tells channel {name}"
    yield from route_notes(rules)


def _next(report: ScheduledReport, rules: Rules, moment: datetime) -> str:
    """`next on Mon 2 Mar 2026 09:00 Europe/Berlin`."""
    zone = ZoneInfo(rules.settings.timezone)
    due = next_due(report.every, zone, moment).astimezone(zone)
    return f"next on {due:%a} {due.day} {due:%b %Y %H:%M} {rules.settings.timezone}"


def _currency(rules: Rules, rule: Rule) -> str:
    # All the accounts of one rule have one currency: the first that it looks at says which.
    named = matcher(rule.account_patterns or ("*",))
    return next((account.currency for account in rules.accounts if named(account.name)), rules.accounts[0].currency)
