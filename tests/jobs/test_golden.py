"""The alerts of one pinned account, to the cent."""

from __future__ import annotations

from tests.jobs.golden import FILE, alert_lines


def test_a_pinned_account_gets_the_very_alerts_that_are_written_down() -> None:
    """What the detector, the rules or the inhibition change is seen as the messages that change."""
    assert alert_lines() == FILE.read_text("utf-8").splitlines()
