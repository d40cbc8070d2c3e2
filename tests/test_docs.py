"""What the manual promises to show."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
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
