from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue.declaration_file import LARGEST, DeclarationFile
from conductatlas.catalogue.declarations import load_folders

Declare = Callable[..., Path]
TORN = b"""name = "Quill"
slug = "quill"
category = "ai"
[[documents]]
kind = "terms"
[[documents.sources]]
url = "https://quill.example/terms"
select = [{ startBefore = "h1", endAfter = "p" }, "main"]
"""


def read(text: str | bytes) -> DeclarationFile:
    return DeclarationFile.read(text if isinstance(text, bytes) else text.encode(), "quill.toml", "quill")


def test_a_sound_file_is_read_whole(quill: str) -> None:
    file = read(quill)
    assert file.faults == []
    assert file.platform is not None
    assert (file.platform.slug, file.platform.category) == ("quill", "productivity")
    terms, privacy = file.platform.documents
    assert (terms.slug, terms.cadence, terms.verified) == ("terms", timedelta(days=1), None)
    assert [source.url for source in terms.sources] == ["https://quill.example/terms"]
    assert (privacy.region, privacy.audience, privacy.cadence) == ("EU", "consumers", timedelta(hours=6))
    assert [(source.select, source.remove) for source in privacy.sources] == [
        (("main",), ()),
        ((), (".menu",)),
    ]


def test_what_is_not_said_has_a_default(quill: str) -> None:
    file = read(
        'name = "Quill"\nslug = "quill"\ncategory = "ai"\n[[documents]]\nkind = "dpa"\nurl = "http://a.b/"'
    )
    assert file.platform is not None
    (document,) = file.platform.documents
    assert (document.slug, document.title, document.language) == ("dpa", "Data processing agreement", "")
    assert document.sources[0].fetcher == "http"


