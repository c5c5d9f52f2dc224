"""Selectors: exactly what they name, in the order of the page, and what happens when they name nothing."""

from __future__ import annotations

import pytest

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.page import Page, Selector
from conductatlas.reading.text.reader import examine

PAGE = b"""<body><nav>menu</nav><div id=a><h1>Terms</h1><p class=x>one</p><p>two</p></div>
<div id=b><p>three</p><p class=x>four</p></div><footer>foot</footer>"""


def read(*select: Selector, remove: tuple[Selector, ...] = ()) -> str:
    return examine(Page(PAGE, "text/html", "", select, remove)).reading.text.replace("\n", " ")


@pytest.mark.parametrize(
    ("select", "remove", "text"),
    [
        (("#a",), (), "Terms one two"),
        (("#b", "#a"), (), "Terms one two three four"),
        (("#a", ".x"), (), "Terms one two four"),
        (("body",), ("nav", "#a p"), "Terms three four foot"),
        ((), (".x",), "Terms two three"),
        (({"startBefore": "h1", "endBefore": "#a p:nth-of-type(2)"},), (), "Terms one"),
        (({"startAfter": "h1", "endAfter": "#b p"},), (), "one two three"),
        (("#a",), ({"startAfter": "h1", "endBefore": "#b"},), "Terms"),
    ],
)
def test_parts(select: tuple[Selector, ...], remove: tuple[Selector, ...], text: str) -> None:
    assert read(*select, remove=remove) == text


@pytest.mark.parametrize(
    "selector", ["#none", {"startBefore": "h1", "endAfter": "#none"}, {"startAfter": "#b", "endBefore": "#a"}]
)
def test_what_matches_nothing_is_said_and_the_main_block_read(selector: Selector) -> None:
    examined = examine(Page(PAGE, "text/html", "", (selector,)))
    assert examined.unmatched == (selector,)
    assert "matched nothing" in examined.notes[0]
    assert examined.reading.text == "Terms\none\ntwo\nthree\nfour"


def test_one_selector_of_two_that_matches_is_enough() -> None:
    examined = examine(Page(PAGE, "text/html", "", ("#a", "#none")))
    assert examined.reading.text == "Terms\none\ntwo"
    assert examined.unmatched == ("#none",)


@pytest.mark.parametrize(
    "selector", ["p:::", "", {"startBefore": "h1"}, {"startBefore": "h1", "startAfter": "h1"}]
)
def test_what_is_no_selector_is_refused(selector: Selector) -> None:
    with pytest.raises(UnreadableError):
        read(selector)


def test_lists_keep_their_numbers_when_only_a_part_is_selected() -> None:
    page = Page(b"<ol><li>a<li class=x>b</ol>", "text/html", "", (".x",))
    (mark,) = examine(page).reading.marks
    assert mark.value == "2."
