"""A sign of life for a monitor that waits for it: what a silent daemon cannot tell by itself."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

_SECONDS = 5.0


def beat(url: str) -> None:
    """Ask for a URL once; a monitor that does not answer is logged and disturbs nothing."""
    import httpx  # noqa: PLC0415 - loaded only where it is used

    try:
        httpx.get(url, timeout=_SECONDS, follow_redirects=False).raise_for_status()
    except httpx.HTTPError as error:
        # The URL holds the monitor's secret, so only the kind of the error is told.
        log.warning("the heartbeat was not taken: %s", type(error).__name__)
