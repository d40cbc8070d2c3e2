"""Who is told: accounts' keys stay secret, channels are named receivers, `notify` chooses among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, SecretStr, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sentinel.domain.findings import Severity
from sentinel.rules.entries import Entry
from sentinel.rules.values import Address, Name, Secret


def _web_address(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL that begins with https:// or http://")
    return url


class SlackChannel(Entry):
    """A Slack channel, reached with a bot token that has the scope chat:write."""

    token: Secret
    """The bot token (xoxb-...)."""
    channel: Name
    """The channel's name (#finops) or id (C0123456789)."""

    def __str__(self) -> str:
        return f"Slack {self.channel}"


class EmailChannel(Entry):
    """Mail addresses; the server comes from the environment (SENTINEL_SMTP_URL)."""

    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    from_: Annotated[Address, Field(alias="from")]

    def __str__(self) -> str:
        return f"e-mail to {', '.join(self.to)}"


class WebhookChannel(Entry):
    """An address that takes each notification as JSON in a POST."""

    url: Annotated[Secret, AfterValidator(_web_address)]
    secret: Secret | None = None
    """Signs each notification: Sentinel-Signature is then the HMAC-SHA256 of the body."""

    def __str__(self) -> str:
        return f"webhook at {urlsplit(self.url.get_secret_value()).hostname}"


class ConsoleChannel(Entry):
    """Standard output."""

    def __str__(self) -> str:
        return "standard output"


Receiver = SlackChannel | EmailChannel | WebhookChannel | ConsoleChannel


class Channel(Entry):
    """A named receiver: exactly one of its kinds is given."""

    slack: SlackChannel | None = None
    email: EmailChannel | None = None
    webhook: WebhookChannel | None = None
    console: ConsoleChannel | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given) != 1:
            raise ValueError("must have exactly one of slack, email, webhook, console")
        return self

    @property
    def _given(self) -> tuple[Receiver, ...]:
        kinds = (self.slack, self.email, self.webhook, self.console)
        return tuple(receiver for receiver in kinds if receiver is not None)

    @property
    def receiver(self) -> Receiver:
        """The one kind that was given."""
        return self._given[0]


class Notify(Entry):
    """The channels that are told, by severity; a list in rules.yaml means both severities."""

    warning: tuple[Name, ...] = ()
    critical: tuple[Name, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, value: object) -> object:
        if isinstance(value, (list, tuple)):
            return {"warning": value, "critical": value}
        if isinstance(value, (Mapping, Notify)):
            return value
        raise ValueError("must be a list of channels, or lists by severity: {critical: [...], warning: [...]}")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A list of channels, or one for each severity."""
        mapping = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [mapping["properties"]["warning"], mapping]}

    def channels(self, severity: Severity) -> tuple[str, ...]:
        """The channels for one severity, each once."""
        chosen = self.critical if severity is Severity.CRITICAL else self.warning
        return tuple(dict.fromkeys(chosen))
