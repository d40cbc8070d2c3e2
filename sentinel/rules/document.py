"""rules.yaml as plain data: every value, the line it stands on, and what is wrong with the YAML itself.

The file is composed to nodes by ruamel.yaml (YAML 1.2) and walked here, so that every duplicate key is found with its
line, and nothing of a document is built before it is known to be plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from sentinel.errors import Problem

Location = tuple[str | int, ...]
"""The way to a value: ("budgets", 2, "amount")."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
"""The deepest place that rules.yaml knows is 5; a file beyond this is not one."""

_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_CORE + tag for tag in ("str", "int", "float", "bool", "null", "timestamp"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r"'([^']*)'")
_SIGN = re.compile(r".|\\t|<[a-z ]+>")
_HINTS = (
    ("but got '{'", "put ${NAME} in quotes inside { }"),
    ("expected ',' or", "is a bracket left open?"),
    ("another document", "a file holds one document"),
    ("'\\t'", "use spaces, not tabs"),
    ("mapping values are not allowed", "put a value that has a colon in it in quotes"),
    ("that cannot start any token", "put a value that begins with this character in quotes"),
    ("could not find expected ':'", "is a colon missing, or an indent wrong?"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file.

    `lines` has a 1-based line for every path. `problems` are what is wrong before any value is looked at; the value
    at a `broken` path could not be read, which has been told. Values at `hidden` paths may be secrets.
    """

    file: str
    data: object
    lines: Mapping[Location, int]
    problems: tuple[Problem, ...]
    broken: frozenset[Location] = frozenset()
    hidden: frozenset[Location] = frozenset()

    def line(self, path: Location) -> int | None:
        """The line of a path, or of the nearest thing around it that has one."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), None)

    def problem(self, path: Location, message: str) -> Problem:
        """A problem at a path of this file."""
        return Problem(self.file, self.line(path), spell(path), message)


def spell(path: Location) -> str:
    """A path as problems show it: `budgets[2].amount`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


class _Unreadable(Exception):
    """Nothing of the file can be used: the message, and the line where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def read_document(raw: bytes, file: str) -> Document:
    """The document in a file's bytes; what makes it unreadable stands in its problems, not in an exception."""
    yaml = YAML(typ="safe", pure=True)
    try:
        root = _compose(yaml, _decode(raw))
    except _Unreadable as found:
        return Document(file, None, {}, (Problem(file, found.line, "", str(found)),))
    return _Walk(file, yaml).document(root)


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise _Unreadable(f"is larger than {MAX_BYTES:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable("is not UTF-8", raw.count(b"\n", 0, error.start) + 1) from error


def _compose(yaml: YAML, text: str) -> Node:
    try:
        root: Node | None = yaml.compose(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _Unreadable("has a character that YAML does not allow", line) from error
    except MarkedYAMLError as error:
        raise _Unreadable(_in_plain_words(error), _line_of(error)) from error
    except RecursionError as error:
        raise _Unreadable(f"is nested deeper than {MAX_DEPTH} levels") from error
    except (YAMLError, ValueError, OverflowError) as error:
        # An escape or a version number beyond all bounds fails in the parser's arithmetic, without a place.
        raise _Unreadable("is not YAML 1.2: a number in an escape or a directive is out of range") from error
    if root is None:
        raise _Unreadable("is empty; `sentinel init` writes an example to start from")
    if yaml.version not in (None, (1, 2)):
        raise _Unreadable("has a %YAML directive of another version; the file is read as YAML 1.2", 1)
    return root


def _line_of(error: MarkedYAMLError) -> int | None:
    mark = error.problem_mark or error.context_mark
    return None if mark is None else mark.line + 1


def _in_plain_words(error: MarkedYAMLError) -> str:
    problem = error.problem or error.context or "is not YAML 1.2"
    if "alias" in problem or "anchor" in problem:
        return "anchors (&) and aliases (*) are not allowed; put a value that begins with one in quotes"
    # What stands in longer quotes is text of the file, which may be a secret.
    said = _QUOTED.sub(lambda found: found[0] if _SIGN.fullmatch(found[1]) else "'...'", problem)
    hint = next((hint for sign, hint in _HINTS if sign in problem), None)
    return f"not YAML: {said}; {hint}" if hint else f"not YAML: {said}"


def _is_unicode(text: str) -> bool:
    return not _SURROGATE.search(text)


def _is_plain_text(key: Node) -> bool:
    return isinstance(key, ScalarNode) and key.tag == _CORE + "str" and key.anchor is None and _is_unicode(key.value)


@dataclass(slots=True)
class _Walk:
    """One walk over the nodes; collects lines and problems on its way."""

    file: str
    yaml: YAML
    lines: dict[Location, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[Location] = field(default_factory=set)
    anchored: set[int] = field(default_factory=set)

    def document(self, root: Node) -> Document:
        data = self._value(root, ())
        return Document(self.file, data, self.lines, tuple(self.problems), frozenset(self.broken))

    def _refuse(self, node: Node, path: Location, message: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, spell(path), message))

    def _value(self, node: Node, path: Location) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.anchor is not None:
            # An alias gives the anchor's node again: that is told once, and never followed.
            message = "" if id(node) in self.anchored else "anchors (&) and aliases (*) are not allowed"
            self.anchored.add(id(node))
            return self._unreadable(node, path, message)
        if len(path) > MAX_DEPTH:
            return self._unreadable(node, path, f"is nested deeper than {MAX_DEPTH} levels")
        match node:
            case MappingNode(tag=tag) if tag == _CORE + "map":
                return dict(self._entries(node, path))
            case SequenceNode(tag=tag) if tag == _CORE + "seq":
                return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
            case ScalarNode() if not _is_unicode(node.value):
                return self._unreadable(node, path, "has half of a surrogate pair in it, which is no character")
            case ScalarNode(tag=tag) if tag in _PLAIN_TAGS:
                return self._scalar(node)
            case _:
                message = "tags (!) are not allowed; put a value that begins with one in quotes"
                return self._unreadable(node, path, message)

    def _unreadable(self, node: Node, path: Location, message: str) -> object:
        self.broken.add(path)
        if message:
            self._refuse(node, path, message)
        return None

    def _entries(self, node: MappingNode, path: Location) -> Iterator[tuple[str, object]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == _CORE + "merge":
                self._refuse(key_node, path, "merge keys (<<) are not allowed; write the keys out")
                continue
            if not _is_plain_text(key_node):
                self._refuse(key_node, path, "has a key that is no plain text; put it in quotes")
                continue
            key = str(key_node.value)
            if key in first:
                self._refuse(key_node, (*path, key), f"stands twice (first in line {first[key]})")
                continue
            first[key] = line
            self.lines[*path, key] = line
            yield key, self._value(value_node, (*path, key))

    def _scalar(self, node: ScalarNode) -> object:
        try:
            return self.yaml.constructor.construct_object(node)
        except (ValueError, OverflowError, YAMLError):
            # 2026-02-31 looks like a day and is none: it stays text, and the model says what it should have been.
            return str(node.value)
