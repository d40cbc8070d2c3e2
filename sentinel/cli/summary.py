"""What a rules.yaml watches, and whom it tells, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator

from sentinel.domain.findings import Severity
from sentinel.rules.entries import spell_part
from sentinel.rules.matching import matcher
from sentinel.rules.model import Rule, Rules, ScopedRule
from sentinel.settings import Settings


def summary(rules: Rules, settings: Settings) -> Iterator[str]:
    """One line for each account, channel, rule and mute, and one for each thing that looks unintended."""
    for account in rules.accounts:
        yield f"account {account.name} ({account.currency})"
    for name, channel in rules.channels.items():
        yield f"channel {name}: {channel.receiver}"
    for rule in rules.all:
        yield f"{rule.kind.value} {rule.name}: {rule.watches(_currency(rules, rule))}; tells {_told(rules, rule)}"
    for mute in rules.mutes:
        yield f"mute {mute.days}{spell_part(mute.where, mute.except_)}"
    yield from _notes(rules, settings)


def _notes(rules: Rules, settings: Settings) -> Iterator[str]:
    for name, channel in rules.channels.items():
        if channel.email is not None and settings.smtp_url is None:
            yield f"note: channel {name} needs a mail server; set SENTINEL_SMTP_URL"
    heard = {channel for rule in rules.all for severity in Severity for channel in rules.channels_for(rule, severity)}
    for name in rules.channels:
        if name not in heard:
            yield f"note: no rule tells channel {name}"


def _told(rules: Rules, rule: Rule) -> str:
    # A budget that can be critical is a warning below its amount, so both lists count for it.
    severities = tuple(Severity) if rule.severity is Severity.CRITICAL else (Severity.WARNING,)
    channels = dict.fromkeys(name for severity in severities for name in rules.channels_for(rule, severity))
    return ", ".join(channels) or "nobody"


def _currency(rules: Rules, rule: Rule) -> str:
    # All the accounts of one rule have one currency: the first that it looks at says which.
    named = matcher((isinstance(rule, ScopedRule) and rule.where.account) or ("*",))
    return next((account.currency for account in rules.accounts if named(account.name)), rules.accounts[0].currency)
