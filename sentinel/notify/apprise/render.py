"""A message for services that show a title and a text."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment
from markupsafe import Markup

from sentinel.domain.messages import Message, Section
from sentinel.notify.look import small_print
from sentinel.notify.table import aligned
from sentinel.notify.words.phrases import one_line

DETAILS_AT_MOST = 10
"""Most services cut a text after a few thousand characters."""

_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.filters["aligned"] = aligned
_HTML = _ENVIRONMENT.from_string(
    """\
{% for line in lines %}
<p>{{ line }}</p>
{% endfor %}
{% if small %}
<p><small>{{ small }}</small></p>
{% endif %}
{% for section in sections %}
<p><b>{{ section.title }}</b></p>
{% if section.table %}
<pre>{{ section.table | aligned | join("\n") }}</pre>
{% endif %}
{% for line in section.lines %}
<p>{{ line }}</p>
{% endfor %}
{% endfor %}
{% for detail in details %}
<p><b>{{ detail.headline }}</b>{% for line in detail.lines %}<br>{{ line }}{% endfor %}</p>
{% endfor %}
{% if more %}
<p>{{ more }}</p>
{% endif %}
{% if actions %}
<p>{% for action in actions %}<code>{{ action }}</code>{{ "" if loop.last else "<br>" | safe }}{% endfor %}</p>
{% endif %}
"""
)


def title(message: Message) -> str:
    """The headline."""
    return one_line(message.headline)


def as_text(message: Message) -> str:
    """The message without its headline, as plain text."""
    paragraphs = ["\n".join(_own(message)), *map(_section, message.sections)]
    paragraphs += map(_detail, message.details[:DETAILS_AT_MOST])
    paragraphs += [_more(message), "\n".join(map(one_line, message.actions))]
    return "\n\n".join(filter(None, paragraphs)) or title(message)


def as_html(message: Message) -> str:
    """The same as HTML."""
    return _HTML.render(
        lines=list(map(one_line, message.lines)),
        small=one_line(small_print(message.facts)),
        sections=message.sections,
        details=message.details[:DETAILS_AT_MOST],
        more=_more(message),
        actions=message.actions,
    ) or str(Markup("<p>{}</p>").format(title(message)))


def _own(message: Message) -> Iterator[str]:
    yield from map(one_line, message.lines)
    if message.facts:
        yield one_line(small_print(message.facts))


def _section(section: Section) -> str:
    table = aligned(section.table) if section.table else ()
    return "\n".join((one_line(section.title), *table, *map(one_line, section.lines)))


def _detail(detail: Message) -> str:
    return "\n".join((one_line(detail.headline), *map(one_line, detail.lines)))


def _more(message: Message) -> str:
    left = len(message.details) - DETAILS_AT_MOST
    return f"and {left} more: sentinel alerts" if left > 0 else ""
