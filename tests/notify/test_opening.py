from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from sentinel.errors import DeliveryError, SettingsError
from sentinel.notify import open_channel
from sentinel.rules.model import Channel
from sentinel.settings import Settings, parse_smtp_url
from tests.stand_ins.slack import TOKEN, slack_stand_in


def settings(**given: Any) -> Settings:
    """Settings that do not depend on this process's environment."""
    return Settings(**{"smtp_url": None, "slack_url": "https://slack.com/api/", **given})


def spec(**given: Any) -> Channel:
    """A channel of rules.yaml."""
    return Channel.model_validate(given)


def test_each_kind_of_channel_can_be_opened() -> None:
    """Every receiver that rules.yaml knows becomes a channel of its name."""
    specs = {
        "finops": spec(slack={"token": "xoxb-1", "channel": "#finops"}),
        "owners": spec(email={"to": ["owners@example.com"], "from": "sentinel@example.com"}),
        "oncall": spec(webhook={"url": "https://example.com/hook"}),
        "here": spec(console={}),
    }
    mail = settings(smtp_url=parse_smtp_url("smtp://mail.example.com"))
    assert [open_channel(name, each, mail).name for name, each in specs.items()] == list(specs)


def test_mail_without_a_server_is_a_matter_of_settings() -> None:
    """The error names the variable that is missing."""
    mail = spec(email={"to": ["owners@example.com"], "from": "sentinel@example.com"})
    with pytest.raises(SettingsError, match="channel owners sends e-mail: SENTINEL_SMTP_URL"):
        open_channel("owners", mail, settings())


def test_slack_is_where_the_settings_say() -> None:
    """SENTINEL_SLACK_URL leads to another API, with or without its last slash."""
    slack_channel = spec(slack={"token": SecretStr(TOKEN), "channel": "#finops"})
    with slack_stand_in() as slack:
        opened = open_channel("finops", slack_channel, settings(slack_url=slack.base_url.rstrip("/")))
        assert opened.check() == "signed in to Stand-in as sentinel"
        wrong = spec(slack={"token": "xoxb-wrong", "channel": "#finops"})
        with pytest.raises(DeliveryError):
            open_channel("finops", wrong, settings(slack_url=slack.base_url)).check()


def test_the_door_is_light() -> None:
    """Importing the stage loads neither slack-sdk nor httpx nor Jinja2."""
    heavy = "{name for name in ('slack_sdk', 'httpx', 'jinja2', 'smtplib') if name in sys.modules}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, sentinel.notify; print({heavy})"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
