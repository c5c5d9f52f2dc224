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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conductatlas.archive import packs, renderings, warc_facts, warc_writer
from conductatlas.archive.answer import Fields
from conductatlas.archive.browser import DOM_TYPE
from conductatlas.archive.models import Capture, CaptureOutcome, RemovedSnapshot, Snapshot, Tombstone
from conductatlas.archive.queries import refused_bytes, removed_capture
from conductatlas.archive.warc_writer import Record, record_id
from conductatlas.reading.text.charset import media_type
from conductatlas.reading.text.formats import DOCX, DOCX_TYPE, PDF, sniff

SELECTED = (
    "source",
    "snapshot__removed__tombstone",
    "origin",
    "check_row",
    "rendering__snapshot__removed__tombstone",
)
GOOD = (CaptureOutcome.KEPT, CaptureOutcome.SAME)
CUT = {"too_large": "length", "timeout": "time", "broken_answer": "disconnect"}  # reason → WARC-Truncated
THEIR_REVISIT = "WARC revisit record"  # what an import notes of a record that had no body of its own


@dataclass(frozen=True, slots=True)
class Bearer:
    """The record that bears some bytes: its id, address and date, and the status that it was answered with."""

    record_id: str
    url: str
    at: datetime
    status: int = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a capture above the archive: further facts, and why its bytes may not be shown (None: they
    may)."""

    facts: Mapping[str, object] = field(default_factory=dict)
    hidden: Mapping[str, object] | None = None


@dataclass(slots=True)
class Written:
    """What an export holds so far. with_refused: whether bytes of refused and failed captures are wanted. bodies, of
    one document: digest of a snapshot → the record that bears it. ids: those of others, since one of their records can
    be the capture of several documents. early: captures written before their turn, since others refer to them."""

    with_refused: bool = False
    bodies: dict[str, Bearer] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    early: set[int] = field(default_factory=set)

    def next_document(self) -> None:
        self.bodies.clear()
        self.early.clear()


@dataclass(slots=True)
class _Made:
    """One capture on its way. hidden: why its bytes may not be shown, None if they may."""

    capture: Capture
    written: Written
    tell: Callable[[Capture], Told]
    hidden: Mapping[str, object] | None
    main: str = ""  # id of the record that stands for the answer, "" if there is none
    removed: list[dict[str, object]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.capture.final_url or self.capture.requested_url

    def id(self, part: str) -> str:
        row = self.capture
        return record_id(part, row.pk, row.requested_url, row.started_at.isoformat(), row.body_digest)


def of_capture(capture: Capture, written: Written, tell: Callable[[Capture], Told]) -> Iterator[Record]:
    """The records of a capture, the one of metadata last; `written` is brought up to date.

    `capture` with what SELECTED names selected along. tell: what others know of a capture; also asked of one that is
    written before its turn, since others refer to it. Errors as of `packs.read_snapshot`, but for removed bytes.
    """
    if capture.pk in written.early:
        return
    told = tell(capture)
    made = _Made(capture, written, tell, told.hidden)
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


def _answer(made: _Made) -> Iterator[Record]:
    capture = made.capture
    if capture.outcome not in GOOD:
        if stone := removed_capture(capture.pk):
            _tell_removed(made, stone, capture.body_digest, capture.body_length)
        elif made.written.with_refused and (body := refused_bytes(capture.pk)) is not None:
            is_as_received = (
                capture.outcome == CaptureOutcome.FAILED and capture.body_digest == capture.wire_digest
            )
            yield from _whole(made, body, is_decoded=not is_as_received)
        return
    if capture.snapshot is None or _is_removed(made, capture.snapshot) or made.hidden is not None:
        return
    if _has_no_body(capture) and capture.snapshot.digest not in made.written.bodies:
        yield from _base(made, capture.snapshot)
    bearer = made.written.bodies.get(capture.snapshot.digest)
    if bearer is not None:
        yield from _revisit(made, bearer, capture.snapshot)
    else:
        yield from _whole(made, packs.read_snapshot(capture.snapshot.digest), is_decoded=True)


def _has_no_body(capture: Capture) -> bool:
    """Whether the answer had no body, or the record which another archive gave."""
    return capture.status == 304 or (
        capture.provenance == "imported" and capture.origin.note == THEIR_REVISIT
    )


def _base(made: _Made, snapshot: Snapshot) -> Iterator[Record]:
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
    made.written.bodies[snapshot.digest] = Bearer(name, made.url, snapshot.first_kept_at)
    kind = _type_of(body, snapshot.media_type)
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


def _whole(made: _Made, body: bytes, *, is_decoded: bool) -> Iterator[Record]:
    """What was asked and answered, body and all; a `resource` where we know of no answer."""
    capture = made.capture
    if (name := _own_id(made)) in made.written.ids:  # this very record, as another document's capture
        made.main = name
        made.written.bodies.setdefault(
            _digest(capture), Bearer(name, made.url, capture.started_at, capture.status or 200)
        )
        return
    yield from _way(made, name)
    kind = _type_of(body, capture.media_type)
    fields = warc_facts.head_fields(capture)
    if capture.reason in CUT:
        fields += (("WARC-Truncated", CUT[capture.reason]),)
    is_answer = bool(capture.status)
    head = b""
    if capture.status:
        head = warc_writer.answer_head(
            capture.http_version, capture.status, _pairs(capture.headers), len(body), is_decoded=is_decoded
        )
    made.main = name
    if capture.snapshot is not None:
        made.written.bodies[capture.snapshot.digest] = Bearer(
            name, made.url, capture.started_at, capture.status or 200
        )
    if capture.provenance == "imported":
        made.written.ids.add(name)
    yield Record(
        "response" if is_answer else "resource",
        name,
        capture.started_at,
        warc_writer.HTTP_ANSWER if is_answer else kind,
        made.url,
        head,
        body,
        fields,
        capture.status or 200,
        media_type(kind),
    )


def _revisit(made: _Made, bearer: Bearer, snapshot: Snapshot) -> Iterator[Record]:
    capture = made.capture
    if (name := _own_id(made)) in made.written.ids:
        made.main = name
        return
    yield from _way(made, name)
    head = b""
    if capture.status:
        head = warc_writer.answer_head(
            capture.http_version, capture.status, _pairs(capture.headers), snapshot.length, is_decoded=True
        )
    made.main = name
    if capture.provenance == "imported":
        made.written.ids.add(name)
    profile = warc_writer.NOT_MODIFIED if capture.status == 304 else warc_writer.IDENTICAL
    yield _repeating(
        name,
        capture.started_at,
        made.url,
        bearer,
        snapshot,
        profile,
        head,
        warc_facts.head_fields(capture),
    )


def _repeating(
    name: str,
    at: datetime,
    url: str,
    bearer: Bearer,
    snapshot: Snapshot,
    profile: str,
    head: bytes = b"",
    fields: Fields = (),
) -> Record:
    """A `revisit` of the record that bears these bytes. To an index it has that one's status: players take a 304 there
    for an answer with nothing to show."""
    refers = (
        ("WARC-Profile", profile),
        ("WARC-Refers-To", f"<{bearer.record_id}>"),
        ("WARC-Refers-To-Target-URI", warc_writer.address(bearer.url)),
        ("WARC-Refers-To-Date", warc_writer.date(bearer.at)),
        ("WARC-Payload-Digest", f"sha256:{snapshot.digest}"),
    )
    kind = warc_writer.HTTP_ANSWER if head else ""
    return Record(
        "revisit",
        name,
        at,
        kind,
        url,
        head,
        fields=fields + refers,
        status=bearer.status,
        media_type="warc/revisit",
    )


def _rendered(made: _Made) -> Iterator[Record]:
    """The page as a browser left it: never an answer."""
    rendering = renderings.of(made.capture)
    snapshot = rendering.snapshot if rendering is not None else None
    if rendering is None or snapshot is None or _is_removed(made, snapshot) or made.hidden is not None:
        return
    name, at = made.id("rendering"), rendering.finished_at
    beside: Fields = (("WARC-Concurrent-To", f"<{made.main}>"),) if made.main else ()
    bearer = made.written.bodies.get(snapshot.digest)
    if bearer is not None:
        yield _repeating(
            name,
            at,
            made.url,
            bearer,
            snapshot,
            warc_writer.IDENTICAL,
            fields=beside + warc_facts.asked(made.capture),
        )
        return
    made.written.bodies[snapshot.digest] = Bearer(name, made.url, at)
    body = packs.read_snapshot(snapshot.digest)
    fields = beside + warc_facts.asked(made.capture)
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


def _way(made: _Made, main: str) -> Iterator[Record]:
    """The redirects on the way to the answer `main`, and the request for it, as far as we know it."""
    capture = made.capture
    beside = ("WARC-Concurrent-To", f"<{main}>")
    for place, hop in enumerate(capture.hops):
        head = warc_writer.answer_head(
            capture.http_version, int(hop["status"]), _pairs(hop["headers"]), 0, is_decoded=True
        )
        yield Record(
            "response",
            made.id(f"redirect-{place}"),
            capture.started_at,
            warc_writer.HTTP_ANSWER,
            str(hop["url"]),
            head,
            fields=(
                beside,
                (warc_facts.ROLE, warc_facts.REDIRECT),
                *warc_facts.rewritten(capture),
                *warc_facts.ip_field(str(hop.get("peer", ""))),
                ("WARC-Truncated", "unspecified"),  # the body of a redirect is not read
            ),
            status=int(hop["status"]),
            media_type="",
        )
    if capture.request_headers:
        target = made.url.partition("://")[2]
        path = target[len(target.split("/", 1)[0].split("?", 1)[0]) :] or "/"
        head = warc_writer.request_head(
            capture.http_version, path.partition("#")[0], _pairs(capture.request_headers)
        )
        yield Record(
            "request",
            made.id("request"),
            capture.started_at,
            warc_writer.HTTP_REQUEST,
            made.url,
            head,
            fields=(beside, *warc_facts.rewritten(capture), *warc_facts.ip_field(capture.peer_address)),
        )


def _own_id(made: _Made) -> str:
    """Of a capture that another archive gave its own id over there, if it can be one."""
    origin = getattr(made.capture, "origin", None)
    if made.capture.provenance == "imported" and origin and warc_writer.is_record_id(origin.record_id):
        return str(origin.record_id)
    return made.id("answer")


def _is_removed(made: _Made, snapshot: Snapshot) -> bool:
    """Whether a tombstone stands in the place of these bytes; then the metadata will say so."""
    gone: RemovedSnapshot | None = getattr(snapshot, "removed", None)
    if gone is not None:
        _tell_removed(made, gone.tombstone, snapshot.digest, snapshot.length)
    return gone is not None


def _tell_removed(made: _Made, stone: Tombstone, digest: str, length: int | None) -> None:
    said = {"reason": stone.reason, "ground": stone.ground, "at": warc_writer.date(stone.at)}
    made.removed.append({"sha256": digest, "length": length, **said})


def _digest(capture: Capture) -> str:
    return capture.snapshot.digest if capture.snapshot is not None else capture.body_digest


def _type_of(body: bytes, stated: str) -> str:
    """The media type of bytes as it was stated, or else by their first bytes."""
    if stated:
        return stated
    known = {PDF: "application/pdf", DOCX: DOCX_TYPE}.get(sniff(body, ""))
    return known or ("text/html" if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "text/plain")


def _pairs(rows: Any) -> Fields:
    return tuple((str(name), str(value)) for name, value in rows)
