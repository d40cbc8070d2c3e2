"""Every error that sentinel raises on purpose.

    SentinelError
    ├── UsageError              wrong use of a command                              exit code 2
    │   ├── RulesError          rules.yaml: every problem, each with its line
    │   └── SettingsError       the environment
    ├── PullError               the billing API gave no usable answer
    │   ├── ApiRefused          401 or 403: the key is wrong or lacks the right
    │   ├── WindowRefused       another 4xx: the API does not answer for these days
    │   ├── ApiUnavailable      429, 5xx, connection errors, after all retries
    │   ├── AnswerTooBig        too large or too slow: ask for fewer days
    │   └── BadAnswer           not the documented form; names the path
    ├── StoreError              the database
    │   ├── SchemaTooNew        written by a newer sentinel
    │   └── AlreadyRunning      another daemon owns this database
    ├── DeliveryError           a notification did not arrive
    └── ChartError              a picture cannot be drawn

Each message carries what happened, where, and the way out.
"""

from __future__ import annotations

from dataclasses import dataclass


class SentinelError(Exception):
    """Something that sentinel can name; `exit_code` is what a command ends with."""

    exit_code = 1


class UsageError(SentinelError):
    """A command was used in a way that cannot work."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in rules.yaml.

    `line` is 1-based, None where the mistake has no place; `path` is like `budgets[2].amount`, "" for the whole file.
    """

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class RulesError(UsageError):
    """rules.yaml cannot be used; carries every problem found, in the order of their lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class SettingsError(UsageError):
    """An environment variable is missing or has no usable value; the message names it, never its value."""


class PullError(SentinelError):
    """The billing API gave no usable answer."""


class ApiRefused(PullError):
    """The billing API refuses the key (401 or 403): asking again changes nothing."""


class WindowRefused(PullError):
    """The billing API does not answer for this window (another 4xx): a shorter or later one may be answered."""


class ApiUnavailable(PullError):
    """The billing API is out of reach or overloaded, also after the retries.

    `status` is the HTTP status, None where no answer came; `retry_after` the seconds that the API asked to wait.
    """

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class AnswerTooBig(PullError):
    """The answer passed the size cap or the deadline: a shorter window may still be answered."""


class BadAnswer(PullError):
    """The answer does not have the documented form.

    `path` leads to the place inside the answer, "" where it is no JSON at all; `body` is what was received.
    """

    def __init__(self, path: str, detail: str, body: bytes = b"") -> None:
        super().__init__(f"{path}: {detail}" if path else detail)
        self.path = path
        self.detail = detail
        self.body = body


class StoreError(SentinelError):
    """The database cannot do what was asked."""


class SchemaTooNew(StoreError):
    """The database was written by a newer sentinel."""


class AlreadyRunning(StoreError):
    """Another daemon owns this database."""


class DeliveryError(SentinelError):
    """A notification did not arrive.

    `permanent`: trying again changes nothing. `retry_after`: seconds that the receiver asked to wait.
    `uncertain`: the receiver may have taken it, only its answer was lost. `delivered`: the parts that did arrive, in
    the channel's own words; the next attempt leaves them out.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        uncertain: bool = False,
        delivered: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.uncertain = uncertain
        self.delivered = delivered


class ChartError(SentinelError):
    """A picture cannot be drawn; what it would have shown is told in words, so nothing waits for it."""
