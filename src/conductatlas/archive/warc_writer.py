"""Writes WARC/1.1 (ISO 28500:2017): one gzip member a record, and of the same records always the same bytes.

What stands in a head came from elsewhere and may be hostile: no value can end its line, and no name can be anything
but one. Bodies are written as they are given; digests are of what is written.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from conductatlas.archive.answer import Fields

HTTP_ANSWER = "application/http; msgtype=response"
HTTP_REQUEST = "application/http; msgtype=request"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
ORIGINAL = "X-Archive-Orig-"  # before the names of fields that are true of the body on the wire only
OF_THE_WIRE = {"content-encoding", "transfer-encoding"}

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:conductatlas:warc")
_BREAKS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]+")
_HTTP_BREAKS = re.compile(r"[\x00\r\n]+")
_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9!#$%&'*+.^_`|~-]")
_NOT_OF_AN_ADDRESS = re.compile(r"[\x00-\x20<>\x7f-\xa0\u2028\u2029]")
_RECORD_ID = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\x00-\x1f\x7f]+")
_PAYLOADS = ("response", "resource", "conversion")


@dataclass(frozen=True, slots=True)
class Record:
    """One record. kind: its WARC-Type. record_id: a URI, without brackets. url: "" for none. content_type: of the
    block, which is `head` (the HTTP head of a request or an answer, else empty) and `body`. fields: further ones of
    the record's own head. status, media_type: what an index says of it."""

    kind: str
    record_id: str
    at: datetime
    content_type: str
    url: str = ""
    head: bytes = b""
    body: bytes = b""
    fields: Fields = ()
    status: int | None = None
    media_type: str = ""

    @property
    def target(self) -> str:
        """Its address as it is written: what cannot stand in one is percent-encoded."""
        return address(self.url)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in its file, in bytes."""

    offset: int
    length: int


class Stream(Protocol):
    def write(self, data: bytes, /) -> int: ...


@dataclass(slots=True)
class WarcWriter:
    """Writes records to a stream, one after the other; holds nothing of them."""

    stream: Stream
    offset: int = 0
    records: int = 0

    def write(self, record: Record) -> Place:
        member = zlib.compressobj(
            6, zlib.DEFLATED, 31
        )  # 31: with the header of gzip, in which no moment stands
        data = member.compress(_head_of(record)) + member.compress(record.head)
        data += member.compress(record.body) + member.compress(b"\r\n\r\n") + member.flush()
        self.stream.write(data)
        place = Place(self.offset, len(data))
        self.offset += len(data)
        self.records += 1
        return place


def record_id(*names: object) -> str:
    """The same id for the same names, always: a URN of a version 5 UUID (RFC 9562)."""
    return f"urn:uuid:{uuid5(_NAMESPACE, '/'.join(map(str, names)))}"


def address(url: str) -> str:
    """An address as it can stand in a record's head."""
    return _NOT_OF_AN_ADDRESS.sub(_quoted, url)


def is_record_id(text: str) -> bool:
    """Whether it can stand as a WARC-Record-ID."""
    return bool(_RECORD_ID.fullmatch(text))


def digest(body: bytes) -> str:
    """As WARC-Block-Digest and WARC-Payload-Digest have it, in hexadecimal."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def date(at: datetime) -> str:
    """W3CDTF in UTC, with a fraction of a second where there is one."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def peer_ip(peer: str) -> str:
    """The address of `ip:port` or `[ip]:port`, "" where there is none."""
    for text in (peer, peer.rpartition(":")[0].strip("[]")):
        try:
            return str(ip_address(text))
        except ValueError:
            continue
    return ""


def is_rewritten(http_version: str) -> bool:
    """Whether the head on the wire was no text (HTTP/2 and later), so that what is written is a translation."""
    return http_version.startswith(("HTTP/2", "HTTP/3"))


def answer_head(http_version: str, status: int, fields: Fields, length: int, *, is_decoded: bool) -> bytes:
    """The head of an answer as HTTP/1.x text, before a body of `length` bytes, transfer coding off.

    Fields that are not true of that body (its codings, where they were taken off, and another length) are kept under
    names that begin with X-Archive-Orig-, as public archives do; nothing is put in their place.
    """
    untrue = OF_THE_WIRE if is_decoded else {"transfer-encoding"}
    lines = [
        (
            f"{ORIGINAL}{name}"
            if name.lower() in untrue or (name.lower() == "content-length" and value.strip() != str(length))
            else name,
            value,
        )
        for name, value in fields
    ]
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    return _http_head(f"{_version(http_version)} {status:03d} {phrase}", tuple(lines))


def request_head(http_version: str, target: str, fields: Fields) -> bytes:
    """The head of a GET as HTTP/1.x text. target: path and query."""
    return _http_head(f"GET {address(target)} {_version(http_version)}", fields)


def _version(http_version: str) -> str:
    return "HTTP/1.0" if http_version == "HTTP/1.0" else "HTTP/1.1"


def _http_head(first: str, fields: Fields) -> bytes:
    lines = [first, *(f"{_name(name)}: {_HTTP_BREAKS.sub(' ', value)}" for name, value in fields), "", ""]
    return b"\r\n".join(map(_octets, lines))


def _octets(line: str) -> bytes:
    """A line as it came over the wire; in UTF-8 if it did not (`answer.Fields` are octets)."""
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace")


def _name(name: str) -> str:
    """A field's name as a token (RFC 9110, section 5.1), what cannot stand in one percent-encoded."""
    return _NOT_OF_A_NAME.sub(_quoted, name) or ORIGINAL


def _head_of(record: Record) -> bytes:
    block = hashlib.sha256(record.head)
    block.update(record.body)
    fields = [
        ("WARC-Type", record.kind),
        ("WARC-Record-ID", f"<{record.record_id}>"),
        ("WARC-Date", date(record.at)),
        *([("WARC-Target-URI", record.target)] if record.url else []),
        *record.fields,
        ("WARC-Block-Digest", f"sha256:{block.hexdigest()}"),
        *([("WARC-Payload-Digest", digest(record.body))] if record.kind in _PAYLOADS else []),
        *([("Content-Type", record.content_type)] if record.content_type else []),
        ("Content-Length", str(len(record.head) + len(record.body))),
    ]
    lines = ["WARC/1.1", *(f"{_name(name)}: {_BREAKS.sub(' ', value)}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


def _quoted(match: re.Match[str]) -> str:
    return quote(match[0], safe="")
