"""A message as Slack posts: the first in the channel, the others in its thread.

Limits: https://docs.slack.dev/reference/block-kit/blocks and chat.postMessage's msg_blocks_too_long, which was seen at
about 13,200 characters in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import accumulate, takewhile

from sentinel.domain.messages import Message, Section
from sentinel.notify.look import COLOURS, small_print
from sentinel.notify.slack.buttons import Block, actions, menu, offered
from sentinel.notify.table import aligned
from sentinel.notify.words.phrases import one_line

HEADER_AT_MOST = 150
SECTION_AT_MOST = 3_000
BLOCKS_AT_MOST = 50
TOTAL_AT_MOST = 12_000
_LINES_AT_MOST = 8_000
_FACTS_AT_MOST = 1_000
_FALLBACK_AT_MOST = 300
_COMMAND_AT_MOST = 200
_COMMANDS_AT_MOST = 8
_DETAIL_LINES_AT_MOST = SECTION_AT_MOST - _FALLBACK_AT_MOST - 10
_DETAILS_A_POST = 10
_SECTION_LINES_AT_MOST = 1_500
_FENCE = "```"
_LINK_AT_MOST = 300
_ADDRESS = re.compile(r"https?://[^\s<>|]+")


class Answers(Enum):
    """How people can answer below a message."""

    COMMANDS = auto()
    """They type a command of sentinel's."""
    BUTTONS = auto()
    ELSEWHERE = auto()
    """The first message of its thread has the buttons."""


@dataclass(frozen=True, slots=True)
class SlackPost:
    """The arguments of one chat.postMessage: `text` is what a phone's notification shows."""

    text: str
    blocks: tuple[Block, ...]
    attachments: tuple[Block, ...]


def render(
    message: Message, answers: Answers = Answers.COMMANDS, links: Mapping[int, str] | None = None
) -> tuple[SlackPost, ...]:
    """One post for the message itself, then the posts that carry its sections and details in the thread.

    `links` leads from the alerts of a digest, by their ids, to the threads that they have already.
    """
    return (
        _opening(message, answers),
        *_section_posts(message.sections),
        *_details(message.details, answers, links or {}),
    )


def escape(text: str, limit: int = SECTION_AT_MOST) -> str:
    """Text for mrkdwn, in which a cluster called `<!channel>` pings nobody; at most `limit` characters long.

    Slack takes `&`, `<` and `>` for control characters; an entity is never cut in two.
    """
    pieces = [_ENTITIES.get(letter, letter) for letter in one_line(text)]
    lengths = list(accumulate(map(len, pieces)))
    if not lengths or lengths[-1] <= limit:
        return "".join(pieces)
    kept = sum(length < limit for length in lengths)
    return "".join(pieces[:kept]) + "…"


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _opening(message: Message, answers: Answers) -> SlackPost:
    blocks = [*_sections(message.lines), *_facts_block(message), *_answers(message, answers)]
    return SlackPost(
        text=escape(" / ".join((message.headline, *message.lines[:1])), _FALLBACK_AT_MOST),
        blocks=({"type": "header", "text": _plain(message.headline)},),
        attachments=(_attachment(message, blocks),) if blocks else (),
    )


def _plain(text: str) -> Block:
    cut = one_line(text)
    shown = cut if len(cut) <= HEADER_AT_MOST else f"{cut[: HEADER_AT_MOST - 1]}…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _attachment(message: Message, blocks: list[Block]) -> Block:
    fallback = escape(message.headline, _FALLBACK_AT_MOST)
    return {"color": COLOURS[message.tone], "fallback": fallback, "blocks": blocks}


def _sections(lines: Sequence[str]) -> Iterator[Block]:
    """The lines in sections that are each full before the next begins; what is beyond the total is left out."""
    for text in _filled(lines, SECTION_AT_MOST, _LINES_AT_MOST):
        yield {"type": "section", "text": _mrkdwn(text)}


def _filled(lines: Iterable[str], size: int, total: int) -> Iterator[str]:
    """Escaped texts of at most `size` characters each and `total` in all; a last `…` stands for what is left out.

    Slack refuses a text without a character, so blank lines are left out.
    """
    part, left = "", total - 2
    for text in (escape(line, size - 2) for line in lines if line.strip()):
        left -= len(text) + 1
        if left < 0:
            part = f"{part}\n…"
            break
        if part and len(part) + 1 + len(text) > size - 2:
            yield part
            part = text
        else:
            part = f"{part}\n{text}" if part else text
    if part:
        yield part


def _facts_block(message: Message) -> Iterator[Block]:
    facts = _facts(message)
    if facts.strip():
        yield _context(facts)


