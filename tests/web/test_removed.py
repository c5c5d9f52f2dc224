"""A text that had to be removed: its pages say when and why, nothing quotes it, and what stays keeps answering."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conductatlas.archive.models import RemovedSnapshot, Tombstone
from conductatlas.history import removal
from conductatlas.history.models import Reading, Version
from conductatlas.web import texts

PIGEON = "/platform/pigeon/terms/"
REASON = "A court ordered that the passage on songs be deleted."
GROUND = "Order 12 O 34/26"


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def remove(version: Version, at: Any) -> Tombstone:
    stone = removal.remove(removal.extent_of_version(version), REASON, GROUND, at=at, by=None)
    texts._kept.clear()
    return stone


@pytest.fixture
def removed(world: Any, client: Client) -> Any:
    """The second version is removed after its pages were shown, so that whatever keeps pages has kept them."""
    change = world.confirmed
    for address in (
        f"{PIGEON}v/{world.versions[1].public_id}/",
        f"/change/{change.slug}/",
        "/feeds/changes.atom",
        "/changes/",
        PIGEON,
    ):
        assert client.get(address).status_code == 200
    remove(world.versions[1], world.versions[2].at + timedelta(days=1))
    return world


def test_the_version_says_what_happened(removed: Any, client: Client) -> None:
    version = removed.versions[1]
    answer = client.get(f"{PIGEON}v/{version.public_id}/")
    assert answer.status_code == 410
    assert answer["X-Robots-Tag"] == "noindex"
    said = text_of(answer.content)
    assert "This text was removed from the archive." in said
    assert REASON in said and GROUND in said
    assert "songs of your pigeon" not in said
    assert Reading.objects.get(version=version).digest in said  # and how it was captured
    assert version.public_id in said
    assert client.get(f"/id/{version.public_id}").status_code == 301


def test_comparisons_with_it_say_so(removed: Any, client: Client) -> None:
    first, second, third = removed.versions
    for old, new in ((first, second), (second, third)):
        for view in ("inline", "side"):
            answer = client.get(f"{PIGEON}compare/{old.public_id}..{new.public_id}/?view={view}")
            assert answer.status_code == 410
            assert "A text compared here was removed" in text_of(answer.content)
            assert b"60 days" not in answer.content
    assert client.get(f"{PIGEON}compare/{first.public_id}..{third.public_id}/").status_code == 200


def test_its_changes_keep_answering_without_words(removed: Any, client: Client) -> None:
    answer = client.get(f"/change/{removed.confirmed.slug}/")
    assert answer.status_code == 200
    said = text_of(answer.content)
    assert REASON in said
    assert removed.confirmed.public_id in said and "Confirmed" in said
    assert "60 days" not in said
    assert b'name="robots" content="noindex"' in answer.content


@pytest.mark.parametrize("address", ["/", "/changes/", PIGEON, PIGEON + "versions/", "/feeds/changes.atom"])
def test_nothing_quotes_it(removed: Any, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"pigeon with us" not in answer.content
    assert b"songs" not in answer.content


def test_a_feed_that_is_asked_again_has_changed(removed: Any, client: Client, world: Any) -> None:
    etag = client.get("/feeds/changes.atom")["ETag"]
    remove(removed.versions[0], removed.versions[2].at + timedelta(days=2))
    assert client.get("/feeds/changes.atom", headers={"If-None-Match": etag}).status_code == 200


def test_the_list_of_versions_marks_it(removed: Any, client: Client) -> None:
    assert "text removed" in text_of(client.get(PIGEON + "versions/").content)


def test_the_document_says_that_its_standing_text_was_removed(removed: Any, client: Client) -> None:
    remove(removed.versions[2], removed.versions[2].at + timedelta(days=1))
    said = text_of(client.get(PIGEON).content)
    assert "Text removed." in said and REASON in said
    assert client.get(PIGEON + "?on=2026-11-22").status_code == 200
    assert "its text was removed" in text_of(client.get(PIGEON + "?on=2026-11-22").content)
    assert "1 withheld" in text_of(client.get("/platform/pigeon/").content)


def test_what_is_withheld_as_well_is_shown_as_removed(removed: Any, client: Client) -> None:
    from conductatlas.history import services

    services.withhold(removed.terms, None, "Under review.", at=removed.versions[2].at, by=None)
    assert client.get(f"{PIGEON}v/{removed.versions[1].public_id}/").status_code == 410
    assert client.get(f"{PIGEON}v/{removed.versions[0].public_id}/").status_code == 451


def test_downloads_are_gone_for_operators_and_closed_for_others(
    removed: Any, operator: Client, client: Client
) -> None:
    digest = RemovedSnapshot.objects.filter(tombstone=Tombstone.objects.get())[0].snapshot.digest
    answer = operator.get(f"/snapshot/{digest}")
    assert answer.status_code == 410
    assert REASON in text_of(answer.content) and GROUND in text_of(answer.content)
    assert client.get(f"/snapshot/{digest}").status_code == 403


def test_refused_bytes_that_were_removed_are_gone(world: Any, operator: Client) -> None:
    address = f"/refused/{world.refused.pk}"
    assert operator.get(address).status_code == 200
    extent = removal.extent_of_capture(world.refused)
    removal.remove(extent, REASON, "", at=world.refused.finished_at + timedelta(days=1), by=None)
    answer = operator.get(address)
    assert answer.status_code == 410
    assert REASON in text_of(answer.content)
    assert operator.get("/refused/999999").status_code == 404


def test_refused_bytes_of_a_document_that_was_removed_are_gone(world: Any, operator: Client) -> None:
    extent = removal.extent_of_document(world.stale)
    removal.remove(extent, REASON, "", at=world.refused.finished_at + timedelta(days=1), by=None)
    assert operator.get(f"/refused/{world.refused.pk}").status_code == 410
