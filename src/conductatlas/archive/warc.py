"""WARC files of other archives (ISO 28500, versions 1.0 and 1.1): which captures they hold, and each one's answer.

A file is read twice. `index` goes through it once and holds no body: where each record lies, its address, its
date and the digest of what was served. `answer` reads one of them again. Both take files that are gzip by record,
gzip as a whole, or plain.

Files come from elsewhere and are hostile: heads have a limit, bodies are hashed in pieces, and what cannot be
read is reported with its offset and passed over; the records behind it are found again by their first bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from conductatlas.archive.answer import Answer, Fields
from conductatlas.archive.coding import codings_of, decode
from conductatlas.archive.warc_facts import ASKED, ROLE
from conductatlas.archive.warc_stream import BLOCK, BadRecordError, BrokenFileError, Stream, next_start
from conductatlas.errors import (
    AnswerTooLargeError,
    BrokenAnswerError,
    FetchError,
    ImportSourceError,
    StatusError,
)

CAPTURES = ("response", "resource", "revisit")


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A capture in a file.

    offset: of the gzip member, or of the record in a plain file; skip: unpacked bytes before it in the member.
    url: "" if the record names none. at: as the record claims.
    digest, length: SHA-256 (hex) and bytes of the body as served, transfer coding off.
    fields: the record's own header, names in lower case. body_of: the record whose body a `revisit` repeats.
    """

    file: Path
    offset: int
    skip: int
    kind: str  # response, resource, revisit
    url: str
    at: datetime
    record_id: str
    digest: str
    length: int
    fields: Mapping[str, str] = field(repr=False)
    body_of: WarcRecord | None = None

    @property
    def asked_url(self) -> str:
        """The address that was asked for; another one than `url` where our own export says that redirects led there."""
        return self.fields.get(ASKED.lower(), "") or self.url

    @property
    def is_part(self) -> bool:
        """Whether our own export says that the record does not stand for a capture: a redirect on the way, an answer
        whose text was read after a browser had rendered it, bytes that others refer to."""
        return ROLE.lower() in self.fields


@dataclass(frozen=True, slots=True)
class WarcFault:
    """A place in a file that could not be used, and why."""

    file: Path
    offset: int
    message: str


class _Head(NamedTuple):
    """status: 0 where no HTTP stands in the record."""

    status: int
    version: str
    fields: Fields


def index(path: Path) -> Iterator[WarcRecord | WarcFault]:
    """The captures in a file as they stand there, and what in it could not be used. ImportSourceError if the file
    cannot be opened.

    Of a run of damage only the first place is reported; other kinds of records are passed over.
    """
    with _opened(path) as file:
        offset: int | None = 0
        is_reported = False
        while offset is not None:
            try:
                for found in _captures(path, file, offset):
                    is_reported = False
                    yield found
                return
            except BrokenFileError as fault:
                if not is_reported:
                    yield WarcFault(path, fault.offset, fault.message)
                is_reported = True
                offset = next_start(file, fault.offset + 1)


def answer(record: WarcRecord, max_body: int) -> Answer:
    """What the record says was served, without its codings. Errors as a fetcher's: StatusError, BrokenAnswerError,
    AnswerTooLargeError, each with the answer as far as there is one. ImportSourceError: it is no longer the file that
    was indexed."""
    if record.body_of is not None:
        served = answer(record.body_of, max_body)
        return replace(
            served, url=record.asked_url, final_url=record.url, started_at=record.at, finished_at=record.at
        )
    with _opened(record.file) as file:
        try:
            stream = Stream(file, record.offset)
            stream.skip(record.skip)
            fields = _record_head(stream)
            head, blocks = _opened_body(stream, fields)
            body, length = bytearray(), 0
            for block in blocks:
                length += len(block)
                if length <= max_body:
                    body += block
        except (BrokenFileError, BadRecordError) as fault:
            raise ImportSourceError(f"{record.file.name}: {fault}") from None
    return _judged(record, head, bytes(body), max_body, is_whole=length == record.length)


