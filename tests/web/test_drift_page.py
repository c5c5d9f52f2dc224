"""The drift page, lists that are asked for less, texts in circulation: the numbers that are printed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import FIRST, NOW, START, THIRD, policy
from tests.web.judging import judged
from tests.web.test_pages import text_of

from conductatlas.history.drift import DIRECTIONS, KINDS, SEVERITIES
from conductatlas.history.models import Sighting

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def numbers(table: str) -> tuple[list[int], int]:
    """(the numbers of a table's rows, that of its last row)."""
    body, foot = table.split("<tfoot>")
    return (
        [int(n) for n in re.findall(r'class="num">(\d+)</td>', body)],
        int(re.findall(r'class="num">(\d+)</td>', foot)[-1]),
    )


@pytest.fixture
def sparrows(shelf: Any) -> None:
    for n, (state, fields) in enumerate(
        [
            ("confirmed", {"severity": "high", "direction": "both"}),
            ("two_texts", {"severity": "high", "direction": "less_favourable"}),
            ("confirmed", {"severity": "low", "kind": "editorial"}),
            ("withdrawn", {"severity": "low"}),
            ("announced", {}),
        ]
    ):
        document = shelf.document(f"sparrow/terms-{n}", title=f"Terms {n}")
        judged(shelf, document, START - 31 * n * DAY, state, policy=policy, **fields)


def test_every_table_of_the_page_has_the_same_sum(sparrows: None, client: Client) -> None:
    html = client.get("/platform/sparrow/drift/").content.decode()
    tables = re.findall(r'<table class="table">.*?</table>', html, re.DOTALL)
    assert len(tables) == 4
    for table in tables[:3]:
        parts, total = numbers(table)
        assert sum(parts) == total == 4
    assert [len(numbers(table)[0]) for table in tables[:3]] == [len(KINDS), len(SEVERITIES), len(DIRECTIONS)]
    months, total = numbers(tables[3])
    in_all = months[len(KINDS) :: len(KINDS) + 1]
    assert sum(in_all) == total == 4 and sum(months) == 2 * total
    words = text_of(html.encode())
    assert "4 published changes in 4 of 5 documents." in words
    assert "Not counted, and still at their addresses: 1 seen once, not confirmed." in words
    assert "Observed from 28 June 2026 to 1 November 2026" in words


def test_substantive_only_leaves_the_others_out_and_says_of_how_many(sparrows: None, client: Client) -> None:
    html = client.get("/platform/sparrow/drift/?only=substantive").content.decode()
    assert "3 substantive changes, of 4 published in all, in 3 of 5 documents." in text_of(html.encode())
    assert 'href="/changes/?platform=sparrow&amp;document=terms-0&amp;change=substantive"' in html
    assert client.get("/platform/sparrow/drift/?only=x").context["only"] == ""


def test_a_number_that_leads_to_a_list_is_the_length_of_it(sparrows: None, client: Client) -> None:
    html = client.get("/platform/sparrow/drift/").content.decode()
    links = re.findall(r'<a href="(/changes/[^"]+)">(\d+)<', html)
    assert len(links) == 4
    for address, number in links:
        assert len(client.get(address.replace("&amp;", "&")).context["changes"]) == int(number)


def test_the_platform_leads_to_it_and_it_stands_before_any_document(world: Any, client: Client) -> None:
    assert b'href="/platform/pigeon/drift/"' in client.get("/platform/pigeon/").content
    assert client.get("/platform/nothing/drift/").status_code == 404
    assert client.get("/platform/owl/drift/").status_code == 404  # private
    words = text_of(client.get("/platform/stork/drift/").content)
    assert "there is nothing to count" in words and "No change has been published" in words


def test_the_longest_gap_is_named_with_its_ends(world: Any, client: Client) -> None:
    words = text_of(client.get("/platform/pigeon/drift/").content)
    assert "15 days 7 Nov 2026 – 22 Nov 2026" in words
    words = text_of(client.get("/platform/heron/drift/").content)
    assert "since 1 Nov 2026 , not read again so far" in words


# ── lists ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("query", "sentence", "found"),
    [
        ({}, "4 published changes on all platforms.", 4),
        ({"platform": "sparrow"}, "4 published changes of Sparrow.", 4),
        (
            {"since": "2026-08-01", "until": "2026-11-01"},
            "Between 1 August 2026 and 1 November 2026, 3 published changes on all platforms.",
            3,
        ),
        ({"since": "2026-11-01", "until": "2026-11-01"}, "On 1 November 2026, 1 published change on all", 1),
        ({"severity": "high"}, "2 published changes on all platforms, as chosen below.", 2),
        ({"severity": "not_determined"}, "1 published change on all platforms, as chosen below.", 1),
        ({"direction": "both"}, "1 published change on all platforms", 1),
        ({"change": "editorial", "kind": "terms"}, "1 published change on all platforms", 1),
        ({"kind": "editorial"}, "1 published change on all platforms", 1),
        (
            {"platform": "sparrow", "document": "terms-1", "since": "2026-01-01"},
            "Since 1 January 2026, 1 published change of Sparrow: Terms 1.",
            1,
        ),
        ({"change": "reverted"}, "No published changes on any platform, as chosen below.", 0),
    ],
)
def test_a_list_says_in_a_sentence_what_it_holds(
    sparrows: None, client: Client, query: dict[str, str], sentence: str, found: int
) -> None:
    answer = client.get("/changes/", query)
    assert sentence in text_of(answer.content)
    assert len(answer.context["changes"]) == answer.context["tally"].total == found
    assert answer.context["problem"] == ""
    if not found:
        assert "No published change matches." in text_of(answer.content)


