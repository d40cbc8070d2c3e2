"""What a reader may rely on in every source file."""

import ast
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES_AT_MOST = 300
STAGES = ("pull", "store", "evaluate", "notify")
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:)")
EXCEPTION_WITH_REASON = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[a-z, -]+\]|pragma:[a-z ]+)\s*(-+|#)\s*\w.*"
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and where it stands."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Import:
    """A module that is imported from, and the file that does it."""

    place: str
    module: str


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


def test_each_stage_has_one_door() -> None:
    """Outside a stage, its names are imported from its `__init__` alone.

    The layers' linter takes a function for the module that bears the same name, so it cannot see this.
    """
    jobs = [imported for imported in imports("sentinel/jobs") if imported.module.removeprefix("sentinel.") in STAGES]
    behind = [
        imported
        for imported in imports("sentinel")
        for stage in STAGES
        if imported.module.startswith(f"sentinel.{stage}.") and not imported.place.startswith(f"sentinel/{stage}/")
    ]
    assert jobs, "no job uses a stage at all: the search is broken"
    assert not behind


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


def imports(folder: str) -> Iterator[Import]:
    """Every module that the Python files below this folder import from."""
    for file in python_files(folder):
        place = str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                yield Import(place, node.module or "")
            elif isinstance(node, ast.Import):
                yield from (Import(place, name.name) for name in node.names)


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders of the project."""
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
