"""The gate on pages of every kind of fault, and on policies that look like one."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.gate import ANYTHING, Expectation, Reason, Verdict, judge
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

FIXTURES = Path(__file__).parent / "fixtures" / "gate"
ADDRESS = "https://fernloft.example/legal/terms"
TYPES = {".html": "text/html; charset=utf-8", ".md": "text/markdown", ".txt": "text/plain; charset=utf-8"}

VERDICTS = {
    "access-denied.html": Reason.BOT_CHALLENGE,
    "bot-challenge.html": Reason.BOT_CHALLENGE,
    "bot-challenge-chinese.html": Reason.BOT_CHALLENGE,
    "bot-challenge-press-and-hold.html": Reason.BOT_CHALLENGE,
    "bot-challenge-script-only.html": Reason.BOT_CHALLENGE,
    "cookie-preferences-only.html": Reason.COOKIE_WALL,
    "cookie-wall.html": Reason.COOKIE_WALL,
    "cookie-wall-over-empty-policy.html": Reason.COOKIE_WALL,
    "embedded-document-missing.html": Reason.SOFT_404,
    "empty-shell.html": Reason.EMPTY_SHELL,
    "error-page.html": Reason.ERROR_PAGE,
    "error-page-with-shop-menu.html": Reason.ERROR_PAGE,
    "help-centre-shell.html": Reason.EMPTY_SHELL,
    "hub-of-links.html": Reason.LINK_HUB,
    "hub-of-links-chinese.html": Reason.LINK_HUB,
    "json-as-text.html": Reason.SCRIPT_TEXT,
    "login-wall.html": Reason.LOGIN_WALL,
    "login-wall-behind-policy-title.html": Reason.LOGIN_WALL,
    "login-wall-german.html": Reason.LOGIN_WALL,
    "maintenance.html": Reason.ERROR_PAGE,
    "marketing-page.html": Reason.OTHER_PAGE,
    "marketing-page-swedish.html": Reason.OTHER_PAGE,
    "moved-to-help-article.html": Reason.OTHER_PAGE,
    "no-text.html": Reason.NO_TEXT,
    "redirect-page.html": Reason.REDIRECT_PAGE,
    "region-wall.html": Reason.REGION_WALL,
    "script-as-text.html": Reason.SCRIPT_TEXT,
    "soft-404.html": Reason.SOFT_404,
    "soft-404-long.html": Reason.SOFT_404,
    "soft-404-swedish.html": Reason.SOFT_404,
    "swedish-terms.html": Reason.OTHER_LANGUAGE,
    "chinese-privacy.html": Reason.OTHER_LANGUAGE,
    "too-short.html": Reason.TOO_SHORT,
    "truncated-in-script.html": Reason.TRUNCATED,
    "truncated-in-tag.html": Reason.TRUNCATED,
    "truncated-in-text.html": Reason.TRUNCATED,
    "imprint.txt": Reason.POLICY,
    "policy-behind-cookie-banner.html": Reason.POLICY,
    "policy-on-bot-detection.html": Reason.POLICY,
    "policy-on-cookies.html": Reason.POLICY,
    "policy-on-missing-pages.html": Reason.POLICY,
    "policy-on-passwords.html": Reason.POLICY,
    "policy-with-contents-list.html": Reason.POLICY,
    "policy-with-link-footer.html": Reason.POLICY,
    "policy-with-login-form.html": Reason.POLICY,
    "policy-with-quoted-code.html": Reason.POLICY,
    "policy-without-closing-tags.html": Reason.POLICY,
    "short-sla.html": Reason.POLICY,
    "subprocessor-table.html": Reason.POLICY,
    "terms.md": Reason.POLICY,
}
GERMAN = {"short-imprint.html": Reason.POLICY}


def page(name: str) -> Page:
    file = FIXTURES / name
    return Page(file.read_bytes(), TYPES[file.suffix], ADDRESS)


def judged(page: Page, expectation: Expectation = ANYTHING) -> Verdict:
    try:
        reading: Reading | None = read(page)
    except UnreadableError:
        reading = None
    return judge(page, reading, expectation)


@pytest.mark.parametrize(("name", "reason"), VERDICTS.items())
def test_each_page_is_taken_for_what_it_is(name: str, reason: Reason) -> None:
    verdict = judged(page(name), Expectation(language="en"))
    assert verdict.verdict is reason, verdict.evidence
    assert verdict.accepted is (reason is Reason.POLICY)
    assert verdict.evidence


@pytest.mark.parametrize(("name", "reason"), GERMAN.items())
def test_a_german_page_is_the_policy_where_german_is_expected(name: str, reason: Reason) -> None:
    assert judged(page(name), Expectation(language="de")).verdict is reason


def test_every_fixture_has_a_verdict() -> None:
    assert {file.name for file in FIXTURES.iterdir()} == {*VERDICTS, *GERMAN}


@pytest.mark.parametrize("name", ["swedish-terms.html", "chinese-privacy.html"])
def test_a_policy_in_another_language_is_one_where_no_language_is_expected(name: str) -> None:
    assert judged(page(name)).accepted


def test_a_declared_region_is_not_another_language() -> None:
    assert judged(page("policy-behind-cookie-banner.html"), Expectation(language="en-GB")).accepted


def test_an_empty_body_has_no_text() -> None:
    assert judge(Page(b" \n", "text/html"), None).verdict is Reason.NO_TEXT


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", None])
def test_what_the_reader_cannot_read_is_of_the_wrong_type(kind: str | None) -> None:
    verdict = judge(Page(b"\x89PNG\r\n\x1a\n" + bytes(400), kind), None)
    assert verdict.verdict is Reason.WRONG_TYPE
    assert verdict.evidence == (kind or "no Content-Type")


def test_a_page_without_its_end_that_lost_most_of_its_words_is_cut() -> None:
    whole = page("policy-without-closing-tags.html")
    half = Page(whole.body[: whole.body.index(b"<h2>3.")], whole.content_type, ADDRESS)
    words = read(whole).words
    assert judged(half, Expectation(previous_words=4 * words)).verdict is Reason.TRUNCATED
    assert judged(half, Expectation(previous_words=words)).accepted
    assert judged(half).accepted


def test_a_short_text_with_its_end_is_not_cut_however_long_the_last_one_was() -> None:
    assert judged(page("short-sla.html"), Expectation(previous_words=9000)).accepted


def test_the_name_may_stand_around_what_is_selected() -> None:
    table = page("subprocessor-table.html")
    assert judged(Page(table.body, table.content_type, ADDRESS, select=("table",))).accepted


def test_a_selector_that_finds_next_to_nothing_is_told_from_a_wall() -> None:
    body = page("policy-with-login-form.html").body.replace(b"</main>", b"<p>You must agree to it.</p>" * 40)
    verdict = judged(Page(body, TYPES[".html"], ADDRESS, select=("main h2:first-of-type",)))
    assert verdict.verdict is Reason.TOO_SHORT
    assert "selectors" in verdict.evidence


def test_the_declared_title_names_a_page_too() -> None:
    text = (
        "<h1>House ways</h1><p>" + "We meet on Thursdays, bring paper, and clean the brushes afterwards. " * 7
    )
    body = f"<!doctype html><title>Fernloft</title><body>{text}".encode()
    assert judged(Page(body, "text/html")).verdict is Reason.OTHER_PAGE
    assert judged(Page(body, "text/html"), Expectation(title="House ways")).accepted


def test_a_selected_list_of_nothing_but_names_is_a_document() -> None:
    names = [
        "Northhost",
        "Mailvane",
        "Tallypay",
        "Helpwell",
        "Logloom",
        "Quillcast",
        "Brightway",
        "Stonebridge",
    ]
    items = "".join(f"<li>{name} {kind}</li>" for name in names for kind in ("Hosting", "Norge", "Group"))
    body = f"<!doctype html><title>Trust</title><body><h1>Subprocessors</h1><ul>{items}</ul></body>".encode()
    assert judged(Page(body, "text/html", ADDRESS, select=("h1", "ul"))).accepted


def test_every_reason_has_a_label_and_a_sentence() -> None:
    for reason in Reason:
        assert reason.label
        assert reason.sentence.endswith(".")


def test_the_lore_knows_no_other_reasons() -> None:
    lore = tomllib.loads(files("conductatlas.reading.text").joinpath("gate.toml").read_text("utf-8"))
    reasons = {reason.value for reason in Reason}
    assert set(lore["reasons"]) == reasons
    for table in ("phrases", "markers", "openings"):
        assert set(lore[table]) <= reasons
    assert set(lore) == {"reasons", "phrases", "markers", "openings", "vocabulary"}


@settings(max_examples=150, deadline=None)
@given(st.text(), st.sampled_from(["text/html", "text/plain", "text/markdown", None]))
def test_any_text_gets_a_verdict_and_always_the_same(text: str, kind: str | None) -> None:
    anything = Page(text.encode("utf-8", "surrogatepass"), kind, ADDRESS)
    first = judged(anything, Expectation("en", "terms", "Terms", 500))
    assert isinstance(first, Verdict)
    assert judged(anything, Expectation("en", "terms", "Terms", 500)) == first


PIECES = """<html> <body> <script> </script> <style> <title> <p> </p> < <!-- --> { } ; 404 agree
<h1>Terms_of_use</h1> <a_href='/x'>Privacy_policy</a> Log_in_to_continue You_must_agree. <input_type=password>"""
MARKUP = st.lists(st.sampled_from([piece.replace("_", " ") for piece in PIECES.split()]), max_size=60)


@settings(max_examples=150, deadline=None)
@given(MARKUP.map(" ".join))
def test_any_markup_gets_a_verdict(markup: str) -> None:
    assert isinstance(judged(Page(markup.encode(), "text/html", ADDRESS)).verdict, Reason)
