"""The statement: a PDF/A file by its marks, the same in every process, and with no more on it than the record says.

No validator of PDF/A could be had here: what is looked at is what it would ask for first (output intent, XMP with part
and conformance, every font embedded, no encryption), by poppler, an independent reader.
"""

from __future__ import annotations

import builtins
import os
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conductatlas.archive.queries import CaptureRecord
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.errors import StatementUnavailableError
from conductatlas.evidence.citation import Citation
from conductatlas.evidence.conditions import conditions
from conductatlas.evidence.exhibit import CaptureExhibit, Exhibit, VersionExhibit
from conductatlas.evidence.proofs import Proofs
from conductatlas.evidence.statement import page_html, statement
from conductatlas.history.records import VersionRecord, Withheld
from conductatlas.reading.text.marks import Reading

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
NOTHING = Proofs((), (), b"", (), (), {})


def exhibit(**fields: Any) -> Exhibit:
    """A version of an invented document, without a database."""
    capture = CaptureRecord(
        pk=7, source=1, source_url="https://heron.example/terms", source_position=0, outcome="kept", reason="",
        detail="", retry_at=None, provenance="observed", claimed_by=fields.pop("claimed_by", ""), licence="",
        record_id="", file="", taken_in_at=None, requested_url="https://heron.example/terms",
        final_url="https://heron.example/terms", hops=(), status=200, http_version="HTTP/2", headers=(),
        peer_address="192.0.2.1:443", tls={"version": "TLSv1.3", "cipher": "C", "certificate": "cd" * 32},
        started_at=AT, finished_at=AT + timedelta(seconds=1),
        vantage={"place": "Ghent", "client": "http", "signed_in": "never"}, clock_given=False, software="s",
        robots_decision="", media_type="text/html", encoding="", encoding_source="", wire_digest="", wire_length=1,
        body_digest="", body_length=1, snapshot_digest="ab" * 32, has_refused_body=False,
        is_erased=False,
    )  # fmt: skip
    version = VersionRecord(
        pk=3, at=AT, first_seen_at=AT, last_sighted_at=None, is_imported=False, ordinal=1, total=1, reading=3,
        reader_version=1, digest="ef" * 32, words=4, title="Terms", language="en", stated_updated=None,
        stated_effective=None, variant="", withheld=fields.pop("withheld", None),
    )  # fmt: skip
    platform = PlatformRecord(1, "heron", fields.pop("platform", "Heron"), "social", "")
    document = DocumentRecord(
        1,
        "terms",
        fields.pop("title", "Terms"),
        "terms",
        "en",
        "",
        "",
        timedelta(days=1),
        None,
        None,
        False,
        platform,
    )
    sent = (("User-Agent", "ConductAtlas/1"), ("Accept-Language", "en"))
    shown = CaptureExhibit(
        capture, "schedule", sent, conditions(capture, "schedule", sent), {"ab" * 32: "the bytes"}
    )
    one = VersionExhibit(version, 3, Reading("We may.", (), "Terms", "en"), "ef" * 32, 1, AT, (shown,))
    return replace(Exhibit("CA-V-000003", document, (one,), None, "https://a.example", "Op"), **fields)


CITED = Citation("CA-V-000003", "Terms", "Heron", AT, "ef" * 32, "https://a.example/id/CA-V-000003")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("statement") / "statement.pdf"
    path.write_bytes(statement(exhibit(), NOTHING, CITED))
    return path


def told(*command: str | Path) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed")


def inside(file: Path) -> bytes:
    """The file with what is packed in it behind it."""
    raw = file.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL)
    return raw + b"".join(zlib.decompress(one) for one in streams if one[:1] == b"x")


def test_it_has_the_marks_of_pdf_a(file: Path) -> None:
    xmp = told("pdfinfo", "-meta", file)
    assert re.search(r"pdfaid:part[=>]\"?2", xmp) and re.search(r"pdfaid:conformance[=>]\"?B", xmp)
    raw = inside(file)
    assert raw.startswith(b"%PDF-1.7") and b"/OutputIntents" in raw and b"/GTS_PDFA1" in raw
    facts = dict(re.findall(r"^(.*?): +(.*)$", told("pdfinfo", file), re.MULTILINE))
    assert (facts["Encrypted"], facts["JavaScript"], facts["Form"], facts["Tagged"]) == (
        "no",
        "no",
        "none",
        "yes",
    )