def _answers(message: Message, answers: Answers) -> Iterator[Block]:
    buttons = offered(message)
    if answers is Answers.COMMANDS or not buttons:
        yield from _commands(message.actions)
    elif answers is Answers.BUTTONS:
        yield actions(buttons, message.alert_ids[0])


def _commands(typed: Sequence[str]) -> Iterator[Block]:
    commands = (escape(command.replace("`", " "), _COMMAND_AT_MOST) for command in typed[:_COMMANDS_AT_MOST])
    shown = "   ".join(f"`{command}`" for command in commands if command.strip())
    if shown:
        yield _context(shown)


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _facts(message: Message) -> str:
    return escape(small_print(message.facts), _FACTS_AT_MOST)


def _section_posts(sections: Sequence[Section]) -> Iterator[SlackPost]:
    """As many sections a post as it can hold, each with its table in letters of one width."""
    blocks: list[Block] = []
    titles: list[str] = []
    size = 0
    for section in sections:
        text = _section_text(section)
        if len(blocks) == BLOCKS_AT_MOST or (blocks and size + len(text) > TOTAL_AT_MOST - _FALLBACK_AT_MOST):
            yield _section_post(titles, blocks)
            blocks, titles, size = [], [], 0
        blocks.append({"type": "section", "text": _mrkdwn(text)})
        titles.append(section.title)
        size += len(text)
    if blocks:
        yield _section_post(titles, blocks)


def _section_post(titles: Sequence[str], blocks: Sequence[Block]) -> SlackPost:
    return SlackPost(escape(" / ".join(titles), _FALLBACK_AT_MOST), tuple(blocks), ())


def _section_text(section: Section) -> str:
    title = f"*{escape(section.title, _FALLBACK_AT_MOST)}*"
    below = next(_filled(section.lines, _SECTION_LINES_AT_MOST, _SECTION_LINES_AT_MOST), "")
    # A table ends where a post has no more room: half a row would tell a wrong figure.
    left = SECTION_AT_MOST - len(title) - len(below) - len(_FENCE) * 2 - 4
    rows: list[str] = []
    for row in (escape(line.replace("`", " ")) for line in (aligned(section.table) if section.table else ())):
        left -= len(row) + 1
        if left < 0:
            break
        rows.append(row)
    table = "\n".join((_FENCE, *rows, _FENCE)) if rows else ""
    return "\n".join(filter(None, (title, table, below)))


def _details(details: Sequence[Message], answers: Answers, links: Mapping[int, str]) -> Iterator[SlackPost]:
    first = 1
    while first <= len(details):
        taken = _that_fit(details[first - 1 :])
        last = first + len(taken) - 1
        yield SlackPost(
            text=escape(" / ".join(detail.headline for detail in taken), _FALLBACK_AT_MOST),
            # Without a block of its own a post would show its `text` above the attachments.
            blocks=(_context(f"{first} to {last} of {len(details)}"),),
            attachments=tuple(_detail(detail, answers, links) for detail in taken),
        )
        first = last + 1


def _that_fit(details: Sequence[Message]) -> Sequence[Message]:
    """As many of the first ones as one post may hold; at least one."""
    sizes = accumulate(
        len(_said(detail)) + len(_facts(detail)) + _FALLBACK_AT_MOST + _LINK_AT_MOST for detail in details
    )
    fitting = sum(1 for size in takewhile(lambda size: size <= TOTAL_AT_MOST - _FALLBACK_AT_MOST, sizes))
    return details[: max(1, min(fitting, _DETAILS_A_POST))]


def _detail(detail: Message, answers: Answers, links: Mapping[int, str]) -> Block:
    section: Block = {"type": "section", "text": _mrkdwn(_said(detail))}
    buttons = offered(detail)
    if answers is not Answers.COMMANDS and buttons:
        section["accessory"] = menu(buttons, detail.alert_ids[0])
    known = (links.get(alert_id) for alert_id in detail.alert_ids)
    small = [_facts(detail).strip(), *(_link(url, "its thread") for url in known if url)]
    shown = " / ".join(filter(None, small))
    return _attachment(detail, [section, _context(shown)] if shown else [section])


def _link(url: str, label: str) -> str:
    """A link; "" for an address that mrkdwn cannot hold."""
    link = f"<{url.replace('&', '&amp;')}|{label}>"
    return link if len(link) <= _LINK_AT_MOST and _ADDRESS.fullmatch(url) else ""


def _said(detail: Message) -> str:
    body = next(_filled(detail.lines, _DETAIL_LINES_AT_MOST, _DETAIL_LINES_AT_MOST), "")
    return f"*{escape(detail.headline, _FALLBACK_AT_MOST)}*\n{body}".rstrip()
