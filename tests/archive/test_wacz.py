"""WACZ files as we write them: judged by the `wacz` tool, looked up as players do."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from conductatlas.archive import wacz, warc_writer
from conductatlas.archive.wacz import WaczWriter, surt
from conductatlas.archive.warc_writer import Record

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
VALID = "Validation succeeded, the passed WACZ is valid"
URL = "https://www.heron.example/Terms?b=2&a=1"


def answer(number: int, url: str = URL, **more: Any) -> Record:
    body = f"<p>Terms, {number}</p>".encode()
    head = warc_writer.answer_head(
        "HTTP/1.1", 200, (("Content-Type", "text/html"),), len(body), is_decoded=True
    )
    given = {"kind": "response", "status": 200, "media_type": "text/html", "head": head, "body": body} | more
    name = warc_writer.record_id("test", number)
    return Record(
        record_id=name,
        at=AT + timedelta(days=number),
        url=url,
        content_type=warc_writer.HTTP_ANSWER,
        **given,
    )


def made(path: Path, *records: Record, title: str = "Heron: Terms") -> zipfile.ZipFile:
    with path.open("wb") as stream:
        writer = WaczWriter(stream, at=AT, title="Captures", description="all", software="Test/1")
        for record in records:
            writer.write(record, title)
        writer.close()
    return zipfile.ZipFile(path)


def lines(file: zipfile.ZipFile) -> list[tuple[str, dict[str, Any]]]:
    """(key and moment, fields) of each line of the index, looked up block by block as a player does."""
    packed = file.read("indexes/index.cdx.gz")
    first, *blocks = file.read("indexes/index.idx").decode().splitlines()
    assert json.loads(first.partition(" 0 ")[2]) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    found = []
    for line in blocks:
        key, about = line[: line.index("{") - 1], json.loads(line[line.index("{") :])
        block = packed[about["offset"] : about["offset"] + about["length"]]
        assert about["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        rows = gzip.decompress(block).decode().splitlines()
        assert rows[0].startswith(f"{key} {{")
        found += [(row[: row.index("{") - 1], json.loads(row[row.index("{") :])) for row in rows]
    return found


def verdict(path: Path) -> str:
    """What the `wacz` tool says last of all."""
    command = [sys.executable, "-m", "wacz", "validate", "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout.strip().rpartition("\n")[2]


def test_the_tool_of_the_format_finds_it_valid(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    made(path, *map(answer, range(3))).close()
    assert verdict(path) == VALID


def test_the_tool_would_find_a_changed_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    made(path, answer(1)).close()
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members["pages/pages.jsonl"] += b"\n"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    assert verdict(path) != VALID


def test_each_record_is_found_by_its_line(tmp_path: Path) -> None:
    records = [
        answer(n, url) for n, url in enumerate((URL, "http://a.example/", URL, "http://heron.example/zz"))
    ]
    with made(tmp_path / "a.wacz", *records) as file:
        found = lines(file)
        assert [key for key, _ in found] == sorted(key for key, _ in found)
        assert found[1][0] == "example,heron)/terms?a=1&b=2 20260301060000"
        for _, about in found:
            data = file.read(f"archive/{about['filename']}")[about["offset"] :][: about["length"]]
            (record,) = ArchiveIterator(BytesIO(data), check_digests="raise")
            assert record.rec_headers.get_header("WARC-Target-URI") == about["url"]
            assert record.rec_headers.get_header("WARC-Payload-Digest") == about["digest"]
        assert {(about["status"], about["mime"]) for _, about in found} == {(200, "text/html")}


def test_what_is_no_page_of_the_web_is_not_looked_up(tmp_path: Path) -> None:
    records = [
        answer(1),
        answer(2, kind="metadata"),
        answer(3, "urn:x:1", kind="resource"),
        answer(4, kind="request"),
    ]
    with made(tmp_path / "a.wacz", *records, title="") as file:
        assert [about["url"] for _, about in lines(file)] == [URL]
        assert len(file.read("pages/pages.jsonl").splitlines()) == 1  # its head


def test_players_find_the_bytes_where_a_plain_header_ends(tmp_path: Path) -> None:
    with made(tmp_path / "a.wacz", answer(1)) as file:
        for info in file.infolist():
            assert (info.compress_type, info.extra) == (zipfile.ZIP_STORED, b"")
            with (tmp_path / "a.wacz").open("rb") as raw:
                raw.seek(info.header_offset + 28)
                assert raw.read(2) == b"\0\0", (
                    info.filename
                )  # length of the extra field (APPNOTE, section 4.3.7)


def test_a_long_warc_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wacz, "WARC_SIZE", 1)
    monkeypatch.setattr(wacz, "BLOCK", 2)
    path = tmp_path / "a.wacz"
    with made(path, *map(answer, range(5))) as file:
        names = [name for name in file.namelist() if name.startswith("archive/")]
        assert names == [f"archive/data-00{n}.warc.gz" for n in range(1, 6)]
        assert [about["filename"] for _, about in lines(file)] == [f"data-00{n}.warc.gz" for n in range(1, 6)]
        assert len(file.read("indexes/index.idx").splitlines()) == 4
    assert verdict(path) == VALID


def test_pages_name_what_can_be_opened(tmp_path: Path) -> None:
    with made(tmp_path / "a.wacz", answer(1), title='Heron "Terms" — dated\nas claimed') as file:
        head, page = map(json.loads, file.read("pages/pages.jsonl").splitlines())
    assert head["format"] == "json-pages-1.0"
    assert page == {
        "id": warc_writer.record_id("test", 1).removeprefix("urn:uuid:"),
        "url": URL,
        "ts": "2026-03-02T06:00:00Z",
        "title": 'Heron "Terms" — dated\nas claimed',
    }


def test_twice_the_same_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        made(tmp_path / name, *map(answer, range(4))).close()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


ADDRESSES = (
    "http://heron.example",
    "http://heron.example/",
    "https://www.heron.example/Terms",
    "https://WWW2.Heron.example:8443/terms?z=1&a=2",
    "http://heron.example:80/a/b.html?a=1",
    "http://legal.heron.example/%C3%A9",
)


def test_keys_are_those_of_another_library() -> None:
    code = "import sys, surt; print(*map(surt.surt, sys.argv[1:]), sep='\\n')"  # its import warns: not in this process
    done = subprocess.run(
        [sys.executable, "-c", code, *ADDRESSES], capture_output=True, text=True, check=True
    )
    assert list(map(surt, ADDRESSES)) == done.stdout.split()


@given(st.text(max_size=40))
def test_every_address_has_a_key(text: str) -> None:
    key = surt("http://" + text)
    assert key == key.lower()
