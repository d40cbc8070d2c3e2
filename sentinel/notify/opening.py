"""From a channel of rules.yaml to something that sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sentinel.errors import SettingsError
from sentinel.notify.channel import Channel
from sentinel.rules import model
from sentinel.settings import Settings


def open_channel(name: str, spec: model.Channel, settings: Settings) -> Channel:
    """The channel that rules.yaml calls `name`. Raises SettingsError where the environment lacks what it needs."""
    return _OPENERS[type(spec.receiver)](name, spec.receiver, settings)


# Each opener imports its library when it is used: a daemon that only mails never loads slack-sdk.


def _slack(name: str, receiver: model.SlackChannel, settings: Settings) -> Channel:
    from sentinel.notify.slack.channel import SlackChannel  # noqa: PLC0415 - loaded only where it is used

    token = receiver.token.get_secret_value()
    return SlackChannel(name, token=token, channel=receiver.channel, base_url=settings.slack_url)


def _email(name: str, receiver: model.EmailChannel, settings: Settings) -> Channel:
    from sentinel.notify.email.channel import EmailChannel  # noqa: PLC0415 - loaded only where it is used

    if settings.smtp_url is None:
        raise SettingsError(f"channel {name} sends e-mail: SENTINEL_SMTP_URL must name a mail server")
    return EmailChannel(name, sender=receiver.from_, recipients=receiver.to, server=settings.smtp_url)


def _webhook(name: str, receiver: model.WebhookChannel, _: Settings) -> Channel:
    from sentinel.notify.webhook.channel import WebhookChannel  # noqa: PLC0415 - loaded only where it is used

    secret = receiver.secret.get_secret_value() if receiver.secret else None
    return WebhookChannel(name, url=receiver.url.get_secret_value(), secret=secret)


def _console(name: str, _: model.ConsoleChannel, __: Settings) -> Channel:
    from sentinel.notify.console.channel import ConsoleChannel  # noqa: PLC0415 - loaded only where it is used

    return ConsoleChannel(name)


_OPENERS: dict[type[model.Receiver], Callable[[str, Any, Settings], Channel]] = {
    model.SlackChannel: _slack,
    model.EmailChannel: _email,
    model.WebhookChannel: _webhook,
    model.ConsoleChannel: _console,
}
