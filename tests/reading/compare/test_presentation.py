"""What is only set otherwise: shown, never a difference of substance (N10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

Make = Callable[..., Reading]


def test_what_stands_out_more_is_shown(make: Make) -> None:
    old = make("Terms", "You waive your claims.", "We host files.")
    bold = replace(old, marks=(Mark(6, 28, MarkKind.STRONG),))
    capitals = make("Terms", "YOU WAIVE YOUR CLAIMS.", "We host files.")
    headed = make("# Terms", "You waive your claims.", "We host files.")
    for new, what, words in (
        (bold, "bold", "You waive your claims."),
        (capitals, "capitals", "YOU WAIVE YOUR CLAIMS."),
        (headed, "heading", "Terms"),
    ):
        comparison = compare(old, new)
        (told,) = comparison.presentation
        assert (told.what, new.text[slice(*told.new)]) == (what, words)
        assert comparison.kind != "substantive"
        (back,) = compare(new, old).presentation
        assert (back.what, back.old, back.new) == (what, told.new, told.old)
        assert comparison.to_dict()["presentation"][0]["new"] == words


def test_other_words_are_no_matter_of_presentation(make: Make) -> None:
    old, new = make("You waive your claims."), make("YOU KEEP YOUR CLAIMS.")
    assert compare(old, new).presentation == ()
    assert compare(old, old).presentation == ()


def test_a_heading_that_is_bold_is_told_once(make: Make) -> None:
    old, new = make("Terms", "We host."), make("# Terms", "We host.")
    bold = replace(new, marks=(*new.marks, Mark(0, 5, MarkKind.STRONG)))
    assert [one.what for one in compare(old, bold).presentation] == ["heading"]
