"""What was not captured here says so wherever its date or text stands: imported, saved by hand, superseded."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import FIRST, START, policy

from conductatlas.archive.models import IMPORTED, Provenance
from conductatlas.history import change_queries, services
from conductatlas.history.models import Change, ChangeEvent, Version
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

PIGEON = "/platform/pigeon/terms/"
GULL = "/platform/gull/terms/"
THEIRS: dict[str, Any] = {
    "started_by": IMPORTED,
    "provenance": "imported",
    "claimed_by": "Old Archive",
    "vantage": {},
}


def said(answer: Any) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()).replace(" .", ".")


def licensed(version: Version, **fields: str) -> None:
    capture = version.check_row.captures.get()
    Provenance.objects.create(
        capture=capture, taken_in_at=datetime(2026, 11, 20, tzinfo=UTC), file="old.warc.gz", **fields
    )


@pytest.fixture
def imported(world: Any) -> tuple[Version, Version]:
    """Two texts of gull/terms that another archive captured, of which the second is a candidate."""
    document = world.shelf.document("gull/terms")
    first = world.shelf.version(document, START, FIRST, **THEIRS)
    second = world.shelf.version(document, START + timedelta(days=2), policy("A gull may stay."), **THEIRS)
    for version in (first, second):
        licensed(version, licence="ODC-BY 1.0")
    return first, second


# ── imported ─────────────────────────────────────────────────────────────────────────────────────
def test_an_imported_version_is_never_called_captured(
    imported: tuple[Version, Version], client: Client
) -> None:
    page = said(client.get(f"{GULL}v/{imported[0].public_id}/"))
    assert "Imported, date claimed by Old Archive: 1 November 2026, 06:10 UTC" in page
    assert "imported, date claimed by Old Archive: 1 November 2026, 06:10 UTC , ConductAtlas CA-V-" in page
    assert "Licence as stated there: ODC-BY 1.0." in page
    assert "Taken in by ConductAtlas/test" in page
    for untrue in ("First captured", "as captured 1", "Asked for", "Software"):
        assert untrue not in page


@pytest.mark.parametrize("address", [GULL, f"{GULL}?on=2026-11-02", f"{GULL}versions/", f"{GULL}captures/"])
def test_every_page_with_its_date_says_so(
    imported: tuple[Version, Version], client: Client, address: str
) -> None:
    assert "imported" in said(client.get(address))


def test_its_change_says_whose_the_dates_are(
    world: Any, imported: tuple[Version, Version], client: Client
) -> None:
    change = Change.objects.get(new_version=imported[1])
    page = said(client.get(f"/change/{change.slug}/"))
    assert "Both texts were taken in from another archive; their dates are that archive’s claim." in page
    assert "UTC (imported, date claimed), ConductAtlas" in page
    assert "One capture has met the new text" not in page


def test_an_own_version_that_another_archive_saw_earlier_says_so(world: Any, client: Client) -> None:
    second = world.versions[1]
    earlier, _ = world.shelf.check(world.terms, second.at - timedelta(days=1), body=FIRST, **THEIRS)
    services.record_sighting(second, earlier)
    page = said(client.get(f"{PIGEON}v/{second.public_id}/"))
    assert "First captured 5 November 2026, 06:10 UTC (imported, date claimed)" in page
    assert "imported" in said(client.get(f"{PIGEON}versions/"))


def test_what_no_check_can_confirm_does_not_await_confirmation(
    world: Any, imported: tuple[Version, Version]
) -> None:
    assert {one.pk for one in change_queries.candidates(None)} == set(
        Change.objects.filter(document__in=(world.terms, imported[0].document), pk__gt=world.confirmed.pk)
        .exclude(pk=world.private_change.pk)
        .values_list("pk", flat=True)
    )
    document = world.shelf.document("tern/terms")  # only the text was given: no page, so no parts
    bare = []
    for at, body in ((START, FIRST), (START + timedelta(days=2), policy("A tern may stay."))):
        check, _ = world.shelf.check(document, at, "changed", **THEIRS)
        bare.append(services.record_version(document, check, []))
        services.add_reading(bare[-1], services.draft_reading(read(Page(body, "text/html"))), at)
    old, new = (version.readings.get() for version in bare)
    comparison = compare(old.value(), new.value())
    before = services.as_standing(bare[0], START)
    change = services.draft_change(
        before, bare[1], new, comparison, None, old_last_seen_at=START, seen_at=bare[1].at
    )
    services.save_change(
        change, services.draft_hunks(comparison), bare[1].check_row, "seen for the first time"
    )
    assert change.pk not in {one.pk for one in change_queries.candidates(None)}


# ── superseded, withdrawn ────────────────────────────────────────────────────────────────────────
def test_a_superseded_change_names_what_stands_in_its_place(world: Any, client: Client) -> None:
    change = world.confirmed
    ChangeEvent.objects.create(change=change, state="superseded", at=START, who="the back-fill", why="")
    page = said(client.get(f"/change/{change.slug}/"))
    assert "Recorded as one change between" in page
    assert "by the captures known then" in page
    assert "the last capture of the old text" not in page


def test_a_withdrawn_change_says_no_more_than_was_found(world: Any, client: Client) -> None:
    change = world.confirmed
    ChangeEvent.objects.create(change=change, state="withdrawn", at=START, who="a check", why="")
    page = said(client.get(f"/change/{change.slug}/"))
    assert "found none of these differences again" in page
    assert "found the earlier text again" not in page


# ── saved by hand ────────────────────────────────────────────────────────────────────────────────
def test_a_page_saved_by_hand_has_one_provenance_and_keeps_its_file_name(world: Any, client: Client) -> None:
    document = world.shelf.document("gull/terms")
    version = world.shelf.version(
        document, START, FIRST, provenance="manual", claimed_by="an operator of this archive"
    )
    licensed(version)
    page = said(client.get(f"{GULL}v/{version.public_id}/"))
    assert page.count("Provenance") == 1
    assert "As an operator of this archive states it." in page
    for address in ("captures/", "?on=2026-11-02", f"v/{version.public_id}/"):
        page = said(client.get(GULL + address))
        assert "old.warc.gz" not in page, address
        assert "mported" not in page, address
    assert "saved by hand, time as an operator of this archive states it" in said(
        client.get(f"{GULL}captures/")
    )
