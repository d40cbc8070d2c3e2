"""The specifications of charts, kept in tests/fixtures/charts.

After a wanted change write them anew with `python -m tests.charts.kept`, and read the difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.charts.stories import charts

KEPT = Path(__file__).parents[1] / "fixtures" / "charts"


def specifications() -> Iterator[tuple[str, str]]:
    """Each file's name and what it should hold: the specification, and what the chart is said to show."""
    for name, chart in charts().items():
        text = {"alt": chart.alt, "specification": json.loads(chart.specification)}
        yield f"{name}.json", json.dumps(text, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.iterdir():
        old.unlink()
    for file, text in specifications():
        (KEPT / file).write_text(text, encoding="utf-8")
