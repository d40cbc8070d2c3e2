"""Process settings from the environment."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.errors import SettingsError
from sentinel.settings import Listen, LogFormat, Settings, SmtpServer, load_settings, parse_listen, parse_smtp_url

SECRET = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of whoever runs the tests is seen."""
    for field in Settings.model_fields:
        monkeypatch.delenv(f"SENTINEL_{field.upper()}", raising=False)
        monkeypatch.delenv(f"SENTINEL_{field.upper()}_FILE", raising=False)


def test_without_any_variable_there_are_defaults() -> None:
    """Everything has a default but the secrets that nobody needs."""
    settings = load_settings()
    assert settings.rules == Path("rules.yaml")
    assert settings.database_url.get_secret_value() == "sqlite:///sentinel.db"
    assert settings.warpstream_url == "https://api.warpstream.com"
    assert settings.slack_url == "https://slack.com/api/"
    assert settings.listen == Listen("127.0.0.1", 8080)
    assert settings.log_format is LogFormat.TEXT
    assert (settings.smtp_url, settings.web_token, settings.heartbeat_url) == (None, None, None)
    assert settings.secrets == ()


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable sets its field; an empty one counts as not set."""
    monkeypatch.setenv("SENTINEL_RULES", "/etc/sentinel/rules.yaml")
    monkeypatch.setenv("SENTINEL_DATABASE_URL", "postgresql://sentinel:pg-password@db/sentinel")
    monkeypatch.setenv("SENTINEL_WARPSTREAM_URL", "http://127.0.0.1:9000/")
    monkeypatch.setenv("SENTINEL_SLACK_URL", "http://127.0.0.1:9001/api")
    monkeypatch.setenv("SENTINEL_SMTP_URL", "smtps://mail.example.com")
    monkeypatch.setenv("SENTINEL_LISTEN", "[::]:80")
    monkeypatch.setenv("SENTINEL_WEB_TOKEN", "web-token")
    monkeypatch.setenv("SENTINEL_LOG_FORMAT", "json")
    monkeypatch.setenv("SENTINEL_HEARTBEAT_URL", "")
    settings = load_settings()
    assert settings.rules == Path("/etc/sentinel/rules.yaml")
    assert (settings.warpstream_url, settings.slack_url) == ("http://127.0.0.1:9000", "http://127.0.0.1:9001/api/")
    assert settings.smtp_url == SmtpServer(
        "mail.example.com", 465, user=None, password=None, starttls=False, implicit_tls=True, verify=True
    )
    assert settings.listen == Listen("::", 80)
    assert settings.log_format is LogFormat.JSON
    assert settings.heartbeat_url is None
    assert set(settings.secrets) == {"pg-password", "web-token"}
    assert not any(secret in repr(settings) for secret in settings.secrets)


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NAME_FILE names a file whose text, without its line break, is the value."""
    (tmp_path / "token").write_text(f"{SECRET}\n")
    (tmp_path / "smtp").write_text(f"smtp://u:{SECRET}@mail?starttls=true\n")
    monkeypatch.setenv("SENTINEL_WEB_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("SENTINEL_SMTP_URL_FILE", str(tmp_path / "smtp"))
    settings = load_settings()
    assert settings.web_token is not None
    assert settings.web_token.get_secret_value() == SECRET
    assert settings.smtp_url is not None
    assert settings.smtp_url.password == SECRET
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"SENTINEL_LISTEN": "8080"}, "SENTINEL_LISTEN: must be host:port"),
        ({"SENTINEL_LISTEN": "host:70000"}, "SENTINEL_LISTEN: has a port above 65535"),
        ({"SENTINEL_LOG_FORMAT": SECRET}, "SENTINEL_LOG_FORMAT: must be 'text' or 'json'"),
        ({"SENTINEL_WARPSTREAM_URL": SECRET}, "SENTINEL_WARPSTREAM_URL: must be a URL"),
        ({"SENTINEL_SLACK_URL": f"ftp://{SECRET}"}, "SENTINEL_SLACK_URL: must be a URL"),
        ({"SENTINEL_HEARTBEAT_URL": f"http://{SECRET}:x/"}, "SENTINEL_HEARTBEAT_URL: must be a URL"),
        ({"SENTINEL_DATABASE_URL": SECRET}, "SENTINEL_DATABASE_URL: must be a database URL"),
        ({"SENTINEL_DATABASE_URL": f"postgresql://[{SECRET}"}, "SENTINEL_DATABASE_URL: must be a database URL"),
        ({"SENTINEL_SMTP_URL": f"smtp://u:{SECRET}@mail"}, "SENTINEL_SMTP_URL: would send its password in the clear"),
        ({"SENTINEL_SMTP_URL": f"smtp://u:{SECRET}/x@mail?starttls=true"}, "SENTINEL_SMTP_URL: must be a URL"),
        (
            {"SENTINEL_SMTP_URL": f"mail.example.com:{SECRET}"},
            "SENTINEL_SMTP_URL: must be a URL that begins with smtp://",
        ),
        ({"SENTINEL_SMTP_URL": "smtp://mail?startls=true"}, r"SENTINEL_SMTP_URL: may end in \?starttls=true"),
        ({"SENTINEL_SMTP_URL": "smtps://mail?starttls=true"}, "SENTINEL_SMTP_URL: smtps:// has TLS"),
        (
            {"SENTINEL_WEB_TOKEN_FILE": "/nowhere/token"},
            "SENTINEL_WEB_TOKEN_FILE: the file /nowhere/token cannot",
        ),
        ({"SENTINEL_WEB_TOKEN_FILE": "/dev/null"}, "SENTINEL_WEB_TOKEN_FILE: the file /dev/null is empty"),
        ({"SENTINEL_WEB_TOKEN": SECRET, "SENTINEL_WEB_TOKEN_FILE": "/dev/null"}, "are both set: leave one out"),
    ],
)
def test_an_unusable_value_names_its_variable(
    environ: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variable and what it should hold, and never what it holds."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message) as caught:
        load_settings()
    assert SECRET not in str(caught.value)


def test_all_unusable_variables_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line for each."""
    monkeypatch.setenv("SENTINEL_LISTEN", "x")
    monkeypatch.setenv("SENTINEL_SLACK_URL", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["SENTINEL_SLACK_URL", "SENTINEL_LISTEN"]


_TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@how(deadline=None)
@given(_TEXTS, _TEXTS, st.integers(1, 65535), st.booleans())
def test_an_escaped_user_and_password_come_back(user: str, password: str, port: int, starttls: bool) -> None:
    """Any user and password can be written in a mail server's URL with percent-escapes."""
    text = f"smtp://{quote(user, safe='')}:{quote(password, safe='')}@mail:{port}?starttls={str(starttls).lower()}"
    assert parse_smtp_url(text) == SmtpServer(
        "mail", port, user=user, password=password, starttls=starttls, implicit_tls=False, verify=True
    )


@how(deadline=None)
@given(st.text(max_size=30))
def test_no_text_raises_anything_but_a_plain_error(text: str) -> None:
    """Whatever a URL or an address looks like, it is read or a ValueError that does not repeat it."""
    for parse in (parse_smtp_url, parse_listen):
        try:
            parse(text)
        except ValueError as error:
            said = str(error)
        else:
            said = ""
        assert len(text) < 12 or text not in said  # a short text may stand in the message by chance
