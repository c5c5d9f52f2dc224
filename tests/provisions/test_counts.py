"""Counts: each names what it is of, a platform counts once, and private documents are in none that others see."""

from __future__ import annotations

import pytest
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.accounts.models import Organisation, User
from conductatlas.catalogue.models import Document, Platform
from conductatlas.provisions import counts
from conductatlas.provisions.models import Finding
from conductatlas.provisions.records import ProvisionFilter
from conductatlas.provisions.search import search

ALL = ProvisionFilter()


def watched(
    archive: Archive, platform: str, *clauses: str, slug: str = "terms", kind: str = "terms"
) -> Document:
    """A document of a platform, as it was found with these clauses."""
    document = archive.document(f"http://{platform}.example/{slug}", slug=f"{platform}-{slug}")
    own, _ = Platform.objects.get_or_create(
        slug=platform, defaults={"name": platform.title(), "category": "ai"}
    )
    Document.objects.filter(pk=document.pk).update(platform=own, kind=kind)
    archive.serve(policy(*clauses), f"http://{platform}.example/{slug}")
    archive.serve(
        archive.fetcher.pages["http://heron.example/robots.txt"], f"http://{platform}.example/robots.txt"
    )
    archive.check(document)
    return Document.objects.select_related("platform").get(pk=document.pk)


@pytest.fixture
def owls(archive: Archive) -> Document:
    return watched(archive, "owl")


@pytest.fixture
def wrens(archive: Archive) -> Document:
    older = CLAUSES[1].replace("16", "18")
    return watched(archive, "wren", CLAUSES[0], older, *CLAUSES[2:-1])


def hide(document: Document) -> User:
    """Make a document private; someone who may see it."""
    owner = Organisation.objects.create(slug="nest", name="Nest")
    Document.objects.filter(pk=document.pk).update(owner=owner)
    member = User.objects.create_user("a@nest.example", "x" * 20)
    member.organisations.add(owner)
    return member


def test_a_share_is_of_the_platforms_whose_documents_could_be_read(owls: Document, wrens: Document) -> None:
    law, age = counts.share("governing_law"), counts.share("age")
    assert (law.number, law.of) == (1, 2)
    assert (age.number, age.of) == (2, 2)
    assert counts.shares()["governing_law"] == law
    assert counts.platforms_read() == 2


def test_a_platform_counts_once_however_many_documents_say_it(
    archive: Archive, owls: Document, wrens: Document
) -> None:
    watched(archive, "owl", slug="business")
    share = counts.share("governing_law")
    assert (share.number, share.of) == (1, 2)
    assert counts.provisions(None, ProvisionFilter(type="governing_law")) == 2


def test_the_denominator_is_of_the_kinds_that_are_named(
    archive: Archive, owls: Document, wrens: Document
) -> None:
    watched(archive, "finch", slug="privacy", kind="privacy")
    assert counts.share("governing_law", ("terms",)).of == 2
    assert counts.share("governing_law", ("privacy",)).of == 1
    assert counts.share("governing_law", ("terms",)).kinds == ("terms",)
    assert counts.share("governing_law").of == 3


def test_what_was_never_looked_at_is_in_no_denominator(archive: Archive, owls: Document) -> None:
    archive.document("http://heron.example/unseen", slug="unseen")
    assert counts.platforms_read() == 1


def test_private_documents_count_for_their_owner_alone(owls: Document, wrens: Document) -> None:
    before = counts.provisions(None, ALL)
    member = hide(wrens)
    own = Finding.objects.filter(provision__document=wrens).count()
    assert counts.provisions(None, ALL) == before - own
    assert counts.provisions(member, ALL) == before
    assert counts.platforms_read() == 1
    assert counts.share("age").number == counts.share("age").of == 1
    assert sum(counts.by(None, ALL, "type").values()) == before - own
    assert "18" not in str(counts.distributions(None, "age"))
    assert counts.provisions_by_type(None)["age"] == 1
    assert search(None, "least 16") and not search(None, "least 18") and search(member, "least 18")


def test_numbers_by_type_and_severity_add_up(owls: Document, wrens: Document) -> None:
    total = counts.provisions(None, ALL)
    assert total == Finding.objects.count()
    for field in ("type", "severity"):
        assert sum(counts.by(None, ALL, field).values()) == total
    found = counts.by(None, ALL, "type")
    assert list(found.values()) == sorted(found.values(), reverse=True)
    for type_, number in found.items():
        assert number <= counts.provisions(None, ProvisionFilter(type=type_))


def test_a_distribution_counts_platforms(archive: Archive, owls: Document, wrens: Document) -> None:
    watched(archive, "owl", slug="business")
    minimum = next(one for one in counts.distributions(None, "age") if one.name == "minimum")
    assert sorted(number for _, number in minimum.values) == [1, 1]
    assert minimum.platforms == 2


def test_what_was_removed_is_counted_as_that_alone(archive: Archive, owls: Document) -> None:
    archive.later(days=1)
    archive.serve(policy(*CLAUSES[:-1]), "http://owl.example/terms")
    archive.check(owls)
    assert counts.provisions(None, ProvisionFilter(type="governing_law")) == 0
    assert counts.provisions(None, ProvisionFilter(type="governing_law", state="removed")) == 1
    share = counts.share("governing_law")
    assert (share.number, share.of) == (0, 1)
