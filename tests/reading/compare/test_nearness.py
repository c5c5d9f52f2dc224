"""The variant test: nearly equal, and no word of weight differs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.nearness import is_near
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

TERMS = (
    "# Terms of Pelican",
    *[
        f"Part {n} of the service shows birds of the coast and tells their names and songs."
        for n in "abcdefgh"
    ],
    "You cancel within 30 days after Pelican has written to you about the birds.",
)


@pytest.mark.parametrize(
    ("before", "after", "near"),
    [
        ("the birds.", "the gulls.", True),
        ("within 30 days", "within 60 days", False),
        ("You cancel", "You may cancel", False),
        ("of the coast", "of the lakes and the woods and the fields and the hills", False),
    ],
)
def test_nearness(make: Make, before: str, after: str, near: bool) -> None:
    new = [line.replace(before, after) for line in TERMS]
    assert is_near(compare(make(*TERMS), make(*new))) is near


def test_a_clause_that_came_is_not_near(make: Make) -> None:
    assert not is_near(compare(make(*TERMS), make(*TERMS, "Herons are shown, too.")))
