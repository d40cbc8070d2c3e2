"""`sentinel notify test`: a sample through any channel."""

from __future__ import annotations

import json

from tests.command import Command
from tests.stand_ins.serving import Answer, Request, serve
from tests.stand_ins.slack import TOKEN, slack_stand_in
from tests.stand_ins.webhook import Fault, webhook_stand_in

ACCOUNT = "accounts: [{name: main, api_key: key}]\n"


def test_a_sample_goes_through_every_channel_and_each_receipt_is_printed(sentinel: Command) -> None:
    """It says that it is a test, in Slack, in PagerDuty, by webhook and on the console; no database is made."""
    taken = []

    def pagerduty(request: Request) -> Answer:
        taken.append(json.loads(request.body))
        return Answer(202)

    with slack_stand_in() as slack, webhook_stand_in() as webhook, serve(pagerduty) as events:
        sentinel.write_rules(
            ACCOUNT
            + f"""channels:
  finops: {{slack: {{token: {TOKEN}, channel: "#finops"}}}}
  hook: {{webhook: {{url: "{webhook.url}"}}}}
  oncall: {{pagerduty: {{routing_key: secret-key}}}}
  here: {{console: {{}}}}
"""
        )
        urls = {"SENTINEL_SLACK_URL": slack.base_url, "SENTINEL_PAGERDUTY_URL": events}
        done = sentinel("notify", "test", "--all", **urls)
        assert done.returncode == 0, done.stderr
        (post,) = slack.posts("finops")
        assert post.words.startswith("TEST  Spend spike: orders-prod")
        assert "nothing has happened" in post.words
        assert f"sent   channel finops: receipt {post.channel}/{post.ts}" in done.stdout
        assert webhook.deliveries()[0].content["message"]["headline"].startswith("TEST  ")
        assert taken[0]["payload"]["summary"].startswith("TEST  ")
        assert done.stdout.count("receipt") == 4
        assert not (sentinel.folder / "sentinel.db").exists()


def test_a_channel_that_refuses_is_an_error(sentinel: Command) -> None:
    """Exit code 1, with what the receiver said; the others are tried all the same."""
    with webhook_stand_in() as webhook:
        webhook.fail(Fault(status=410))
        sentinel.write_rules(
            ACCOUNT + f'channels: {{hook: {{webhook: {{url: "{webhook.url}"}}}}, here: {{console: {{}}}}}}\n'
        )
        done = sentinel("notify", "test", "hook", "here")
    assert done.returncode == 1
    assert "FAILS  channel hook: channel hook (127.0.0.1) answered 410" in done.stdout
    assert "sent   channel here: receipt" in done.stdout


def test_which_channel_must_be_said(sentinel: Command) -> None:
    """A misspelt name, or none, names those that there are."""
    sentinel.write_rules(ACCOUNT + "channels: {here: {console: {}}}\n")
    for arguments in (("there",), (), ("here", "--all")):
        done = sentinel("notify", "test", *arguments)
        assert done.returncode == 2
        assert "here" in done.stderr