def test_the_day_of_verification_is_kept(quill: str) -> None:
    file = read(quill.replace('kind = "terms"', 'kind = "terms"\nverified = 2026-03-01'))
    assert file.platform is not None
    assert file.platform.documents[0].verified == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "remedy"),
    [
        ('name = "Quill"\n', "", 1, "'name' is missing", "name ="),
        ('slug = "quill"', 'slug = "Quill!"', 2, "no slug", "Small letters"),
        ('category = "productivity"', 'category = "misc"', 3, "'misc' is no category", "Known:"),
        ('website = "https', 'website = "htps', 4, "no http or https address", "whole address"),
        ('kind = "terms"', 'kind = "tersm"', 7, "'tersm' is no kind", "Did you mean 'terms'?"),
        ('title = "Terms of Service"', "title = 5", 8, "title must be text", "quotes"),
        ('title = "Terms', 'titel = "Terms', 8, "no key is called 'titel'", "Did you mean 'title'?"),
        ('title = "Terms', 'title = "Te\\u0000rms', 8, "U+0000", "Remove it"),
        ('url = "https://quill.example/terms"\n', "", 6, "'url' is missing", "url ="),
        ('audience = "consumers"', 'audience = "' + "x" * 81 + '"', 17, "81 characters", "80"),
        ('cadence = "6h"', 'cadence = "often"', 18, "no span of time", "24h"),
        ('cadence = "6h"', 'cadence = "6h"\nurl = "https://a.b/"', 19, "stands beside `sources`", "Move it"),
        ('select = ["main"]', 'select = ["main["]', 22, "no CSS selector", "browser"),
        ('remove = [".menu"]', 'remove = [{ startBefore = "h1" }]', 26, "no range", "endBefore"),
        ('remove = [".menu"]', 'fetcher = "curl"', 26, "no fetcher", "http, browser"),
        ('kind = "privacy"', 'kind = "privacy"\nslug = "terms"', 12, "a second document", "slug"),
        (
            'kind = "privacy"',
            'kind = "privacy"\nslug = "drift"',
            12,
            "another page of each platform",
            "another `slug`",
        ),
        (
            '/privacy/eu"\nremove = [".menu"]',
            '/privacy"\nselect = "main"',
            24,
            "same source twice",
            "Remove one",
        ),
        ('language = "en"\nurl', "language = 'en\nurl", 26, "not TOML", "never closed"),
        ('slug = "quill"', 'slug = "quill', 2, "not TOML", "toml.io"),
        ("[[documents.sources]]", "[[documents.source]]", 20, "'source'", "Did you mean 'sources'?"),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(
    quill: str, old: str, new: str, line: int, message: str, remedy: str
) -> None:
    assert old in quill
    file = read(quill.replace(old, new, 1))
    assert file.platform is None
    assert [(fault.file, fault.line) for fault in file.faults][:1] == [("quill.toml", line)]
    assert message in file.faults[0].message
    assert remedy in file.faults[0].remedy
    assert file.faults[0].severity == "error"


def test_all_faults_of_a_file_are_told_at_once(quill: str) -> None:
    file = read(quill.replace('"terms"', '"tersm"').replace('"6h"', '"6"').replace("website", "site"))
    assert [fault.line for fault in file.faults] == [4, 7, 18]


def test_a_browser_source_is_loaded(quill: str) -> None:
    file = read(quill.replace('remove = [".menu"]', 'fetcher = "browser"'))
    assert file.platform is not None
    assert file.faults == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = '\xff\xfe'", "not UTF-8"),
        (b"#" * (LARGEST + 1), "longer than"),
        (b"a = " + b"[" * 100_000, "TOML"),
        (b"a = " + b"9" * 10_000, "TOML"),
        (b"a = 1\na = 2", "not TOML"),
        (b"", "'name' is missing"),
        (b"documents = []", "missing"),
        (b"\0", "not TOML"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_hostile_files_are_faults(content: bytes, message: str) -> None:
    file = read(content)
    assert file.platform is None
    assert message in file.faults[0].message
    assert all(1 <= fault.line <= content.count(b"\n") + 1 for fault in file.faults)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(quill: str) -> None:
    file = read(b"\xef\xbb\xbf" + quill.replace("\n", "\r\n").encode())
    assert file.faults == []
    broken = read(quill.replace('"6h"', '"6"').replace("\n", "\r\n"))
    assert broken.faults[0].line == 18


@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    file = read(content)
    assert file.platform is None
    assert file.faults


@given(st.data())
def test_no_torn_file_raises(data: st.DataObject) -> None:
    text = TORN
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    file = read(text[:start] + text[end:])
    assert (file.platform is None) == any(fault.severity == "error" for fault in file.faults)


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_bad_file_stops_no_other(declare: Declare, quill: str) -> None:
    folder = declare(bad="name = ", quill=quill, worse=b"\xff", named='slug = "inkwell"\n')
    catalogue = load_folders([folder])
    assert [platform.slug for platform in catalogue.platforms] == ["quill"]
    assert {Path(fault.file).name for fault in catalogue.faults} == {"bad.toml", "worse.toml", "named.toml"}
    assert catalogue.left_out == {"bad", "worse", "inkwell"}
    assert catalogue.is_whole


def test_one_platform_in_two_files_is_the_second_ones_fault(declare: Declare, quill: str) -> None:
    folder = declare(a=quill, b="# mine\n" + quill.replace('"Quill"', '"Other"'))
    catalogue = load_folders([folder])
    assert [platform.name for platform in catalogue.platforms] == ["Quill"]
    (fault,) = catalogue.faults
    assert (Path(fault.file).name, fault.line) == ("b.toml", 3)
    assert "a.toml" in fault.message


def test_folders_and_files_are_taken_in_their_order(declare: Declare, quill: str, tmp_path: Path) -> None:
    folder = declare(quill=quill)
    extra = tmp_path / "extra.toml"
    extra.write_text(quill.replace("quill", "inkwell"))
    (folder / "notes.txt").write_text("not a declaration")
    catalogue = load_folders([extra, folder])
    assert [platform.slug for platform in catalogue.platforms] == ["inkwell", "quill"]
    assert catalogue.faults == ()


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    catalogue = load_folders([tmp_path / "gone"])
    assert not catalogue.is_whole
    assert not catalogue.has_dropped("quill")
    assert "cannot be read" in catalogue.faults[0].message
    assert set(catalogue.faults[0].to_dict()) == {"file", "line", "message", "remedy", "severity"}


def test_only_a_platform_that_nobody_declares_was_dropped(declare: Declare, quill: str) -> None:
    catalogue = load_folders([declare(quill=quill, bad="name = ")])
    assert catalogue.has_dropped("inkwell")
    assert not catalogue.has_dropped("quill")
    assert not catalogue.has_dropped("bad")


# ── what ships ───────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_declarations_are_without_fault() -> None:
    folder = Path(str(files("conductatlas.catalogue") / "declarations"))
    catalogue = load_folders([folder])
    assert catalogue.faults == ()
    assert len(catalogue.platforms) >= 50
    assert {platform.slug for platform in catalogue.platforms} == {
        file.stem for file in folder.glob("*.toml")
    }
    for platform in catalogue.platforms:
        assert platform.website
        assert all(document.language for document in platform.documents)
        places = [(source.url, source.select) for d in platform.documents for source in d.sources]
        assert len(places) == len(set(places)), f"{platform.slug} reads one page into two documents"
