"""The pages of the register of law: how each instrument stands, and on which conditions its articles may govern."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.test_words import FORBIDDEN

from conductatlas.reading.law.entry import Status
from conductatlas.reading.law.register import register
from conductatlas.reading.law.rules import rules_of_article

pytestmark = pytest.mark.django_db

LONGEST = 60_000  # bytes of a page
ABOUT_A_CLAUSE = re.compile(r"\b(?:illegal|unlawful|void|violat\w+|engages)\b", re.IGNORECASE)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_register_is_listed_by_where_it_is_from(client: Client) -> None:
    shown = page(client, "/law/")
    for name, instrument in register().items():
        assert f'href="/law/{name}/"' in shown, instrument.short
    assert "European Union and its members" in shown
    assert len(shown.encode()) < LONGEST
    assert not FORBIDDEN.search(shown)


@pytest.mark.parametrize("name", register())
def test_an_instrument_shows_each_article_and_its_conditions(client: Client, name: str) -> None:
    instrument = register()[name]
    shown = page(client, f"/law/{name}/")
    ids = re.findall(r' id="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    assert shown.count("<section") >= len(instrument.articles)
    assert len(shown.encode()) < LONGEST
    assert not FORBIDDEN.search(shown)
    assert instrument.link in shown.replace("&amp;", "&")
    mapped = [rule for article in instrument.articles for rule in rules_of_article().get(article.id, ())]
    assert shown.count("on these conditions:") >= len(mapped)
    assert not ABOUT_A_CLAUSE.search(
        " ".join(condition.says for rule in mapped for condition in rule.conditions)
    )


def test_what_was_not_compared_says_so(client: Client) -> None:
    unverified = next(one for one in register().values() if one.status is Status.UNVERIFIED)
    verified = next(one for one in register().values() if one.status is Status.IN_FORCE)
    said = "No official or documented source could be compared"
    assert said in page(client, f"/law/{unverified.id}/")
    assert said not in page(client, f"/law/{verified.id}/")
    assert "Status and dates were last compared with a source on" in page(client, f"/law/{verified.id}/")


def test_what_is_repealed_or_set_aside_is_shown_as_that(client: Client) -> None:
    for one in register().values():
        if one.status in (Status.REPEALED, Status.VACATED):
            shown = page(client, f"/law/{one.id}/")
            assert ("Repealed" if one.status is Status.REPEALED else "Set aside by a court") in shown


def test_an_unknown_instrument_is_not_found(client: Client) -> None:
    assert client.get("/law/walrus/").status_code == 404


@pytest.mark.parametrize("address", ["/law/", "/law/gdpr/"])
def test_law_costs_no_more_queries_than_the_frame_of_a_page(client: Client, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page(client, address)
    assert len(queries) <= 1


def test_titles_differ(client: Client) -> None:
    titles = [
        page(client, f"/law/{name}/").partition("<title>")[2].partition("</title>")[0] for name in register()
    ]
    assert len(titles) == len(set(titles))


def test_the_page_of_a_type_names_what_may_govern_such_clauses(client: Client) -> None:
    page = client.get("/provisions/arbitration/").content.decode()
    law = page.partition('<h2 id="law">')[2].partition("</section>")[0]
    assert 'href="/law/faa/#' in law
    assert "on these conditions:" in law
    assert "No provision" not in law
