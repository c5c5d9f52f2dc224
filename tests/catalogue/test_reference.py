"""docs/reference/declarations.md names everything a declaration may hold, and its example is without fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.declaration_file import DOCUMENT, PLATFORM, SOURCE, DeclarationFile
from conductatlas.catalogue.values import FETCHERS
from conductatlas.reading.text.kinds import KINDS

REFERENCE = (Path(__file__).resolve().parents[2] / "docs/reference/declarations.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted({*PLATFORM, *DOCUMENT, *SOURCE, *CATEGORIES, *KINDS}))
def test_every_key_category_and_kind_is_in_the_reference(name: str) -> None:
    assert f"| `{name}` |" in REFERENCE


@pytest.mark.parametrize("name", FETCHERS)
def test_every_fetcher_is_in_the_reference(name: str) -> None:
    assert re.search(rf'`"?{name}"?`', REFERENCE)


def test_the_example_is_without_fault() -> None:
    example = re.search(r"```toml\n(.*?)```", REFERENCE, re.DOTALL)
    assert example
    file = DeclarationFile.read(example[1].encode(), "example.toml")
    assert file.faults == []
    assert file.platform is not None
    assert len(file.platform.documents) == 2
