"""The clauses that a changed definition touches."""

from __future__ import annotations

from collections.abc import Callable

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.definitions import terms, touched
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

TERMS = (
    "# Terms",
    "“Content” means texts and films that you upload.",
    "You keep your Content, and we may show it.",
    "The content of this page is ours, and Contents are not meant.",
    "We may delete Content at any time.",
)


def test_each_clause_that_uses_the_term_is_touched(make: Make) -> None:
    new = [line.replace("texts and films", "texts, films and songs") for line in TERMS]
    comparison = compare(make(*TERMS), make(*new))
    (hunk,) = comparison.hunks
    old_text, new_text = comparison.old.text, comparison.new.text
    assert "S10" in hunk.rules
    assert terms(hunk, old_text, new_text) == ("Content",)
    assert [new_text[slice(*span)] for span in touched(hunk, old_text, new_text)] == [TERMS[2], TERMS[4]]
    (told,) = comparison.to_dict()["hunks"]
    assert [new_text[slice(*span)] for span in told["touched"]] == [TERMS[2], TERMS[4]]


def test_other_differences_touch_nothing(make: Make) -> None:
    new = [line.replace("may delete", "must delete") for line in TERMS]
    comparison = compare(make(*TERMS), make(*new))
    (hunk,) = comparison.hunks
    assert terms(hunk, comparison.old.text, comparison.new.text) == ()
    assert touched(hunk, comparison.old.text, comparison.new.text) == ()
