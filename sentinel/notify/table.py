"""Tables in letters of one width, for channels that show no other."""

from __future__ import annotations

from sentinel.domain.messages import Table
from sentinel.notify.words.phrases import one_line

_NAME_AT_MOST = 34
_GAP = "  "


def aligned(table: Table) -> tuple[str, ...]:
    """Its lines, the headings first: words to the left and cut where they are long, figures to the right."""
    rows = [tuple(map(one_line, row)) for row in (table.columns, *table.rows)]
    cut = [(_cut(first), *figures) for first, *figures in rows]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    return tuple(_line(row, widths) for row in cut)


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_AT_MOST else f"{name[: _NAME_AT_MOST - 1]}…"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    first, *figures = row
    cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True))]
    return _GAP.join(cells).rstrip()
