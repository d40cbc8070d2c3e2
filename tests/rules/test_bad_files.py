"""Each file of tests/fixtures/rules has mistakes, and after `#!` the problems that must be told of it, all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentinel.errors import RulesError
from sentinel.rules.interpolation import Surroundings
from sentinel.rules.load import load_rules, read_rules

FIXTURES = Path(__file__).parent.parent / "fixtures" / "rules"
FILES = sorted(FIXTURES.glob("*.yaml"))


def problems(raw: bytes, environ: dict[str, str] | None = None) -> list[str]:
    """The problems of a file called rules.yaml."""
    with pytest.raises(RulesError) as caught:
        read_rules(raw, "rules.yaml", Surroundings(environ or {}, FIXTURES))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_problem_of_a_file_is_told_with_its_line(file: Path) -> None:
    """A file's problems are told all at once, in the order of their lines, in plain words."""
    text = file.read_text()
    expected = [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]
    told = problems(text.encode(), {"EMPTY": ""})
    assert expected
    assert [problem.removeprefix("rules.yaml").removeprefix(":").strip() for problem in told] == expected


def test_a_file_that_is_not_there_leads_to_init(tmp_path: Path) -> None:
    """A missing file is a problem like any other, and names the way out."""
    with pytest.raises(RulesError, match=r"rules\.yaml: cannot be read \(No such file or directory\); `sentinel init`"):
        load_rules(tmp_path / "rules.yaml", {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A path that cannot be read says why."""
    with pytest.raises(RulesError, match=r"cannot be read \(Is a directory\)"):
        load_rules(tmp_path, {})


def test_an_empty_file_is_refused() -> None:
    """Nothing to watch is never what was meant."""
    assert problems(b"") == ["rules.yaml: is empty; `sentinel init` writes an example to start from"]


def test_text_in_another_encoding_is_told_with_its_line() -> None:
    """Latin-1 umlauts are an error, not other letters."""
    assert problems("accounts:\n  - name: Zürich\n".encode("latin-1")) == ["rules.yaml:2: is not UTF-8"]


def test_a_character_that_yaml_forbids_is_told_with_its_line() -> None:
    """A NUL is an error with a place."""
    assert problems(b"accounts:\n\n  - \x00\n") == ["rules.yaml:3: has a character that YAML does not allow"]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """Beyond one megabyte nothing is parsed."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(RulesError, match="is larger than 1,000,000 bytes"):
        load_rules(path, {})


@pytest.mark.parametrize("opening", [b"[", b"- ", b"{a: ", b"? "])
def test_endless_nesting_is_refused(opening: bytes) -> None:
    """A hundred thousand levels end in a problem, not in a crash."""
    assert problems(opening * 100_000) == ["rules.yaml: is nested deeper than 20 levels"]


def test_an_alias_bomb_is_refused_without_being_built() -> None:
    """Nine levels of nine aliases are one problem for each anchor, in no time and no memory."""
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30)]
    told = problems("\n".join(lines).encode())
    assert [problem for problem in told if "anchors" in problem] == [
        f"rules.yaml:{line}: {'a' if line == 1 else f'a{line - 1}'}: anchors (&) and aliases (*) are not allowed"
        for line in range(1, 31)
    ]


SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    "text",
    [
        'accounts: [{name: 5, api_key: "${KEY}"}]',
        'accounts: [{name: main, api_key: "${KEY}", currency: "${KEY}"}]',
        'accounts: [{name: "${KEY}", api_key: k}, {name: "${KEY}", api_key: k}]',
        'accounts: [{name: main, api_key: {"x": "${KEY}"}}]',
        "accounts: [{name: main, api_key: hunter2-hunter2, currency: hunter2-hunter2}]",
        "accounts: [{name: main, api_key: [hunter2-hunter2]}]",
        "accounts: hunter2-hunter2",
        "accounts: [hunter2-hunter2]",
        "accounts:\n  - name: main\n    api_key: hunter2-hunter2\n    api_key: hunter2-hunter2\n",
        "accounts: [{name: main, api_key: *hunter2-hunter2}]",
        "accounts: [{name: main, api_key: &hunter2-hunter2 k}]",
        "accounts: [{name: main, api_key: !hunter2-hunter2 k}]",
        "accounts: [{name: main, api_key: 'hunter2-hunter2}]",
        "accounts: [{name: main, api_key: @hunter2-hunter2}]",
        "accounts:\n  - name: main\n    api_key: hunter2-hunter2: x\n",
        "channels: {a: {slack: hunter2-hunter2}, b: {webhook: {url: hunter2-hunter2}}, c: hunter2-hunter2}",
        'channels: {a: {webhook: {url: "${KEY}"}}}',
        'budgets: [{name: "${KEY}", amount: "${KEY}", period: "${KEY}", thresholds: ["${KEY}"], notify: ["${KEY}"]}]',
        'spikes: [{name: a, direction: "${KEY}", where: {account: "${KEY}", cluster: []}, per: ["${KEY}"]}]',
        'settings: {pull_every: "${KEY}", history_days: "${KEY}"}',
        'mutes: [{from: "${KEY}", to: "${KEY}"}]',
        'accounts: [{name: main, api_key: "${KEY} ${MISSING}"}]',
    ],
)
def test_a_secret_is_never_repeated(text: str) -> None:
    """Whatever is wrong around a secret, and with it, its value is not in the problems."""
    assert SECRET not in "\n".join(problems(text.encode(), {"KEY": SECRET}))


def test_a_short_file_with_a_byte_order_mark_is_read() -> None:
    """What some editors put before the text is no part of it."""
    raw = "\ufeffaccounts: [{name: main, api_key: k}]".encode()
    assert read_rules(raw, "rules.yaml", Surroundings({}, FIXTURES)).accounts[0].name == "main"
