"""Captures of other archives, taken in between our own: the record comes out as if all had been seen in time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conductatlas.archive.answer import Answer
from conductatlas.archive.services import Claim
from conductatlas.catalogue.models import Document
from conductatlas.history.models import Change, Version
from conductatlas.history.states import REPLACED, with_state
from conductatlas.work.backfill import BackFill, Given, Tally

Policy = Callable[..., bytes]
START = datetime.fromisoformat("2026-03-01T06:00+00:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def pages(policy: Policy, clauses: tuple[str, ...]) -> dict[str, bytes]:
    """Pages by letter: B has another period than A, C one clause more than B, D another age than A."""
    b = tuple(text.replace("30 days", "10 days") for text in clauses)
    return {
        "A": policy(*clauses),
        "B": policy(*b),
        "C": policy(*b, "You agree to pay the fees that we publish, within 14 days of each invoice we send."),
        "D": policy(*(text.replace("16 years", "18 years") for text in clauses)),
    }


def captured(
    body: bytes, at: datetime, source: str = "Old Archive", url: str = "http://heron.example/terms"
) -> Given:
    """A capture that another archive claims to have made."""
    digest = hashlib.sha256(body).hexdigest()
    answer = Answer(
        url=url, final_url=url, status=200, http_version="HTTP/1.1", hops=(), request_headers=(),
        headers=(("Content-Type", "text/html; charset=utf-8"),), body=body, decoded=True, wire_digest=digest,
        wire_length=len(body), peer_address="", tls=None, started_at=at, finished_at=at,
    )  # fmt: skip
    claim = Claim(source, START + timedelta(days=400), "CC BY 4.0", f"urn:x:{digest[:8]}", "old.warc.gz")
    return Given(url, at, digest, claim, lambda: answer, is_mapped=True)


def take_in(archive: Any, document: Document, given: Sequence[Given]) -> Tally:
    tally = BackFill(archive.tools, timedelta(minutes=5)).run(document.pk, given)
    assert tally.is_whole, tally.faults
    return tally


def told(document: Document, pages: dict[str, bytes], digests: dict[str, str]) -> list[str]:
    """The document's versions and changes in the order of its life, in letters."""
    versions = Version.objects.filter(document=document).order_by("at", "pk")
    letters = {row.pk: digests[row.readings.get().digest] for row in versions}
    lines = ["".join(letters[row.pk] for row in versions)]
    changes = with_state(Change.objects.filter(document=document)).exclude(state__in=REPLACED)
    for change in changes.order_by("seen_at", "new_version__at", "pk"):
        returns = letters.get(change.returns_to_id or 0, "-")
        pair = letters[change.old_version_id] + letters[change.new_version_id]
        lines.append(f"{pair} {change.kind} {change.state} {returns}")
    return lines


@pytest.fixture
def digests(archive: Any, pages: dict[str, bytes]) -> dict[str, str]:
    """Digest of each page's text → its letter."""
    from conductatlas.reading.text.page import Page
    from conductatlas.reading.text.reader import join, read

    address = "http://heron.example/terms"
    return {
        join([read(Page(body, "text/html; charset=utf-8", address))], [address]).digest: letter
        for letter, body in pages.items()
    }


def observed(archive: Any, document: Document, pages: dict[str, bytes], hour: int, letter: str) -> None:
    archive.clock.moment = START + hour * HOUR
    archive.serve(pages[letter], document.sources.get().url)
    archive.check(document)


@st.composite
def histories(draw: Any) -> tuple[str, list[bool], list[int]]:
    """Letters seen hour by hour; which of them we saw ourselves; and after which hour each other one comes in."""
    letters = draw(st.text("AABBCD", min_size=2, max_size=9))
    ours = draw(st.lists(st.booleans(), min_size=len(letters), max_size=len(letters)))
    arrives = [draw(st.integers(hour, len(letters))) for hour in range(len(letters))]
    return letters, ours, arrives


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(histories())
def test_in_whatever_order_captures_come_in_the_record_is_that_of_their_time(
    archive: Any, pages: dict[str, bytes], digests: dict[str, str], history: tuple[str, list[bool], list[int]]
) -> None:
    letters, ours, arrives = history
    number = Document.objects.count()
    reference = archive.document(f"http://heron.example/{number}", slug=f"seen-{number}")
    for hour, letter in enumerate(letters):
        observed(archive, reference, pages, hour, letter)
    mixed = archive.document(f"http://heron.example/{number + 1}", slug=f"mixed-{number}")
    for now in range(len(letters) + 1):
        if now < len(letters) and ours[now]:
            observed(archive, mixed, pages, now, letters[now])
        batch = [
            captured(pages[letter], START + hour * HOUR)
            for hour, letter in enumerate(letters)
            if not ours[hour] and arrives[hour] == now
        ]
        archive.clock.moment = START + now * HOUR + HOUR / 2
        if batch:
            take_in(archive, mixed, batch)
    wanted, found = told(reference, pages, digests), told(mixed, pages, digests)
    assert found == wanted
