"""From a channel of rules.yaml to something that sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sentinel.errors import SettingsError
from sentinel.notify.channel import Channel
from sentinel.rules import model
from sentinel.settings import Settings

if TYPE_CHECKING:
    from sentinel.notify.slack.listener import SlackListener
    from sentinel.notify.slack.press import Press


def open_channel(name: str, spec: model.Channel, settings: Settings) -> Channel:
    """The channel that rules.yaml calls `name`. Raises SettingsError where the environment lacks what it needs."""
    return _OPENERS[type(spec.receiver)](name, spec.receiver, settings)


def open_listener(app_token: str, settings: Settings, answer: Callable[[Press], str | None]) -> SlackListener:
    """What hears the presses of a Slack app's buttons; `answer` does what a press asks for."""
    from sentinel.notify.slack.listener import SlackListener  # noqa: PLC0415 - loaded only where it is used

    return SlackListener(app_token, base_url=settings.slack_url, answer=answer)


# Each opener imports its library when it is used: a daemon that only mails never loads slack-sdk.


def _slack(name: str, receiver: model.SlackChannel, settings: Settings) -> Channel:
    if receiver.webhook_url is not None:
        from sentinel.notify.slack.webhook import SlackWebhookChannel  # noqa: PLC0415 - loaded only where it is used

        return SlackWebhookChannel(name, url=receiver.webhook_url.get_secret_value())
    if receiver.token is None or receiver.channel is None:
        raise SettingsError(f"channel {name} has no token or no channel: give both in rules.yaml, or a webhook_url")
    from sentinel.notify.slack.channel import SlackChannel  # noqa: PLC0415 - loaded only where it is used

    return SlackChannel(
        name,
        token=receiver.token.get_secret_value(),
        channel=receiver.channel,
        app_token=receiver.app_token.get_secret_value() if receiver.app_token else None,
        base_url=settings.slack_url,
    )


def _email(name: str, receiver: model.EmailChannel, settings: Settings) -> Channel:
    from sentinel.notify.email.channel import EmailChannel  # noqa: PLC0415 - loaded only where it is used

    if settings.smtp_url is None:
        raise SettingsError(f"channel {name} sends e-mail: SENTINEL_SMTP_URL must name a mail server")
    return EmailChannel(name, sender=receiver.from_, recipients=receiver.to, server=settings.smtp_url)


def _webhook(name: str, receiver: model.WebhookChannel, _: Settings) -> Channel:
    from sentinel.notify.webhook.channel import WebhookChannel  # noqa: PLC0415 - loaded only where it is used

    secret = receiver.secret.get_secret_value() if receiver.secret else None
    return WebhookChannel(name, url=receiver.url.get_secret_value(), secret=secret)


def _pagerduty(name: str, receiver: model.PagerDutyChannel, settings: Settings) -> Channel:
    from sentinel.notify.pagerduty.channel import PagerDutyChannel  # noqa: PLC0415 - loaded only where it is used

    return PagerDutyChannel(name, routing_key=receiver.routing_key.get_secret_value(), base_url=settings.pagerduty_url)


def _apprise(name: str, receiver: model.AppriseChannel, _: Settings) -> Channel:
    from sentinel.notify.apprise.channel import AppriseChannel  # noqa: PLC0415 - loaded only where it is used

    return AppriseChannel(name, urls=tuple(url.get_secret_value() for url in receiver.url))


def _console(name: str, _: model.ConsoleChannel, __: Settings) -> Channel:
    from sentinel.notify.console.channel import ConsoleChannel  # noqa: PLC0415 - loaded only where it is used

    return ConsoleChannel(name)


_OPENERS: dict[type[model.Receiver], Callable[[str, Any, Settings], Channel]] = {
    model.SlackChannel: _slack,
    model.EmailChannel: _email,
    model.WebhookChannel: _webhook,
    model.PagerDutyChannel: _pagerduty,
    model.AppriseChannel: _apprise,
    model.ConsoleChannel: _console,
}
