"""The commented rules.yaml that `sentinel init` writes."""

from __future__ import annotations

from importlib.resources import files


def example_rules() -> str:
    """The example's text: shipped inside an installed package, at the top of a checkout."""
    package = files("sentinel")
    shipped = package / "_example" / "rules.yaml"
    source = shipped if shipped.is_file() else package / ".." / "rules.yaml"
    return source.read_text(encoding="utf-8")
