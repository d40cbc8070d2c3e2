"""Log lines: their form, and what never stands in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.logs import Redactor, set_up_logs
from sentinel.settings import LogFormat

log = logging.getLogger("sentinel.test")


@pytest.fixture
def _logging_restored() -> Iterator[None]:
    """The logging that pytest set up is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_logging_restored")
def test_a_text_line_has_moment_level_and_place() -> None:
    """One line says when (UTC), how bad, who and what."""
    stream = StringIO()
    set_up_logs(LogFormat.TEXT, stream=stream)
    log.info("pulled %d days", 31)
    moment, rest = stream.getvalue().split(" ", 1)
    assert moment.endswith("Z")
    assert rest == "INFO sentinel.test: pulled 31 days\n"


@pytest.mark.usefixtures("_logging_restored")
def test_a_json_line_is_one_object_with_its_traceback() -> None:
    """Even an error with a traceback stays on one line."""
    stream = StringIO()
    set_up_logs(LogFormat.JSON, secrets=["hunter2-hunter2"], stream=stream)
    log.error("pull failed\nbadly", exc_info=ValueError("no hunter2-hunter2 here"))
    said = json.loads(stream.getvalue())
    assert (said["level"], said["logger"], said["message"]) == ("error", "sentinel.test", "pull failed\nbadly")
    assert "ValueError: no *** here" in said["error"]
    assert stream.getvalue().count("\n") == 1


@pytest.mark.usefixtures("_logging_restored")
@pytest.mark.parametrize("log_format", list(LogFormat))
def test_no_secret_is_logged(log_format: LogFormat) -> None:
    """Known secrets and whatever looks like one are gone from message, arguments and traceback."""
    stream = StringIO()
    set_up_logs(log_format, secrets=["aks_hunter2", "https://hook.example.com/aks_path"], stream=stream)
    error = RuntimeError("POST https://hook.example.com/aks_path said postgresql://user:aks_db@host/x")
    log.error("key %s, header %r", "aks_hunter2", {"warpstream-api-key": "aks_other"}, exc_info=error)
    log.warning("Authorization: Bearer aks_bearer, https://hooks.slack.com/services/aks_slack and xoxb-aks-token")
    log.warning("GET /x?token=aks_query&a=1")
    assert "aks" not in stream.getvalue()
    assert "a=1" in stream.getvalue()


@pytest.mark.usefixtures("_logging_restored")
def test_http_libraries_do_not_log_their_urls() -> None:
    """A request's line at INFO, with its URL, is not written."""
    stream = StringIO()
    set_up_logs(LogFormat.TEXT, stream=stream)
    logging.getLogger("httpx").info("HTTP Request: POST https://example.com/secret")
    assert stream.getvalue() == ""


def test_sentences_about_secrets_stay_readable() -> None:
    """What only speaks of tokens and passwords is left as it is."""
    text = "SENTINEL_WEB_TOKEN: the file is empty; a password is missing, api_key: is missing"
    assert Redactor().redact(text) == text


@how(deadline=None)
@given(st.lists(st.text("abc123", min_size=6, max_size=12), min_size=1, max_size=4), st.text("abc123 ", max_size=40))
def test_no_known_secret_survives(secrets: list[str], around: str) -> None:
    """Also where one secret is a part of another, none is left whole."""
    text = around + around.join(secrets) + around
    assert not any(secret in Redactor(secrets).redact(text) for secret in secrets)
