"""The pictures of explained scopes as PNG files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sentinel.errors import UsageError

if TYPE_CHECKING:
    from sentinel.evaluate import Explanation
    from sentinel.rules.model import Rule


def write_pictures(rule: Rule, explained: Sequence[Explanation], path: Path) -> Iterator[Path]:
    """One picture goes to `path`; several go beside it, numbered in the order in which the scopes are shown.

    Yields each file that was written. Raises UsageError where nothing can be drawn or written.
    """
    from sentinel.charts import png
    from sentinel.evaluate import picture_of
    from sentinel.jobs.illustrate import draw

    # What a commitment may come to is explained twice, and drawn once.
    found = dict.fromkeys(picture_of(rule, one) for one in explained)
    pictures = [picture for picture in found if picture is not None]
    if not pictures:
        raise UsageError(f"--png: there is no cost to draw for rule {rule.name}")
    for number, picture in enumerate(pictures, start=1):
        file = path if len(pictures) == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            file.write_bytes(png(draw(picture).specification))
        except OSError as error:
            raise UsageError(f"--png: {file} cannot be written: {error.strerror}") from error
        yield file