def test_every_font_is_embedded(file: Path) -> None:
    rows = [line.split() for line in told("pdffonts", file).splitlines()[2:]]
    assert {row[0].partition("+")[2].removesuffix("-Semi-Bold") for row in rows} == {
        "Atlas-Plain",
        "Atlas-Strong",
        "Atlas-Mono",
    }
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)  # embedded, subset, Unicode


def test_letters_of_two_files_of_one_typeface_are_two_fonts(tmp_path: Path) -> None:
    """Taken for one, "Ř" is drawn as whatever has its number in the other file."""
    (tmp_path / "ext.pdf").write_bytes(statement(exhibit(title="Řád", platform="Łódź"), NOTHING, CITED))
    names = {
        line.split()[0].partition("+")[2].removesuffix("-Semi-Bold")
        for line in told("pdffonts", tmp_path / "ext.pdf").splitlines()[2:]
    }
    assert names == {"Atlas-Plain", "Atlas-Plain-Ext", "Atlas-Strong", "Atlas-Strong-Ext", "Atlas-Mono"}
    assert "Łódź: Řád" in told("pdftotext", tmp_path / "ext.pdf", "-")


def test_its_only_date_is_that_of_the_record(file: Path) -> None:
    facts = told("pdfinfo", "-isodates", file)
    assert set(re.findall(r"\d{4}-\d\d-\d\dT\S+", facts)) <= {
        "2026-11-20T06:00:01Z",
        "2026-11-20T06:00:01+00",
    }
    assert set(re.findall(rb"D:(\d{14})", inside(file))) == {b"20261120060001"}
    assert set(re.findall(r"20\d\d-\d\d-\d\dT[\d:]+", told("pdfinfo", "-meta", file))) == {
        "2026-11-20T06:00:01"
    }


def test_another_process_makes_the_same_bytes(file: Path, tmp_path: Path) -> None:
    time.sleep(1.1)  # so that a clock that leaks in shows
    script = (
        "import sys; from tests.evidence.test_statement import *; "
        "sys.stdout.buffer.write(statement(exhibit(), NOTHING, CITED))"
    )
    root = Path(__file__).resolve().parents[2]
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{root}:{root}/tests",
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
    }
    env |= {"DJANGO_SETTINGS_MODULE": "conductatlas.django_settings", "CONDUCTATLAS_DATA_DIR": str(tmp_path)}
    start = "import django; django.setup(); "
    done = subprocess.run(
        [sys.executable, "-c", start + script], env=env, cwd=tmp_path, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout == file.read_bytes()


def test_people_can_read_it(file: Path) -> None:
    text = " ".join(told("pdftotext", "-layout", file, "-").split())
    for words in (
        "Record of a version",
        "This wording was first captured on 20 November 2026, 06:00 UTC.",
        "not as it applied to anybody",
        "is not affiliated with or endorsed by it",
        "Proven by mathematics",
        "Witnessed by others",
        "Stated by the operator",
        "Which text governed anybody's contract.",
        "Proxy not recorded",
        "Ghent",
        "TLSv1.3 C",
    ):
        assert words in text, words


def test_what_is_claimed_or_withheld_is_told() -> None:
    page = page_html(exhibit(claimed_by="archive.org"), NOTHING, CITED)
    assert "as archive.org states" in page and "the date is a claim of archive.org" in page
    page = page_html(exhibit(withheld=Withheld("Under review.", AT, False)), NOTHING, CITED)
    assert "Its text is withheld from the public since 20 November 2026, 06:00 UTC: Under review." in page


def test_nothing_is_loaded_and_no_tag_gets_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    title = (
        f'<img src="{secret.as_uri()}"><style>@import url("http://127.0.0.1:9/x");</style>\x00\u202e\ufdd0'
    )
    page = page_html(exhibit(title=title, platform="<b>"), NOTHING, CITED)
    assert "<img" not in page and "&lt;img" in page and not set("\x00\u202e\ufdd0") & set(page)
    assert statement(exhibit(title=title), NOTHING, CITED).startswith(b"%PDF")


def test_without_what_writes_it_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StatementUnavailableError, match="libpango") as raised:
        statement(exhibit(), NOTHING, CITED)
    assert "conductatlas[statement]" in raised.value.remedy and raised.value.code == "statement_unavailable"
