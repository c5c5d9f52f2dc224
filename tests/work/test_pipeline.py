"""One document's whole check, against rows: what each thing the web can do leaves in the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from conductatlas.archive import packs
from conductatlas.archive.memory import Page
from conductatlas.archive.models import Capture, Check, RefusedBody, Snapshot
from conductatlas.catalogue.models import Document
from conductatlas.errors import HostUnreachableError, LeaseLostError, StatusError
from conductatlas.history.models import Change, ChangeEvent, Reading, Variant, Version
from conductatlas.reading.text.gate import judge
from conductatlas.work import judging
from conductatlas.work.models import Due

Policy = Callable[..., bytes]


def states(change: Change) -> list[str]:
    return list(change.events.order_by("pk").values_list("state", flat=True))


def test_the_first_check_makes_a_version_and_no_change(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    result = archive.check(document)
    assert (result.outcome, result.reason, result.change) == ("changed", "first_version", None)
    capture = Capture.objects.get()
    assert (capture.outcome, capture.status, capture.robots_decision) == (
        "kept",
        200,
        "allowed by 'Allow: /'",
    )
    assert capture.snapshot is not None
    assert packs.read_snapshot(capture.snapshot.digest) == policy()
    reading = Reading.objects.get()
    assert "at least 30 days" in reading.text
    assert "Home Prices" not in reading.text
    assert Version.objects.get().parts.get().snapshot == capture.snapshot


def test_equal_bytes_are_a_verification_with_or_without_validators(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.later(days=1)
    assert archive.check(document).outcome == "unchanged"
    archive.serve(Page(policy(), headers={"ETag": '"a"'}))
    archive.later(days=1)
    archive.check(document)
    archive.later(days=1)
    archive.check(document)
    assert [c.status for c in Capture.objects.order_by("pk")] == [200, 200, 200, 304]
    assert [c.outcome for c in Capture.objects.order_by("pk")] == ["kept", "same", "same", "same"]
    assert (Snapshot.objects.count(), Version.objects.count()) == (1, 1)


def test_other_bytes_with_the_same_text_are_kept_and_are_no_version(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.serve(policy(extra="<script>nonce = 2</script>"))
    archive.later(days=1)
    assert archive.check(document).outcome == "unchanged"
    assert (Snapshot.objects.count(), Version.objects.count(), Change.objects.count()) == (2, 1, 0)


def test_a_changed_text_is_a_candidate_until_a_later_check_finds_it_again(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.later(days=1)
    archive.serve(policy(*(text.replace("30 days", "10 days") for text in clauses)))
    change = archive.check(document).change
    assert (change.kind, states(change)) == ("substantive", ["candidate"])
    hunk = change.hunks.get()
    old, new = change.old_reading.text, change.new_reading.text
    assert "30 days" in old[hunk.old_start : hunk.old_end]
    assert "10 days" in new[hunk.new_start : hunk.new_end]
    due = archive.due(document)
    assert (due.why, due.due_at) == ("confirmation", archive.clock.moment + timedelta(hours=2))
    archive.later(hours=2)
    assert archive.check(document).confirmed == change
    assert states(change) == ["candidate", "confirmed"]
    assert archive.due(document).why == "schedule"


def test_a_text_that_is_gone_at_the_next_check_withdraws_its_change(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    archive.serve(policy())
    first = archive.check(document).version
    archive.later(days=1)
    archive.serve(policy(*(text.replace("30 days", "10 days") for text in clauses)))
    there = archive.check(document).change
    archive.later(hours=2)
    archive.serve(policy())
    back = archive.check(document)
    assert states(there) == ["candidate", "withdrawn"]
    assert (back.outcome, back.reason, back.found) == ("unchanged", "earlier_text", first)
    assert (back.change, back.version) == (None, None)
    assert Version.objects.count() == 2


def test_a_candidate_is_confirmed_by_a_further_text_that_keeps_what_it_brought(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    second = [text.replace("30 days", "10 days") for text in clauses]
    third = [text.replace("16 years", "18 years") for text in second]
    other = [text.replace("18 years", "21 years").replace("10 days", "5 days") for text in third]
    for texts in (clauses, second, third, other):
        archive.serve(policy(*texts))
        archive.check(document)
        archive.later(hours=2)
    kept, gone, last = Change.objects.order_by("pk")
    assert states(kept) == ["candidate", "confirmed"]
    assert "1 of its 1 differences" in kept.events.latest("pk").why
    assert states(gone) == ["candidate", "withdrawn"]
    assert states(last) == ["candidate"]


def test_the_declared_language_is_asked_for(archive: Any, policy: Policy) -> None:
    archive.serve(policy())
    archive.check(archive.document())
    assert Capture.objects.get().vantage["language"] == "en"


def test_a_confirmed_change_that_is_undone_stays_confirmed(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    for page in (policy(), *[policy(*clauses[:5])] * 2, *[policy()] * 4):
        archive.serve(page)
        archive.check(document)
        archive.later(days=1)
    there, back = Change.objects.order_by("pk")
    assert states(there) == ["candidate", "confirmed"]
    assert (back.kind, states(back)) == ("reverted", ["candidate", "confirmed"])


JUNK = (
    b"<!doctype html><title>Sign in</title><h1>Sign in to go on</h1><form><input type=email><input type=password>"
    b"<button>Sign in</button></form>"
)


def test_a_sign_in_page_is_refused_its_bytes_kept_and_nothing_read(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.later(days=1)
    archive.serve(JUNK)
    result = archive.check(document)
    assert (result.outcome, result.reason) == ("held", "login_wall")
    capture = Capture.objects.latest("pk")
    assert (capture.outcome, capture.snapshot) == ("refused", None)
    kept = RefusedBody.objects.get()
    assert kept.kept_until == archive.clock.moment + timedelta(days=90)
    assert (Version.objects.count(), Reading.objects.count(), archive.due(document).failures) == (1, 1, 1)
    archive.serve(policy())
    archive.later(days=1)
    assert archive.check(document).outcome == "unchanged"
    assert archive.due(document).failures == 0


def test_validators_of_a_refused_page_are_never_sent(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(Page(policy(), headers={"ETag": '"good"'}))
    archive.check(document)
    archive.serve(Page(JUNK, headers={"ETag": '"junk"'}))
    archive.later(days=1)
    archive.check(document)
    archive.later(days=1)
    archive.check(document)
    sent = [
        dict(fields).get("If-None-Match") for url, fields in archive.fetcher.asked if url.endswith("/terms")
    ]
    assert sent == [None, '"good"', '"good"']


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (StatusError(503, retry_after=1200), "status_503"),
        (HostUnreachableError("no such host"), "host_unreachable"),
    ],
)
def test_a_failure_leaves_a_row_and_is_tried_again_soon(archive: Any, fault: Any, reason: str) -> None:
    document = archive.document()
    archive.serve(fault)
    result = archive.check(document)
    assert (result.outcome, result.reason) == ("failed", reason)
    due = archive.due(document)
    assert (due.why, due.failures) == ("retry", 1)
    assert timedelta(minutes=13) < due.due_at - archive.clock.moment < timedelta(hours=1)
    assert Capture.objects.get().outcome == "failed"


def test_robots_that_forbid_are_respected_and_kept(archive: Any, policy: Policy) -> None:
    archive.serve(Page(b"User-agent: *\nDisallow: /terms\n"), "http://heron.example/robots.txt")
    archive.serve(policy())
    result = archive.check(archive.document())
    assert (result.outcome, result.reason) == ("held", "robots")
    capture = Capture.objects.get()
    assert (capture.outcome, capture.robots_decision) == ("refused", "disallowed by 'Disallow: /terms'")
    assert capture.robots is not None
    assert "Disallow" in capture.robots.body
    assert [url for url, _ in archive.fetcher.asked] == ["http://heron.example/robots.txt"]


@pytest.mark.parametrize("fault", [StatusError(503), HostUnreachableError("no such host")])
def test_robots_that_cannot_be_had_forbid_for_a_while(archive: Any, policy: Policy, fault: Any) -> None:
    document = archive.document()
    archive.serve(fault, "http://heron.example/robots.txt")
    archive.serve(policy())
    assert archive.check(document).reason == "robots"
    due = archive.due(document)
    assert due.why == "retry"
    assert due.due_at - archive.clock.moment < timedelta(hours=1)
    archive.serve(StatusError(404), "http://heron.example/robots.txt")
    archive.later(minutes=11)
    assert archive.check(document).outcome == "changed"
    assert Capture.objects.latest("pk").robots_decision == "allowed: robots.txt answered 404"


def test_robots_are_asked_for_once_a_day(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    for _ in range(4):
        archive.check(document)
        archive.later(hours=11)
    asked = [url for url, _ in archive.fetcher.asked]
    assert asked.count("http://heron.example/robots.txt") == 2


def test_another_language_is_a_variant_and_no_change(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    german = policy(
        "Diese Bedingungen regeln die Nutzung des Dienstes. Mit der Nutzung stimmen Sie diesen Bedingungen zu.",
        "Sie müssen mindestens 16 Jahre alt sein, um ein Konto zu eröffnen, und sind dafür verantwortlich.",
        "Wir können diese Bedingungen ändern und werden Sie mindestens 30 Tage vorher per E-Mail benachrichtigen.",
        title="Nutzungsbedingungen",
        lang="de",
    )
    archive.serve(german)
    for _ in range(2):
        archive.later(days=1)
        result = archive.check(document)
        assert (result.outcome, result.reason) == ("held", "other_language")
    assert Variant.objects.get().language == "de"
    assert Version.objects.filter(variant__isnull=False).count() == 1
    assert Change.objects.count() == 0
    archive.serve(policy())
    archive.later(days=1)
    assert archive.check(document).outcome == "unchanged"


def test_a_document_of_two_sources_changes_when_one_does(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    one, two = "http://heron.example/terms", "http://heron.example/more"
    document = archive.document(one, two)
    archive.serve(policy(*clauses[:3]), one)
    archive.serve(policy(*clauses[3:], title="Further Terms"), two)
    assert archive.check(document).outcome == "changed"
    assert archive.check(document).outcome == "unchanged"
    archive.later(days=1)
    archive.serve(policy(*clauses[3:5], title="Further Terms"), two)
    result = archive.check(document)
    assert (result.outcome, [outcome for _, outcome, _ in result.captures]) == ("changed", ["same", "kept"])
    assert result.change.hunks.count() >= 1
    archive.later(days=1)
    archive.serve(StatusError(404), two)
    assert archive.check(document).outcome == "held"


def test_a_changed_declaration_makes_a_version_and_no_change(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    source = document.sources.get()
    source.retired_at = archive.clock.moment
    source.save()
    document.sources.create(url=source.url, select=["h1", "h2 + p"])
    archive.later(days=1)
    result = archive.check(document)
    assert (result.outcome, result.reason, result.change) == ("changed", "declaration_changed", None)


def test_a_source_taken_out_of_the_declaration_is_seen_at_once(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    one, two = "http://heron.example/terms", "http://heron.example/more"
    document = archive.document(one, two)
    archive.serve(policy(*clauses[:3]), one)
    archive.serve(policy(*clauses[3:], title="Further Terms"), two)
    archive.check(document)
    source = document.sources.get(url=two)
    source.retired_at = archive.clock.moment
    source.save()
    archive.later(days=1)
    result = archive.check(document)  # the bytes of the other one are the same
    assert (result.outcome, result.reason, result.change) == ("changed", "declaration_changed", None)
    assert "Further Terms" not in Reading.objects.latest("pk").text
    archive.later(days=1)
    assert archive.check(document).outcome == "unchanged"


def test_a_page_half_in_another_language_is_a_variant_of_that_language(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    one, two = "http://heron.example/terms", "http://heron.example/more"
    german = (
        "Diese Bedingungen regeln die Nutzung des Dienstes. Mit der Nutzung stimmen Sie diesen Bedingungen zu.",
        "Sie müssen mindestens 16 Jahre alt sein, um ein Konto zu eröffnen, und sind dafür verantwortlich.",
        "Wir können diese Bedingungen ändern und werden Sie mindestens 30 Tage vorher per E-Mail benachrichtigen.",
    )
    archive.serve(policy(*clauses), one)
    archive.serve(policy(*german, title="Nutzungsbedingungen", lang="de"), two)
    assert archive.check(archive.document(one, two)).reason == "other_language"
    assert Variant.objects.get().language == "de"


def test_a_header_that_a_database_cannot_hold_is_kept_without_what_it_cannot_hold(
    archive: Any, policy: Policy
) -> None:
    archive.serve(Page(policy(), headers={"X-Odd": "a\0b"}))
    archive.check(archive.document())
    assert ["X-Odd", "ab"] in Capture.objects.get().headers


def test_a_pack_that_cannot_be_sealed_costs_the_check_nothing(
    archive: Any, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(source: object) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(packs, "seal_if_full", locked)
    archive.serve(policy())
    assert archive.check(archive.document()).outcome == "changed"


def test_a_lost_lease_writes_nothing(archive: Any, policy: Policy) -> None:
    document = archive.document()

    def steal() -> Page:
        Due.objects.filter(document=document).update(holder="someone else")
        return Page(policy())

    archive.serve(steal)
    with pytest.raises(LeaseLostError):
        archive.check(document)
    assert (Check.objects.count(), Capture.objects.count(), Snapshot.objects.count()) == (0, 0, 0)


def test_a_clock_set_back_neither_loses_nor_doubles(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.later(days=-400)
    assert archive.check(document).outcome == "unchanged"
    archive.serve(policy(*clauses[:5]))
    result = archive.check(document)
    assert result.change.old_version == Version.objects.order_by("pk").first()
    assert archive.check(document).confirmed == result.change
    assert (Version.objects.count(), Change.objects.count(), Check.objects.count()) == (2, 1, 4)


def test_events_say_who_and_why(archive: Any, policy: Policy, clauses: tuple[str, ...]) -> None:
    document = archive.document()
    for page in (policy(), policy(*clauses[:4]), policy(*clauses[:4])):
        archive.serve(page)
        archive.check(document)
        archive.later(hours=2)
    assert all(event.who.startswith("ConductAtlas/") and event.why for event in ChangeEvent.objects.all())


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_text_that_stands_letter_by_letter_is_judged_again_only_for_another_language(
    archive: Any, policy: Policy, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.later(hours=3)
    Document.objects.filter(pk=document.pk).update(language=language)
    judged: list[bool] = []
    monkeypatch.setattr(judging, "judge", lambda *words: judged.append(True) or judge(*words))
    archive.serve(policy(extra="<!-- another token -->"))
    result = archive.check(document)
    assert (result.outcome, bool(judged)) == (("unchanged", False) if language == "en" else ("held", True))
