"""The JSON Schema of rules.yaml agrees with what is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sentinel.rules.schema import rules_schema

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "tests" / "fixtures" / "rules"
BY_FORM = (
    "amount_not_positive",
    "amount_true",
    "channel_kinds",
    "commitment_values",
    "credit_values",
    "dimension_unknown",
    "duration_form",
    "key_missing",
    "key_unknown",
    "new_spend_per_nothing",
    "notify_form",
    "period_unknown",
    "reconciliation_values",
    "root_list",
    "section_form",
    "sending_values",
    "settings_values",
    "severity_unknown",
    "threshold_bare_number",
    "threshold_form",
)
"""The bad files whose mistake is one of form, which a schema can see."""


def plain(path: Path) -> Any:
    """A file's data, its days as the texts they are in JSON."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.yaml_constructors["tag:yaml.org,2002:timestamp"] = lambda _, node: node.value
    return yaml.load(path)


def test_the_schema_is_one() -> None:
    """It is a valid schema of the draft it names."""
    Draft202012Validator.check_schema(rules_schema())


def test_the_schema_accepts_the_example() -> None:
    """What is loaded without a problem is valid by the schema."""
    assert [
        error.message for error in Draft202012Validator(rules_schema()).iter_errors(plain(ROOT / "rules.yaml"))
    ] == []


@pytest.mark.parametrize("name", BY_FORM)
def test_the_schema_refuses_mistakes_of_form(name: str) -> None:
    """An editor shows what loading would refuse."""
    assert not Draft202012Validator(rules_schema()).is_valid(plain(FIXTURES / f"{name}.yaml"))


def test_defaults_are_written_as_in_the_file() -> None:
    """A default in the schema can be typed into the file."""
    spike = rules_schema()["$defs"]["Spike"]["properties"]
    settings = rules_schema()["$defs"]["Settings"]["properties"]
    assert (spike["min_percent"]["default"], settings["settle_after"]["default"]) == ("25%", "36h")
