"""The operator's desk: incidents, what came instead, saving by hand, how texts are published."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conductatlas.accounts.models import User
from conductatlas.archive.models import Provenance, RefusedBody, Reservation
from conductatlas.catalogue.models import Platform
from conductatlas.history.models import Version
from conductatlas.work.models import Due, Incident

HOSTILE = b"""<html><title>Sign in</title><script>alert('stored')</script><h1>Sign in</h1>
<img src="https://evil.example/pixel"><p>Your address is 203.0.113.9</p></html>"""


@pytest.fixture
def incident(world: Any) -> Incident:
    """heron/privacy is not read since the 9th; what came last is a page of a stranger."""
    check, capture = world.shelf.check(
        world.stale,
        world.refused.started_at + timedelta(days=5),
        "held",
        reason="login_wall",
        refused=HOSTILE,
    )
    return Incident.objects.create(
        document=world.stale,
        since=world.refused.started_at,
        last_read_at=world.refused.started_at - timedelta(days=8),
        opened_at=check.finished_at,
        opened_by=check,
        checks=6,
        last_check_at=check.started_at,
        reason="login_wall",
        host="heron.example",
        capture=capture,
    )


# ── incidents ────────────────────────────────────────────────────────────────────────────────────
def test_the_document_says_calmly_since_when_it_was_not_read(incident: Incident, client: Client) -> None:
    page = client.get("/platform/heron/privacy/").content.decode()
    assert 'Not read since <time datetime="2026-11-01">1 November 2026</time>: ' in page
    assert "6 checks in a row have not read it, from" in page
    assert "/refused/" not in page
    assert "/admin/" not in page


def test_operators_are_shown_the_way_to_it(incident: Incident, operator: Client) -> None:
    page = operator.get("/platform/heron/privacy/").content.decode()
    assert f'href="/refused/{incident.capture_id}/"' in page
    assert f'href="/admin/catalogue/document/{incident.document_id}/save/"' in page


def test_the_status_lists_them_for_operators_only(
    incident: Incident, client: Client, operator: Client
) -> None:
    assert b"Incidents" not in client.get("/status/").content
    page = operator.get("/status/").content
    assert b"heron.example" in page
    assert f'href="/refused/{incident.capture_id}/"'.encode() in page


def test_a_resolved_one_is_told_no_more(incident: Incident, client: Client) -> None:
    Incident.objects.update(resolved_at=incident.last_check_at, resolved_by=incident.opened_by)
    assert b"Not read since" not in client.get("/platform/heron/privacy/").content


def test_the_metrics_count_public_ones(incident: Incident, world: Any) -> None:
    from conductatlas.web import measures

    assert b"conductatlas_incidents_open 1.0" in measures.exposition()
    world.stale.owner = world.organisation
    world.stale.save()
    assert b"conductatlas_incidents_open 0.0" in measures.exposition()


# ── what came instead ────────────────────────────────────────────────────────────────────────────
def test_what_came_is_shown_as_characters_only(incident: Incident, operator: Client) -> None:
    answer = operator.get(f"/refused/{incident.capture_id}/")
    page = answer.content.decode()
    assert "&lt;script&gt;alert(&#x27;stored&#x27;)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert '<img src="https://evil.example' not in page
    assert "Sign in" in page
    assert "Kept until the incident is resolved" in page
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_it_is_for_operators_and_gone_with_its_bytes(
    incident: Incident, client: Client, member: Client, operator: Client
) -> None:
    address = f"/refused/{incident.capture_id}/"
    assert [browser.get(address).status_code for browser in (client, member)] == [403, 403]
    assert operator.get(f"/refused/{2**70}/").status_code == 404
    RefusedBody.objects.all().delete()
    assert operator.get(address).status_code == 404


def test_bytes_that_no_reader_takes_are_shown_too(world: Any, operator: Client) -> None:
    _, capture = world.shelf.check(
        world.stale, world.refused.started_at, "held", reason="wrong_type", refused=b"\x00\x01"
    )
    assert operator.get(f"/refused/{capture.pk}/").status_code == 200


# ── the admin ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "address",
    [
        "work/incident/",
        "work/incident/?state=open",
        "work/incident/?state=resolved",
        "catalogue/document/?incident=open",
        "catalogue/document/?incident=none",
        "catalogue/platform/",
        "archive/capture/?refusals=yes",
        "archive/capture/?refusals=kept",
        "archive/provenance/",
        "archive/reservation/",
    ],
)
def test_the_lists_answer(incident: Incident, operator: Client, address: str) -> None:
    answer = operator.get(f"/admin/{address}")
    assert answer.status_code == 200
    assert b"<script>" not in answer.content  # the policy would not run it


def test_refusals_lead_to_what_came_and_say_until_when(incident: Incident, operator: Client) -> None:
    page = operator.get("/admin/archive/capture/?refusals=kept").content.decode()
    assert f'href="/refused/{incident.capture_id}/"' in page
    assert re.search(r"until \d+ \w+ 2027", page)
    assert page.count("field-outcome") == 2


def test_documents_with_an_incident_are_found(incident: Incident, operator: Client) -> None:
    page = operator.get("/admin/catalogue/document/?incident=open").content.decode()
    assert page.count("field-next_due") == 1
    assert "9 November 2026, 06:10, login wall" in page


def test_a_document_is_made_due_and_who_did_it_is_recorded(world: Any, operator: Client) -> None:
    answer = operator.post(
        reverse("admin:catalogue_document_changelist"),
        {"action": "check_now", "_selected_action": [world.terms.pk]},
    )
    assert answer.status_code == 302
    assert Due.objects.get(document=world.terms).due_at.isoformat() == "2026-11-22T12:00:00+00:00"
    entry = LogEntry.objects.get()
    assert (entry.user.email, entry.object_id) == ("keeper@archive.example", str(world.terms.pk))


def test_publish_text_is_set_by_an_operator_unless_it_is_declared(world: Any, operator: Client) -> None:
    platform = Platform.objects.get(slug="pigeon")
    address = reverse("admin:catalogue_platform_change", args=[platform.pk])
    assert operator.post(address, {"publish_text": "excerpts", "name": "Hijacked"}).status_code == 302
    platform.refresh_from_db()
    assert (platform.publish_text, platform.name) == ("excerpts", "Pigeon")
    assert LogEntry.objects.get().user.email == "keeper@archive.example"
    Platform.objects.filter(pk=platform.pk).update(is_publish_text_declared=True)
    assert operator.post(address, {"publish_text": "full"}).status_code == 403


def test_a_reservation_is_listed(world: Any, operator: Client) -> None:
    Reservation.objects.create(
        source=world.terms.sources.get(),
        capture=world.versions[0].parts.first().capture,
        place="text",
        kind="no_archive",
        evidence="You must not archive <our> pages.",
        at=world.versions[0].at,
    )
    assert b"You must not archive &lt;our&gt; pages." in operator.get("/admin/archive/reservation/").content


# ── save by hand ─────────────────────────────────────────────────────────────────────────────────
TERMS = "".join(
    f"<h2>{n}. Part {n}</h2><p>You agree to rule {n} of the stork service, which says that we may end it on {n} days "
    f"notice, and that your rights under these terms of use stay as they are.</p>"
    for n in range(1, 9)
)


def saved(body: str = TERMS, **more: Any) -> dict[str, Any]:
    page = f"<html lang=en><title>Terms of Use</title><main><h1>Terms of Use</h1>{body}</main></html>"
    return {
        "file_0": SimpleUploadedFile("terms.html", page.encode(), "text/html"),
        "url_0": "https://stork.example/terms",
        "at": "2026-11-22 11:30",
        "note": "from a private window",
        **more,
    }


def test_the_form_takes_a_page_in(world: Any, operator: Client, client: Client) -> None:
    address = reverse("admin:catalogue_document_save", args=[world.never.pk])
    assert b"https://stork.example/terms" in operator.get(address).content
    assert operator.post(address, saved()).status_code == 302
    version = Version.objects.get(document=world.never)
    assert version.at.isoformat() == "2026-11-22T11:30:00+00:00"
    origin = Provenance.objects.get()
    assert (origin.saved_by.email, origin.note) == ("keeper@archive.example", "from a private window")
    assert LogEntry.objects.get().user == origin.saved_by
    page = client.get(f"/platform/stork/terms/v/{version.public_id}/").content.decode()
    assert "Saved by hand by a person, an operator of this archive" in page
    assert "not fetched by this archive" in page
    assert "keeper" not in page
    assert "private window" not in page
    assert "as saved by hand by an operator of the archive" in page
    for address in ("captures/", "versions/", "?on=2026-11-22"):
        assert "saved by hand" in client.get(f"/platform/stork/terms/{address}").content.decode(), address


def test_what_is_wrong_with_it_is_said_in_the_form(world: Any, operator: Client) -> None:
    address = reverse("admin:catalogue_document_save", args=[world.never.pk])
    for wrong, words in (
        (saved(at="2026-11-22 12:30"), "lies ahead"),
        (saved(at="last week"), "Enter a valid date/time"),
        (saved(url_0="file:///etc/passwd"), "Enter a valid URL"),
    ):
        answer = operator.post(address, wrong)
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert not world.never.checks.exists()


def test_a_refused_page_stays_refused_and_says_why(world: Any, operator: Client) -> None:
    address = reverse("admin:catalogue_document_save", args=[world.never.pk])
    answer = operator.post(address, saved("<p>Sign in</p><form><input type=password></form>"), follow=True)
    assert answer.redirect_chain[-1][0] == "/platform/stork/terms/captures/"
    assert Version.objects.filter(document=world.never).count() == 0


def test_only_who_may_change_documents_saves(world: Any, client: Client, member: Client) -> None:
    address = reverse("admin:catalogue_document_save", args=[world.never.pk])
    looker = Client()
    looker.force_login(
        User.objects.create_user("looker@archive.example", "correct horse battery", is_staff=True)
    )
    assert looker.post(address, saved()).status_code == 403
    for browser in (client, member):
        assert browser.post(address, saved()).status_code == 302  # to the sign-in
    assert not world.never.checks.exists()
