from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.messages import Fact, Message, Section, Tone
from sentinel.notify import batch
from sentinel.notify.slack.render import SlackPost, escape, render
from tests.notify.stories import hostile, many, messages

TEXTS = st.text(st.sampled_from("ab &<>*`\n\x1b\u202e€"), max_size=4000)
FACTS = st.builds(Fact, st.just("workspace"), TEXTS)
MESSAGES = st.builds(
    Message,
    tone=st.sampled_from(Tone),
    headline=TEXTS.filter(lambda text: bool(text.strip())),
    lines=st.lists(TEXTS.filter(bool), max_size=20).map(tuple),
    facts=st.lists(FACTS, max_size=5).map(tuple),
    actions=st.lists(TEXTS.filter(bool), max_size=12).map(tuple),
)


def blocks_of(post: SlackPost) -> list[dict[str, Any]]:
    """All its blocks, those of attachments included."""
    inside = [block for each in post.attachments for block in cast("list[dict[str, Any]]", each["blocks"])]
    return [*post.blocks, *inside]


def texts_of(post: SlackPost) -> list[dict[str, Any]]:
    """All its text objects."""
    return [text for block in blocks_of(post) for text in ([block["text"]] if "text" in block else block["elements"])]


def assert_within_limits(post: SlackPost) -> None:
    """What Slack accepts: 50 blocks, 3,000 characters a text (150 a header), about 13,000 in all."""
    assert len(blocks_of(post)) <= 50
    assert all(1 <= len(text["text"]) <= 3000 for text in texts_of(post))
    assert all(len(block["text"]["text"]) <= 150 for block in blocks_of(post) if block["type"] == "header")
    assert sum(len(text["text"]) for text in texts_of(post)) <= 13_000
    assert len(post.text) <= 3000


@given(MESSAGES, st.lists(MESSAGES, max_size=4))
def test_any_message_stays_within_slacks_limits(message: Message, details: list[Message]) -> None:
    """However long names and lines are, every post is one that Slack takes."""
    for post in render(replace(message, details=tuple(details))):
        assert_within_limits(post)


def test_many_short_sections_are_spread_over_posts() -> None:
    """A post has as many blocks as Slack takes, whatever little they say."""
    sections = tuple(Section(f"Section {number}", ("one line",)) for number in range(120))
    first, *thread = render(Message(Tone.NEUTRAL, "REPORT", sections=sections))
    assert [len(blocks_of(post)) for post in thread] == [50, 50, 20]
    assert_within_limits(first)


def test_two_hundred_alerts_are_one_message_with_its_details_in_the_thread() -> None:
    """All 200 are there, in order, in posts that Slack takes."""
    (digest,) = batch(many(200))
    first, *thread = render(digest)
    said = "\n".join(text["text"] for post in thread for text in texts_of(post))
    assert [said.count(f"*{detail.headline}*") for detail in digest.details] == [1] * 200
    assert len(thread) == 20
    for post in (first, *thread):
        assert_within_limits(post)


@given(TEXTS, st.integers(2, 200))
def test_nothing_that_is_escaped_pings_anybody(text: str, limit: int) -> None:
    """No control character of Slack is left, no entity is cut in two, and the limit holds."""
    escaped = escape(text, limit)
    assert "<" not in escaped
    assert ">" not in escaped
    rest = escaped.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in rest
    assert len(escaped) <= limit


def test_a_cluster_named_like_a_ping_is_only_text() -> None:
    """`<!channel>` in a name reaches Slack escaped in every mrkdwn text and in the fallback."""
    (post,) = render(hostile())
    for text in [text["text"] for text in texts_of(post) if text["type"] == "mrkdwn"] + [post.text]:
        assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in post.text


def test_a_header_is_plain_text() -> None:
    """Slack formats nothing in a header, so that it needs no escaping."""
    header = render(hostile())[0].blocks[0]
    assert header["type"] == "header"
    assert isinstance(header["text"], dict)
    assert header["text"]["type"] == "plain_text"
    assert header["text"]["text"].startswith("CRITICAL  Spend spike: <!channel> & ")


@pytest.mark.parametrize("name", sorted(messages()))
def test_a_phone_shows_the_headline(name: str) -> None:
    """The fallback text begins with the headline."""
    message = messages()[name]
    assert render(message)[0].text.startswith(escape(message.headline)[:200])
