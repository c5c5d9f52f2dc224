"""WARC files: written by an independent library, damaged by us."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from conductatlas.archive.answer import answer_of
from conductatlas.archive.warc import WarcFault, WarcRecord, answer, index, payload_names, resolve
from conductatlas.errors import AnswerTooLargeError, BrokenAnswerError, ImportSourceError, StatusError

# The library that writes leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
PAGE = b"<!doctype html><title>Terms</title><p>" + b"You agree to these terms. " * 500
LIMIT = 1_000_000


def written(
    path: Path, *records: tuple[str, bytes], gz: bool = True, status: str = "200 OK", **headers: str
) -> Path:
    """A file with a response record for each (address, body)."""
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=gz)
        for place, (url, body) in enumerate(records):
            fields = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
            fields += [(name.replace("_", "-"), value) for name, value in headers.items()]
            head = StatusAndHeaders(status, fields, protocol="HTTP/1.1")
            said = {"WARC-Date": f"2024-01-0{place + 1}T10:00:00Z", "WARC-IP-Address": "192.0.2.7"}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body), http_headers=head, warc_headers_dict=said
                )
            )
    return path


def found(path: Path) -> tuple[list[WarcRecord], list[WarcFault]]:
    rows = list(index(path))
    return [r for r in rows if isinstance(r, WarcRecord)], [r for r in rows if isinstance(r, WarcFault)]


@pytest.mark.parametrize("kind", ["members", "plain", "whole"])
def test_each_capture_is_found_and_read_again(tmp_path: Path, kind: str) -> None:
    path = written(
        tmp_path / "a.warc", ("http://a.example/1", PAGE), ("http://a.example/2", b"x"), gz=kind == "members"
    )
    if kind == "whole":
        path.write_bytes(gzip.compress(path.read_bytes()))
    records, faults = found(path)
    assert faults == []
    assert [(r.url, r.at.day, r.length) for r in records] == [
        ("http://a.example/1", 1, len(PAGE)),
        ("http://a.example/2", 2, 1),
    ]
    for record, body in zip(reversed(records), (b"x", PAGE), strict=True):
        seen = answer(record, LIMIT)
        assert (seen.body, seen.status, seen.http_version) == (body, 200, "HTTP/1.1")
        assert seen.wire_digest == hashlib.sha256(body).hexdigest() == record.digest
        assert (seen.content_type, seen.peer_address) == ("text/html; charset=utf-8", "192.0.2.7")
        assert seen.started_at == record.at.astimezone(UTC)


def test_codings_are_taken_off_as_of_a_live_answer(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE)
    path = written(tmp_path / "a.warc.gz", ("http://a.example/", packed), Content_Encoding="gzip")
    (record,), _ = found(path)
    seen = answer(record, LIMIT)
    assert seen.body == PAGE
    assert seen.wire_digest == hashlib.sha256(packed).hexdigest()


def test_a_body_that_was_stored_without_the_coding_it_names_is_taken_as_it_is(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.warc.gz",
        ("http://a.example/", PAGE),
        Content_Encoding="br",
        Transfer_Encoding="chunked",
    )
    (record,), _ = found(path)
    assert answer(record, LIMIT).body == PAGE


@given(cuts=st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_chunks_are_put_together_however_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    chunked, rest = b"", PAGE
    for cut in cuts:
        chunked += b"%x\r\n%s\r\n" % (cut, rest[:cut])
        rest = rest[cut:]
    chunked += b"%X;ext=1\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(rest), rest)
    path = written(
        tmp_path_factory.mktemp("w") / "a.warc", ("http://a.example/", chunked), Transfer_Encoding="chunked"
    )
    (record,), _ = found(path)
    assert answer(record, LIMIT).body == PAGE
    assert record.length == len(PAGE)


def test_what_a_fetcher_would_refuse_is_refused(tmp_path: Path) -> None:
    (gone,), _ = found(written(tmp_path / "a.warc.gz", ("http://a.example/", PAGE), status="404 Not Found"))
    with pytest.raises(StatusError) as raised:
        answer(gone, LIMIT)
    known: Any = answer_of(raised.value)
    assert (known.status, known.body) == (404, PAGE)
    (huge,), _ = found(written(tmp_path / "b.warc.gz", ("http://a.example/", PAGE)))
    with pytest.raises(AnswerTooLargeError) as too_large:
        answer(huge, len(PAGE) - 1)
    known = answer_of(too_large.value)
    assert (known.body, known.wire_length, known.wire_digest) == (b"", len(PAGE), huge.digest)
    (bomb,), _ = found(
        written(
            tmp_path / "c.warc.gz",
            ("http://a.example/", gzip.compress(b"0" * 4_000_000)),
            Content_Encoding="gzip",
        )
    )
    with pytest.raises(AnswerTooLargeError):
        answer(bomb, LIMIT)


def test_a_body_that_is_cut_short_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\n<p>half"
    path.write_bytes(raw(block))
    (record,), _ = found(path)
    with pytest.raises(BrokenAnswerError, match="of 900 bytes"):
        answer(record, LIMIT)


def raw(block: bytes, **fields: str) -> bytes:
    """A record as we write it, `fields` instead of the usual ones ("" leaves one out)."""
    said = {
        "WARC-Type": "response",
        "WARC-Target-URI": "http://a.example/",
        "WARC-Date": "2024-01-01T00:00:00Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"WARC_Date": ""}, "no date"),
        ({"WARC_Date": "yesterday"}, "cannot be read"),
        ({"Content_Type": "application/http"}, "no HTTP answer"),
    ],
)
def test_a_record_of_no_use_is_reported_and_the_next_one_found(
    tmp_path: Path, fields: dict[str, str], said: str
) -> None:
    block = b"GET / HTTP/1.1\r\n\r\n" if "Content_Type" in fields else ANSWER
    path = tmp_path / "a.warc"
    path.write_bytes(raw(block, **fields) + raw(ANSWER))
    records, faults = found(path)
    assert len(records) == 1
    assert [said in fault.message for fault in faults] == [True]
    assert faults[0].offset == 0


@pytest.mark.parametrize("gz", [True, False])
def test_damage_costs_the_record_it_hits_and_no_other(tmp_path: Path, gz: bool) -> None:
    parts = [raw(ANSWER, WARC_Target_URI=f"http://a.example/{n}") for n in range(5)]
    members = [gzip.compress(part) for part in parts] if gz else parts
    ill = bytearray(members[2])
    ill[20 if gz else 0 : 26 if gz else 12] = b"\xff" * 6 if gz else b"no record at"
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join([*members[:2], bytes(ill), *members[3:]]))
    records, faults = found(path)
    assert [record.url[-1] for record in records] == ["0", "1", "3", "4"]
    assert [fault.offset for fault in faults] == [sum(map(len, members[:2]))]
    assert all(answer(record, LIMIT).body == PAGE for record in records)


@pytest.mark.parametrize("gz", [True, False])
def test_a_file_that_ends_within_a_record_gives_what_stands_before(tmp_path: Path, gz: bool) -> None:
    parts = [gzip.compress(raw(ANSWER)) if gz else raw(ANSWER)] * 2
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(parts)[: -len(parts[1]) // 2])
    records, faults = found(path)
    assert len(records) == 1
    assert [(fault.offset, "ends within" in fault.message) for fault in faults] == [(len(parts[0]), True)]


@given(junk=st.binary(max_size=300))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("w") / "junk.warc"
    path.write_bytes(junk + raw(ANSWER) + junk)
    for record in index(path):
        assert isinstance(record, WarcRecord | WarcFault)


def test_a_head_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.1\r\nX: " + b"a" * 3_000_000) + gzip.compress(raw(ANSWER)))
    records, faults = found(path)
    assert len(records) == 1
    assert "longer than" in faults[0].message


def test_a_resource_is_a_page_without_http(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(raw(PAGE, WARC_Type="resource", Content_Type="text/html"))
    (record,), _ = found(path)
    seen = answer(record, LIMIT)
    assert (seen.status, seen.content_type, seen.body) == (0, "text/html", PAGE)


def test_a_revisit_has_the_body_that_it_refers_to(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    again = raw(
        b"HTTP/1.1 200 OK\r\n\r\n",
        WARC_Type="revisit",
        WARC_Date="2024-03-01T00:00:00Z",
        WARC_Payload_Digest="sha1:ABC",
    )
    path.write_bytes(raw(ANSWER, WARC_Payload_Digest="sha1:ABC") + again)
    (first, second), faults = found(path)
    assert faults == []
    bodies = dict.fromkeys(payload_names(first), first)
    whole = resolve(second, bodies)
    assert whole is not None
    seen = answer(whole, LIMIT)
    assert (seen.body, seen.started_at) == (PAGE, datetime(2024, 3, 1, tzinfo=UTC))
    assert resolve(second, {}) is None


def test_a_file_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(ImportSourceError):
        list(index(tmp_path / "none.warc"))
