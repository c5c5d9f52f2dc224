"""Documents of invented platforms whose provisions were looked for, for the tests of pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from tests.web.conftest import NOW, START, Shelf, policy

from conductatlas.accounts.models import Organisation
from conductatlas.catalogue.models import Document
from conductatlas.history.models import Change, Reading, Version
from conductatlas.provisions import asking, services
from conductatlas.provisions.models import Finding, Provision

ARBITRATION = (
    "You and Pigeon agree that any dispute arising out of these Terms will be resolved by final and binding "
    "arbitration administered by JAMS."
)
CHANGES = (
    "We may change these Terms. We will tell you by e-mail at least 30 days before a change takes effect."
)
SHORTER = (
    "We may change these Terms. We will tell you by e-mail at least 10 days before a change takes effect."
)
LAW = "These Terms are governed by the laws of Ireland."
LIABILITY = (
    "Our aggregate liability will not exceed the amount you paid us in the twelve months before the claim."
)
SECRET = "You and Owl agree that any dispute will be resolved by binding arbitration in the secret hollow."


@dataclass(frozen=True)
class Told:
    """pigeon/terms: two versions, the second with a shorter notice and without the law clause, confirmed.
    heron/terms: one version. owl/rules: private, of `organisation`. stork/terms: never read."""

    shelf: Shelf
    pigeon: Document
    versions: tuple[Version, Version]
    change: Change
    heron: Document
    private: Document
    organisation: Organisation

    def slug(self, type_: str, document: Document | None = None) -> str:
        found = Provision.objects.filter(document=document or self.pigeon, type=type_)
        return found.order_by("pk").values_list("slug", flat=True)[0]

    def address(self, type_: str, document: Document | None = None) -> str:
        of = document or self.pigeon
        return f"/platform/{of.platform.slug}/{of.slug}/{self.slug(type_, of)}/"


def look(*documents: Document) -> None:
    """Look for the provisions of every text of some documents, and say what stands."""
    for reading in Reading.objects.filter(version__document__in=documents).order_by("version__at"):
        services.look_for_provisions(reading, NOW)
    for document in documents:
        services.settle(document, NOW)


@pytest.fixture
def told(shelf: Shelf) -> Told:
    pigeon = shelf.document()
    first = shelf.version(pigeon, START, policy(ARBITRATION, CHANGES, LAW, LIABILITY))
    shelf.confirm(pigeon, START + timedelta(days=1))
    second = shelf.version(pigeon, START + timedelta(days=5), policy(ARBITRATION, SHORTER, LIABILITY))
    change = shelf.confirm(pigeon, START + timedelta(days=6))
    assert change is not None
    heron = shelf.document("heron/terms", title="Terms of the Heron")
    shelf.version(heron, START, policy(ARBITRATION.replace("Pigeon", "Heron"), LAW))
    shelf.document("stork/terms")
    organisation = Organisation.objects.create(name="Night Birds", slug="night-birds")
    private = shelf.document("owl/rules", owner=organisation, title="Rules of the Night")
    shelf.version(private, START, policy(SECRET))
    look(pigeon, heron, private)
    return Told(shelf, pigeon, (first, second), change, heron, private, organisation)


def current(document: Document, type_: str) -> Finding:
    return Finding.objects.get(provision__document=document, type=type_, extraction__current__isnull=False)


@pytest.fixture
def asked(told: Told) -> Told:
    """The same, with the questionnaire answered."""
    for platform in asking.stale():
        asking.fill(platform, NOW)
    return told


def page(client: Client, address: str, status: int = 200) -> str:
    """The HTML of a page, its entities written out."""
    answer = client.get(address)
    assert answer.status_code == status, address
    return html.unescape(answer.content.decode())


def words(text: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()
