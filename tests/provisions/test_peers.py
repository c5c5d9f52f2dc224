"""Peers: public clauses of other platforms that say the same or otherwise, with their words; none rather than noise."""

from __future__ import annotations

import pytest
from tests.provisions.test_counts import hide, owls, watched, wrens
from tests.work.conftest import CLAUSES, Archive

from conductatlas.catalogue.models import Document, Platform, PublishText
from conductatlas.history.services import withhold
from conductatlas.provisions import peers, queries, services
from conductatlas.provisions.models import Extraction, PeerEntry
from conductatlas.provisions.records import FindingRecord, ProvisionFilter
from conductatlas.reading.peers.choosing import Says

__all__ = ["owls", "wrens"]


def the(type_: str, platform: str = "owl") -> FindingRecord:
    (found,) = queries.listed(None, ProvisionFilter(type=type_, platform=platform))
    return found


def test_a_peer_says_which_facts_are_the_same_and_which_are_not(owls: Document, wrens: Document) -> None:
    (peer,) = peers.of(the("age"))
    assert peer.finding.document.pk == wrens.pk
    assert peer.says is Says.OTHERWISE
    assert [(fact.mine, fact.theirs) for fact in peer.otherwise] == [("16", "18")]
    assert "18" in peer.finding.quote
    (same,) = peers.of(the("liability_cap"))
    assert same.says is Says.SAME and same.same and not same.otherwise
    assert all(fact.mine == fact.theirs for fact in same.same)


def test_one_peer_a_platform(archive: Archive, owls: Document, wrens: Document) -> None:
    watched(archive, "wren", slug="other")
    watched(archive, "tern")
    found = peers.of(the("age"))
    names = [peer.finding.document.platform.slug for peer in found]
    assert len(names) == len(set(names)) and "owl" not in names


def test_documents_for_the_same_readers_come_first(archive: Archive, owls: Document, wrens: Document) -> None:
    Document.objects.filter(pk=wrens.pk).update(kind="commercial-terms")
    tern = watched(archive, "tern", *CLAUSES[:1], CLAUSES[1].replace("16", "21"), *CLAUSES[2:])
    found = peers.of(the("age"))
    assert [(peer.finding.document.pk, peer.is_same_scope) for peer in found] == [
        (tern.pk, True),
        (wrens.pk, False),
    ]


@pytest.mark.parametrize("why", ["owner", "publish", "withheld", "retired"])
def test_what_others_may_not_read_is_nobodys_peer(
    archive: Archive, owls: Document, wrens: Document, why: str
) -> None:
    age = the("age")
    assert peers.of(age)
    if why == "owner":
        hide(wrens)
    elif why == "publish":
        Platform.objects.filter(pk=wrens.platform.pk).update(publish_text=PublishText.SIGNED_IN)
    elif why == "withheld":
        withhold(wrens, None, "a notice", at=archive.clock.now(), by=None)
    else:
        Document.objects.filter(pk=wrens.pk).update(retired_at=archive.clock.now())
    assert peers.of(age) == []


def test_a_private_document_has_no_entries(archive: Archive, owls: Document) -> None:
    assert PeerEntry.objects.filter(document=owls.pk).exists()
    hide(owls)
    extraction = Extraction.objects.get()
    assert not peers.are_due(extraction)
    peers.index(extraction)
    assert not PeerEntry.objects.exists()


def test_entries_are_made_anew_where_they_are_missing(archive: Archive, owls: Document) -> None:
    before = set(PeerEntry.objects.values_list("finding", "type", "vector"))
    PeerEntry.objects.update(maker=0)
    services.settle(owls, archive.clock.now())
    assert set(PeerEntry.objects.values_list("finding", "type", "vector")) == before
    assert set(PeerEntry.objects.values_list("maker", flat=True)) == {peers.VECTOR_VERSION}


def test_clauses_of_types_without_peers_have_none(owls: Document, wrens: Document) -> None:
    assert not PeerEntry.objects.filter(type="effective_date").exists()
