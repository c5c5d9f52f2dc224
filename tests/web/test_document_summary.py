"""The page of a document in short: what weighs most, what it states by group, and what is stated in two ways."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from tests.web.conftest import START, Shelf, policy
from tests.web.provisions import ARBITRATION, LAW, Told, look, told

from conductatlas.history.services import withhold

__all__ = ["told"]
OLDER = "You must be at least 16 years old to use the Service."
YOUNGER = "You must be at least 13 years old to use the Service."
pytestmark = pytest.mark.django_db


def section(client: Client, address: str, name: str) -> str:
    """The words of a part of a page, "" if it has none of that name."""
    page = client.get(address).content.decode()
    found = page.partition(f'<h2 id="{name}">')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", found))).strip()


def test_what_weighs_most_is_told_with_the_clause_that_has_the_words(client: Client, told: Told) -> None:
    words = section(client, "/platform/pigeon/terms/", "in-short")
    assert "A dispute with Pigeon goes to an arbitrator" in words
    page = client.get("/platform/pigeon/terms/").content.decode()
    assert (
        f'href="{told.address("arbitration")}"'
        in page.partition('id="in-short"')[2].partition("</section>")[0]
    )


def test_what_it_states_stands_by_group(client: Client, told: Told) -> None:
    words = section(client, "/platform/heron/terms/", "by-group")
    assert "Disputes" in words
    assert "the law of Ireland" in words or "Ireland" in words


def test_a_text_that_is_withheld_is_not_told_in_short(client: Client, told: Told) -> None:
    withhold(told.pigeon, None, "at the request of the platform", at=START, by=None)
    assert section(client, "/platform/pigeon/terms/", "in-short") == ""


def test_what_a_document_states_in_two_ways(client: Client, shelf: Shelf) -> None:
    document = shelf.document("finch/terms")
    shelf.version(document, START, policy(LAW, ARBITRATION, LAW.replace("Ireland", "France")))
    look(document)
    words = section(client, "/platform/finch/terms/", "differing")
    assert "Governing law" in words and "Ireland" in words and "France" in words
    assert "Possible explanations" in words


def test_what_two_documents_of_a_platform_state_otherwise(client: Client, shelf: Shelf) -> None:
    terms = shelf.document("finch/terms")
    shelf.version(terms, START, policy(OLDER, LAW))
    api = shelf.document("finch/api", title="Terms of the API")
    shelf.version(api, START, policy(YOUNGER))
    other = shelf.document("wren/terms")
    shelf.version(other, START, policy(YOUNGER))
    look(terms, api, other)
    words = section(client, "/platform/finch/terms/", "differing")
    assert "Minimum age" in words and "16" in words and "13" in words and "Terms of the API" in words
    assert section(client, "/platform/wren/terms/", "differing") == ""


def test_where_nothing_differs_nothing_is_said(client: Client, told: Told) -> None:
    assert section(client, "/platform/heron/terms/", "differing") == ""
