"""The parts of a page that keep changing alone, on the page with the versions of a document."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.history.models import Version
from conductatlas.history.volatile_parts import volatile_places

pytestmark = pytest.mark.django_db

TEASERS = ("Herons in winter", "Terns in spring", "Gulls in summer", "Ducks in autumn", "Owls at night")


def watched(teasers: tuple[str, ...]) -> int:
    archive = Archive()
    document = archive.document()
    for teaser in teasers:
        listed = f"<h2>Stories</h2><ul><li>Birds of the <q>coast</q></li><li>{teaser}</li></ul>"
        archive.serve(policy(*CLAUSES).replace(b"</main>", f"{listed}</main>".encode()))
        for _ in range(2):
            archive.check(document)
            archive.later(hours=2)
    return int(document.pk)


def test_a_part_is_named_once_three_changes_taught_it(client: Client) -> None:
    document = watched(TEASERS)
    assert len(volatile_places(document)) == 1
    assert Version.objects.count() == 4  # the fifth teaser makes none
    page = client.get("/platform/heron/terms/versions/").content.decode()
    assert "Parts that keep changing alone" in page
    assert "Owls at night" not in page  # the text on record is that of the newest version
    assert "Ducks in autumn</q>" in page
    assert "begins under “Stories”" in page


def test_before_that_nothing_is_said(client: Client) -> None:
    document = watched(TEASERS[:3])
    assert volatile_places(document) == frozenset()
    assert "keep changing alone" not in client.get("/platform/heron/terms/versions/").content.decode()
