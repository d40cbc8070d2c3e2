"""How much a channel takes at a time: grouping, the rate limit, the pace."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from sentinel.rules.entries import Entry
from sentinel.rules.values import Duration, NotBoolean, within


class RateLimit(Entry):
    """At most so many messages in any span of `per`."""

    messages: Annotated[int, Field(ge=1, le=10_000), NotBoolean]
    per: Annotated[Duration, within(timedelta(seconds=1), timedelta(days=7))] = timedelta(hours=1)


def _never_is_none(value: object) -> object:
    if isinstance(value, str) and value != "never":
        raise ValueError("must be a whole number, or never")
    return None if value == "never" or (value == 0 and not isinstance(value, bool)) else value


def _no_limit_is_none(value: object) -> object:
    if value is None or isinstance(value, (dict, RateLimit)):
        return value
    if value == "none" or (value == 0 and not isinstance(value, bool)):
        return None
    raise ValueError("must be a mapping like {messages: 20, per: 1h}, or none")


DigestAbove = Annotated[
    Annotated[int, Field(ge=1, le=1000), NotBoolean] | None,
    BeforeValidator(_never_is_none),
    PlainSerializer(lambda value: "never" if value is None else value, return_type=int | str),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0, "maximum": 1000}, {"const": "never"}]}),
]
"""More messages than this become one; None where they never do."""

Limit = Annotated[
    RateLimit | None,
    BeforeValidator(_no_limit_is_none),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["none", 0]},
                {
                    "type": "object",
                    "properties": {
                        "messages": {"type": "integer", "minimum": 1, "maximum": 10_000},
                        "per": {"type": "string", "examples": ["1h"]},
                    },
                    "required": ["messages"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""A rate limit; None where there is none."""

Pace = Annotated[Duration, within(timedelta(0), timedelta(minutes=1))]
"""The least time between two messages."""
