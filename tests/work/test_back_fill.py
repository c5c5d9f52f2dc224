"""Captures of other archives, taken in between our own: the record comes out as if all had been seen in time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conductatlas.archive.answer import Answer
from conductatlas.archive.models import Capture, Check, Provenance, Snapshot
from conductatlas.archive.services import Claim
from conductatlas.catalogue.models import Document, Source
from conductatlas.history import life
from conductatlas.history.models import Change, ChangeEvent, ChangeState, Sighting, Version
from conductatlas.history.states import REPLACED, with_state
from conductatlas.history.weave import weave
from conductatlas.work.backfill import BackFill, Tally
from conductatlas.work.holdings import Given

Policy = Callable[..., bytes]
START = datetime.fromisoformat("2026-03-01T06:00+00:00")
HOUR = timedelta(hours=1)
EXAMPLES = int(os.environ.get("CONDUCTATLAS_TEST_BACK_FILL_EXAMPLES", "4"))  # each is some twenty checks


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


def told(document: Document, digests: dict[str, str]) -> list[str]:
    """The document's texts in the order in which they were found, and its changes, in letters."""
    versions = Version.objects.filter(document=document)
    letters = {row.pk: digests[row.readings.get().digest] for row in versions}
    lines = ["".join(dict.fromkeys(letters[entry.version] for entry in life.load(document).entries))]
    changes = with_state(Change.objects.filter(document=document)).exclude(state__in=REPLACED)
    for change in changes:
        if change.state == ChangeState.WITHDRAWN:
            continue
        returns = letters.get(change.returns_to_id or 0, "-")
        pair = letters[change.old_version_id] + letters[change.new_version_id]
        lines.append(f"{pair} {change.kind} {change.state} {returns}")
    return [lines[0], *sorted(lines[1:])]


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
    letters = draw(st.text("AABBCD", min_size=2, max_size=7))
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
    assert told(mixed, digests) == told(reference, digests)


FOUND_BY_SEARCH = [
    (
        "ADAADC",
        [False] * 6,
        [4, 1, 2, 3, 4, 5],
    ),  # an older text shows that one did not stand to which another returns
    ("CDBCCDD", [True, False, True, False, False, True, True], [0, 5, 4, 6, 5, 6, 7]),
    ("ABAB", [True, False, True, True], [0, 4, 2, 3]),  # what was one run is parted
    ("AABB", [True, False, False, True], [0, 4, 4, 3]),  # both texts were there for longer than was seen
    ("BCAA", [False, False, True, True], [4, 4, 2, 3]),  # the record starts earlier than it did
]


@pytest.mark.parametrize("history", FOUND_BY_SEARCH, ids=[history[0] for history in FOUND_BY_SEARCH])
def test_these_orders_too(
    archive: Any, pages: dict[str, bytes], digests: dict[str, str], history: tuple[str, list[bool], list[int]]
) -> None:
    inner: Any = test_in_whatever_order_captures_come_in_the_record_is_that_of_their_time
    inner.hypothesis.inner_test(archive, pages, digests, history)


def a_pair(archive: Any, pages: dict[str, bytes], between: str) -> tuple[Document, Change, Tally]:
    """A document that we saw as A and then as B, with other captures taken in between; and what that made."""
    document = archive.document()
    observed(archive, document, pages, 0, "A")
    for hour in (20, 22):
        observed(archive, document, pages, hour, "B")
    change = Change.objects.get()
    later = START + 30 * HOUR
    archive.clock.moment = later
    given = [captured(pages[letter], START + hour * HOUR) for hour, letter in enumerate(between, 5)]
    return document, change, take_in(archive, document, given)


def test_a_text_between_two_replaces_their_change_which_keeps_answering(
    archive: Any, pages: dict[str, bytes], client: Any
) -> None:
    document, change, tally = a_pair(archive, pages, "DD")
    assert (tally.versions, tally.changes, tally.superseded) == (1, 2, 1)
    newest = change.events.order_by("-pk")[0]
    assert (newest.state, newest.at) == ("superseded", archive.clock.now())
    page = client.get(f"/change/{change.slug}/")
    assert page.status_code == 200
    assert "Superseded" in page.content.decode()
    others = Change.objects.exclude(pk=change.pk).order_by("seen_at")
    assert [other.seen_at - START for other in others] == [5 * HOUR, 20 * HOUR]
    for other in others:
        assert f"/change/{other.slug}/" in page.content.decode()
    lists = client.get(f"/platform/heron/{document.slug}/versions/").content.decode()
    assert f"/change/{change.slug}/" not in lists
    feed = client.get("/feeds/changes.atom").content.decode()
    assert change.public_id not in feed
    assert all(other.public_id in feed for other in others)


def test_the_texts_of_the_neighbours_are_only_seen_for_longer(
    archive: Any, pages: dict[str, bytes], client: Any
) -> None:
    document, change, tally = a_pair(archive, pages, "AAB")
    assert (tally.versions, tally.changes, tally.superseded) == (0, 0, 0)
    assert dict(tally.outcomes) == {"unchanged": 3}
    page = client.get(f"/change/{change.slug}/").content.decode()
    assert "12:00" in page and "13:00" in page  # 06:00 and six hours; and seven
    on = client.get(f"/platform/heron/{document.slug}/?on=2026-03-01T13:30Z").content.decode()
    assert Version.objects.order_by("pk").last().public_id in on  # type: ignore[union-attr]
    assert "claimed by Old Archive" in on


