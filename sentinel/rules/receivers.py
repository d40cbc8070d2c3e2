"""Who is told: accounts' keys stay secret, channels are named receivers, `notify` chooses among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SecretStr,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sentinel.domain.findings import Severity
from sentinel.rules.entries import Entry
from sentinel.rules.sending import DigestAbove, Limit, Pace, RateLimit
from sentinel.rules.values import Address, Name, Secret


def _web_address(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL that begins with https:// or http://")
    return url


def _app_token(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().startswith("xapp-"):
        raise ValueError("must be an app-level token, which begins with xapp-")
    return token


class _Kind(Entry):
    """What every kind of receiver says of itself."""

    @property
    def hears_marks(self) -> bool:
        """Whether it is told what people say of the alerts that it was told of."""
        return False


class SlackChannel(_Kind):
    """A Slack channel: by an app's token (threads, charts, buttons), or by an incoming webhook (messages alone)."""

    token: Secret | None = None
    """The bot token (xoxb-...); it needs the scope chat:write."""
    channel: Name | None = None
    """The channel's name (#finops) or id (C0123456789)."""
    app_token: Annotated[Secret, AfterValidator(_app_token)] | None = None
    """The app-level token (xapp-...) with the scope connections:write: messages then have buttons."""
    webhook_url: Annotated[Secret, AfterValidator(_web_address)] | None = None
    """An incoming webhook's URL, instead of token and channel."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        app = (self.token, self.channel, self.app_token)
        if self.webhook_url is not None and any(part is not None for part in app):
            raise ValueError("must have either token and channel, or webhook_url")
        if self.webhook_url is None and (self.token is None or self.channel is None):
            raise ValueError("must have token and channel, or webhook_url")
        return self

    @property
    def hears_marks(self) -> bool:
        """It is, in the alert's thread; an incoming webhook has no threads."""
        return self.webhook_url is None

    def __str__(self) -> str:
        if self.channel is None:
            return "Slack by an incoming webhook"
        return f"Slack {self.channel}" + (" with buttons" if self.app_token else "")


class EmailChannel(_Kind):
    """Mail addresses; the server comes from the environment (SENTINEL_SMTP_URL)."""

    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    from_: Annotated[Address, Field(alias="from")]

    def __str__(self) -> str:
        return f"e-mail to {', '.join(self.to)}"


class WebhookChannel(_Kind):
    """An address that takes each notification as JSON in a POST."""

    url: Annotated[Secret, AfterValidator(_web_address)]
    secret: Secret | None = None
    """Signs each notification: Sentinel-Signature is then the HMAC-SHA256 of the body."""

    def __str__(self) -> str:
        return f"webhook at {urlsplit(self.url.get_secret_value()).hostname}"


class PagerDutyChannel(_Kind):
    """A PagerDuty service, by an integration of the kind Events API v2."""

    routing_key: Secret
    """The integration key."""

    @property
    def hears_marks(self) -> bool:
        """It is: what somebody takes care of is acknowledged there."""
        return True

    def __str__(self) -> str:
        return "PagerDuty"


def _each(value: object) -> object:
    return (value,) if isinstance(value, (str, SecretStr)) else value


class AppriseChannel(_Kind):
    """Whatever Apprise can reach (Teams, Discord, Telegram, ntfy, ...), by its URLs; needs the extra `apprise`."""

    url: Annotated[
        tuple[Secret, ...],
        Field(min_length=1),
        BeforeValidator(_each),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
                ]
            }
        ),
    ]
    """One URL or a list of them; their forms stand in Apprise's manual."""

    def __str__(self) -> str:
        kinds = sorted({url.get_secret_value().partition(":")[0] for url in self.url})
        return f"Apprise ({', '.join(kinds)})"


class ConsoleChannel(_Kind):
    """Standard output."""

    def __str__(self) -> str:
        return "standard output"


Receiver = SlackChannel | EmailChannel | WebhookChannel | PagerDutyChannel | AppriseChannel | ConsoleChannel


class Channel(Entry):
    """A named receiver: exactly one of its kinds is given."""

    slack: SlackChannel | None = None
    email: EmailChannel | None = None
    webhook: WebhookChannel | None = None
    pagerduty: PagerDutyChannel | None = None
    apprise: AppriseChannel | None = None
    console: ConsoleChannel | None = None
    digest_above: DigestAbove = 5
    """More alerts of one evaluation than this are one message; `never` tells each by itself."""
    rate_limit: Limit = RateLimit(messages=20, per=timedelta(hours=1))
    """At most so many messages in so long; what it holds back is told in one. `none` holds nothing back."""
    pace: Pace | None = None
    """The least time between two messages; Slack wants 1s, the others nothing."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given) != 1:
            raise ValueError("must have exactly one of slack, email, webhook, pagerduty, apprise, console")
        return self

    @property
    def _given(self) -> tuple[Receiver, ...]:
        kinds = (self.slack, self.email, self.webhook, self.pagerduty, self.apprise, self.console)
        return tuple(receiver for receiver in kinds if receiver is not None)

    @property
    def pause(self) -> timedelta:
        """The least time between two messages."""
        if self.pace is not None:
            return self.pace
        return timedelta(seconds=1) if self.slack is not None else timedelta(0)

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
