"""What one run of the command was asked for, and the settings and rules that it works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Pydantic and YAML are for the commands that work with rules; --help does without them.
    from sentinel.rules.model import Rules
    from sentinel.settings import Settings


@dataclass(slots=True)
class Invocation:
    """The options that stand before the command; every command finds it as `ctx.obj`."""

    rules_path: Path | None = None
    debug: bool = False

    def settings(self) -> Settings:
        """The settings of the environment, with `--rules` over them; raises SettingsError."""
        from sentinel.settings import load_settings

        settings = load_settings()
        return settings if self.rules_path is None else settings.model_copy(update={"rules": self.rules_path})

    def rules(self, settings: Settings) -> Rules:
        """The rules that the settings name; logs, from now on, hide the secrets of both. Raises RulesError."""
        from sentinel.logs import set_up_logs
        from sentinel.rules.load import load_rules

        set_up_logs(settings.log_format, secrets=settings.secrets)
        rules = load_rules(settings.rules, os.environ)
        set_up_logs(settings.log_format, secrets=(*settings.secrets, *rules.secrets))
        return rules

    def unexpected(self, error: Exception) -> str:
        """One line about an error that sentinel has no name for."""
        from sentinel.logs import Redactor

        said = Redactor().redact(f"{type(error).__name__}: {error}".rstrip(": "))
        return f"unexpected error: {said}\n`sentinel --debug ...` shows where; please report it"
