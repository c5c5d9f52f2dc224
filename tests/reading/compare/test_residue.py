"""What the machinery of a page leaves among the words counts as nothing, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.residue import residue
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Write to birds@pelican.example.", "Write to [email protected].", "N8"),
        ("Write to: nests[email protected].", "Write to: [email protected].", "N8"),
        ("Write to (a@b.example](mailto:a@b.example) now.", "Write to a@b.example now.", "N8"),
        ("Cookies of [ahref=\"https://b.example/\"]Birds[/a].", "Cookies of Birds.", "N8"),
        ("More Information", "More Information Opens in new tab", "N8"),
        ("###2.2. Fees are due", "2.2. Fees are due", "N1"),
        ("•Fees are due", "Fees are due", "N1"),
        ("\\Fees are due_", "Fees are due", "N1"),
    ],
)  # fmt: skip
def test_counts_as_nothing(make: Make, old: str, new: str, rule: str) -> None:
    for before, after in ((old, new), (new, old)):
        comparison = compare(make("# Terms", before), make("# Terms", after))
        assert comparison.kind == "editorial", comparison.hunks
        assert rule in comparison.hunks[0].rules


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Write to birds@pelican.example.", "Write to gulls@pelican.example."),
        ("Write to a@b.example or c@d.example.", "Write to [email protected]."),
        ("We answer at a@b.example, c@d.example.", "We answer at [email protected]."),
        ("Write within 30 days to a@b.example.", "Write within 60 days to [email protected]."),
        ("Fees [30 days] are due", "Fees [60 days] are due"),
    ],
)
def test_counts(make: Make, old: str, new: str) -> None:
    assert compare(make("# Terms", old), make("# Terms", new)).kind == "substantive"


def test_stretches_are_in_order_and_apart() -> None:
    text = "See [a@b.example](mailto:a@b.example) (opens in a new tab) or [email protected]"
    spans = residue(text, text).old
    assert [text[slice(*span)].strip() for span in spans]
    assert all(one.end <= other.start for one, other in pairwise(spans))
