"""A text that stands twice on its page says nothing more; a part of it that stands in another part does."""

from __future__ import annotations

from collections.abc import Callable

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.copies import Copies
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

COLLECTED = ("* Your name", "* Your nest", "* Your songs")
TEXT = (
    "# Privacy of Pelican",
    "Pelican keeps what you write into its books for as long as your account is open, and not a day longer.",
    "You may ask Pelican to correct or delete what it keeps, and it answers within thirty days.",
    "We collect:",
    *COLLECTED,
    "Pelican shares none of it with other birds, unless a court in Dublin orders it to do so in writing.",
    "You can object to all of this by writing to the office, which answers in the language that you write in.",
)


def test_a_copy_without_headings_and_with_other_lines(make: Make) -> None:
    twice = make(
        *TEXT, *(line.lstrip("#* ") for line in TEXT[:3]), " ".join(TEXT[3:7]).replace("* ", ""), *TEXT[7:]
    )
    once = make(*TEXT)
    assert compare(twice, once).kind == "editorial"
    assert compare(once, twice).kind == "editorial"


def test_what_only_the_copy_said_counts(make: Make) -> None:
    twice = make(*TEXT, *TEXT[1:4], *COLLECTED, "* Your eggs", *TEXT[7:])
    assert compare(twice, make(*TEXT)).kind == "substantive"
    assert compare(make(*TEXT), twice).kind == "substantive"


def test_a_list_that_stands_under_another_heading_too_is_no_copy_of_the_text(make: Make) -> None:
    assert compare(make(*TEXT, "# We sell"), make(*TEXT, "# We sell", *COLLECTED)).kind == "substantive"


def test_of_texts_alike_in_length_none_is_doubled() -> None:
    text = "\n".join(TEXT)
    assert not Copies(text, text + text[: len(text) // 2]).hold(0, Span(0, 40))
    assert Copies(text, text + text).hold(1, Span(len(text), 2 * len(text)))
