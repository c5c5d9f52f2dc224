"""What was asked and answered in a capture, as WARC records: with its body, or referring to the record that has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from conductatlas.archive import warc_facts, warc_writer
from conductatlas.archive.address import WebAddress
from conductatlas.archive.answer import Fields
from conductatlas.archive.models import Snapshot
from conductatlas.archive.warc_capture import Bearer, Made
from conductatlas.archive.warc_writer import Record
from conductatlas.reading.text.charset import media_type
from conductatlas.reading.text.formats import DOCX, DOCX_TYPE, PDF, sniff

CUT = {"too_large": "length", "timeout": "time", "broken_answer": "disconnect"}  # reason → WARC-Truncated


def whole(made: Made, body: bytes, *, is_decoded: bool) -> Iterator[Record]:
    """What was asked and answered, body and all; a `resource` where we know of no answer."""
    capture = made.capture
    name = made.own_id
    made.main = name
    if capture.snapshot is not None:
        made.bear(capture.snapshot.digest, name, capture.started_at, capture.status)
    if not made.is_first(name):  # this very record is there, as another document's capture
        return
    yield from _way(made)
    kind = type_of(body, capture.media_type)
    fields = warc_facts.head_fields(capture)
    if capture.reason in CUT:
        fields += (("WARC-Truncated", CUT[capture.reason]),)
    head = b""
    if made.answered:
        head = warc_writer.answer_head(
            capture.http_version, made.answered, _pairs(capture.headers), len(body), is_decoded=is_decoded
        )
    yield Record(
        "response" if head else "resource",
        name,
        capture.started_at,
        warc_writer.HTTP_ANSWER if head else kind,
        made.url,
        head,
        body,
        fields,
        capture.status or 200,
        media_type(kind),
    )


def revisit(made: Made, bearer: Bearer, snapshot: Snapshot) -> Iterator[Record]:
    """What was asked and answered, the body left to the record that bears it."""
    capture = made.capture
    name = made.own_id
    made.main = name
    if not made.is_first(name):
        return
    yield from _way(made)
    head = b""
    if made.answered:
        head = warc_writer.answer_head(
            capture.http_version, made.answered, _pairs(capture.headers), snapshot.length, is_decoded=True
        )
    profile = warc_writer.NOT_MODIFIED if capture.status == 304 else warc_writer.IDENTICAL
    yield repeating(
        name,
        capture.started_at,
        made.url,
        bearer,
        snapshot,
        profile,
        head,
        warc_facts.head_fields(capture),
    )


def repeating(
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


def type_of(body: bytes, stated: str) -> str:
    """The media type of bytes as it was stated, or else by their first bytes."""
    if stated:
        return stated
    known = {PDF: "application/pdf", DOCX: DOCX_TYPE}.get(sniff(body, ""))
    return known or ("text/html" if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "text/plain")


def _way(made: Made) -> Iterator[Record]:
    """The redirects on the way to the answer, and the request for it, as far as we know it."""
    capture = made.capture
    beside = ("WARC-Concurrent-To", f"<{made.main}>")
    for place, hop in enumerate(capture.hops):
        head = warc_writer.answer_head("", int(hop["status"]), _pairs(hop["headers"]), 0, is_decoded=True)
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
                (warc_facts.REWRITTEN, "head, to HTTP/1.1 text; its protocol was not recorded"),
                *warc_facts.ip_field(str(hop.get("peer", ""))),
                ("WARC-Truncated", "unspecified"),  # the body of a redirect is not read
            ),
            status=int(hop["status"]),
            media_type="",
        )
    if capture.request_headers:
        target = WebAddress.parse(made.url).target  # it was asked for, so it is one
        head = warc_writer.request_head(capture.http_version, target, _pairs(capture.request_headers))
        yield Record(
            "request",
            made.id("request"),
            capture.started_at,
            warc_writer.HTTP_REQUEST,
            made.url,
            head,
            fields=(beside, *warc_facts.rewritten(capture), *warc_facts.ip_field(capture.peer_address)),
        )


def _pairs(rows: Any) -> Fields:
    return tuple((str(name), str(value)) for name, value in rows)
