"""What a version and a change rest on, as their pages of records show it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.web.sealing import enter_captures, seal

from conductatlas.archive import erasing, ledger, ledger_queries
from conductatlas.archive.models import Erasure, Provenance, RemovedSnapshot, Tombstone, new_salt
from conductatlas.archive.stamp_models import Stamp
from conductatlas.history import removal, services
from conductatlas.history.models import Change, ChangeEvent, Reading, Version
from conductatlas.web import texts

PIGEON = "/platform/pigeon/terms/"
PENDING = "pending: written, and not yet under a checkpoint"


@pytest.fixture(autouse=True)
def copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that run tests side by side share the folder of the blobs."""
    monkeypatch.setattr(ledger, "COPY", f"ledger/{uuid4()}")


def of_version(version: Version, path: str = PIGEON) -> str:
    return f"{path}v/{version.public_id}/records/"


def of_change(change: Change) -> str:
    return f"/change/{change.slug}/records/"


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer.content)


def test_a_version_shows_its_digests_and_its_captures(world: Any, client: Client) -> None:
    version = world.versions[1]
    page = said(client, of_version(version))
    reading = Reading.objects.get(version=version)
    assert version.parts.get().snapshot.digest in page
    assert reading.digest in page
    assert "not recorded" in page  # the shelf's readings have no normal form
    assert reading.links_digest and reading.links_digest in page
    assert "6 November 2026, 06:10 UTC" in page
    assert "the operator’s software" in page and "test bench" in page
    assert "seen, awaiting confirmation" in page.lower()
    for words in ("kept", "200", version.public_id, world.confirmed.public_id, "by reader"):
        assert words in page


def test_no_word_of_a_text_is_on_it(world: Any, client: Client) -> None:
    for address in (of_version(world.versions[1]), of_change(world.confirmed)):
        page = said(client, address)
        assert "pigeon with us" not in page and "songs" not in page


def test_rows_are_pending_until_a_checkpoint_is_over_them(world: Any, client: Client) -> None:
    enter_captures()
    addresses = (of_version(world.versions[1]), of_change(world.confirmed))
    for address in addresses:
        page = said(client, address)
        assert PENDING in page and "/ledger/leaf/" not in page
    made = seal()
    for address in addresses:
        html = client.get(address).content.decode()
        page = text_of(html.encode())
        assert PENDING not in page
        assert f"All rows below stand under the checkpoint over {made.size} leaves" in page
        leaves = {int(index) for index in re.findall(r'href="/ledger/leaf/(\d+)\.json"', html)}
        place = ledger_queries.position("change", world.confirmed.pk)
        assert place is not None and place.index in leaves
        for index in leaves:
            assert client.get(f"/ledger/leaf/{index}.json").json()["hash"][:16] in page


def test_a_row_names_the_first_checkpoint_over_it(world: Any, client: Client) -> None:
    enter_captures()
    first = seal()
    ledger.enter(
        ChangeEvent.objects.create(
            change=world.confirmed,
            state="contested",
            at=world.versions[2].at,
            who="The keeper",
            why="A letter.",
        )
    )
    page = said(client, of_change(world.confirmed))
    assert PENDING in page and f"over {first.size} leaves" in page
    assert "None: when these rows existed" not in page
    second = seal()
    page = said(client, of_change(world.confirmed))
    assert f"over {first.size} leaves" in page
    assert f"All rows below stand under the checkpoint over {second.size} leaves" in page
    assert "The keeper: A letter." in page


def test_the_earliest_stamp_over_all_rows_is_shown(world: Any, client: Client) -> None:
    enter_captures()
    made = seal()
    moment = world.versions[2].at + timedelta(hours=5, minutes=31)
    for name in ("Alder", "Birch"):
        Stamp.objects.create(
            checkpoint=made,
            authority=name,
            url="https://tsa.example/",
            request=b"",
            reply=b"",
            asked_at=moment,
            received_at=moment,
            moment=moment,
            policy_oid="1.2.3",
            serial="1",
            signer="CN=Stamps",
            chain="",
        )
    page = said(client, of_version(world.versions[1]))
    assert (
        "By the stamps below, each digest in these rows existed no later than the moment stated there."
        in page
    )
    assert page.count("22 Nov 2026 11:41:00 UTC") == 2
    ledger.enter(
        ChangeEvent.objects.create(change=world.confirmed, state="contested", at=moment, who="The keeper")
    )
    assert "By the stamps below" not in said(client, of_change(world.confirmed))  # one row is pending
    seal()
    assert "None: when these rows existed is stated by the operator alone." in said(
        client, of_change(world.confirmed)
    )


def test_a_row_without_a_leaf_says_so(world: Any, client: Client) -> None:
    seal()  # the shelf wrote its captures without leaves
    assert "not in the ledger" in said(client, of_version(world.versions[0]))


def test_pages_lead_there(world: Any, client: Client) -> None:
    version, change = world.versions[1], world.confirmed
    assert of_version(version) in client.get(f"{PIGEON}v/{version.public_id}/").content.decode()
    assert of_change(change) in client.get(f"/change/{change.slug}/").content.decode()
    assert of_change(change) in client.get(of_version(version)).content.decode()
    moved = client.get(f"/change/2020-01-01-other-{change.pk}/records/")
    assert (moved.status_code, moved["Location"]) == (301, of_change(change))
    padded = client.get(f"{PIGEON}v/CA-V-{version.pk:012}/records/")
    assert (padded.status_code, padded["Location"]) == (301, of_version(version))
    assert client.get(of_version(version))["X-Robots-Tag"] == "noindex"
    for nothing in (f"{PIGEON}v/CA-V-999999/records/", "/change/x-999999/records/", "/change/x/records/"):
        assert client.get(nothing).status_code == 404


