"""rules.yaml from bytes to `Rules`, with every mistake told at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from sentinel.errors import Problem, RulesError
from sentinel.rules.document import MAX_BYTES, Document, read_document
from sentinel.rules.interpolation import Surroundings, fill_in
from sentinel.rules.model import Rules
from sentinel.rules.references import broken_references
from sentinel.rules.wording import Mistake, mistakes


def load_rules(path: Path, environ: Mapping[str, str]) -> Rules:
    """The rules in a file; `${NAME}` is looked up in `environ`, a relative `${file:...}` beside the file.

    Raises RulesError with every problem found, in the order of their lines.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "; `sentinel init` writes an example" if isinstance(error, FileNotFoundError) else ""
        raise RulesError((Problem(str(path), None, "", f"cannot be read ({error.strerror}){hint}"),)) from error
    return read_rules(raw, str(path), Surroundings(environ, path.parent))


def read_rules(raw: bytes, file: str, surroundings: Surroundings) -> Rules:
    """The rules in the bytes of a file; `file` is how problems call it. Raises RulesError as `load_rules` does."""
    document = fill_in(read_document(raw, file), surroundings)
    if not document.lines:
        raise RulesError(document.problems)
    rules, wrong = _validate(document)
    wrong += tuple(broken_references(document))
    problems = [*document.problems, *_told(wrong, document)]
    if rules is None or problems:
        raise RulesError(tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    return rules


def rules_hash(rules: Rules) -> str:
    """A stable hash of everything the rules say; secrets have no part in it."""
    said = rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _validate(document: Document) -> tuple[Rules | None, tuple[Mistake, ...]]:
    try:
        return Rules.model_validate(document.data, by_name=False), ()
    except ValidationError as error:
        return None, tuple(mistakes(error, document))


def _told(wrong: tuple[Mistake, ...], document: Document) -> Iterator[Problem]:
    for mistake in wrong:
        around = {mistake.path[:end] for end in range(len(mistake.path) + 1)}
        if not around & document.broken:
            yield document.problem(mistake.path, mistake.message)
