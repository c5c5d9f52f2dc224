from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read
from conductatlas.reading.text.signs import (
    Shares,
    claims,
    has_end,
    is_code,
    is_cut,
    markers,
    page_title,
    share_out,
    size,
    visible_lines,
    weigh,
)

ADDRESS = "https://fernloft.example/terms"


def shared_out(markup: str, *select: str) -> Shares:
    page = Page(f"<body>{markup}</body>".encode(), "text/html; charset=utf-8", ADDRESS, select)
    return share_out(read(page), page)


def test_lines_are_shared_out_by_what_they_do() -> None:
    shares = shared_out(
        "<p>Company</p><p><a href='/x'>Our brushes</a></p><p>You agree to <a href='/y'>the rules</a>.</p>"
        "<p>function go(e){return e.map(t=>{t.id})}</p><table><tr><td>Northhost</td><td>Hosting</td></tr></table>"
    )
    assert shares.own == ("You agree to the rules.", "Northhost\tHosting")
    assert shares.labels == ("Company",)
    assert shares.links == ("Our brushes",)
    assert len(shares.code) == 1


def test_a_link_within_the_page_counts_for_nothing() -> None:
    shares = shared_out(f"<p><a href='{ADDRESS}#fees'>Fees</a></p><p><a href='/fees'>Fees</a></p>")
    assert shares.links == ("Fees",)


def test_a_sentence_that_is_one_link_is_no_navigation() -> None:
    sentence = (
        "You must tell us within thirty days if you want to leave, and we shall then close the account."
    )
    assert shared_out(f"<p><a href='/x'>{sentence}</a></p>").own == (sentence,)


def test_selected_names_are_the_documents_own() -> None:
    assert shared_out("<ul><li>Northhost</li></ul>").labels == ("Northhost",)
    assert shared_out("<ul><li>Northhost</li></ul>", "ul").own == ("Northhost",)


@pytest.mark.parametrize(
    "line",
    [
        'window.__STATE__ = {"route":"/terms","user":null}',
        "var a=document.getElementById('x');a.remove();",
        ".page{margin:0;padding:2rem} .page h2{color:#333 !important}",
        '{"type":"heading","text":"t.title","children":[]}',
    ],
)
def test_code_is_told(line: str) -> None:
    assert is_code(line)


@pytest.mark.parametrize(
    "line",
    [
        "We may suspend the account; (a) if the fee is late, (b) if the law says so.",
        "Send the header {key} with every request, as the guide (version 2) explains in more detail.",
        "Fernloft AS (the “Company”); register no. 912 345 678.",
        "-------*%%%%#--------",
    ],
)
def test_prose_is_not_code(line: str) -> None:
    assert not is_code(line)


def test_unspaced_scripts_have_words_too() -> None:
    assert size("您同意本协议") == 1 + 3
    assert size("you agree to it") == 4


def test_policies_weigh_more_than_other_texts_in_the_same_language() -> None:
    terms = ["You agree that our liability is limited and that these terms are governed by Norwegian law."]
    tale = ["The fern stood by the window and nobody knew how old it was or who had brought it there."]
    policy, other = weigh(terms, "en").share, weigh(tale, "en").share
    assert policy is not None and other is not None and policy > 0.2 > 0.02 > other


def test_elided_articles_do_not_hide_a_word() -> None:
    assert weigh(["l’interdiction d'utilisateurs «responsabilité»"], "fr").hits == 3


def test_a_language_without_a_list_weighs_nothing() -> None:
    assert weigh(["Οι όροι αυτοί ισχύουν"], "el").share is None


def test_phrases_are_looked_for_in_english_and_in_the_language_of_the_page() -> None:
    lines = ["Melden Sie sich an, um fortzufahren", "Log in to continue"]
    assert claims(lines, "de")["login_wall"] == lines
    assert claims(lines, "fr")["login_wall"] == lines[1:]
    assert claims(lines)["login_wall"] == lines


def test_a_phrase_begins_where_a_word_begins() -> None:
    assert "soft_404" not in claims(["The homepage not found in this list is kept elsewhere"])


def test_a_page_shows_its_dialogs_but_not_its_scripts() -> None:
    page = Page(
        b"<title>T</title><script>var x='<p>no</p>'</script><div role=dialog>Accept <b>all</b></div>"
        b"<noscript>Enable it</noscript><style>p{}</style>Go<!-- --> on &amp; on",
        "text/html",
    )
    assert list(visible_lines(page)) == ["T", "Accept all", "Enable it", "Go on & on"]


def test_a_title_is_read_in_the_encoding_of_the_page() -> None:
    page = Page(
        "<title>Användar­villkor &amp; mer</title>".encode("cp1252"), "text/html; charset=windows-1252"
    )
    assert page_title(page).startswith("Anv") and page_title(page).endswith("& mer")
    assert page_title(Page(b"<p>none", "text/html")) == ""


def test_markers_are_found_in_any_case() -> None:
    assert markers(Page(b"<INPUT TYPE=PASSWORD>", "text/html"))["login_wall"] == "type=password"


CUT = [
    "<html><body><p>You agree to the",
    "<html><body><p>Fine.</p><div cl",
    "<html><body><script>var a = 1;</p>",
]
WHOLE = [
    "<html><body><p>You agree.",
    "<html><body><p>You agree</p>",
    "<p>You agree to the",
    "You agree to the",
    "",
]


@pytest.mark.parametrize("markup", CUT)
def test_a_page_that_stops_in_the_middle_is_cut(markup: str) -> None:
    assert is_cut(Page(markup.encode(), "text/html"))
    assert not is_cut(Page(f"{markup}</script></body></html>".encode(), "text/html"))


@pytest.mark.parametrize("markup", WHOLE)
def test_a_page_that_only_leaves_out_its_closing_tags_is_not_cut(markup: str) -> None:
    assert not is_cut(Page(markup.encode(), "text/html"))


@given(st.binary(max_size=400))
def test_any_bytes_can_be_looked_at(body: bytes) -> None:
    page = Page(b"<html>" + body, "text/html")
    assert has_end(page) or isinstance(is_cut(page), bool)
    assert all(line == " ".join(line.split()) for line in visible_lines(page))
    assert isinstance(page_title(page), str) and isinstance(markers(page), dict)
