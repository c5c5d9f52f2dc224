"""An exported WACZ in a standard player: what was captured is shown, and nothing is asked of the web."""

from __future__ import annotations

import gzip
import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e import player
from tests.e2e.conftest import COMMAND

from conductatlas.archive import warc_writer
from conductatlas.archive.wacz import WaczWriter
from conductatlas.archive.warc_writer import Record

pytestmark = pytest.mark.browser
AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
URL = "http://heron.example/terms"


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    if not (player.PLAYER / "ui.js").exists():
        pytest.skip("replaywebpage is not installed: run `npm ci` in tests/e2e")


@pytest.fixture(scope="module")
def wacz(loaded: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wacz") / "all.wacz"
    subprocess.run(
        [*COMMAND, "export-captures", str(path)], env=loaded, check=True, capture_output=True, timeout=120
    )
    return path


@pytest.fixture(scope="module")
def playing(wacz: Path) -> Iterator[str]:
    with player.served(wacz) as address:
        yield address


def index(wacz: Path) -> list[tuple[str, dict[str, Any]]]:
    """(moment, fields) of each line of the index."""
    with zipfile.ZipFile(wacz) as file:
        lines = gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()
    return [(line.split(" ", 2)[1], json.loads(line.split(" ", 2)[2])) for line in lines]


@pytest.mark.parametrize("kind", ["text/html", "warc/revisit"])
def test_an_exported_capture_is_shown(browser: Any, wacz: Path, playing: str, kind: str) -> None:
    ts, line = next((ts, line) for ts, line in index(wacz) if line["mime"] == kind)
    text, outside = player.shown(browser, playing, line["url"], ts)
    name = line["url"].partition("://")[2].partition(".")[0]
    assert name in text.lower()
    assert outside == []


def made(path: Path, *records: Record) -> Path:
    with path.open("wb") as stream:
        writer = WaczWriter(stream, at=AT, title="Captures", description="all", software="Test/1")
        for record in records:
            writer.write(record, "Heron: Terms")
        writer.close()
    return path


def test_a_304_shows_the_body_it_stands_for_and_a_resource_is_shown_as_it_is(
    browser: Any, tmp_path: Path
) -> None:
    body, dom = b"<!doctype html><p>Thirty days, as served", b"<!doctype html><p>Ten days, as rendered"
    fields = (("Content-Type", "text/html"), ("X-Archive-Orig-Content-Encoding", "br"))
    head = warc_writer.answer_head("HTTP/2", 200, fields, len(body), is_decoded=True)
    not_modified = warc_writer.answer_head("HTTP/2", 304, (), len(body), is_decoded=True)
    served = Record("response", "urn:x:1", AT, warc_writer.HTTP_ANSWER, URL, head, body, (), 200, "text/html")
    refers = (
        ("WARC-Profile", warc_writer.NOT_MODIFIED),
        ("WARC-Refers-To", "<urn:x:1>"),
        ("WARC-Refers-To-Target-URI", URL),
        ("WARC-Refers-To-Date", warc_writer.date(AT)),
        ("WARC-Payload-Digest", warc_writer.digest(body)),
    )
    later, last = AT + timedelta(days=1), AT + timedelta(days=2)
    revisit = Record(
        "revisit",
        "urn:x:2",
        later,
        warc_writer.HTTP_ANSWER,
        URL,
        not_modified,
        b"",
        refers,
        200,
        "warc/revisit",
    )
    rendered = Record("resource", "urn:x:3", last, "text/html", URL, b"", dom, (), 200, "text/html")
    with player.served(made(tmp_path / "a.wacz", served, revisit, rendered)) as playing:
        for moment, words in ((AT, "as served"), (later, "as served"), (last, "as rendered")):
            text, outside = player.shown(browser, playing, URL, f"{moment:%Y%m%d%H%M%S}")
            assert (words in text, outside) == (True, []), text
