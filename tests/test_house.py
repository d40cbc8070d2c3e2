"""What a reader may rely on in every source file."""

import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES_AT_MOST = 300
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:)")
EXCEPTION_WITH_REASON = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[a-z, -]+\]|pragma:[a-z ]+)\s*(-+|#)\s*\w.*"
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and where it stands."""

    place: str
    text: str


def test_every_exception_to_a_check_names_the_check_and_a_reason() -> None:
    """`noqa`, `type: ignore` and `pragma` say which rule they bend, and why, on their own line."""
    exceptions = [
        comment for comment in comments("sentinel", "migrations", "tests", "benchmarks") if is_exception(comment)
    ]
    bare = [comment for comment in exceptions if not EXCEPTION_WITH_REASON.match(comment.text)]
    assert exceptions, "no exception was found at all: the search is broken"
    assert not bare


def test_no_file_of_sentinel_is_longer_than_one_reads_in_one_sitting() -> None:
    """A longer file does a second thing, which has its own place."""
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in python_files("sentinel")
    }
    assert lengths
    assert {file: length for file, length in lengths.items() if length > LINES_AT_MOST} == {}


def is_exception(comment: Comment) -> bool:
    """Whether the comment switches a check off."""
    return EXCEPTION.match(comment.text) is not None


def comments(*folders: str) -> Iterator[Comment]:
    """Every comment of the Python files below these folders."""
    for file in python_files(*folders):
        with tokenize.open(file) as source:
            for token in tokenize.generate_tokens(source.readline):
                if token.type == tokenize.COMMENT:
                    yield Comment(f"{file.relative_to(ROOT)}:{token.start[0]}", token.string)


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders of the project."""
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
