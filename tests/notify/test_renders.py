from __future__ import annotations

import pytest

from tests.notify.renders import KEPT, renders

RENDERS = dict(renders())


@pytest.mark.parametrize("file", sorted(RENDERS))
def test_each_message_looks_as_it_is_kept(file: str) -> None:
    """Every channel shows each message word for word as in tests/fixtures/renders."""
    assert RENDERS[file] == (KEPT / file).read_text(encoding="utf-8")


def test_nothing_else_is_kept() -> None:
    """A render that no message has any more is not left lying about."""
    assert {path.name for path in KEPT.iterdir()} == set(RENDERS)