def test_private_records_are_for_those_who_may_see_the_document(
    world: Any, client: Client, member: Client
) -> None:
    addresses = (
        of_version(world.private_versions[1], "/platform/owl/rules/"),
        of_change(world.private_change),
    )
    for address in addresses:
        assert client.get(address).status_code == 404
        assert member.get(address)["Cache-Control"] == "private"
    # nor does another document's address lead to them
    assert member.get(of_version(world.private_versions[1])).status_code == 404


def test_texts_that_are_not_published_whole_have_records(world: Any, client: Client) -> None:
    platform = world.terms.platform
    platform.publish_text = "excerpts"
    platform.save()
    assert Reading.objects.get(version=world.versions[1]).digest in said(
        client, of_version(world.versions[1])
    )


def test_a_removed_text_leaves_its_records_and_a_tombstone(world: Any, client: Client) -> None:
    version = world.versions[1]
    digest = Reading.objects.get(version=version).digest
    reason, ground = "A court ordered that the passage be deleted.", "Order 12 O 34/26"
    removal.remove(
        removal.extent_of_version(version),
        reason,
        ground,
        at=world.versions[2].at + timedelta(days=1),
        by=None,
    )
    texts._kept.clear()
    page = said(client, of_version(version))
    assert page.count(reason) == 2 and ground in page  # in the head, and among what was removed
    assert digest in page
    assert RemovedSnapshot.objects.get().snapshot.digest in page.split("Bytes that are no longer kept:")[1]
    assert f"The words of {version.public_id}." in page
    assert "Removal" in page and PENDING in page  # the tombstone has a leaf too
    assert reason in said(client, of_change(world.confirmed))
    assert "Bytes that are no longer kept" not in said(client, of_version(world.versions[0]))


def test_what_was_erased_of_a_capture_is_not_shown(world: Any, client: Client) -> None:
    document = world.shelf.document("gull/terms")
    version = world.shelf.version(
        document, world.versions[0].at, b"<main><h1>Terms</h1><p>Gulls may nest for 30 days.", salt=new_salt()
    )
    capture = version.parts.get().capture
    enter_captures()
    erasing.erase_personal(capture, "A person asked.", "GDPR art. 17", at=world.versions[2].at, by=None)
    page = said(client, of_version(version, "/platform/gull/terms/"))
    assert "A page whose address was erased" in page and "A person asked." in page
    assert "What may be personal in 1 row." in page
    seal()
    place = ledger_queries.position("capture", capture.pk)
    assert place is not None
    told = client.get(f"/ledger/leaf/{place.index}.json").json()
    assert json.loads(told["leaf"])["commitments"]["peer_address"]
    assert sha256(b"\0" + told["leaf"].encode()).hexdigest() == told["hash"]


def test_who_and_why_of_an_event_are_gone_once_they_were_erased(world: Any, client: Client) -> None:
    """Nothing erases an event by itself yet; the rows are as an erasure would leave them."""
    event = ChangeEvent.objects.filter(change=world.confirmed).first()
    assert event is not None and event.why
    assert event.why in said(client, of_change(world.confirmed))
    stone = Tombstone.objects.create(document=world.confirmed.document, reason="A person asked.", at=event.at)
    Erasure.objects.create(tombstone=stone, kind="change event", subject=event.pk, commitments={})
    ChangeEvent.objects.filter(pk=event.pk).update(who="", why="", salt="")
    page = said(client, of_change(world.confirmed))
    assert event.why not in page and "who and why were erased" in page and "A person asked." in page


def test_what_others_claim_is_theirs(world: Any, client: Client) -> None:
    shelf, at = world.shelf, world.versions[0].at
    document = shelf.document("gull/terms")
    version = shelf.version(
        document,
        at,
        b"<main><h1>Terms</h1><p>Gulls may nest here for 30 days.</p></main>",
        started_by="import",
        provenance="imported",
        claimed_by="Old Archive",
    )
    capture = version.parts.get().capture
    Provenance.objects.create(capture=capture, licence="ODC-BY 1.0", taken_in_at=at + timedelta(days=9))
    page = said(client, of_version(version, "/platform/gull/terms/"))
    assert "claimed by Old Archive" in page
    assert "licence as stated there: ODC-BY 1.0" in page
    assert "taken in 10 November 2026" in page
    assert "date as stated by Old Archive." in page  # in the citation
    assert "Whence a capture comes" in page


def test_captures_that_met_a_text_again_are_listed(world: Any, client: Client) -> None:
    at = world.versions[2].at + timedelta(hours=6)
    check, _ = world.shelf.check(world.terms, at)
    world.versions[1].sightings.create(check_row=check)
    page = said(client, of_version(world.versions[1]))
    assert "met this text again" in page and "22 November 2026, 12:10 UTC" in page


def test_a_withheld_text_keeps_its_records(world: Any, client: Client) -> None:
    world.terms.withholdings.create(
        version=world.versions[1], reason="Under review.", at=world.versions[2].at
    )
    page = said(client, of_version(world.versions[1]))
    assert "This text is withheld." in page and Reading.objects.get(version=world.versions[1]).digest in page


def test_each_reading_of_a_version_is_in_its_history(world: Any, client: Client) -> None:
    version = world.versions[0]
    one = Reading.objects.get(version=version)
    Reading.objects.create(
        version=version,
        reader_version=one.reader_version + 7,
        text=one.text,
        marks=one.marks,
        digest="ab" * 32,
        normal_digest="cd" * 32,
        words=one.words,
        read_at=world.versions[2].at,
    )
    page = said(client, of_version(version))
    assert one.digest in page and "ab" * 32 in page
    assert f"by reader {one.reader_version + 7}" in page
    assert "cd" * 32 in page
    assert services.standing(world.terms, world.versions[2].at) is not None
