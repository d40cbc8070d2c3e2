"""What to watch: rules.yaml as values; every attribute is named like its key (`from_`, `except_`: reserved words).

`load_rules` makes them from the file and checks what one part cannot know of another, such as channel names.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StrictBool, ValidationInfo, field_validator

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import RuleKind
from sentinel.domain.scopes import DEFAULT_TIER_PATTERN
from sentinel.rules.amounts import Averaged, HasAmount, Override
from sentinel.rules.budgets import Budget, CostBasis, Threshold
from sentinel.rules.commitments import Commitment, SpentBefore
from sentinel.rules.credits import Credit
from sentinel.rules.entries import DayRange, Entry, Where
from sentinel.rules.periods import Rolling, Term, Weekday
from sentinel.rules.receivers import (
    AppriseChannel,
    Channel,
    ConsoleChannel,
    EmailChannel,
    Notify,
    PagerDutyChannel,
    Receiver,
    SlackChannel,
    WebhookChannel,
)
from sentinel.rules.reconciliation import InvoiceCheck
from sentinel.rules.reports import ScheduledReport, TimeZone
from sentinel.rules.routes import Route, matching_routes
from sentinel.rules.rule import PartRule, RemindEvery, Rule, ScopedRule
from sentinel.rules.sending import RateLimit
from sentinel.rules.spikes import Method, NewSpend, Spike, SpikeDirection
from sentinel.rules.values import (
    NEVER,
    Currency,
    Duration,
    Name,
    NotBoolean,
    Secret,
    Share,
    format_duration,
    percent,
    within,
)

__all__ = [
    "Account",
    "AppriseChannel",
    "Averaged",
    "Budget",
    "Channel",
    "Commitment",
    "ConsoleChannel",
    "CostBasis",
    "Credit",
    "Defaults",
    "EmailChannel",
    "Freshness",
    "HasAmount",
    "InvoiceCheck",
    "Method",
    "Mute",
    "NewSpend",
    "Notify",
    "Override",
    "PagerDutyChannel",
    "PartRule",
    "RateLimit",
    "Receiver",
    "Rolling",
    "Route",
    "Rule",
    "Rules",
    "ScheduledReport",
    "ScopedRule",
    "Settings",
    "Share",
    "SlackChannel",
    "SpentBefore",
    "Spike",
    "SpikeDirection",
    "Term",
    "Threshold",
    "WebhookChannel",
    "Weekday",
    "Where",
    "percent",
]

FRESHNESS_MARGIN = timedelta(hours=24)
"""A day settles `settle_after` after it ended, once a day: a smaller margin would fire between two days."""


def _regular_expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"must be a regular expression: {error}") from None
    return text


def _sendable(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("holds a space, a line break or another character that no key has")
    return key


class Settings(Entry):
    """How the history is kept."""

    pull_every: Annotated[Duration, within(timedelta(seconds=1), timedelta(days=7))] = timedelta(hours=6)
    history_days: Annotated[int, Field(ge=1, le=3660), NotBoolean] = 400
    settle_after: Annotated[Duration, within(timedelta(0), timedelta(days=31))] = timedelta(hours=36)
    restate_days: Annotated[int, Field(ge=0, le=90), NotBoolean] = 7
    timezone: TimeZone = "UTC"
    """By whose clock reports are due; charge days are UTC days."""
    week_start: Weekday = Weekday.MONDAY
    tier_pattern: Annotated[str, AfterValidator(_regular_expression)] = DEFAULT_TIER_PATTERN
    """A regular expression for the part of a product's name that is its tier; the rest is the product family."""


class Account(Entry):
    """One WarpStream account: one API key, one currency."""

    name: Name
    api_key: Annotated[Secret, AfterValidator(_sendable)]
    currency: Currency = "USD"


class Defaults(Entry):
    """What rules have that do not say otherwise; without `notify` they record and tell nobody."""

    notify: Notify = Notify()
    remind_every: RemindEvery = timedelta(days=3)
    """How often people are reminded of an alert that still fires, or `never`."""


class Freshness(Rule):
    """Tells when no day has settled for `max_age`, or pulls have failed as long; on unless `enabled: false`.

    Where `max_age` is left out it is 60h, or settle_after + 24h if that is longer.
    """

    kind = RuleKind.FRESHNESS

    name: Literal["freshness"] = "freshness"
    enabled: StrictBool = True
    max_age: Annotated[Duration, within(timedelta(0), timedelta(days=62))] = timedelta(hours=60)

    def watches(self, currency: str) -> str:  # noqa: ARG002 - one signature for every kind of rule
        """`no newer settled day for 60h`."""
        return f"no newer settled day for {format_duration(self.max_age)}"


