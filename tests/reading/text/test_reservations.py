"""What a page reserves: headers, meta elements, and bans that a text states. Every text here is invented."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as some

from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read
from conductatlas.reading.text.reservations import CUT, Reserved, announced, languages, stated


def found(html: str, lang: str = "en") -> list[tuple[str, str]]:
    reading = read(Page(f"<html lang={lang}><main><h1>Rules</h1>{html}</main></html>".encode(), "text/html"))
    for one in stated(reading):
        assert len(one.evidence) <= Reserved.LONGEST
        words = one.evidence.removeprefix(CUT.lstrip()).removesuffix(CUT.rstrip())
        assert CUT.join(reading.text[a:b] for a, b in one.spans) == words
    return [(one.kind, one.evidence) for one in stated(reading)]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("You may not crawl or scrape the Heron service.", "no_automated_access"),
        ("It is prohibited to access our website by automated means.", "no_automated_access"),
        ("Do not use robots, spiders or crawlers to copy our pages.", "no_automated_access"),
        ("Data mining of our content is not permitted.", "no_mining"),
        ("You must not archive any part of our website.", "no_archive"),
    ],
)
def test_bans_in_english(sentence: str, kind: str) -> None:
    assert found(f"<p>We like herons. {sentence} Herons fly.</p>") == [(kind, sentence)]


@pytest.mark.parametrize(
    ("lang", "sentence", "kind"),
    [
        ("de", "Das Auslesen unserer Website mit Crawlern ist untersagt.", "no_automated_access"),
        ("de", "Automatisierte Abfragen unserer Dienste sind nicht gestattet.", "no_automated_access"),
        ("de", "Text- und Data-Mining unserer Inhalte ist nicht erlaubt.", "no_mining"),
        ("fr", "Il est interdit de moissonner les contenus de notre site.", "no_automated_access"),
        ("fr", "L’accès au service par des moyens automatisés est interdit.", "no_automated_access"),
        ("fr", "La fouille de textes et de données de nos contenus est interdite.", "no_mining"),
    ],
)
def test_bans_in_other_languages(lang: str, sentence: str, kind: str) -> None:
    assert (kind, sentence) in found(f"<p>{sentence}</p>", lang)


def test_an_item_is_banned_by_the_line_that_leads_its_list() -> None:
    html = "<p>You agree that you will not:</p><ul><li>feed the gulls;<li>scrape the Service;</ul>"
    lead = "You agree that you will not:"
    assert found(html) == [("no_automated_access", f"{lead}{CUT}scrape the Service;")]
    assert found(html.replace("will not", "may")) == []


def test_numbered_lines_are_items_too() -> None:
    html = "<p>You shall not:</p><p>11.1 feed the gulls;</p><p>11.2 crawl the Service;</p>"
    assert [kind for kind, _ in found(html)] == ["no_automated_access"]
    assert found(html.replace("<p>11.2", "<p>Gulls are fed at noon.</p><p>11.2")) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "We may use automated means to detect misuse of the Service.",
        "You may not feed the gulls.",
        "Our website is visited by crawlers.",
        "Do not scrape the barnacles off the hull.",
        "Search engines may crawl our pages, but must not sell them.",
        "Where processing is carried out by automated means, you may object, and we shall not refuse.",
        "By crawling our website you waive terms that would otherwise prohibit us from crawling yours.",
    ],
)
def test_what_is_no_ban_of_the_kind_is_left_alone(sentence: str) -> None:
    assert found(f"<p>{sentence}</p>") == []


def test_a_sentence_counts_once_a_kind() -> None:
    said = "You may not crawl, scrape, spider or otherwise use robots, spiders or bots, scripts on our site."
    assert found(f"<p>{said}</p>") == [("no_automated_access", said)]


def test_a_long_sentence_is_cut_between_words_around_what_it_forbids() -> None:
    filler = ", ".join(f"pluck feather number {n}" for n in range(60))
    ((_, evidence),) = found(f"<p>You may not {filler}, scrape the Service, {filler}.</p>")
    assert "scrape the Service" in evidence
    assert evidence.startswith(CUT.lstrip())
    assert evidence.endswith(CUT.rstrip())


def test_languages_without_rules_give_nothing() -> None:
    assert stated(Reading("You may not scrape the Service.", (), "", "sv")) == ()
    assert stated(Reading("You may not scrape the Service.", (), "", "en-GB")) != ()
    assert languages() == {"en", "de", "fr"}


# ── headers and meta elements ────────────────────────────────────────────────────────────────────
def test_headers_for_all_robots_or_this_one() -> None:
    headers = [
        ("X-Robots-Tag", "noarchive, max-snippet: 20"),
        ("x-robots-tag", "otherbot: noindex"),
        ("X-Robots-Tag", "conductatlas: noai"),
        ("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 PST"),
        ("TDM-Reservation", " 1 "),
        ("Server", "noindex"),
    ]
    assert [(one.place, one.kind, one.evidence) for one in announced(headers, b"")] == [
        ("header", "no_archive", "noarchive"),
        ("header", "no_mining", "noai"),
        ("header", "no_mining", "tdm-reservation: 1"),
    ]


def test_meta_elements() -> None:
    body = b"""<meta charset=utf-8><META content='NoArchive, follow' name="robots"><meta name=tdm-reservation content=1>
        <meta name="googlebot" content="noindex"><meta name="description" content="noindex">"""
    assert [(one.place, one.kind, one.evidence) for one in announced([], body)] == [
        ("meta", "no_archive", "noarchive"),
        ("meta", "no_mining", "tdm-reservation: 1"),
    ]
    assert announced([("tdm-reservation", "0")], b"<meta name=tdm-reservation content=0>") == ()


@given(some.binary(max_size=400), some.text(max_size=200))
def test_nothing_that_strangers_send_breaks_it(body: bytes, value: str) -> None:
    announced([("X-Robots-Tag", value), ("tdm-reservation", value)], b"<meta " + body + b">")


@given(some.text(alphabet=some.sampled_from("You may not scrape the Service: .\n•(a)"), max_size=300))
def test_evidence_is_always_words_of_the_text(text: str) -> None:
    reading = read(Page(text.encode(), "text/plain"))
    for one in stated(reading):
        assert all(reading.text[a:b] for a, b in one.spans)
        assert len(one.evidence) <= Reserved.LONGEST


def test_case_is_ignored_and_every_letter_keeps_its_place() -> None:
    text = (
        "İİ. SCRAPING of our Service is PROHIBITED. "
        "Web Scraping of our sites, Data Mining of our pages is forbidden."
    )
    assert [(one.kind, one.evidence) for one in stated(Reading(text, (), "", "en"))] == [
        ("no_automated_access", "SCRAPING of our Service is PROHIBITED."),
        ("no_automated_access", "Web Scraping of our sites, Data Mining of our pages is forbidden."),
        ("no_mining", "Web Scraping of our sites, Data Mining of our pages is forbidden."),
    ]


def test_the_rules_have_their_form() -> None:
    data = tomllib.loads(
        resources.files("conductatlas.reading.text").joinpath("reservations.toml").read_text("utf-8")
    )
    kinds = {"no_automated_access", "no_mining", "no_archive"}
    assert set(data.pop("directives").values()) <= kinds | {"no_index"}
    for rules in data.values():
        assert set(rules) == {"forbids", "own", "spared", "kinds"}
        assert {group["kind"] for group in rules["kinds"]} == kinds
        for group in rules["kinds"]:
            for pattern in (*rules["forbids"], *rules["own"], *rules["spared"], *group["acts"]):
                re.compile(pattern)
            # They are looked for in lower case: a capital in them, unless it is a class, would never be found.
            assert not any(re.search(r"(?<!\\)[A-Z]", pattern) for pattern in group["acts"])
