"""What had to be removed: gone from every row and object, told in public, and not taken in again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from conductatlas.archive import packs
from conductatlas.archive.memory import Page
from conductatlas.archive.models import (
    Capture,
    Check,
    PackMember,
    RefusedBody,
    RemovedSnapshot,
    Snapshot,
    Tombstone,
)
from conductatlas.errors import NotFoundError, RemovedError
from conductatlas.history import removal, services
from conductatlas.history.models import Change, Reading, RemovedVersion, RenderedReading, Version

Policy = Callable[..., bytes]
AT = datetime(2026, 11, 25, tzinfo=UTC)


def states(change: Change) -> list[str]:
    return list(change.events.order_by("pk").values_list("state", flat=True))


def reworded(clauses: tuple[str, ...], days: int) -> tuple[str, ...]:
    return tuple(text.replace("30 days", f"{days} days") for text in clauses)


def gone(extent: removal.Extent, reason: str = "A court ordered it.") -> Tombstone:
    stone = removal.remove(extent, reason, "Order 12 O 34/26", at=AT, by=None)
    assert removal.erase(extent) == 0
    packs.recent.clear()
    return stone


@pytest.fixture
def history(archive: Any, policy: Policy, clauses: tuple[str, ...]) -> Any:
    """Three versions: 30 days (in two different pages), 20 days, 10 days; each seen twice."""
    document = archive.document()
    for days, extra in ((30, ""), (30, "<i></i>"), (20, ""), (20, "<i></i>"), (10, ""), (10, "")):
        archive.serve(policy(*reworded(clauses, days), extra=extra))
        archive.check(document)
        archive.later(days=1)
    assert Version.objects.count() == 3
    archive.terms = document
    return archive


def version(number: int) -> Version:
    return Version.objects.order_by("pk")[number - 1]


# ── what goes and what stays ─────────────────────────────────────────────────────────────────────────


def test_the_words_and_every_capture_that_held_them_go(history: Any) -> None:
    reading = Reading.objects.get(version=version(2))
    RenderedReading.objects.create(reading=reading, html="<p>within 20 days</p>", made_by="test")
    extent = removal.extent_of_version(version(2))
    assert len(extent.snapshots) == 2  # one text in two pages
    stone = gone(extent)
    assert (stone.reason, stone.ground) == ("A court ordered it.", "Order 12 O 34/26")
    after = Reading.objects.get(version=version(2))
    assert (after.text, after.marks, after.title) == ("", "[]", "")
    assert (after.digest, after.words, after.language) == (reading.digest, reading.words, reading.language)
    assert after.value().text == ""
    assert not RenderedReading.objects.exists()
    for snapshot in extent.snapshots:
        with pytest.raises(RemovedError):
            packs.read_snapshot(snapshot.digest)
    for other in Snapshot.objects.filter(removed=None):
        assert packs.digest(packs.read_snapshot(other.digest)) == other.digest
    assert PackMember.objects.count() == 3
    assert Change.objects.count() == 2  # and their hunks hold offsets, no words


def test_no_word_of_it_is_left_in_the_database(history: Any) -> None:
    gone(removal.extent_of_version(version(2)))
    for model in (Reading, RenderedReading, Change, Check, Capture, Tombstone):
        for row in model.objects.values():
            assert "20 days" not in str(row), model
    hunks = [str(row) for change in Change.objects.all() for row in change.hunks.values()]
    assert not any("20 days" in row for row in hunks)


def test_bytes_that_another_version_rests_on_stay_and_are_named(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    for days in (30, 30, 20, 20, 30, 30, 30, 30):  # the first text comes back, in the same bytes
        archive.serve(policy(*reworded(clauses, days)))
        archive.check(document)
        archive.later(days=1)
    first, _, third = Version.objects.order_by("pk")
    extent = removal.extent_of_version(first)
    assert (extent.snapshots, extent.twins) == ((), (third,))
    assert extent.shared == (packs.digest(policy(*clauses)),)
    gone(extent)
    assert packs.read_snapshot(extent.shared[0]) == policy(*clauses)
    assert Reading.objects.get(version=third).text
    extent = removal.extent_of_version(third)  # now nothing rests on them but what was removed
    assert (extent.shared, len(extent.snapshots)) == ((), 1)
    gone(extent)
    with pytest.raises(RemovedError):
        packs.read_snapshot(packs.digest(policy(*clauses)))


def test_bytes_that_another_document_was_read_from_stay(archive: Any, policy: Policy) -> None:
    terms, rules = archive.document(), archive.document(slug="rules")
    archive.serve(policy())
    archive.serve(policy(), "http://heron.example/rules")
    archive.check(terms)
    archive.check(rules)
    extent = removal.extent_of_document(terms)
    assert (extent.snapshots, len(extent.shared)) == ((), 1)
    assert [twin.document for twin in extent.twins] == [rules]
    gone(extent)
    assert packs.read_snapshot(packs.digest(policy())) == policy()
    assert not Reading.objects.get(version__document=terms).text


def test_a_whole_document_goes_with_what_was_refused(history: Any) -> None:
    history.serve(Page(b"<html><title>Sign in</title><form>Password</form></html>"))
    assert history.check(history.terms).outcome == "held"
    assert RefusedBody.objects.count() == 1
    extent = removal.extent_of_document(history.terms)
    assert (len(extent.versions), len(extent.snapshots), len(extent.refused)) == (3, 5, 1)
    stone = gone(extent)
    assert stone.whole_document
    assert not (RefusedBody.objects.exists() or PackMember.objects.exists())
    assert set(Reading.objects.values_list("text", flat=True)) == {""}
    with pytest.raises(NotFoundError, match="nothing of it is left"):
        removal.remove(removal.extent_of_document(history.terms), "Again.", "", at=AT, by=None)


def test_the_bytes_of_a_single_capture_go(history: Any, policy: Policy) -> None:
    second = Capture.objects.order_by("pk")[1]  # the first text in another page: no version rests on it
    extent = removal.extent_of_capture(second)
    assert (extent.versions, len(extent.snapshots)) == ((), 1)
    stone = gone(extent)
    assert stone.capture == second
    assert Reading.objects.get(version=version(1)).text
    with pytest.raises(NotFoundError, match=r"no bytes|nothing"):
        removal.remove(removal.extent_of_capture(second), "Again.", "", at=AT, by=None)


def test_a_capture_that_a_version_was_read_from_is_not_removed_behind_its_back(history: Any) -> None:
    with pytest.raises(NotFoundError, match="CA-V") as caught:
        removal.extent_of_capture(Capture.objects.order_by("pk")[0])
    assert "CA-V" in caught.value.remedy


def test_a_reason_is_asked_for_and_nothing_happens_without(history: Any) -> None:
    with pytest.raises(NotFoundError, match="reason"):
        removal.remove(removal.extent_of_version(version(1)), "  ", "", at=AT, by=None)
    assert not Tombstone.objects.exists()
    assert Reading.objects.get(version=version(1)).text


def test_a_removal_that_was_killed_before_the_bytes_went_is_finished_later(history: Any) -> None:
    from conductatlas.archive import repack

    extent = removal.extent_of_version(version(1))
    removal.remove(extent, "A court ordered it.", "", at=AT, by=None)  # and here it was killed
    assert repack.unfinished()
    repack.finish()
    packs.recent.clear()
    for snapshot in extent.snapshots:
        with pytest.raises(RemovedError):
            packs.read_snapshot(snapshot.digest)


def test_a_new_reader_does_not_look_for_what_was_removed(
    history: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(removal.extent_of_version(version(3)))
    monkeypatch.setattr(services, "READER_VERSION", services.READER_VERSION + 1)
    standing = services.standing(history.terms, AT)
    assert standing is not None and standing.is_removed
    assert Reading.objects.count() == 3


# ── what the next checks do ──────────────────────────────────────────────────────────────────────────


def test_the_same_bytes_again_are_unchanged_and_not_kept_again(history: Any) -> None:
    gone(removal.extent_of_version(version(3)))
    result = history.check(history.terms)
    assert (result.outcome, result.version, result.change) == ("unchanged", None, None)
    assert not PackMember.objects.filter(snapshot__removed__isnull=False).exists()


def test_the_same_words_in_other_bytes_are_unchanged_and_not_kept(
    history: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    gone(removal.extent_of_version(version(3)))
    snapshots = Snapshot.objects.count()
    history.serve(policy(*reworded(clauses, 10), extra="<script>nonce = 7</script>"))
    result = history.check(history.terms)
    assert (result.outcome, result.reason, result.captures[0][1:]) == (
        "unchanged",
        "removed",
        ("refused", "removed"),
    )
    assert Snapshot.objects.count() == snapshots
    assert not RefusedBody.objects.exists()
    history.later(days=1)
    assert history.check(history.terms).outcome == "unchanged"  # the capture before has no snapshot


def test_a_removed_text_is_asked_for_without_conditions(history: Any, policy: Policy, clauses: Any) -> None:
    page = Page(policy(*reworded(clauses, 10)), headers={"ETag": '"a"'})
    history.serve(page)
    history.check(history.terms)
    gone(removal.extent_of_version(version(3)))
    history.later(days=1)
    assert history.check(history.terms).outcome == "unchanged"
    assert Capture.objects.order_by("-pk")[0].status == 200


def test_another_text_after_a_removed_one_is_a_version_and_no_change(
    history: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    gone(removal.extent_of_version(version(3)))
    history.serve(policy(*reworded(clauses, 5)))
    result = history.check(history.terms)
    assert (result.outcome, result.reason, result.change) == ("changed", "after_removal", None)
    assert "5 days" in Reading.objects.get(version=result.version).text
    history.later(days=1)
    history.serve(policy(*reworded(clauses, 3)))
    assert history.check(history.terms).change is not None  # and so it goes on


def test_an_earlier_text_that_was_removed_is_not_taken_in_again(
    history: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    gone(removal.extent_of_version(version(1)))
    for extra in ("", "<script>nonce = 8</script>"):  # in its own bytes, and in others
        history.serve(policy(*clauses, extra=extra))
        result = history.check(history.terms)
        assert (result.outcome, result.reason, result.version) == ("held", "removed", None)
        history.later(days=1)
    assert not any("30 days" in text for text in Reading.objects.values_list("text", flat=True))
    assert not PackMember.objects.filter(snapshot__removed__isnull=False).exists()


def test_a_candidate_is_judged_by_the_words_that_are_left(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    """30 → 10 days is a candidate when the text with 30 is removed; then a clause is added: 10 days is still there."""
    document = archive.document()
    archive.serve(policy(*clauses))
    archive.check(document)
    archive.later(days=1)
    archive.serve(policy(*reworded(clauses, 10)))
    candidate = archive.check(document).change
    gone(removal.extent_of_version(version(1)))
    archive.later(days=1)
    archive.serve(policy(*reworded(clauses, 10), "A new clause says something else about all of it."))
    archive.check(document)
    assert states(candidate) == ["candidate", "confirmed"]


# ── the database lets exactly this through ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_reading SET text = ''",
        "UPDATE history_reading SET text = '', marks = '[]', title = 'Other'",
        "UPDATE history_reading SET text = 'Other words', marks = '[]', title = ''",
        "UPDATE history_reading SET text = '', marks = '[]', title = '', words = 1",
        "UPDATE history_reading SET text = '', marks = '[]', title = '', digest = 'x'",
        "UPDATE history_reading SET text = '', marks = '[]', title = '', language = NULL",
        "DELETE FROM history_reading",
    ],
)
def test_a_tombstone_permits_nothing_but_erasing(history: Any, statement: str) -> None:
    extent = removal.extent_of_version(version(2))
    key = Reading.objects.get(version=version(2)).pk
    stone = Tombstone.objects.create(document=history.terms, reason="An order.", at=AT)
    stone.versions.create(version=extent.versions[0])
    with (
        pytest.raises(DatabaseError, match=r"append-only|null|NULL"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{statement} WHERE id = %s", [key])
    erase = "UPDATE history_reading SET text = '', marks = '[]', title = '' WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(erase, [key])
    other = Reading.objects.get(version=version(1)).pk
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(erase, [other])


def test_a_tombstone_itself_stays(history: Any) -> None:
    gone(removal.extent_of_version(version(2)))
    for rows in (RemovedSnapshot.objects.all(), RemovedVersion.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Tombstone.objects.update(reason="Another.")
