"""How many queries a page costs: a number, however long the history behind it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Each is the count measured when the page was written; a higher one wants a reason.
MOST = {
    "document": 22,  # two more: whether its page was gone, what it says now
    "on": 15,  # what was found again last may be an earlier version
    "version": 18,  # one more: its provisions
    "change": 12,  # one more: the provisions it touches
    "versions": 12,
    "captures": 9,
    "platforms": 10,
    "drift": 16,
    "of a document": 9,
    "home": 13,
    "changes": 7,  # one more: documents that are gone
    "feed": 5,  # the same
    "ledger": 8,
    "records of a version": 16,
    "records of a change": 15,
}

# Cutting words out of a text in the database is no loading of it.
WHOLE_TEXT = re.compile(r'(?<!SUBSTR\()(?<!SUBSTRING\()"history_reading"\."(text|marks)"')


def addresses(world: Any) -> dict[str, str]:
    page = "/platform/pigeon/terms/"
    return {
        "document": page,
        "on": f"{page}?on=2026-11-08",
        "version": f"{page}v/{world.versions[1].public_id}/",
        "change": f"/change/{world.confirmed.slug}/",
        "versions": f"{page}versions/",
        "captures": f"{page}captures/",
        "platforms": "/platforms/",
        "drift": "/platform/pigeon/drift/",
        "of a document": "/changes/?platform=pigeon&document=terms",
        "home": "/",
        "changes": "/changes/",
        "feed": "/feeds/changes.atom",
        "ledger": "/ledger/",
        "records of a version": f"{page}v/{world.versions[1].public_id}/records/",
        "records of a change": f"/change/{world.confirmed.slug}/records/",
    }


@pytest.fixture
def cost(client: Client) -> Callable[[str], int]:
    def measured(address: str) -> int:
        client.get(address)  # what is rendered once is rendered here
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return measured


@pytest.mark.parametrize("name", MOST)
def test_a_page_costs_so_many_queries(world: Any, cost: Callable[[str], int], name: str) -> None:
    before = cost(addresses(world)[name])
    assert before <= MOST[name]
    grow(world)
    # Once some part is known to keep changing alone, the page with the versions reads the newest text to name it.
    assert cost(addresses(world)[name]) <= before + (name in {"home", "change", "versions"})


def test_no_list_loads_texts(world: Any, client: Client) -> None:
    for name, address in addresses(world).items():
        if name in {"version", "change"}:
            continue
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        for query in queries:
            assert WHOLE_TEXT.search(query["sql"]) is None, name


def grow(world: Any) -> None:
    """More of everything."""
    shelf = world.shelf
    at = world.versions[2].at
    for n in range(6):
        document = shelf.document(f"finch{n % 2}/terms-{n}", title=f"Terms {n}")
        for day in range(4):
            shelf.version(
                document, at - timedelta(days=9 - day), f"<main><p>Finch {n} sings {day} songs.".encode()
            )
        shelf.confirm(document, at)
    for n in range(5):
        shelf.version(world.terms, at + timedelta(minutes=n), f"<main><p>Pigeons {n} carry letters.".encode())
        shelf.confirm(world.terms, at + timedelta(minutes=n, seconds=30))
