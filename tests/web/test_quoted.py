"""Lists and feeds tell a change by its words, and never by words that are withheld."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conductatlas.history import services
from conductatlas.web.addresses import change_address, version_address

LISTS = ("/", "/changes/", "/platform/pigeon/", "/platform/pigeon/terms/", "/feeds/changes.atom")


@pytest.mark.parametrize("address", LISTS)
def test_a_list_shows_the_number_that_changed(world: Any, client: Client, address: str) -> None:
    page = client.get(address).content.decode().replace("&lt;", "<").replace("&gt;", ">")
    assert "30</del>" in page and "60</ins>" in page


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("scope", ["old version", "new version", "document"])
def test_words_of_withheld_texts_are_in_no_list(world: Any, client: Client, address: str, scope: str) -> None:
    assert b"pigeon with us" in client.get(address).content
    version = {"old version": world.versions[0], "new version": world.versions[1], "document": None}[scope]
    services.withhold(world.terms, version, "A notice.", at=world.versions[2].at, by=None)
    if scope == "old version":  # of which the later change says nothing
        services.withhold(world.terms, world.versions[1], "A notice.", at=world.versions[2].at, by=None)
    assert b"pigeon with us" not in client.get(address).content
    assert b"We may end the keeping" not in client.get(address).content


def test_a_quotation_says_its_language_and_direction(shelf: Any, client: Client, world: Any) -> None:
    german = shelf.document("taube/agb", title="AGB", language="de")
    at = world.versions[0].at
    page = "<html lang=de><main><h1>AGB</h1><p>Die Frist für die Rückgabe der Taube beträgt {} Tage ab Erhalt.</p>"
    shelf.version(german, at, page.format(30).encode())
    shelf.version(german, world.versions[1].at, page.format(14).encode())
    shelf.confirm(german, world.versions[2].at)
    listed = client.get("/platform/taube/").content.decode()
    assert '<q lang="de" dir="auto">Die Frist' in listed
    assert "30</del>" in listed and "14</ins> Tage" in listed


def test_published_changes_may_be_found_and_others_not(world: Any, client: Client) -> None:
    hidden = b'<meta name="robots" content="noindex">'
    assert hidden not in client.get(f"/change/{world.confirmed.slug}/").content
    assert hidden in client.get(f"/change/{world.candidate.slug}/").content


def test_addresses_made_by_hand_are_those_of_the_map(world: Any) -> None:
    key = world.versions[1].pk
    assert version_address("pigeon", "terms", key) == reverse("version", args=("pigeon", "terms", key))
    assert change_address(world.confirmed.slug) == reverse("change", args=(world.confirmed.slug,))
