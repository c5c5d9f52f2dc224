"""What of the catalogue a viewer sees, and how it is worded."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from conductatlas.accounts.models import Organisation, User
from conductatlas.catalogue import counts, queries
from conductatlas.catalogue.models import Document, Platform, Source


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(name="Lanterns", slug="lanterns")


@pytest.fixture
def member(organisation: Organisation) -> User:
    user = User.objects.create_user("lamp@lantern.example")
    user.organisations.add(organisation)
    return user


@pytest.fixture
def catalogue(organisation: Organisation) -> None:
    lamp = Platform.objects.create(slug="lamp", name="Lamp & Co", category="light-source")
    wick = Platform.objects.create(slug="wick", name="Wick", category="candle")
    Platform.objects.create(slug="empty", name="Empty", category="void")
    Document.objects.create(platform=lamp, slug="terms", kind="terms", title="Terms of Use", region="EU")
    Document.objects.create(
        platform=lamp, slug="inner", kind="odd_kind", title="Inner Light", owner=organisation
    )
    Document.objects.create(platform=wick, slug="rules", kind="terms", title="Rules", owner=organisation)


def test_strangers_see_public_documents_and_platforms_that_have_one(catalogue: None) -> None:
    for viewer in (None, AnonymousUser(), User.objects.create_user("moth@night.example")):
        assert [row.slug for row in queries.platforms(viewer)] == ["lamp"]
        assert [row.path for row in queries.documents(viewer)] == ["lamp/terms"]
        assert queries.platform(viewer, "wick") is None
        assert queries.platform(viewer, "empty") is None
        assert queries.document(viewer, "lamp", "inner") is None
        assert queries.categories(viewer) == [("light-source", "Light source")]
        assert [slug for slug, _ in queries.kinds(viewer)] == ["terms"]
        assert (counts.platforms(viewer), counts.documents(viewer)) == (1, 1)


def test_members_see_their_own_too(catalogue: None, member: User) -> None:
    assert [row.slug for row in queries.platforms(member)] == ["lamp", "wick"]
    assert [row.path for row in queries.documents(member)] == ["lamp/inner", "lamp/terms", "wick/rules"]
    inner = queries.document(member, "lamp", "inner")
    assert inner is not None and inner.is_private
    assert queries.document_by_key(member, inner.pk) == inner
    assert queries.document_by_key(None, inner.pk) is None
    assert (counts.platforms(member), counts.documents(member)) == (2, 3)


def test_a_search_wants_every_word_in_names_or_visible_titles(catalogue: None, member: User) -> None:
    assert [row.slug for row in queries.platforms(None, "lamp")] == ["lamp"]
    assert [row.slug for row in queries.platforms(None, "co terms")] == ["lamp"]
    assert queries.platforms(None, "lamp rules") == []
    assert queries.platforms(None, "inner") == []
    assert [row.slug for row in queries.platforms(member, "inner")] == ["lamp"]
    assert queries.platforms(None, "100%_") == []


def test_kinds_we_know_have_titles_and_others_read_as_they_are(catalogue: None, member: User) -> None:
    titles = {row.slug: row.kind_title for row in queries.documents(member)}
    assert titles["terms"] == "Terms of service"
    assert titles["inner"] == "Odd kind"


def test_sources_show_selectors_as_they_were_declared(catalogue: None) -> None:
    row = Document.objects.get(slug="terms")
    Source.objects.create(
        document=row,
        position=1,
        url="https://lamp.example/b",
        select=["main", {"startAfter": "#top", "endBefore": "#end"}],
        remove=[".share"],
        filters=[{"replace": "Viewed {number} times", "with": "Viewed"}, {"strip": ["id"], "at": "h2"}],
    )
    Source.objects.create(document=row, position=0, url="https://lamp.example/a")
    Source.objects.create(
        document=row, position=0, url="https://lamp.example/old", retired_at="2026-01-01T00:00Z"
    )
    document = queries.document(None, "lamp", "terms")
    assert document is not None
    first, second = queries.sources(None, document)
    assert (first.url, first.select, first.remove) == ("https://lamp.example/a", (), ())
    assert second.select == ("main", "startAfter: #top, endBefore: #end")
    assert second.remove == (".share",)
    assert [(noise.kind, noise.text) for noise in second.filters] == [
        ("replace", "Viewed {number} times → Viewed"),
        ("strip", "id of h2"),
    ]


def test_retired_documents_are_not_counted_as_watched(catalogue: None) -> None:
    Document.objects.filter(slug="terms").update(retired_at="2026-01-01T00:00Z")
    assert counts.documents(None) == 0
    assert [row.path for row in queries.documents(None)] == ["lamp/terms"]
