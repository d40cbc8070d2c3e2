"""`${NAME}`, `${NAME:-default}` and `${file:PATH}` in the values of rules.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sentinel.errors import Problem
from sentinel.rules.document import Document, Location
from sentinel.secret_file import read_secret

_REFERENCE = re.compile(r"\$\$|\$\{(?P<inner>[^{}]*)\}|\$\{")
_NAME = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-(?P<text>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What references are looked up in: the environment, and the folder that relative paths begin at."""

    environ: Mapping[str, str]
    folder: Path


def fill_in(document: Document, surroundings: Surroundings) -> Document:
    """The document with the references in its values replaced; these values are hidden from then on."""
    filling = _Filling(document, surroundings)
    data = filling.value(document.data, ())
    return replace(
        document,
        data=data,
        problems=(*document.problems, *filling.problems),
        broken=document.broken | filling.broken,
        hidden=document.hidden | filling.hidden,
    )


@dataclass(slots=True)
class _Filling:
    document: Document
    surroundings: Surroundings
    problems: list[Problem] = field(default_factory=list)
    broken: set[Location] = field(default_factory=set)
    hidden: set[Location] = field(default_factory=set)

    def value(self, value: object, path: Location) -> object:
        match value:
            case dict():
                return {key: self.value(inner, (*path, key)) for key, inner in value.items()}
            case list():
                return [self.value(inner, (*path, index)) for index, inner in enumerate(value)]
            case str() if _REFERENCE.search(value):
                return self.text(value, path)
            case _:
                return value

    def text(self, text: str, path: Location) -> str:
        self.hidden.add(path)
        try:
            return interpolate(text, self.surroundings)
        except ValueError as error:
            self.broken.add(path)
            self.problems.append(self.document.problem(path, str(error)))
            return text


def interpolate(text: str, surroundings: Surroundings) -> str:
    """The text with every reference replaced by what it names; `$$` is a dollar sign.

    Raises ValueError that names the variable or file that is missing, never a value.
    """
    return _REFERENCE.sub(lambda found: _replacement(found, surroundings), text)


def _replacement(found: re.Match[str], surroundings: Surroundings) -> str:
    if found[0] == "$$":
        return "$"
    inner = found["inner"]
    if inner is not None and inner.startswith("file:"):
        return read_secret(surroundings.folder / inner.removeprefix("file:"))
    named = None if inner is None else _NAME.fullmatch(inner)
    if named is None:
        raise ValueError(
            "has a broken reference: write ${NAME}, ${NAME:-default} or ${file:PATH}, and $${ for ${ itself"
        )
    return _variable(named["name"], named["text"], surroundings.environ)


def _variable(name: str, default: str | None, environ: Mapping[str, str]) -> str:
    value = environ.get(name)
    if value:
        return value
    if value is None and environ.get(f"{name}_FILE"):
        return read_secret(Path(environ[f"{name}_FILE"]))
    if default is not None:
        return default
    raise ValueError(f"the environment variable {name} is {'not set' if value is None else 'empty'}")
