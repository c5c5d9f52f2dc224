"""What our own sentences say: nothing that claims more than the record shows. Pages of a whole site are read in e2e."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

PACKAGE = Path(str(files("conductatlas")))
TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
TRANSLATED = {"gettext", "gettext_lazy", "ngettext", "_", "later"}
FORBIDDEN = re.compile(
    r"\b(?:applied|in force|bound by|silent(?:ly)?|secret(?:ly)?|quietly|backdated|tamper-?proof|admissible"
    r"|court-ready|certified|proves that|real[- ]time|complete archive)\b|\b100\s?%",
    re.IGNORECASE,
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_overclaims(template: Path) -> None:
    assert FORBIDDEN.findall(template.read_text("utf-8")) == []


def test_no_sentence_of_the_code_overclaims() -> None:
    said = list(sentences())
    assert len(said) > 100, "the sentences were not found"
    assert [(place, words) for place, words in said if FORBIDDEN.search(words)] == []


def test_an_overclaim_would_be_found() -> None:
    for words in ("as it applied then", "in Force", "silently changed", "100 % exact", "Tamper-proof."):
        assert FORBIDDEN.search(words), words
    assert not FORBIDDEN.search("It applies robots.txt; 1,100 pages, 10 0%")


def sentences() -> Iterator[tuple[str, str]]:
    """Every text that the code hands to gettext."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATED:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield file.name, argument.value
