"""Feeds, sitemap and robots.txt: what machines read."""

from __future__ import annotations

import dataclasses
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from conductatlas.history.models import ChangeEvent

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def feed(client: Client, address: str = "/feeds/changes.atom") -> ElementTree.Element:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


@pytest.mark.parametrize("address", ["/feeds/changes.atom", "/feeds/pigeon.atom", "/feeds/pigeon/terms.atom"])
def test_feeds_hold_confirmed_changes_only(world: Any, client: Client, address: str) -> None:
    found = feed(client, address)
    entries = found.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [
        f"tag:testserver,2026:{world.confirmed.public_id}"
    ]
    for parent in (found, *entries):
        for element in ("id", "title", "updated"):  # RFC 4287, 4.1.1 and 4.1.2
            assert parent.findtext(f"a:{element}", namespaces=ATOM)
    (alternate,) = entries[0].findall("a:link[@rel='alternate']", ATOM)
    assert alternate.get("href") == f"http://testserver/change/{world.confirmed.slug}/"
    (own,) = found.findall("a:link[@rel='self']", ATOM)
    assert own.get("href") == f"http://testserver{address}"


def test_ids_of_the_three_feeds_differ(world: Any, client: Client) -> None:
    addresses = ("/feeds/changes.atom", "/feeds/pigeon.atom", "/feeds/pigeon/terms.atom")
    assert len({feed(client, address).findtext("a:id", namespaces=ATOM) for address in addresses}) == 3


def test_a_summary_counts_and_quotes_escaped_words(world: Any, client: Client) -> None:
    summary = feed(client).findtext("a:entry/a:summary", namespaces=ATOM)
    assert summary is not None
    assert "sentences added" in summary
    assert "for <del>30</del> → <ins>60</ins> days" in summary
    assert "<i>" not in summary and "<script" not in summary
    html = ElementTree.fromstring(f"<div>{summary}</div>")  # well-formed, so nothing broke out
    assert {element.tag for element in html.iter()} == {"div", "p", "q", "del", "ins"}


def test_an_entry_is_updated_when_its_state_is(world: Any, client: Client) -> None:
    before = feed(client).findtext("a:entry/a:updated", namespaces=ATOM)
    at = world.versions[2].at
    ChangeEvent.objects.create(change=world.confirmed, state="contested", at=at, who="a platform")
    after = feed(client).findtext("a:entry/a:updated", namespaces=ATOM)
    assert before is not None and after is not None
    assert before < after == at.isoformat()


def test_a_feed_that_was_not_changed_is_not_sent_again(world: Any, client: Client) -> None:
    etag = client.get("/feeds/changes.atom")["ETag"]
    assert client.get("/feeds/changes.atom", headers={"if-none-match": etag}).status_code == 304
    ChangeEvent.objects.create(
        change=world.candidate, state="confirmed", at=world.versions[2].at, who="a person"
    )
    assert client.get("/feeds/changes.atom", headers={"if-none-match": etag}).status_code == 200


def test_an_empty_feed_is_whole_and_stays_the_same(world: Any, client: Client) -> None:
    found = feed(client, "/feeds/stork.atom")
    assert found.findall("a:entry", ATOM) == []
    assert found.findtext("a:updated", namespaces=ATOM) == "2026-01-01T00:00:00+00:00"


def test_addresses_are_those_of_the_configured_site(
    world: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        settings, "CONFIG", dataclasses.replace(settings.CONFIG, site_url="https://atlas.example/")
    )
    found = feed(client)
    assert found.findtext("a:entry/a:id", namespaces=ATOM) == (
        f"tag:atlas.example,2026:{world.confirmed.public_id}"
    )
    link = found.find("a:entry/a:link", ATOM)
    assert link is not None and link.get("href") == f"https://atlas.example/change/{world.confirmed.slug}/"
    assert "Sitemap: https://atlas.example/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_the_sitemap_names_pages_and_no_texts(world: Any, client: Client) -> None:
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    found = ElementTree.fromstring(answer.content)
    addresses = {element.text for element in found.findall("s:url/s:loc", MAP)}
    site = "http://testserver"
    assert {f"{site}/", f"{site}/platform/pigeon/", f"{site}/platform/pigeon/terms/"} <= addresses
    assert f"{site}/change/{world.confirmed.slug}/" in addresses
    assert f"{site}/change/{world.candidate.slug}/" not in addresses
    assert not any("/v/" in str(address) or "/terms/compare/" in str(address) for address in addresses)


def test_robots_may_read_all_but_what_is_for_operators(db: None, client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    for path in ("/snapshot/", "/refused/", "/admin/"):
        assert f"Disallow: {path}" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines
