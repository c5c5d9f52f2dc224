"""What a whole document says of liability."""

from __future__ import annotations

import pytest
from tests.reading.clauses.document import facts_of

from conductatlas.reading.clauses.liability import CAPPED, EXCLUDED, SOME_HEADS, UNLIMITED, liability_mode

_NO_HEADS = "We will not be liable for indirect or consequential damages."


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ("We will not be liable for any direct or consequential damages.", EXCLUDED),
        (f"{_NO_HEADS} Our total liability will not exceed $100.", CAPPED),
        (_NO_HEADS, SOME_HEADS),
        ("Our liability is unlimited.", UNLIMITED),
        ("You may not compete with us.", None),
    ],
)
def test_the_mode_of_a_document(words: str, mode: str | None) -> None:
    found = liability_mode(facts_of(f"# Liability\n{words}", "liability_exclusion", "liability_cap"))
    assert (found[0] if found else None) == mode