def test_pages_say_whose_claim_it_is(archive: Any, pages: dict[str, bytes], client: Any) -> None:
    document, _, _ = a_pair(archive, pages, "D")
    version = Version.objects.get(at=START + 5 * HOUR)
    page = client.get(f"/platform/heron/{document.slug}/v/{version.public_id}/").content.decode()
    assert "Imported, date claimed by Old Archive" in page
    assert "CC BY 4.0" in page
    origin = Provenance.objects.get(capture__check_row=version.check_row)
    assert (origin.file, origin.licence) == ("old.warc.gz", "CC BY 4.0")
    capture = Capture.objects.get(check_row=version.check_row)
    assert (capture.provenance, capture.claimed_by, capture.outcome) == ("imported", "Old Archive", "kept")
    snapshot = Snapshot.objects.get(pk=capture.snapshot_id)
    assert snapshot.first_kept_at == START + timedelta(days=400)  # when it was taken in, not what is claimed


def test_twice_is_once(archive: Any, pages: dict[str, bytes]) -> None:
    document, _, _ = a_pair(archive, pages, "DAD")
    rows = [model.objects.count() for model in (Check, Capture, Version, Change, ChangeEvent)]
    again = [captured(pages[letter], START + hour * HOUR) for hour, letter in enumerate("DAD", 5)]
    tally = take_in(archive, document, again * 2)
    assert tally.known == 6
    assert [model.objects.count() for model in (Check, Capture, Version, Change, ChangeEvent)] == rows


def test_another_archive_with_the_same_captures_is_another_witness(
    archive: Any, pages: dict[str, bytes]
) -> None:
    document, _, _ = a_pair(archive, pages, "D")
    tally = take_in(archive, document, [captured(pages["D"], START + 5 * HOUR, source="Third Archive")])
    assert (tally.known, dict(tally.outcomes), tally.versions) == (0, {"unchanged": 1}, 0)


def test_weaving_again_writes_nothing(archive: Any, pages: dict[str, bytes]) -> None:
    document, _, _ = a_pair(archive, pages, "DADBA")
    events = ChangeEvent.objects.count()
    woven = weave(document, archive.clock.now())
    assert (woven.versions, woven.changes, woven.superseded) == (0, 0, 0)
    assert ChangeEvent.objects.count() == events


def test_after_an_import_the_next_check_reads_anew(archive: Any, pages: dict[str, bytes]) -> None:
    """The bytes are those of our last check, and the text is no longer the newest one."""
    document = archive.document()
    observed(archive, document, pages, 0, "A")
    archive.clock.moment = START + 10 * HOUR
    take_in(archive, document, [captured(pages["B"], START + 5 * HOUR)])
    observed(archive, document, pages, 11, "A")
    check = Check.objects.latest("pk")
    assert (check.outcome, check.reason) == ("unchanged", "earlier_text")
    assert Sighting.objects.get(check_row=check).version == Version.objects.earliest("pk")
    assert with_state(Change.objects.all()).get().state == "withdrawn"


def test_walls_and_errors_are_evidence_too_and_make_no_version(archive: Any, pages: dict[str, bytes]) -> None:
    from dataclasses import replace

    from conductatlas.errors import StatusError

    document, _, _ = a_pair(archive, pages, "")
    wall = (
        b"<!doctype html><title>Log in</title><form><h1>Log in to continue</h1><input type=password></form>"
    )

    def gone() -> Answer:
        fault = StatusError(404)
        fault.answer = captured(pages["A"], START + 7 * HOUR).read()
        raise fault

    tally = take_in(
        archive,
        document,
        [
            captured(wall, START + 6 * HOUR),
            replace(captured(pages["A"], START + 7 * HOUR), read=gone),
        ],
    )
    assert dict(tally.outcomes) == {"held": 1, "failed": 1}
    assert dict(tally.reasons) == {"login_wall": 1, "status_404": 1}
    assert Version.objects.count() == 2


def test_of_a_combined_document_the_pages_of_a_day_are_one_check(
    archive: Any, pages: dict[str, bytes]
) -> None:
    urls = ("http://heron.example/one", "http://heron.example/two")
    document = archive.document(*urls)
    archive.clock.moment = START + 500 * HOUR
    tally = take_in(
        archive,
        document,
        [
            captured(pages["A"], START, url=urls[0]),
            captured(pages["D"], START + HOUR, url=urls[1]),
            captured(pages["B"], START + 30 * HOUR, url=urls[0]),  # its second page is two days late
            captured(pages["D"], START + 78 * HOUR, url=urls[1]),
            captured(pages["B"], START + 79 * HOUR, url=urls[0]),
        ],
    )
    assert dict(tally.outcomes) == {"changed": 2, "held": 1}
    assert dict(tally.reasons) == {"part_missing": 1}
    assert [row.at - START for row in Version.objects.order_by("at")] == [HOUR, 79 * HOUR]


def test_texts_read_from_other_pages_stand_beside_and_part_nothing(
    archive: Any, pages: dict[str, bytes]
) -> None:
    document, change, _ = a_pair(archive, pages, "")
    old = Source.objects.create(document=document, url="http://heron.example/old", retired_at=START - HOUR)
    tally = take_in(archive, document, [captured(pages["D"], START + 5 * HOUR, url=old.url)])
    assert (tally.versions, tally.changes, tally.superseded) == (1, 0, 0)
    assert change.events.order_by("-pk")[0].state == "confirmed"
    assert len(life.load(document).strands()) == 2
