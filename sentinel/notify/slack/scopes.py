"""What a Slack app may not do yet, by the scopes that Slack names in its answers."""

from __future__ import annotations

from collections.abc import Mapping

from sentinel.errors import DeliveryError

_HEADER = "x-oauth-scopes"
_WITHOUT = (
    (("files:write",), "without files:write no charts are shown"),
    (("channels:history", "groups:history"), "without channels:history a message may arrive twice"),
)


def what_is_missing(headers: Mapping[str, str], where: str) -> tuple[str, ...]:
    """What goes without, a phrase for each; empty where nothing does, or where Slack names no scopes.

    Raises DeliveryError where the app may not even post; `where` names the receiver.
    """
    named = next((value for name, value in headers.items() if name.lower() == _HEADER), None)
    if named is None:
        return ()
    held = {scope.strip() for scope in named.split(",")}
    if "chat:write" not in held:
        raise DeliveryError(
            f"{where}: the app lacks the scope chat:write: add it and install the app again", permanent=True
        )
    return tuple(phrase for scopes, phrase in _WITHOUT if not held.intersection(scopes))
