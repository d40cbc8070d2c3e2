"""What to watch: rules.yaml as values; every attribute is named like its key (`from_`, `except_`: reserved words).

`load_rules` makes them from the file and checks what one part cannot know of another, such as channel names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StrictBool, ValidationInfo, field_validator

from sentinel.domain.findings import RuleKind, Severity
from sentinel.domain.scopes import DEFAULT_TIER_PATTERN
from sentinel.rules.budgets import Budget, CostBasis, Term, Threshold, Weekday
from sentinel.rules.entries import DayRange, Entry, Where
from sentinel.rules.receivers import (
    Channel,
    ConsoleChannel,
    EmailChannel,
    Notify,
    Receiver,
    SlackChannel,
    WebhookChannel,
)
from sentinel.rules.rule import Rule, ScopedRule
from sentinel.rules.spikes import Method, NewSpend, Spike, SpikeDirection
from sentinel.rules.values import Currency, Duration, Name, NotBoolean, Secret, Share, format_duration, percent, within

__all__ = [
    "Account",
    "Budget",
    "Channel",
    "ConsoleChannel",
    "CostBasis",
    "Defaults",
    "EmailChannel",
    "Freshness",
    "Method",
    "Mute",
    "NewSpend",
    "Notify",
    "Receiver",
    "Rule",
    "Rules",
    "ScopedRule",
    "Settings",
    "Share",
    "SlackChannel",
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


class Settings(Entry):
    """How the history is kept."""

    pull_every: Annotated[Duration, within(timedelta(seconds=1), timedelta(days=7))] = timedelta(hours=6)
    history_days: Annotated[int, Field(ge=1, le=3660), NotBoolean] = 400
    settle_after: Annotated[Duration, within(timedelta(0), timedelta(days=31))] = timedelta(hours=36)
    restate_days: Annotated[int, Field(ge=0, le=90), NotBoolean] = 7
    timezone: Literal["UTC"] = "UTC"
    week_start: Weekday = Weekday.MONDAY
    tier_pattern: Annotated[str, AfterValidator(_regular_expression)] = DEFAULT_TIER_PATTERN
    """A regular expression for the part of a product's name that is its tier; the rest is the product family."""


class Account(Entry):
    """One WarpStream account: one API key, one currency."""

    name: Name
    api_key: Secret
    currency: Currency = "USD"


class Defaults(Entry):
    """What rules have that do not say otherwise; without `notify` they record and tell nobody."""

    notify: Notify = Notify()


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
    budgets: tuple[Budget, ...] = ()
    spikes: tuple[Spike, ...] = ()
    new_spend: tuple[NewSpend, ...] = ()
    freshness: Annotated[Freshness, Field(validate_default=True)] = Freshness()
    mutes: tuple[Mute, ...] = ()

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
        return (*self.budgets, *self.spikes, *self.new_spend, *watching)

    def named(self, name: str) -> Rule | None:
        """The rule of that name, None where there is none."""
        return next((rule for rule in self.all if rule.name == name), None)

    def only(self, names: Collection[str]) -> Rules:
        """The same file with no other rules than these."""
        return self.model_copy(
            update={
                "budgets": tuple(rule for rule in self.budgets if rule.name in names),
                "spikes": tuple(rule for rule in self.spikes if rule.name in names),
                "new_spend": tuple(rule for rule in self.new_spend if rule.name in names),
                "freshness": self.freshness.model_copy(
                    update={"enabled": self.freshness.enabled and self.freshness.name in names}
                ),
            }
        )

    def channels_for(self, rule: Rule, severity: Severity) -> tuple[str, ...]:
        """The names of the channels that a rule's finding of this severity is told to; empty: nobody."""
        notify = self.defaults.notify if rule.notify is None else rule.notify
        return notify.channels(severity)

    def account(self, name: str) -> Account | None:
        """The account of that name, None where there is none."""
        return next((account for account in self.accounts if account.name == name), None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret of the file, for whoever keeps them out of logs."""
        receivers = (channel.receiver for channel in self.channels.values())
        held = (value for entry in (*self.accounts, *receivers) for _, value in entry)
        return tuple(value.get_secret_value() for value in held if isinstance(value, SecretStr))