def resolve(record: WarcRecord, bodies: Mapping[str, WarcRecord]) -> WarcRecord | None:
    """A `revisit` with the record whose body it repeats; None if that is not among `bodies` (see `payload_names`)."""
    found = next((bodies[name] for name in payload_names(record) if name in bodies), None)
    if found is None:
        return None
    return replace(record, body_of=found, digest=found.digest, length=found.length)


def payload_names(record: WarcRecord) -> list[str]:
    """What a `revisit` may call a record's body: its id, its digest as stated, its address and date."""
    said = record.fields
    if record.kind != "revisit":
        stated = said.get("warc-payload-digest", "")
        return [
            name for name in (record.record_id, stated, f"{record.url} {said.get('warc-date', '')}") if name
        ]
    names = (
        said.get("warc-refers-to", "").strip("<>"),
        f"{said.get('warc-refers-to-target-uri', record.url).strip('<>')} {said.get('warc-refers-to-date', '')}",
        said.get("warc-payload-digest", ""),
    )
    return [name for name in names if name]


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as fault:
        raise ImportSourceError(f"{path} cannot be read: {fault.strerror or fault}") from fault


def _captures(path: Path, file: BinaryIO, offset: int) -> Iterator[WarcRecord | WarcFault]:
    stream = Stream(file, offset)
    while stream.next_record():
        place, skip = stream.offset, stream.taken
        try:
            fields = _record_head(stream)
        except BadRecordError as fault:
            raise BrokenFileError(place, f"no WARC record can be read here: {fault}") from fault
        rest = _length(fields, place)
        if fields.get("warc-type", "").lower() not in CAPTURES:
            _drop(stream, rest, place)
            continue
        try:
            found = _indexed(path, stream, fields, place, skip)
        except BadRecordError as fault:
            yield WarcFault(path, place, str(fault))
            _drop(stream, fields.left, place)
        except BrokenFileError as fault:
            raise BrokenFileError(place, fault.message) from fault
        else:
            yield found


class _RecordFields(dict[str, str]):
    """The header of a record, and how many bytes of its block are still to be read."""

    left: int = 0


def _drop(stream: Stream, length: int, place: int) -> None:
    try:
        stream.skip(length)
    except BrokenFileError as fault:
        raise BrokenFileError(place, fault.message) from fault


def _indexed(path: Path, stream: Stream, fields: _RecordFields, place: int, skip: int) -> WarcRecord:
    kind, url = fields["warc-type"].lower(), fields.get("warc-target-uri", "").strip().strip("<>")
    at = _date(fields.get("warc-date", ""))
    sum_of, length = hashlib.sha256(), 0
    if kind == "revisit":
        _drop(stream, fields.left, place)
        fields.left = 0
    else:
        for block in _opened_body(stream, fields)[1]:
            sum_of.update(block)
            length += len(block)
    record_id = fields.get("warc-record-id", "").strip("<>")
    return WarcRecord(path, place, skip, kind, url, at, record_id, sum_of.hexdigest(), length, dict(fields))


def _record_head(stream: Stream) -> _RecordFields:
    first, *lines = stream.head().decode("utf-8", "replace").splitlines()
    if not re.fullmatch(r"WARC/\d\.\d\s*", first):
        raise BadRecordError(f"it begins with {first[:40]!a}")
    fields = _RecordFields((name.lower(), value) for name, value in _fields(lines))
    fields.left = _length(fields, stream.offset)
    return fields


