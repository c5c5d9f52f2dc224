"""The style sheet and the templates keep their promises: contrast, fonts, nothing inline."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

WEB = Path(str(files("conductatlas.web")))
SHEET = (WEB / "static" / "atlas.css").read_text("utf-8")
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))

# What is written on what. WCAG 2.2, 1.4.3: 4.5 for text; 1.4.11: 3 for the edges of controls.
WRITTEN = [
    ("ink", "paper"), ("soft", "paper"), ("rubric", "paper"), ("ink", "leaf"), ("soft", "leaf"),
    ("ink", "rubric-ground"), ("added", "added-ground"), ("removed", "removed-ground"), ("moved", "moved-ground"),
    ("paper", "ink"), ("paper", "rubric"),
]  # fmt: skip
HEAVIEST_FONTS = 250_000


def tokens(scheme: str) -> dict[str, str]:
    light, dark = SHEET.split("@media (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light.split("@layer tokens {", 1)[1]))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark.split("@layer reset", 1)[0]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), WRITTEN)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_controls_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours["rule"], colours["paper"]) >= 3


def test_dark_colours_are_chosen_one_by_one() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert not [name for name in light if light[name] == dark[name]]


def test_every_token_that_is_used_exists() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", SHEET))
    assert used <= set(re.findall(r"--([\w-]+):", SHEET))


def test_fonts_are_there_small_and_licensed() -> None:
    folder = WEB / "static" / "fonts"
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', SHEET))
    present = {file.name for file in folder.glob("*.woff2")}
    assert named == present
    assert sum((folder / name).stat().st_size for name in present) < HEAVIEST_FONTS
    for licence in folder.glob("OFL-*.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text("utf-8")
    assert len(list(folder.glob("OFL-*.txt"))) == 2


def test_nothing_comes_from_elsewhere() -> None:
    assert re.findall(r"url\((?!\"fonts/)", SHEET) == []
    assert "@import" not in SHEET


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_or_script(template: Path) -> None:
    # A block of data is no script: no browser runs it.
    text = template.read_text("utf-8").replace('<script type="application/ld+json">', "")
    assert re.findall(r"<(?:style|script)\b|\sstyle=|\son\w+=|javascript:", text) == []
    assert "|safe" not in text
