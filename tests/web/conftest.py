"""A small archive of invented platforms, built through the rows and verbs that checks use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
import zstandard
from django.core.cache import cache
from django.test import Client

from conductatlas.accounts.models import Organisation, User
from conductatlas.archive.models import (
    Capture,
    CaptureOutcome,
    Check,
    CheckOutcome,
    RefusedBody,
    Snapshot,
)
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.history import services, telling
from conductatlas.history.models import Change, Version
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read
from conductatlas.web import texts, told
from conductatlas.work.models import Due

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)


def policy(*clauses: str, dates: str = "") -> bytes:
    """A page whose clauses are paragraphs under numbered headings."""
    body = "".join(f"<h2>{n}. Part {n}</h2><p>{clause}</p>" for n, clause in enumerate(clauses, 1))
    return f"<html lang=en><title>Terms</title><main><h1>Terms of Use</h1><p>{dates}</p>{body}</main></html>".encode()


FIRST = policy(
    "You may keep a pigeon with us for 30 days.",
    "We may end the keeping at any time.",
    "Letters <b>&lt;script&gt;alert(1)&lt;/script&gt;</b> are read aloud.",
    dates="Last updated: October 1, 2026",
)
SECOND = policy(
    "You may keep a pigeon with us for 60 days.",
    "We may end the keeping at any time.",
    "Letters <b>&lt;script&gt;alert(1)&lt;/script&gt;</b> are read aloud.",
    "You grant us a licence to the &lt;i&gt;songs&lt;/i&gt; of your pigeon.",
    dates="Last updated: November 5, 2026. Effective date: December 1, 2026",
)
THIRD = policy(
    "You may keep a pigeon with us for 60 days.",
    "Letters <b>&lt;script&gt;alert(1)&lt;/script&gt;</b> are read aloud.",
    "You grant us a licence to the &lt;i&gt;songs&lt;/i&gt; of your pigeon.",
    dates="Last updated: November 5, 2026. Effective date: December 1, 2026",
)


@dataclass
class Shelf:
    """Puts documents, checks and versions into the database."""

    made: list[Document] = field(default_factory=list)

    def document(
        self, path: str = "pigeon/terms", *, owner: Organisation | None = None, **fields: object
    ) -> Document:
        platform_slug, slug = path.split("/")
        platform, _ = Platform.objects.get_or_create(
            slug=platform_slug,
            defaults={"name": platform_slug.capitalize(), "category": "bird-keeping"},
        )
        values: dict[str, object] = {"kind": "terms", "title": "Terms of Use", "language": "en", **fields}
        document = Document.objects.create(platform=platform, slug=slug, owner=owner, **values)
        Source.objects.create(document=document, url=f"https://{platform_slug}.example/{slug}")
        Due.objects.create(document=document, due_at=NOW + timedelta(hours=1))
        self.made.append(document)
        return document

    def check(
        self,
        document: Document,
        at: datetime,
        outcome: str = CheckOutcome.UNCHANGED,
        *,
        reason: str = "",
        body: bytes | None = None,
        refused: bytes | None = None,
        started_by: str = "schedule",
        **fields: object,
    ) -> tuple[Check, Capture]:
        """One check with one capture. `body` is kept as a snapshot, `refused` as a refused body. fields: of the
        capture, in place of what it has otherwise."""
        check = services_check(document, at, outcome, reason, started_by)
        snapshot = None
        if body is not None:
            snapshot, _ = Snapshot.objects.get_or_create(
                digest=hashlib.sha256(body).hexdigest(),
                defaults={"length": len(body), "media_type": "text/html", "first_kept_at": at},
            )
        kept = {CheckOutcome.CHANGED: CaptureOutcome.KEPT, CheckOutcome.UNCHANGED: CaptureOutcome.SAME}
        values: dict[str, object] = {
            "source": document.sources.get(),
            "outcome": kept.get(
                CheckOutcome(outcome), CaptureOutcome.REFUSED if refused else CaptureOutcome.FAILED
            ),
            "reason": reason,
            "detail": "Your address is 203.0.113.9" if reason else "",
            "requested_url": document.sources.get().url,
            "final_url": document.sources.get().url,
            "status": 200,
            "started_at": at,
            "finished_at": at + timedelta(seconds=1),
            "vantage": {"language": "en", "place": "test bench"},
            "peer_address": "192.0.2.7",
            "media_type": "text/html; charset=utf-8",
            "body_length": len(body or refused or b""),
            "software": "ConductAtlas/test",
            "snapshot": snapshot,
        }
        capture = Capture.objects.create(check_row=check, **values | fields)
        if refused is not None:
            RefusedBody.objects.create(
                capture=capture, data=zstandard.compress(refused), kept_until=at + timedelta(days=90)
            )
        return check, capture

    def version(
        self, document: Document, at: datetime, body: bytes, *, language: str = "", **more: Any
    ) -> Version:
        """A version made of one kept capture, and the change to it where there was one before."""
        before = None if language else services.standing(document, at)
        source = document.sources.get()
        text = read(Page(body, "text/html", url=source.url))
        draft = services.draft_reading(text)
        heard = None
        if before is not None:
            heard = telling.hear(document, (source.pk,), began=at, draft=draft, text=text)
        outcome = CheckOutcome.HELD if language else CheckOutcome.CHANGED
        check, capture = self.check(
            document, at, outcome, body=body, reason="other_language" if language else "", **more
        )
        variant = services.variant_of(document, language, at) if language else None
        version = services.record_version(document, check, [capture], variant)
        services.add_reading(version, draft, at)
        if heard is not None:
            telling.tell(heard, check, version, draft)
        return version

    def confirm(self, document: Document, at: datetime) -> Change | None:
        """A later check that finds the newest text again."""
        standing = services.standing(document, at)
        assert standing is not None
        heard = telling.hear(document, standing.strand, began=at, found=standing)
        check, _ = self.check(document, at)
        return telling.tell(heard, check, None, None).confirmed


def services_check(
    document: Document, at: datetime, outcome: str, reason: str, started_by: str = "schedule"
) -> Check:
    return Check.objects.create(
        document=document,
        outcome=outcome,
        reason=reason,
        started_at=at,
        finished_at=at + timedelta(seconds=2),
        started_by=started_by,
        software="ConductAtlas/test",
    )


@dataclass(frozen=True)
class World:
    """pigeon/terms: three versions (the last a candidate), read until this morning. heron/privacy: read once, then
    refused. owl/rules: private. stork/terms: never read."""

    shelf: Shelf
    terms: Document
    versions: tuple[Version, Version, Version]
    confirmed: Change
    candidate: Change
    refused: Capture
    stale: Document
    never: Document
    private: Document
    private_versions: tuple[Version, Version]
    private_change: Change
    organisation: Organisation


@pytest.fixture
def shelf(db: None) -> Shelf:
    return Shelf()


@pytest.fixture
def world(shelf: Shelf) -> World:
    day = timedelta(days=1)
    terms = shelf.document()
    first = shelf.version(terms, START, FIRST)
    shelf.confirm(terms, START + 3 * day)
    second = shelf.version(terms, START + 5 * day, SECOND)
    confirmed = shelf.confirm(terms, START + 6 * day)
    third = shelf.version(terms, START + 21 * day, THIRD)
    assert confirmed is not None

    stale = shelf.document("heron/privacy", title="Privacy Policy", kind="privacy")
    shelf.version(stale, START, policy("We keep what you tell us for as long as a heron stands."))
    _, refused = shelf.check(
        stale, START + 8 * day, CheckOutcome.HELD, reason="login_wall", refused=b"<h1>Sign in</h1>"
    )

    never = shelf.document("stork/terms")
    organisation = Organisation.objects.create(name="Night Birds", slug="night-birds")
    private = shelf.document("owl/rules", owner=organisation, title="Rules of the Night")
    secret = shelf.version(private, START, policy("Owls whisper only in the secret hollow."))
    secret_too = shelf.version(private, START + day, policy("Owls shout in the secret hollow at noon."))
    private_change = shelf.confirm(private, START + 2 * day)
    assert private_change is not None
    return World(
        shelf=shelf,
        terms=terms,
        versions=(first, second, third),
        confirmed=confirmed,
        candidate=Change.objects.get(new_version=third),
        refused=refused,
        stale=stale,
        never=never,
        private=private,
        private_versions=(secret, secret_too),
        private_change=private_change,
        organisation=organisation,
    )


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """Pages say how long ago things were, so their clock stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    """Keys of rows are used again from test to test, so nothing that was drawn of them may stay."""
    cache.clear()
    texts._kept.clear()
    told._kept.clear()


@pytest.fixture
def member(world: World) -> Client:
    """A browser of someone who belongs to the organisation that owns the private document."""
    user = User.objects.create_user("owl@night.example", "correct horse battery")
    user.organisations.add(world.organisation)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(db: None) -> Client:
    user = User.objects.create_superuser("keeper@archive.example", "correct horse battery")
    client = Client()
    client.force_login(user)
    return client