def _fields(lines: list[str]) -> Fields:
    """Name and value of each line; a line that begins with a space goes on with the one before."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            found.append((name.strip(), value.strip()))
    return tuple(found)


def _length(fields: Mapping[str, str], place: int) -> int:
    stated = fields.get("content-length", "")
    if not (stated.isascii() and stated.isdecimal() and len(stated) < 16):
        raise BrokenFileError(place, "the record does not say how long it is")
    return int(stated)


def _date(text: str) -> datetime:
    """The moment of a WARC-Date; finer than microseconds is cut off."""
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.strip()))
    except ValueError:
        raise BadRecordError(
            f"the record's date cannot be read: {text[:40]!a}" if text else "the record has no date"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _opened_body(stream: Stream, fields: _RecordFields) -> tuple[_Head, Iterator[bytes]]:
    """The HTTP head of a record, and its body in pieces, transfer coding off."""
    media_type = fields.get("content-type", "")
    if not media_type.lower().startswith("application/http"):
        said = (("Content-Type", media_type),) if media_type else ()
        return _Head(0, "", said), _block(stream, fields)
    before = stream.offset + stream.taken
    text = stream.head()
    fields.left -= stream.offset + stream.taken - before
    if fields.left < 0:
        raise BrokenFileError(stream.offset, "an HTTP head is longer than its record")
    first, *lines = text.decode("latin-1").split("\n")
    match = re.match(r"(HTTP/[\d.]+) (\d{3})\b", first)
    if match is None:
        raise BadRecordError(f"no HTTP answer stands in the record: {first[:40]!a}")
    head = _Head(int(match[2]), match[1], _fields([line.rstrip("\r") for line in lines]))
    coding = next((value for name, value in head.fields if name.lower() == "transfer-encoding"), "")
    blocks = _block(stream, fields)
    return head, _without_chunks(blocks) if "chunked" in coding.lower() else blocks


def _block(stream: Stream, fields: _RecordFields) -> Iterator[bytes]:
    while fields.left:
        block = stream.read(min(fields.left, BLOCK))
        fields.left -= len(block)
        yield block


_CHUNK = re.compile(rb"(?:\r\n)?([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CHUNK_HEAD = 1024  # bytes within which a chunk's size must stand


def _without_chunks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """A chunked body without its chunks (RFC 9112, section 7.1). Many archives keep the header and store the body
    without: what does not begin like a chunk is taken as it is."""
    held, left, has_begun = b"", 0, False
    for block in blocks:
        held += block
        while held:
            if left:
                piece, held = held[:left], held[left:]
                left -= len(piece)
                yield piece
            elif match := _CHUNK.match(held):
                has_begun, left, held = True, int(match[1], 16), held[match.end() :]
                if left == 0:  # the last one; trailers may follow
                    for _ in blocks:
                        pass
                    return
            elif has_begun or len(held) < _CHUNK_HEAD:
                break
            else:
                yield held
                yield from blocks
                return
    if not has_begun and held:
        yield held


def _judged(record: WarcRecord, head: _Head, body: bytes, max_body: int, *, is_whole: bool) -> Answer:
    """The answer, with what its status and its size mean, as `archive.follow` and `archive.exchange` have it."""
    made = Answer(
        url=record.asked_url,
        final_url=record.url,
        status=head.status,
        http_version=head.version,
        hops=(),
        request_headers=(),
        headers=head.fields,
        body=body if record.length <= max_body else b"",
        decoded=False,
        wire_digest=record.digest,
        wire_length=record.length,
        peer_address=record.fields.get("warc-ip-address", ""),
        tls=None,
        started_at=record.at,
        finished_at=record.at,
    )
    if record.length > max_body:
        raise _with(AnswerTooLargeError(f"the body is longer than {max_body} bytes"), made)
    if not is_whole:
        raise ImportSourceError(f"{record.file.name} is not the file it was when it was indexed")
    try:
        made = replace(made, body=_decoded(made, max_body), decoded=True)
    except (BrokenAnswerError, AnswerTooLargeError) as fault:
        raise _with(fault, made) from None
    if cut := record.fields.get("warc-truncated"):
        raise _with(BrokenAnswerError(f"the record is cut: {cut[:40]}"), made)
    stated = made.header("content-length") or ""
    has_coding = made.header("content-encoding") or made.header("transfer-encoding")
    if not has_coding and stated.isdecimal() and len(stated) < 16 and record.length < int(stated):
        raise _with(BrokenAnswerError(f"the body has {record.length} of {stated} bytes"), made)
    if head.status and not 200 <= head.status < 300:
        raise _with(StatusError(head.status), made)
    return made


def _decoded(made: Answer, limit: int) -> bytes:
    """The body without its content codings. A body that is a page already was stored without them."""
    codings = codings_of(value for name, value in made.headers if name.lower() == "content-encoding")
    try:
        return decode(made.body, codings, limit)
    except BrokenAnswerError:
        if made.body.lstrip()[:1] == b"<":
            return made.body
        raise


def _with(fault: FetchError, made: Answer) -> FetchError:
    fault.answer = made
    return fault
