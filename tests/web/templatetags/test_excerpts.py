"""Excerpts as HTML: for pages, and for feed readers that show no style."""

from __future__ import annotations

import pytest

from conductatlas.history.excerpts import Excerpt, Piece, Role
from conductatlas.web.templatetags.excerpts import plain_quotation, quotation


def of(*pieces: tuple[Role, str], language: str = "en") -> Excerpt:
    return Excerpt(tuple(Piece(*piece) for piece in pieces), language)


REPLACED = of(("same", "within "), ("removed", "30"), ("added", "10"), ("same", " days"))
ADDED = of(("same", "the free "), ("added", "and paid "), ("same", "plans"))
REMOVED = of(("removed", "You may object."))


def test_pages_say_in_hidden_words_what_the_style_shows() -> None:
    assert quotation(REPLACED) == (
        '<q lang="en" dir="auto">within <del><span class="vh" dir="auto">removed: </span>30</del>'
        ' <ins><span class="vh" dir="auto">added: </span>10</ins> days</q>'
    )


@pytest.mark.parametrize(
    ("excerpt", "said"),
    [
        (REPLACED, '<q lang="en" dir="auto">within <del>30</del> → <ins>10</ins> days</q>'),
        (ADDED, '<q lang="en" dir="auto">the free [added: <ins>and paid </ins>]plans</q>'),
        (REMOVED, '<q lang="en" dir="auto">[removed: <del>You may object.</del>]</q>'),
    ],
)
def test_feeds_can_be_read_without_style(excerpt: Excerpt, said: str) -> None:
    assert plain_quotation(excerpt) == said


@pytest.mark.parametrize("draw", [quotation, plain_quotation])
def test_words_of_a_text_stay_words(draw: type) -> None:
    drawn = str(draw(of(("added", "<script>{0}</script> & %s"), language='a"b')))
    assert "&lt;script&gt;{0}&lt;/script&gt; &amp; %s" in drawn and "<script" not in drawn
    assert 'lang="a&quot;b"' in drawn


def test_a_text_from_right_to_left_says_so() -> None:
    assert quotation(of(("added", "نص"), language="ar")).startswith('<q lang="ar" dir="rtl">')
