"""Process settings from the environment: where things are, and the secrets that reach them.

Every variable has the prefix SENTINEL_. A secret may stand in a file that NAME_FILE names instead.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from sentinel.errors import SettingsError
from sentinel.secret_file import read_secret

PREFIX = "SENTINEL_"
_PORTS = {"smtp": 587, "smtps": 465}
_SWITCHES = {"true": True, "false": False}


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Listen:
    """The address that the web server listens on; port 0 takes a free one."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server.

    `implicit_tls` is TLS from the first byte (smtps://). `starttls` begins plain and turns to TLS before anything is
    said; a server that cannot is an error. `verify`: its certificate must be valid for `host`.
    """

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    starttls: bool
    implicit_tls: bool
    verify: bool


def parse_smtp_url(text: str) -> SmtpServer:
    """The server of `smtp://user:password@host:587?starttls=true` or `smtps://host`; percent-escapes are undone.

    Raises ValueError that says what is wrong and never repeats the text.
    """
    url = _split(text, tuple(_PORTS))
    if url.path not in ("", "/") or url.fragment:
        raise ValueError("has a path after its host; escape / as %2F in a password")
    asked = _switches(url.query)
    password = None if url.password is None else unquote(url.password)
    implicit_tls = url.scheme == "smtps"
    if implicit_tls and asked.get("starttls"):
        raise ValueError("smtps:// has TLS from its first byte: leave starttls out, or write smtp://")
    if password is not None and not implicit_tls and "starttls" not in asked:
        raise ValueError("would send its password in the clear: add ?starttls=true (or false, if that is meant)")
    return SmtpServer(
        host=url.hostname or "",
        port=url.port or _PORTS[url.scheme],
        user=None if url.username is None else unquote(url.username),
        password=password,
        starttls=asked.get("starttls", False),
        implicit_tls=implicit_tls,
        verify=asked.get("verify", True),
    )


def parse_listen(text: str) -> Listen:
    """The address in `127.0.0.1:8080` or `[::1]:8080`; raises ValueError otherwise."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not colon or not bare or (":" in bare and bare == host) or not port.isascii() or not port.isdecimal():
        raise ValueError("must be host:port, like 127.0.0.1:8080")
    if int(port) > 65535:  # noqa: PLR2004 - the largest TCP port
        raise ValueError("has a port above 65535")
    return Listen(bare, int(port))


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        url = urlsplit(text)
        usable = url.scheme in schemes and url.hostname and url.port != 0
    except ValueError:
        usable = None
    if not usable:
        raise ValueError(
            f"must be a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
        ) from None
    return url


def _switches(query: str) -> dict[str, bool]:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not all(key in ("starttls", "verify") and value in _SWITCHES for key, value in pairs):
        raise ValueError("may end in ?starttls=true|false and &verify=true|false only")
    return {key: _SWITCHES[value] for key, value in pairs}


def _web_url(text: str) -> str:
    _split(text, ("https", "http"))
    return text


def _secret_web_url(secret: SecretStr) -> SecretStr:
    _split(secret.get_secret_value(), ("https", "http"))
    return secret


def _database_url(secret: SecretStr) -> SecretStr:
    try:
        usable = urlsplit(secret.get_secret_value()).scheme
    except ValueError:
        usable = ""
    if not usable:
        raise ValueError("must be a database URL, like sqlite:///sentinel.db")
    return secret


def _smtp_server(value: object) -> object:
    return parse_smtp_url(value) if isinstance(value, str) else value


def _listen(value: object) -> object:
    return parse_listen(value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """Where things are. Read it with `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    rules: Path = Path("rules.yaml")
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = SecretStr("sqlite:///sentinel.db")
    warpstream_url: Annotated[str, AfterValidator(_web_url), AfterValidator(lambda url: url.rstrip("/"))] = (
        "https://api.warpstream.com"
    )
    slack_url: Annotated[str, AfterValidator(_web_url), AfterValidator(lambda url: url.rstrip("/") + "/")] = (
        "https://slack.com/api/"
    )
    pagerduty_url: Annotated[str, AfterValidator(_web_url), AfterValidator(lambda url: url.rstrip("/"))] = (
        "https://events.pagerduty.com"
    )
    smtp_url: Annotated[SmtpServer | None, NoDecode, BeforeValidator(_smtp_server)] = None
    listen: Annotated[Listen, NoDecode, BeforeValidator(_listen)] = Listen("127.0.0.1", 8080)
    web_token: Annotated[SecretStr, Field(min_length=1)] | None = None
    log_format: LogFormat = LogFormat.TEXT
    heartbeat_url: Annotated[SecretStr, AfterValidator(_secret_web_url)] | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets among them, for whoever keeps them out of logs; a database's URL counts by its password."""
        database_password = urlsplit(self.database_url.get_secret_value()).password
        mail_password = self.smtp_url.password if self.smtp_url else None
        whole = (secret.get_secret_value() for secret in (self.web_token, self.heartbeat_url) if secret)
        return tuple(secret for secret in (database_password, mail_password, *whole) if secret)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by pydantic-settings; no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise; NAME_FILE takes its place
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, and then the files that it names."""
        return init_settings, env_settings, _NamedFiles(settings_cls)


class _NamedFiles(PydanticBaseSettingsSource):
    """SENTINEL_WEB_TOKEN_FILE=/run/secrets/token gives web_token what stands in that file."""

    SECRETS = ("database_url", "smtp_url", "web_token", "heartbeat_url")

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - its signature
        """The file's text, the field's name, and that it is no JSON."""
        name = variable(field_name)
        file = os.environ.get(f"{name}_FILE") if field_name in self.SECRETS else None
        if file and os.environ.get(name):
            raise SettingsError(f"{name} and {name}_FILE are both set: leave one out")
        return (_text_of(Path(file), f"{name}_FILE") if file else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        values = {name: self.get_field_value(info, name)[0] for name, info in fields}
        return {name: value for name, value in values.items() if value is not None}


def variable(field_name: str) -> str:
    """The environment variable of a field of `Settings`."""
    return PREFIX + field_name.upper()


def load_settings() -> Settings:
    """The settings in the process's environment.

    Raises SettingsError that names each variable that has no usable value, and no values.
    """
    try:
        return Settings()
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        told = (f"{variable(str(detail['loc'][0]))}: {_plain(detail['msg'])}" for detail in details)
        raise SettingsError("\n".join(dict.fromkeys(told))) from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should be", "must be")


def _text_of(path: Path, name: str) -> str:
    try:
        return read_secret(path)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error
