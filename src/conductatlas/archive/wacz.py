"""Writes WACZ 1.1.1: a ZIP file with WARC files, an index of them, a list of pages, and the digests of these.

A WARC goes into the ZIP as it comes, since players read it there by offsets, and is followed by another before it needs
ZIP64: players look for its first byte where a plain header ends. Lines of the index wait in a temporary
database and lines of pages in a temporary file, so what is held does not grow with what is written. No clock is read:
every moment in the file is the one that its maker is given.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from conductatlas.archive.warc_facts import ROLE, UNRENDERED
from conductatlas.archive.warc_writer import Place, Record, WarcWriter, date

VERSION = "1.1.1"
WARC_SIZE = 1 << 30  # bytes after which a WARC file is followed by another
BLOCK = 1024  # lines of the index that are packed together, as ZipNum has it
INDEXED = ("response", "resource", "revisit")


@dataclass(slots=True)
class _Measured:
    """A stream that keeps count of what is written to it."""

    stream: IO[bytes]
    length: int = 0
    sum_of: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        self.sum_of.update(data)
        self.length += len(data)
        return self.stream.write(data)


class WaczWriter:
    """One file while it is written: records first, then `close`. at: the moment that stands for its making.

    title, description: of the collection. software: what made it.
    """

    def __init__(
        self, stream: BinaryIO, *, at: datetime, title: str, description: str, software: str
    ) -> None:
        self._zip = ZipFile(stream, "w", ZIP_STORED)
        self._at, self._about = at, {"title": title, "description": description, "software": software}
        self._resources: list[dict[str, object]] = []
        self._index = sqlite3.connect("")  # a temporary database on disk, which ends with the connection
        self._index.execute("CREATE TABLE line (key TEXT, place INTEGER, text TEXT)")
        self._pages = TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._page_line({"format": "json-pages-1.0", "id": "pages", "title": "Captures"})
        self._warcs = 0
        self._records = 0
        self._open_warc()

    @property
    def records(self) -> int:
        return self._records

    def write(self, record: Record, title: str = "") -> None:
        """Add a record, and put it on the list of pages if it has a title.

        An answer that was rendered before it was read is not indexed: players would show it, a page without its text,
        for the rendered page of the same second.
        """
        if self._warc.offset >= WARC_SIZE:
            self._close_warc()
            self._open_warc()
        place = self._warc.write(record)
        self._records += 1
        is_web = record.target.startswith(("http://", "https://"))
        if record.kind in INDEXED and is_web and (ROLE, UNRENDERED) not in record.fields:
            key, text = _index_line(record, place, self._name)
            self._index.execute("INSERT INTO line VALUES (?, ?, ?)", (key, self._records, text))
        if title:
            self._page_line(
                {
                    "id": record.record_id.rpartition(":")[2],
                    "url": record.target,
                    "ts": date(record.at),
                    "title": title,
                }
            )

    def close(self) -> None:
        """Write index, pages and digests, and finish the file."""
        self._close_warc()
        index: list[dict[str, object]] = []
        with self._resource_entry("indexes/index.cdx.gz") as out:
            for lines in self._sorted_lines():
                packed = gzip.compress("".join(text for _, text in lines).encode(), 6, mtime=0)
                index.append(
                    {"key": lines[0][0], "offset": out.length, "length": len(packed)}
                    | {"digest": f"sha256:{hashlib.sha256(packed).hexdigest()}"}
                )
                out.write(packed)
        with self._resource_entry("indexes/index.idx") as out:
            out.write(b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n')
            for block in index:
                about = {name: block[name] for name in ("offset", "length", "digest")}
                out.write(f"{block['key']} {_json(about | {'filename': 'index.cdx.gz'})}\n".encode())
        with self._resource_entry("pages/pages.jsonl") as out:
            self._pages.seek(0)
            shutil.copyfileobj(self._pages, out)
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "created": self._at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **self._about,
            "resources": self._resources,
        }
        text = json.dumps(package, ensure_ascii=False, indent=2).encode()
        self._zip.writestr(self._info("datapackage.json"), text)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
        self._zip.writestr(self._info("datapackage-digest.json"), json.dumps(digest, indent=2))
        self._zip.close()
        self.abandon()

    def abandon(self) -> None:
        """Let go of what is held, whether or not the file was finished; it is of no use then."""
        with suppress(OSError):
            self._entry.close()
            self._zip.close()
        self._pages.close()
        self._index.close()

    def _open_warc(self) -> None:
        self._warcs += 1
        self._name = f"data-{self._warcs:03d}.warc.gz"
        self._entry = self._zip.open(self._info(f"archive/{self._name}"), "w")
        self._measured = _Measured(self._entry)
        self._warc = WarcWriter(self._measured)

    def _close_warc(self) -> None:
        self._entry.close()
        self._resource(f"archive/{self._name}", self._measured)

    def _page_line(self, line: dict[str, object]) -> None:
        self._pages.write(f"{_json(line)}\n".encode())

    def _sorted_lines(self) -> Iterator[list[tuple[str, str]]]:
        """BLOCK of (key and moment, line) at a time, in the order of bytes: things are looked up in it by that."""
        rows = self._index.execute("SELECT key, text FROM line ORDER BY key, place")
        while lines := rows.fetchmany(BLOCK):
            yield lines

    def _info(self, name: str) -> ZipInfo:
        moment = self._at.astimezone(UTC)
        info = ZipInfo(name, (max(1980, moment.year), *moment.timetuple()[1:6]))
        info.external_attr = 0o644 << 16
        return info

    @contextmanager
    def _resource_entry(self, path: str) -> Iterator[_Measured]:
        with self._zip.open(self._info(path), "w") as entry:
            measured = _Measured(entry)
            yield measured
        self._resource(path, measured)

    def _resource(self, path: str, measured: _Measured) -> None:
        self._resources.append(
            {
                "name": path.rpartition("/")[2],
                "path": path,
                "hash": f"sha256:{measured.sum_of.hexdigest()}",
                "bytes": measured.length,
            }
        )


def surt(url: str) -> str:
    """The key by which players look an address up: host reversed, without `www.`, all in small letters, parameters
    sorted ("com,example)/terms?a=1")."""
    try:
        parts = urlsplit(url.lower())
        name, own_port = parts.hostname or "", parts.port
    except ValueError:  # brackets or a port that are none
        return url.lower()
    host = re.sub(r"^www\d*\.", "", name)
    is_name = re.search(r"[a-z]", host) and ":" not in host
    turned = ",".join(reversed(host.split("."))) if is_name else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{own_port}" if own_port not in {None, usual} else ""
    query = "&".join(sorted(parts.query.split("&")))
    return f"{turned}{port}){parts.path or '/'}" + (f"?{query}" if query else "")


def _index_line(record: Record, place: Place, file: str) -> tuple[str, str]:
    """(key, line) of a CDXJ index."""
    said = dict(record.fields)
    about = {
        "url": record.target,
        "digest": said.get("WARC-Payload-Digest") or f"sha256:{hashlib.sha256(record.body).hexdigest()}",
        "mime": record.media_type,
        "offset": place.offset,
        "length": place.length,
        "status": record.status,
        "filename": file,
    }
    key = f"{surt(record.target)} {record.at.astimezone(UTC):%Y%m%d%H%M%S}"
    return key, f"{key} {_json(about)}\n"


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)
