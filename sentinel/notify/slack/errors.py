"""What went wrong at Slack, as a DeliveryError that says whether to try again."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from sentinel.errors import DeliveryError

FAILURES = (SlackClientError, OSError, HTTPException, UnicodeDecodeError)
"""All that a call of slack-sdk raises when it does not succeed (URLError and timeouts are OSErrors)."""

UNREACHABLE_THREAD = frozenset(
    {"thread_not_found", "message_not_found", "channel_not_found", "is_archived", "not_in_channel"}
)

_PERMANENT = UNREACHABLE_THREAD | frozenset(
    {
        "access_denied",
        "account_inactive",
        "cant_update_message",
        "edit_window_closed",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_arguments",
        "invalid_auth",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "missing_scope",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_permission",
        "no_text",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "posting_to_channel_denied",
        "restricted_action",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
_MAYBE_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Slack says of these that a part of the operation may have succeeded."""

_SCOPES = re.compile(r"[a-z:,._ ]{1,200}")

_NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)

_WAY_OUT = {
    "invalid_auth": "check the token of this channel in rules.yaml",
    "not_authed": "check the token of this channel in rules.yaml",
    "token_revoked": "install the app again and give its new token",
    "account_inactive": "install the app again and give its new token",
    "channel_not_found": "check the channel's name, and invite the bot if the channel is private",
    "not_in_channel": "invite the bot into the channel",
    "is_archived": "unarchive the channel, or name another one in rules.yaml",
    "missing_scope": "give the app the scope that it lacks and install it again",
}


def error_code(error: BaseException) -> str:
    """Slack's own word for the failure, "" where Slack did not say one."""
    if not isinstance(error, SlackApiError):
        return ""
    code = str(error.response.get("error") or "")
    return code if re.fullmatch(r"[a-z0-9_]{1,80}", code) else ""


def delivery_error(error: BaseException, where: str) -> DeliveryError:
    """The DeliveryError of a failed call; `where` names the receiver."""
    if isinstance(error, SlackApiError):
        return _refused(error, where)
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, OSError) else error
    detail = str(cause) or type(cause).__name__
    return DeliveryError(f"{where}: Slack cannot be reached: {detail}", uncertain=not isinstance(cause, _NEVER_SENT))


def _refused(error: SlackApiError, where: str) -> DeliveryError:
    code, status = error_code(error), error.response.status_code
    if status == 429 or code in ("ratelimited", "rate_limited"):  # noqa: PLR2004 - HTTP's own number
        return DeliveryError(f"{where}: Slack asks to wait", retry_after=retry_after(error.response.headers))
    if not code:
        # A proxy's page, or an answer cut short: who wrote it does not say what became of the message.
        return DeliveryError(f"{where}: an answer with status {status} that is not Slack's", uncertain=True)
    needed = str(error.response.get("needed") or "")
    lacked = f" ({needed})" if code == "missing_scope" and _SCOPES.fullmatch(needed) else ""
    hint = f": {_WAY_OUT[code]}" if code in _WAY_OUT else ""
    return DeliveryError(
        f"{where}: Slack says {code}{lacked}{hint}",
        permanent=code in _PERMANENT,
        uncertain=code in _MAYBE_DONE or status >= 500,  # noqa: PLR2004 - HTTP's own number
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that Slack asks to wait, None where it does not say."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(given) if given.strip().isdecimal() else None
