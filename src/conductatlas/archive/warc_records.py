"""A capture as WARC records: what was asked and answered, what a browser made of it, and what else is known.

    request, response     what was on the wire; a redirect on the way is a response of its own
    revisit               an answer whose body is as before (304, or equal bytes); it refers to the record that has it
    resource              bytes of which no answer is known (a page saved by hand), and the page as a browser left it
    metadata              the row: outcome, digests as received, peer, TLS, vantage, whose word its date is

Nothing is made up. Bytes that were removed, are withheld, or were refused are not written; the metadata says so. A
record that another archive gave keeps its id and date. Ids of our own records are made of the row, so two exports are
alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from conductatlas.archive import packs, renderings, warc_answers, warc_facts, warc_writer
from conductatlas.archive.answer import Fields
from conductatlas.archive.browser import DOM_TYPE
from conductatlas.archive.models import Capture, CaptureOutcome, RemovedSnapshot, Snapshot, Tombstone
from conductatlas.archive.queries import refused_bytes, removed_capture
from conductatlas.archive.warc_capture import Bearer, Made, Told, Written
from conductatlas.archive.warc_writer import Record, record_id
from conductatlas.reading.text.charset import media_type

SELECTED = (
    "source__document__platform",
    "snapshot__removed__tombstone",
    "origin",
    "check_row",
    "rendering__snapshot__removed__tombstone",
)
GOOD = (CaptureOutcome.KEPT, CaptureOutcome.SAME)
THEIR_REVISIT = "WARC revisit record"  # what an import notes of a record that had no body of its own


def of_capture(capture: Capture, written: Written, tell: Callable[[Capture], Told]) -> Iterator[Record]:
    """The records of a capture, the one of metadata last; `written` is brought up to date.

    `capture` with what SELECTED names selected along. tell: what others know of a capture; also asked of one that is
    written before its turn, since others refer to it. Errors as of `packs.read_snapshot`, but for removed bytes.
    """
    if capture.pk in written.early:
        return
    told = tell(capture)
    made = Made(capture, written, tell, told.hidden)
    yield from _answer(made)
    yield from _rendered(made)
    facts = warc_facts.facts(capture, made.removed, made.hidden) | dict(told.facts)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    refers = (("WARC-Refers-To", f"<{made.main}>"),) if made.main else ()
    yield Record(
        "metadata",
        made.id("metadata"),
        capture.finished_at,
        "application/json",
        made.url,
        body=text.encode("utf-8"),
        fields=refers,
    )


def bearer_of(capture: Capture, written: Written) -> Bearer | None:
    """The record that bears the bytes which a capture's text is read from; None if the export has none."""
    snapshot = renderings.text_snapshot(capture)
    return written.bodies.get(snapshot.digest) if snapshot is not None else None


def _answer(made: Made) -> Iterator[Record]:
    capture = made.capture
    if capture.outcome not in GOOD:
        if stone := removed_capture(capture.pk):
            _tell_removed(made, stone, capture.body_digest, capture.body_length)
        elif made.written.with_refused and (body := refused_bytes(capture.pk)) is not None:
            is_as_received = (
                capture.outcome == CaptureOutcome.FAILED and capture.body_digest == capture.wire_digest
            )
            yield from warc_answers.whole(made, body, is_decoded=not is_as_received)
        return
    if capture.snapshot is None or _is_removed(made, capture.snapshot) or made.hidden is not None:
        return
    if _has_no_body(capture) and capture.snapshot.digest not in made.written.bodies:
        yield from _base(made, capture.snapshot)
    bearer = made.written.bodies.get(capture.snapshot.digest)
    if bearer is not None:
        yield from warc_answers.revisit(made, bearer, capture.snapshot)
    else:
        yield from warc_answers.whole(made, packs.read_snapshot(capture.snapshot.digest), is_decoded=True)


def _has_no_body(capture: Capture) -> bool:
    """Whether the answer had no body, or the record which another archive gave."""
    return capture.status == 304 or (
        capture.provenance == "imported" and capture.origin.note == THEIR_REVISIT
    )


def _base(made: Made, snapshot: Snapshot) -> Iterator[Record]:
    """The records of the capture whose body an answer without one stands for, although nobody chose that capture; the
    bytes alone where no capture has them."""
    capture = made.capture
    others = (
        Capture.objects.filter(
            snapshot=snapshot, outcome__in=GOOD, check_row__document=capture.check_row.document_id
        )
        .exclude(status=304)
        .exclude(origin__note=THEIR_REVISIT)
        .select_related(*SELECTED)
        .order_by("-started_at", "-pk")
    )
    row = others.filter(started_at__lte=capture.started_at).first() or others.last()
    if row is not None:
        yield from of_capture(row, made.written, made.tell)
        made.written.early.add(row.pk)
        return
    body = packs.read_snapshot(snapshot.digest)
    name = record_id("body", capture.check_row.document_id, snapshot.digest)
    made.bear(snapshot.digest, name, snapshot.first_kept_at)
    kind = warc_answers.type_of(body, snapshot.media_type)
    yield Record(
        "resource",
        name,
        snapshot.first_kept_at,
        kind,
        made.url,
        body=body,
        fields=((warc_facts.ROLE, warc_facts.BODY),),
        status=200,
        media_type=media_type(kind),
    )


def _rendered(made: Made) -> Iterator[Record]:
    """The page as a browser left it: never an answer."""
    rendering = renderings.of(made.capture)
    snapshot = rendering.snapshot if rendering is not None else None
    if rendering is None or snapshot is None or _is_removed(made, snapshot) or made.hidden is not None:
        return
    name, at = made.id("rendering"), rendering.finished_at
    beside: Fields = (("WARC-Concurrent-To", f"<{made.main}>"),) if made.main else ()
    fields = beside + warc_facts.asked(made.capture) + warc_facts.named(made.capture)
    bearer = made.written.bodies.get(snapshot.digest)
    if bearer is not None:
        yield warc_answers.repeating(
            name,
            at,
            made.url,
            bearer,
            snapshot,
            warc_writer.IDENTICAL,
            fields=fields,
        )
        return
    made.bear(snapshot.digest, name, at)
    body = packs.read_snapshot(snapshot.digest)
    yield Record(
        "resource",
        name,
        at,
        DOM_TYPE,
        made.url,
        b"",
        body,
        fields,
        status=200,
        media_type=media_type(DOM_TYPE),
    )


def _is_removed(made: Made, snapshot: Snapshot) -> bool:
    """Whether a tombstone stands in the place of these bytes; then the metadata will say so."""
    gone: RemovedSnapshot | None = getattr(snapshot, "removed", None)
    if gone is not None:
        _tell_removed(made, gone.tombstone, snapshot.digest, snapshot.length)
    return gone is not None


def _tell_removed(made: Made, stone: Tombstone, digest: str, length: int | None) -> None:
    said = {"reason": stone.reason, "ground": stone.ground, "at": warc_writer.date(stone.at)}
    made.removed.append({"sha256": digest, "length": length, **said})
