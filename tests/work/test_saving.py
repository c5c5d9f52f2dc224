"""A page saved by hand goes the way of every other, and says what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conductatlas.accounts.models import User
from conductatlas.archive.answer import Request
from conductatlas.archive.memory import Page
from conductatlas.archive.models import Capture, Provenance, RefusedBody
from conductatlas.archive.services import Claim
from conductatlas.errors import LeaseLostError, SaveError
from conductatlas.history import services as history
from conductatlas.history.models import Version
from conductatlas.work import due, saving
from conductatlas.work.backfill import BackFill
from conductatlas.work.holdings import Given
from conductatlas.work.models import Incident

Policy = Callable[..., bytes]


@pytest.fixture
def keeper(db: None) -> User:
    return User.objects.create_superuser("keeper@archive.example", "correct horse battery")


@pytest.fixture
def save(archive: Any, keeper: User) -> Callable[..., Any]:
    def save(document: Any, *bodies: bytes, **more: Any) -> Any:
        pages = [
            saving.SavedPage(body, f"saved-{n}.html", more.pop("url", "")) for n, body in enumerate(bodies)
        ]
        given = {"at": archive.clock.now() - timedelta(hours=1), "by": keeper, "note": "by Firefox", **more}
        return saving.save(document, pages, tools=archive.tools, largest=1_000_000, **given)

    return save


def test_where_robots_forbid_a_person_may_save_it(
    archive: Any, policy: Policy, keeper: User, save: Any
) -> None:
    document = archive.document()
    archive.serve(Page(b"User-agent: *\nDisallow: /\n"), "http://heron.example/robots.txt")
    for _ in range(3):
        assert archive.check(document).reason == "robots"
        archive.later(days=1)
    assert Incident.objects.get().reason == "robots"
    asked = len(archive.fetcher.asked)
    at = archive.clock.now() - timedelta(hours=1)
    result = save(document, policy())
    assert (result.outcome, result.reason, result.at) == ("changed", "first_version", at)
    assert Version.objects.get().at == at
    assert "at least 30 days" in Version.objects.get().readings.get().text
    capture = Capture.objects.order_by("-pk").first()
    assert (capture.provenance, capture.claimed_by) == ("manual", "an operator of this archive")
    assert (capture.check_row.started_by, capture.started_at) == ("person", at)
    nothing = (capture.status, capture.http_version, capture.headers, capture.request_headers, capture.hops)
    assert nothing == (None, "", [], [], [])
    assert (capture.tls, capture.peer_address, capture.wire_digest, capture.wire_length) == (
        None,
        "",
        "",
        None,
    )
    assert (capture.vantage, capture.robots, capture.robots_decision) == ({}, None, "")
    origin = Provenance.objects.get()
    assert (origin.capture, origin.saved_by, origin.note, origin.file) == (
        capture,
        keeper,
        "by Firefox",
        "saved-0.html",
    )
    assert origin.taken_in_at == archive.clock.now()
    assert len(archive.fetcher.asked) == asked
    assert Incident.objects.get().resolved_by == capture.check_row
    assert archive.due(document).holder == ""


def test_a_second_save_confirms_or_changes(
    archive: Any, policy: Policy, clauses: tuple[str, ...], save: Any
) -> None:
    document = archive.document()
    save(document, policy())
    archive.later(days=1)
    changed = policy(*(text.replace("30 days", "10 days") for text in clauses))
    assert save(document, changed).change.kind == "substantive"
    archive.later(days=1)
    again = save(document, changed)
    assert (again.outcome, again.confirmed.kind) == ("unchanged", "substantive")
    assert [one.outcome for one in Capture.objects.order_by("pk")] == ["kept", "kept", "same"]


def test_what_the_gate_refuses_stays_refused(archive: Any, save: Any) -> None:
    document = archive.document()
    result = save(
        document, b"<html><title>Sign in</title><h1>Sign in</h1><form><input type=password></form></html>"
    )
    assert (result.outcome, result.reason) == ("held", "login_wall")
    assert Version.objects.count() == 0
    assert RefusedBody.objects.get().capture.provenance == "manual"
    assert archive.due(document).holder == ""


def test_a_document_of_two_pages_needs_both(archive: Any, policy: Policy, save: Any) -> None:
    document = archive.document("http://heron.example/a", "http://heron.example/b")
    with pytest.raises(SaveError, match="read from 2 pages, and 1 were given") as refused:
        save(document, policy())
    assert "http://heron.example/a, http://heron.example/b" in refused.value.remedy
    assert save(document, policy(), policy(title="Second part")).outcome == "changed"
    assert Capture.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "more", "words"),
    [
        (b" \n", {}, "is empty"),
        (b"x" * 1_000_001, {}, "1,000,001 bytes"),
        (b"From: <Saved>\nContent-Type: multipart/related; boundary=x\n", {}, "MHTML"),
        (b"<p>Terms", {"url": "file:///home/me/terms.html"}, "no http or https address"),
    ],
)
def test_what_is_no_saved_page_is_not_taken(
    archive: Any, save: Any, body: bytes, more: dict[str, str], words: str
) -> None:
    document = archive.document()
    with pytest.raises(SaveError, match=words):
        save(document, body, **more)
    assert document.checks.count() == 0


def test_a_saved_page_continues_the_record(archive: Any, policy: Policy, save: Any) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    with pytest.raises(SaveError, match="was read"):
        save(document, policy())
    with pytest.raises(SaveError, match="lies ahead"):
        save(document, policy(), at=archive.clock.now() + timedelta(minutes=1))


def test_what_was_taken_in_from_elsewhere_does_not_move_the_end_of_the_record(
    archive: Any, policy: Policy, save: Any
) -> None:
    """A page saved between a capture of another archive and our own last check comes too late, whichever of the two
    was recorded last."""
    document = archive.document()
    body, at = policy(), archive.clock.now() - timedelta(days=9)
    archive.serve(body)
    read = archive.check(document)
    served = archive.fetcher.fetch(Request("http://heron.example/terms"))
    answer = replace(served, started_at=at, finished_at=at)
    given = Given(answer.url, at, "0" * 64, Claim("Old Archive", archive.clock.now()), lambda: answer)
    tally = BackFill(archive.tools, timedelta(minutes=5)).run(document.pk, [given])
    assert tally.is_whole, tally.faults
    assert history.last_read_at(document) == read.at
    with pytest.raises(SaveError, match="was read"):
        save(document, body)


def test_only_operators_save(archive: Any, policy: Policy, save: Any) -> None:
    document = archive.document()
    with pytest.raises(SaveError, match="no operator"):
        save(document, policy(), by=User.objects.create_user("reader@archive.example"))


def test_a_document_that_is_being_checked_is_left_to_it(archive: Any, policy: Policy, save: Any) -> None:
    document = archive.document()
    due.claim([document.pk], "someone", timedelta(minutes=5))
    with pytest.raises(LeaseLostError, match="being checked"):
        save(document, policy())
    assert archive.due(document).holder == "someone"


def test_pages_of_the_network_claim_nothing(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    assert Capture.objects.get().provenance == "observed"
    assert Provenance.objects.count() == 0
    assert replace(archive.tools, refused_days=1).incident_after == 3