class Mute(DayRange):
    """Charge days, both ends included, on which what matches gives no finding and teaches no baseline."""

    where: Where = Where()
    except_: Annotated[Where, Field(alias="except")] = Where()
    comment: str = ""


class Rules(Entry):
    """The whole file."""

    settings: Settings = Settings()
    accounts: Annotated[tuple[Account, ...], Field(min_length=1)]
    channels: Mapping[Name, Channel] = Field(default_factory=dict)
    defaults: Defaults = Defaults()
    routes: tuple[Route, ...] = ()
    """Who is told of the alerts of rules without a `notify` of their own; the first that matches decides."""
    budgets: tuple[Budget, ...] = ()
    spikes: tuple[Spike, ...] = ()
    new_spend: tuple[NewSpend, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    credits: tuple[Credit, ...] = ()
    freshness: Annotated[Freshness, Field(validate_default=True)] = Freshness()
    reconciliation: InvoiceCheck | None = None
    mutes: tuple[Mute, ...] = ()
    reports: tuple[ScheduledReport, ...] = ()

    @field_validator("freshness")
    @classmethod
    def _waits_for_settling(cls, value: Freshness, info: ValidationInfo) -> Freshness:
        settings = info.data.get("settings")
        if settings is None or not value.enabled:
            return value
        least = settings.settle_after + FRESHNESS_MARGIN
        if "max_age" not in value.model_fields_set:
            return value.model_copy(update={"max_age": max(value.max_age, least)})
        if value.max_age < least:
            raise ValueError(f"max_age must be at least settle_after + 24h, that is {format_duration(least)}")
        return value

    @property
    def all(self) -> tuple[Rule, ...]:
        """Every rule that judges, in the order of the file's sections."""
        watching = (self.freshness,) if self.freshness.enabled else ()
        checking = (self.reconciliation,) if self.reconciliation else ()
        spending = (*self.budgets, *self.spikes, *self.new_spend, *self.commitments, *self.credits)
        return (*spending, *watching, *checking)

    def named(self, name: str) -> Rule | None:
        """The rule of that name, None where there is none."""
        return next((rule for rule in self.all if rule.name == name), None)

    def report(self, name: str) -> ScheduledReport | None:
        """The report of that name, None where there is none."""
        return next((report for report in self.reports if report.name == name), None)

    def only(self, names: Collection[str]) -> Rules:
        """The same file with no other rules than these."""
        return self.model_copy(
            update={
                "budgets": tuple(rule for rule in self.budgets if rule.name in names),
                "spikes": tuple(rule for rule in self.spikes if rule.name in names),
                "new_spend": tuple(rule for rule in self.new_spend if rule.name in names),
                "commitments": tuple(rule for rule in self.commitments if rule.name in names),
                "credits": tuple(rule for rule in self.credits if rule.name in names),
                "reconciliation": self.reconciliation if "reconciliation" in names else None,
                "freshness": self.freshness.model_copy(
                    update={"enabled": self.freshness.enabled and self.freshness.name in names}
                ),
            }
        )

    def channels_for(self, rule: Rule, alert: Alert) -> tuple[str, ...]:
        """The names of the channels that a rule's alert is told to, each once; empty: nobody.

        The rule's own `notify` comes first, then the routes that match, then the defaults.
        """
        if rule.notify is not None:
            return rule.notify.channels(alert.severity)
        taken = matching_routes(self.routes, alert, rule, self.settings.tier_pattern)
        chosen = [route.notify for route in taken] or [self.defaults.notify]
        return tuple(dict.fromkeys(name for notify in chosen for name in notify.channels(alert.severity)))

    def fingerprint(self, rule: Rule) -> str:
        """A stable hash of all that decides for a rule: its own values, and the settings and mutes of the file."""
        settings = self.settings.model_dump(mode="json", include=set(rule.judged_with), exclude_defaults=True)
        heeded = self.mutes if rule.heeds_mutes else ()
        mutes = sorted(mute.model_dump_json(exclude={"comment"}) for mute in heeded)
        text = json.dumps([rule.fingerprint, settings, mutes], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16] if settings or mutes else rule.fingerprint

    def remind_every(self, rule: Rule) -> timedelta:
        """How often people are reminded of a rule's alerts; NEVER where they are not."""
        if rule.remind_every is not None:
            return rule.remind_every
        return self.defaults.remind_every if rule.reminds else NEVER

    def account(self, name: str) -> Account | None:
        """The account of that name, None where there is none."""
        return next((account for account in self.accounts if account.name == name), None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret of the file, for whoever keeps them out of logs."""
        receivers = (channel.receiver for channel in self.channels.values())
        held = (value for entry in (*self.accounts, *receivers) for _, value in entry)
        each = (one for value in held for one in (value if isinstance(value, tuple) else (value,)))
        return tuple(one.get_secret_value() for one in each if isinstance(one, SecretStr))
