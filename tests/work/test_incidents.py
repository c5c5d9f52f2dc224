"""An incident is one row a document: opened after some checks that did not read it, resolved by the one that does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from structlog.testing import capture_logs

from conductatlas.archive.memory import Page
from conductatlas.archive.models import RefusedBody
from conductatlas.archive.services import forget_refused
from conductatlas.work import counts, incidents, pipeline
from conductatlas.work.models import Incident
from conductatlas.work.runners.embedded import Embedded

Policy = Callable[..., bytes]
WALL = b"<html><title>Sign in</title><h1>Sign in</h1><form><input type=password></form></html>"


def fail(archive: Any, document: Any, days: int, page: bytes = WALL, url: str = "") -> None:
    archive.serve(page, **({"url": url} if url else {}))
    for _ in range(days):
        archive.later(days=1)
        assert archive.check(document).outcome == "held"


def test_it_opens_at_the_third_check_and_tells_once(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.clock.given = False  # replays of the past are not told
    archive.serve(policy())
    read = archive.check(document)
    with capture_logs() as said:
        fail(archive, document, 2)
        assert Incident.objects.count() == 0
        fail(archive, document, 3)
    row = Incident.objects.get()
    assert (row.checks, row.reason, row.host) == (5, "login_wall", "heron.example")
    assert row.last_read_at == read.at
    assert row.since == read.at + timedelta(days=1)
    assert row.capture.check_row.started_at == row.last_check_at == archive.clock.now()
    assert [line["event"] for line in said if "incident" in line["event"]] == ["incident opened"]
    assert said[-1]["document"] == "heron/terms"


def test_the_check_that_reads_the_document_resolves_it_and_the_next_one_is_a_new_row(
    archive: Any, policy: Policy
) -> None:
    document = archive.document()
    fail(archive, document, 3)
    archive.clock.given = False
    archive.serve(policy())
    archive.later(days=1)
    with capture_logs() as said:
        result = archive.check(document)
    row = Incident.objects.get()
    assert row.resolved_by_id == result.check_key
    assert row.last_read_at is None
    assert [line["event"] for line in said] == ["incident resolved"]
    assert counts.open_incidents(None) == 0
    fail(archive, document, 3)
    assert [one.resolved_at is None for one in Incident.objects.order_by("pk")] == [False, True]
    assert (counts.open_incidents(None), counts.incidents(None)) == (1, 2)
    assert counts.open_incidents_by_platform(None) == {document.platform_id: 1}


def test_it_is_written_with_the_check_or_not_at_all(
    archive: Any, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = archive.document()
    fail(archive, document, 2)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(pipeline.incidents, "follow", broken)
    archive.later(days=1)
    with pytest.raises(RuntimeError):
        archive.check(document)
    assert document.checks.count() == 2
    assert archive.due(document).failures == 2


def test_a_document_has_one_open_incident_at_most(archive: Any) -> None:
    document = archive.document()
    fail(archive, document, 3)
    row = Incident.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_an_outage_of_a_host_is_one_group(archive: Any) -> None:
    documents = [archive.document(f"http://heron.example/{slug}", slug=slug) for slug in ("one", "two")]
    other = archive.document("http://crane.example/three", slug="three")
    archive.serve(Page(b"User-agent: *\n"), "http://crane.example/robots.txt")
    for document in documents:
        fail(archive, document, 3, url=document.sources.get().url)
    fail(archive, other, 3, url="http://crane.example/three")
    groups = incidents.by_host(incidents.incidents(None))
    assert [(group.host, len(group.incidents)) for group in groups] == [
        ("heron.example", 2),
        ("crane.example", 1),
    ]
    assert groups[0].since == groups[0].incidents[0].since
    assert groups[0].reasons == ("login_wall",)


def test_its_bytes_are_kept_until_it_is_resolved_and_as_long_again(archive: Any, policy: Policy) -> None:
    document = archive.document()
    fail(archive, document, 4)
    newest = Incident.objects.get().capture_id
    archive.later(days=200)
    forget_refused(archive.clock.now(), keep=incidents.captures_to_keep())
    assert list(RefusedBody.objects.values_list("capture", flat=True)) == [newest]
    assert incidents.incidents(None)[0].has_bytes
    archive.serve(policy())
    archive.check(document)
    for days, left in ((89, 1), (2, 0)):
        archive.later(days=days)
        forget_refused(archive.clock.now(), keep=incidents.captures_to_keep())
        assert RefusedBody.objects.count() == left


def test_of_a_document_that_is_not_watched_any_more_nothing_is_wrong(archive: Any) -> None:
    document = archive.document()
    fail(archive, document, 3)
    document.retired_at = archive.clock.now()
    document.save()
    assert incidents.incidents(None) == []
    assert counts.open_incidents(None) == 0


def test_tidying_up_spares_what_an_open_incident_shows(archive: Any, policy: Policy) -> None:
    """By the clock of this machine, which is past the time of all that this archive holds."""
    document = archive.document()
    fail(archive, document, 4)
    pool = Embedded(archive.tools, workers=1, lease=timedelta(minutes=5))
    pool.tidy()
    assert RefusedBody.objects.get().capture_id == Incident.objects.get().capture_id
