"""What the manual promises to show."""

import re
from pathlib import Path

import pytest

from sentinel.rules.load import load_rules

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
VARIABLE = re.compile(r"\$\{(\w+)\}")
CHANNELS = ("finops", "owners", "oncall", "payments", "lab")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_link_of_the_manual_leads_to_a_file() -> None:
    """Pages and pictures that are named are there."""
    links = [(page, link) for page in PAGES for link in LINK.findall(page.read_text("utf-8"))]
    assert links
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_every_picture_is_shown_on_some_page() -> None:
    """None is kept that nobody sees, and all together stay small."""
    named = {(page.parent / link).resolve() for page in PAGES for link in LINK.findall(page.read_text("utf-8"))}
    pictures = sorted((ROOT / "docs").rglob("*.png"))
    assert pictures
    assert [picture.name for picture in pictures if picture not in named] == []
    assert sum(picture.stat().st_size for picture in pictures) < 1_500_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_rules_example_of_the_manual_is_valid(page: Path, tmp_path: Path) -> None:
    """What a page shows can be pasted; an account and the channels of other pages are lent to it."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        if block.startswith("display_information:"):  # a manifest for Slack
            continue
        lent = "" if "accounts:" in block else "accounts: [{name: main, api_key: k}]\n"
        if not re.search(r"^channels:", block, re.MULTILINE):
            lent += "channels:\n" + "".join(f"  {name}: {{console: {{}}}}\n" for name in CHANNELS)
        rules = tmp_path / "rules.yaml"
        rules.write_text(lent + block, "utf-8")
        values = {name: "xapp-1" if "APP" in name else "https://example.com/x" for name in VARIABLE.findall(block)}
        assert load_rules(rules, values).accounts, block
