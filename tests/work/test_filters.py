"""Declared noise in a whole check: no version for it, a change beside it all the same, and a filter is our doing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conductatlas.archive import packs
from conductatlas.archive.models import Capture, Snapshot
from conductatlas.catalogue.models import Document
from conductatlas.history.models import Reading, Version

Policy = Callable[..., bytes]
NOISE = {"replace": "Viewed {number} times"}


def page(policy: Policy, clauses: tuple[str, ...], views: int) -> bytes:
    return policy(*clauses[:2], f"{clauses[2]} Viewed {views} times", *clauses[3:])


def filtered(archive: Any, *filters: dict[str, object]) -> Document:
    document = archive.document()
    document.sources.update(filters=list(filters))
    return document


def test_noise_makes_no_version_and_its_bytes_are_kept(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = filtered(archive, NOISE)
    archive.serve(page(policy, clauses, 7))
    archive.check(document)
    assert "Viewed" not in Reading.objects.get().text
    archive.later(days=1)
    archive.serve(page(policy, clauses, 1204))
    assert archive.check(document).outcome == "unchanged"
    assert [c.outcome for c in Capture.objects.order_by("pk")] == ["kept", "kept"]
    assert b"Viewed 1204 times" in packs.read_snapshot(Snapshot.objects.order_by("pk").last().digest)
    assert Version.objects.count() == 1


def test_a_change_beside_the_noise_is_a_change(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = filtered(archive, NOISE)
    archive.serve(page(policy, clauses, 7))
    archive.check(document)
    archive.later(days=1)
    archive.serve(page(policy, clauses, 8).replace(b"30 days", b"10 days"))
    change = archive.check(document).change
    assert change.kind == "substantive"
    (hunk,) = change.hunks.all()
    assert "10 days" in change.new_reading.text[hunk.new_start : hunk.new_end]


def test_a_new_filter_is_a_version_and_no_change(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    archive.serve(page(policy, clauses, 7))
    archive.check(document)
    source = document.sources.get()
    source.retired_at = archive.clock.moment
    source.save()
    document.sources.create(url=source.url, filters=[NOISE])
    archive.later(days=1)
    archive.serve(page(policy, clauses, 8))
    result = archive.check(document)
    assert (result.outcome, result.reason, result.change) == ("changed", "declaration_changed", None)


def test_what_a_filter_did_not_do_stands_with_the_capture(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = filtered(archive, {"replace": "Clause"}, {"replace": "Printed on {date}"})
    archive.serve(policy(*clauses))
    archive.check(document)
    assert Capture.objects.get().detail == (
        "the filter was not applied, as it would touch 6 of 13 lines: Clause; "
        "the filter matched nothing: Printed on {date}"
    )


def test_a_past_source_is_never_asked_for(archive: Any, policy: Policy) -> None:
    document = archive.document()
    document.sources.create(
        url="http://heron.example/old", position=0, is_past=True, retired_at=archive.clock.moment
    )
    archive.serve(policy())
    result = archive.check(document)
    assert [url for url, _, _ in result.captures] == ["http://heron.example/terms"]
