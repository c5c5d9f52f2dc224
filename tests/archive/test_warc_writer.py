"""WARC files as we write them, read by an independent library and by our own reader."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from conductatlas.archive import warc, warc_writer
from conductatlas.archive.warc_writer import Place, Record, WarcWriter, answer_head, request_head

AT = datetime(2026, 3, 1, 6, 0, 0, 250000, tzinfo=UTC)
BODY = "<!doctype html><p>Zoë agrees to these terms — all of them.".encode()
URL = "http://heron.example/terms"


def written(records: Sequence[Record]) -> tuple[bytes, list[Place]]:
    stream = BytesIO()
    writer = WarcWriter(stream)
    return (places := [writer.write(record) for record in records]) and stream.getvalue(), places


def read(data: bytes) -> list[tuple[Any, bytes]]:
    """Each record by warcio, with its body; every digest has been checked."""
    found = []
    for record in ArchiveIterator(BytesIO(data), check_digests="raise"):
        found.append((record, record.content_stream().read()))
    return found


def response(
    http: tuple[tuple[str, str], ...], body: bytes = BODY, *, is_decoded: bool = True, **more: Any
) -> Record:
    head = answer_head("HTTP/1.1", 200, http, len(body), is_decoded=is_decoded)
    given = {"kind": "response", "record_id": warc_writer.record_id("a", 1), "at": AT, "url": URL} | more
    return Record(content_type=warc_writer.HTTP_ANSWER, head=head, body=body, **given)


def test_each_record_is_a_gzip_member_of_its_own_and_lies_where_it_is_said() -> None:
    data, places = written([response(()), response((), b"x", record_id="urn:x:2")])
    assert [place.offset for place in places] == [0, places[0].length]
    assert sum(place.length for place in places) == len(data)
    for place, body in zip(places, (BODY, b"x"), strict=True):
        member = zlib.decompressobj(31)
        record = member.decompress(data[place.offset : place.offset + place.length])
        assert member.eof and not member.unused_data
        assert record.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n") and record.endswith(
            body + b"\r\n\r\n"
        )


def test_the_same_record_is_the_same_bytes_and_holds_no_moment_of_writing() -> None:
    (first, _), (second, _) = written([response(())]), written([response(())])
    assert first == second
    assert first[4:8] == b"\0\0\0\0"  # MTIME of the member's head (RFC 1952, section 2.3.1)


def test_ids_are_made_of_names_and_differ_with_them() -> None:
    assert warc_writer.record_id("answer", 7) == warc_writer.record_id("answer", 7)
    assert (
        len(
            {
                warc_writer.record_id(*names)
                for names in ((7,), ("answer", 7), ("answer", 8), ("answer/7", ""))
            }
        )
        == 4
    )


def test_fields_that_are_not_true_of_the_decoded_body_keep_their_value_under_another_name() -> None:
    fields = (
        ("Content-Type", "text/html"),
        ("Content-Encoding", "br"),
        ("transfer-encoding", "chunked"),
        ("Content-Length", "17"),
        ("ETag", '"a"'),
    )
    ((record, body),) = read(written([response(fields)])[0])
    assert body == BODY
    assert record.http_headers.headers == [
        ("Content-Type", "text/html"),
        ("X-Archive-Orig-Content-Encoding", "br"),
        ("X-Archive-Orig-transfer-encoding", "chunked"),
        ("X-Archive-Orig-Content-Length", "17"),
        ("ETag", '"a"'),
    ]


def test_fields_that_are_true_of_the_body_stay() -> None:
    fields = (("Content-Encoding", "gzip"), ("Content-Length", str(len(BODY))))
    head = response(fields, is_decoded=False).head
    assert b"\r\nContent-Encoding: gzip\r\nContent-Length: 61\r\n" in head and b"X-Archive" not in head


@pytest.mark.parametrize(
    ("version", "first"), [("HTTP/2", b"HTTP/1.1 404 Not Found"), ("HTTP/1.0", b"HTTP/1.0 404 Not Found")]
)
def test_a_head_is_text_of_http_1_whatever_it_was(version: str, first: bytes) -> None:
    assert (
        answer_head(version, 404, (("server", "x"),), 0, is_decoded=True) == first + b"\r\nserver: x\r\n\r\n"
    )
    assert request_head(version, "/a?b=c", ()) == b"GET /a?b=c " + first[:8] + b"\r\n\r\n"
    assert warc_writer.is_rewritten(version) is (version == "HTTP/2")


def test_a_status_that_has_no_name_has_none_here() -> None:
    assert answer_head("HTTP/1.1", 299, (), 0, is_decoded=True) == b"HTTP/1.1 299 \r\n\r\n"


def test_octets_of_values_come_out_as_they_came_in() -> None:
    value = bytes(octet for octet in range(0x20, 0x100) if octet != 0x7F).decode("latin-1")
    head = answer_head("HTTP/1.1", 200, (("X-All", f"a{value}b"),), 0, is_decoded=True)
    assert f"a{value}b".encode("latin-1") in head


def test_a_value_that_is_no_octets_leaves_the_others_as_they_were() -> None:
    head = answer_head("HTTP/1.1", 200, (("X-A", "caf\xe9"), ("X-B", "日本\ud800")), 0, is_decoded=True)
    assert head.splitlines()[1:3] == [b"X-A: caf\xe9", "X-B: 日本?".encode()]


@pytest.mark.parametrize(
    ("peer", "ip"),
    [
        ("192.0.2.1:443", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("192.0.2.1", "192.0.2.1"),
        ("x", ""),
    ],
)
def test_the_peer_is_an_address_without_its_port(peer: str, ip: str) -> None:
    assert warc_writer.peer_ip(peer) == ip


def test_moments_are_utc() -> None:
    zone = timezone(timedelta(hours=2))
    assert warc_writer.date(AT.astimezone(zone)) == "2026-03-01T06:00:00.250000Z"
    assert warc_writer.date(AT.replace(microsecond=0)) == "2026-03-01T06:00:00Z"


def test_an_id_of_another_archive_must_be_one() -> None:
    assert warc_writer.is_record_id("urn:uuid:2a1c") and warc_writer.is_record_id("http://a.example/1")
    assert not any(map(warc_writer.is_record_id, ("", "abc", "urn:x y", "urn:x>\r\nWARC-Type: x", "urn:x\n")))


HOSTILE = st.text(
    st.characters(min_codepoint=0, max_codepoint=0x2FFFF, exclude_categories=["Cs"]), max_size=60
)
LATIN = st.text(st.characters(max_codepoint=0xFF), max_size=60)


@settings(deadline=None)
@given(
    fields=st.lists(st.tuples(LATIN, LATIN) | st.tuples(HOSTILE, HOSTILE), max_size=6),
    said=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=4),
    url=HOSTILE,
    body=st.binary(max_size=300),
)
def test_nothing_in_a_head_becomes_a_line_or_a_record_of_its_own(
    tmp_path_factory: pytest.TempPathFactory,
    fields: list[tuple[str, str]],
    said: list[tuple[str, str]],
    url: str,
    body: bytes,
) -> None:
    evil = tuple((f"X-{name}", value) for name, value in said)
    records = [
        response(tuple(fields), body, fields=evil, url=f"http://heron.example/{url}"),
        response((), b"end"),
    ]
    data, _ = written(records)
    (first, got), (_, end) = read(data)
    assert (got, end) == (body, b"end")
    assert len(first.http_headers.headers) == len(fields)
    assert {name for name, _ in first.rec_headers.headers} >= {
        "WARC-Type",
        "WARC-Block-Digest",
        "Content-Length",
    }
    assert len(first.rec_headers.headers) == 8 + len(evil)
    path = tmp_path_factory.mktemp("w") / "a.warc.gz"
    path.write_bytes(data)
    ours = list(warc.index(path))
    assert [r.digest for r in ours if isinstance(r, warc.WarcRecord)] == [
        hashlib.sha256(part).hexdigest() for part in (body, b"end")
    ]


def test_our_reader_takes_it_as_it_was_served(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    fields = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "9"),
    )
    path.write_bytes(written([response(fields)])[0])
    (found,) = warc.index(path)
    assert isinstance(found, warc.WarcRecord)
    seen = warc.answer(found, 1000)
    assert (seen.body, seen.status, seen.content_type) == (BODY, 200, "text/html; charset=utf-8")
    assert seen.started_at == AT
