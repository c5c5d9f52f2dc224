"""The page of a change: what it tells first, in which words, and what it says of each state."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.web.conftest import NOW, START, policy
from tests.web.judging import judged
from tests.web.test_pages import text_of

from conductatlas.catalogue.models import Platform
from conductatlas.history import services
from conductatlas.history.models import Change, Summary

pytestmark = pytest.mark.django_db
SPARROW = "/platform/sparrow/terms/"


@pytest.fixture
def made(shelf: Any) -> Any:
    def make(*states: str, **fields: Any) -> Change:
        document = shelf.document("sparrow/terms")
        return judged(shelf, document, START, *states, policy=policy, **fields)

    return make


def page(client: Client, change: Change) -> tuple[str, str]:
    """(HTML, words) of the page of a change."""
    answer = client.get(f"/change/{change.slug}/")
    assert answer.status_code == 200
    return answer.content.decode(), text_of(answer.content)


def ranked(html: str) -> list[str]:
    """The differences that are told, each as a reader sees it."""
    section = html.split('aria-labelledby="told"')[1].split("</section>")[0]
    return [text_of(item.encode()) for item in re.findall(r"<li><div.*?</li>", section, re.DOTALL)]


def test_differences_come_by_rank_each_with_its_place_and_what_is_of_form_last(
    made: Any, client: Client
) -> None:
    html, words = page(client, made("confirmed"))
    items = ranked(html)
    assert [next(mark for mark in ("14", "You may object", "organ") if mark in item) for item in items] == [
        "14",
        "You may object",
        "organ",
    ]
    assert "What tells most comes first." in words
    assert "1 difference is of form only" in words
    for number in re.findall(r'href="#hunk-(\d+)"', html):
        assert html.count(f'id="hunk-{number}"') == 1
    assert html.index('id="redline"') > html.index('id="told"')


def test_a_summary_is_quoted_letter_by_letter_with_only_the_words_marked_that_differ(
    made: Any, client: Client
) -> None:
    change = made("confirmed")
    html, _ = page(client, change)
    quote = re.findall(r"<q.*?</q>", html.split('aria-labelledby="told"')[1], re.DOTALL)[0]
    without = re.sub(r'<span class="vh"[^>]*>[^<]*</span>', "", quote).replace("</del> <ins>", "</del><ins>")
    came = re.sub(r"<[^>]+>", "", re.sub(r"<del>.*?</del>", "", without))
    went = re.sub(r"<[^>]+>", "", re.sub(r"<ins>.*?</ins>", "", without))
    assert came == "If you live in California, you may end the keeping within 14 days of the first egg."
    assert went == "You may end the keeping within 30 days of the first egg."
    assert "the keeping within" in re.sub(r"<(ins|del)>.*?</\1>", "", without)


def test_a_better_summary_takes_the_place_of_the_older_one(made: Any, client: Client) -> None:
    change = made("confirmed")
    first, _ = page(client, change)
    start = change.new_reading.text.index("object")
    hunk = change.hunks.get(rank=1)
    Summary.objects.create(
        change=change,
        made_by=2,
        at=NOW,
        sentences=[{"verb": "added", "hunk": hunk.ordinal, "old": None, "new": [start, start + 5]}],
    )
    second, _ = page(client, change)
    assert change.new_reading.text[start : start + 5] in ranked(second)[0]
    assert ranked(first)[0] != ranked(second)[0]


def test_who_is_meant_how_much_and_in_which_direction(made: Any, client: Client) -> None:
    html, words = page(client, made("confirmed", severity="medium", direction="less_favourable"))
    assert "For whom “ California ”" in words or "For whom California" in words
    assert 'href="/methodology/#severity"' in html and 'href="/methodology/#direction"' in html
    assert "Less favourable to the user than the earlier wording" in words
    assert re.search(r"Severity\s+medium", words)
    assert 'href="/methodology/#rule-S1"' in html
    methods = client.get("/methodology/").content.decode()
    for anchor in re.findall(r'href="/methodology/#([\w-]+)"', html):
        assert f'id="{anchor}"' in methods, anchor


def test_what_was_recorded_before_it_was_looked_for_is_not_determined(made: Any, client: Client) -> None:
    _, words = page(client, made("confirmed", summary=False, hunks={"rank": None, "audience": None}))
    assert "Severity not determined" in words and "Direction Not determined" in words
    assert "not stated in the words that differ" in words
    assert "In the order of the text." in words


def test_four_dates_and_not_stated_where_there_is_none(made: Any, client: Client) -> None:
    _, words = page(client, made("confirmed"))
    assert "Changed between 31 October 2026, 06:10 UTC and 1 November 2026, 06:10 UTC" in words
    assert "Confirmed 1 November 2026, 08:10 UTC" in words
    assert "Last updated, as printed 1 October 2026 , on both texts" in words
    assert "Effective, as stated not stated" in words


@pytest.mark.parametrize(("mismatch", "states", "told"), [
    (True, ("confirmed",), True), (True, (), False), (True, ("confirmed", "withdrawn"), False),
    (False, ("confirmed",), False), (None, ("confirmed",), False),
])  # fmt: skip
def test_a_date_that_stayed_the_same_is_told_in_the_words_of_the_rule_book(
    made: Any, client: Client, mismatch: bool | None, states: tuple[str, ...], told: bool
) -> None:
    _, words = page(client, made(*states, date_mismatch=mismatch))
    sentence = (
        "The wording we captured differs from the one captured on 31 October 2026 ;"
        " the date printed on the page is the same."
    )
    assert (sentence in words) == told
    assert ("Possible explanations: another variant of the text was served" in words) == told


def test_no_page_says_that_printed_dates_agree_where_they_do_not(world: Any, client: Client) -> None:
    mismatched = Change.objects.filter(pk=world.confirmed.pk).values_list("date_mismatch", flat=True).get()
    assert mismatched is False
    _, words = page(client, world.confirmed)
    assert "5 November 2026 ; on the earlier text 1 October 2026" in words


def test_a_link_that_leads_elsewhere_shows_both_ends_as_text(made: Any, client: Client) -> None:
    change = made(
        "confirmed", hunks={"old_target": "https://a.example/out?x=<1>", "new_target": "javascript:alert(1)"}
    )
    html, words = page(client, change)
    assert "https://a.example/out?x=&lt;1&gt;" in html and "x=<1>" not in html
    assert 'href="javascript' not in html and 'href="https://a.example' not in html
    assert "The link led to removed: https://a.example/out?x=&lt;1&gt; and now leads to" in words


def test_what_the_text_offers_is_quoted(made: Any, client: Client) -> None:
    _, words = page(client, made("confirmed"))
    assert "The text offers: opt-out, You may object" in words


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((), "Seen, awaiting confirmation. Changed between"),
        (("withdrawn",), "Seen once, on 1 November 2026 , not confirmed."),
        (("two_texts",), "Two texts are in circulation that differ."),
        (("announced",), "An announcement, seen once, on 1 November 2026 , and gone again."),
        (("confirmed", "contested"), "Under review since 1 November 2026 ."),
        (("confirmed",), "Confirmed. Changed between"),
    ],
)
def test_each_state_is_worded(made: Any, client: Client, states: tuple[str, ...], said: str) -> None:
    change = made(*states)
    html, words = page(client, change)
    assert said in words
    published = bool(states) and states[-1] != "withdrawn"
    assert ('content="noindex"' in html) != published
    listed = [row.pk for row in client.get("/changes/").context["changes"]]
    assert listed == ([change.pk] if published else [])
    if "two_texts" in states:
        assert f'href="{SPARROW}#circulating"' in html


def test_how_often_it_changed_before(world: Any, client: Client) -> None:
    _, first = page(client, world.confirmed)
    assert "This document: no published change before this one." in first
    _, second = page(client, world.candidate)
    assert "This document: 1 published change before this one (1 substantive)." in second
    assert "Its record starts 1 November 2026" in second
    assert "Pigeon: 1 published change before this one." in second


def test_where_texts_are_not_whole_their_words_are_nowhere_but_in_the_quotations(
    made: Any, client: Client
) -> None:
    change = made("confirmed", severity="high")
    Platform.objects.filter(slug="sparrow").update(publish_text="excerpts")
    cache.clear()
    html, words = page(client, change)
    assert 'aria-labelledby="told"' not in html and "California" not in html.split('id="redline"')[0]
    assert re.search(r"Severity\s+high", words)


def test_withheld_words_are_not_told(made: Any, client: Client) -> None:
    change = made("confirmed")
    services.withhold(change.document, None, "A notice.", at=NOW, by=None)
    answer = client.get(f"/change/{change.slug}/")
    assert answer.status_code == 451
    assert b"California" not in answer.content and b"egg" not in answer.content


def test_of_very_many_differences_some_are_told_and_all_are_counted(shelf: Any, client: Client) -> None:
    document = shelf.document("sparrow/terms")
    filler = "Clause {n} is about the {n} eggs of nest {n}, which we count every {days} days."
    change = judged(
        shelf, document, START, "confirmed", policy=policy, summary=False,
        old=("You may end within 30 days.", *(filler.format(n=n, days=3) for n in range(60))),
        new=("If in California, within 14 days.", *(filler.format(n=n, days=9) for n in range(60))),
    )  # fmt: skip
    html, words = page(client, change)
    assert len(ranked(html)) == 8 + 22
    assert "53 more differences may matter. 31 of them stand in the text below only." in words
    assert len(html) < 60_000 + len(html.split('class="text"')[1])
