"""Rules from a text, as tests write them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sentinel.rules.interpolation import Surroundings
from sentinel.rules.load import read_rules
from sentinel.rules.model import Rules

ACCOUNT = "accounts: [{name: main, api_key: aks_1}]\n"


def rules_of(text: str, environ: Mapping[str, str] | None = None, folder: Path = Path()) -> Rules:
    """The rules in a text; a text without accounts gets one."""
    whole = text if "accounts" in text else ACCOUNT + text
    return read_rules(whole.encode(), "rules.yaml", Surroundings(environ or {}, folder))