def test_each_number_leads_to_that_many(sparrows: None, client: Client) -> None:
    context = client.get("/changes/", {"platform": "sparrow", "since": "2026-01-01"}).context
    seen = 0
    for parts in (context["by_kind"], context["by_severity"], context["by_direction"]):
        assert sum(part.number for part in parts) == 4
        for part in parts:
            if part.href:
                seen += 1
                narrow = client.get("/changes/" + part.href).context
                assert len(narrow["changes"]) == part.number
                assert narrow["filters"].platform == "sparrow" and narrow["filters"].since
    assert seen >= 6


def test_the_form_keeps_what_was_asked_and_a_document_needs_its_platform(
    sparrows: None, client: Client
) -> None:
    asked = {"platform": "sparrow", "document": "terms-1", "severity": "high", "direction": "less_favourable"}
    html = client.get("/changes/", asked).content.decode()
    for value in asked.values():
        assert f'<option value="{value}" selected>' in html
    answer = client.get("/changes/", {"document": "terms-1"})
    assert "document" in answer.context["problem"] and len(answer.context["changes"]) == 4


# ── texts in circulation ─────────────────────────────────────────────────────────────────────────
def test_texts_met_in_turn_stand_on_the_page_of_the_document(world: Any, client: Client) -> None:
    page = "/platform/pigeon/terms/"
    assert b'id="circulating"' not in client.get(page).content
    first, _, third = world.versions
    check, _ = world.shelf.check(world.terms, NOW - timedelta(hours=3))
    Sighting.objects.create(check_row=check, version=first)
    world.shelf.check(world.terms, NOW - timedelta(hours=2))
    check, _ = world.shelf.check(world.terms, NOW - timedelta(hours=1))
    Sighting.objects.create(check_row=check, version=third)
    html = client.get(page).content.decode()
    words = text_of(html.encode())
    assert "2 texts in circulation" in words
    assert f"/compare/{first.public_id}..{third.public_id}/" in html
    shares = re.findall(r"(\d+) of (\d+) checks", words)
    assert sum(int(met) for met, _ in shares) == int(shares[0][1]) == 6
    drift = client.get("/platform/pigeon/drift/").content.decode()
    assert f'<a href="{page}#circulating">2<' in drift


def test_versions_that_one_capture_met_say_so(shelf: Any, client: Client) -> None:
    document = shelf.document()
    shelf.version(document, START, FIRST)
    shelf.confirm(document, START + DAY)
    shelf.version(document, START + 2 * DAY, policy("You may keep a wren."))
    shelf.version(document, START + 3 * DAY, THIRD)
    rows = re.findall(
        r'<tr role="row">.*?</tr>',
        client.get("/platform/pigeon/terms/versions/").content.decode(),
        re.DOTALL,
    )[1:]
    assert ["seen once so far" in text_of(row.encode()) for row in rows] == [True, False, False]
    assert ["seen once" in text_of(row.encode()) for row in rows] == [True, True, False]
