"""What is written is read again as what it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue import values
from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.declaration_file import (
    DeclarationFile,
    DeclaredDocument,
    DeclaredPast,
    DeclaredPlatform,
    DeclaredSource,
)
from conductatlas.catalogue.toml_writer import cadence, to_toml
from conductatlas.reading.text.filters import QueryParameters, Replace, Strip
from conductatlas.reading.text.kinds import KINDS

SHIPPED = [
    file
    for package, folder in (("conductatlas.catalogue", "declarations"), ("conductatlas.demo", "declarations"))
    for file in sorted(Path(str(files(package) / folder)).glob("*.toml"))
]

LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1, max_size=12
).filter(
    lambda text: (
        text == text.strip()
        and not any(c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" for c in text)
    )
)
SLUG = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
CSS = st.sampled_from(["main", "#a .b > p", "[style] ~ ol", "a[href='x\"y']", "p:not(.é)", "[data-x='\\\\']"])
RANGE = st.builds(
    lambda start, end, first, last: {start: first, end: last},
    st.sampled_from(["startBefore", "startAfter"]),
    st.sampled_from(["endBefore", "endAfter"]),
    CSS,
    CSS,
)
SELECTORS = st.lists(CSS | RANGE, max_size=3).map(tuple)
FILTER = st.one_of(
    st.builds(
        Replace,
        st.sampled_from(["Page built on {date}", 'so "{{" it is', "\\n"]),
        st.sampled_from(["", "x \\ y"]),
    ),
    st.builds(Strip, st.sampled_from([("id",), ("data-*", "aria-label")]), st.sampled_from(["", "h2 > a"])),
    st.builds(QueryParameters, st.lists(LINE, min_size=1, max_size=2, unique=True).map(tuple)),
)
SOURCE = st.builds(
    DeclaredSource,
    st.sampled_from([f"https://quill.example/{n}" for n in ("a", "b?c=%20d", "é")]),
    SELECTORS,
    SELECTORS,
    st.sampled_from(values.FETCHERS),
    st.lists(FILTER, max_size=2).map(tuple),
)
SOURCES = st.lists(SOURCE, min_size=1, max_size=3, unique_by=repr).map(tuple)
MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
HISTORY = st.lists(
    st.builds(DeclaredPast, MOMENT, SOURCES), max_size=2, unique_by=lambda p: p.valid_until
).map(lambda past: tuple(sorted(past, key=lambda p: p.valid_until)))
DOCUMENT = st.builds(
    DeclaredDocument,
    slug=SLUG,
    kind=st.sampled_from(sorted(KINDS)),
    title=LINE,
    language=st.sampled_from(["", "en", "pt-BR"]),
    region=LINE | st.just(""),
    audience=LINE | st.just(""),
    cadence=st.integers(5, 366 * 24 * 60).map(lambda n: timedelta(minutes=n)),
    verified=st.none() | st.dates(date(1990, 1, 1)),
    sources=SOURCES,
    history=HISTORY,
)
PLATFORM = st.builds(
    DeclaredPlatform,
    slug=SLUG,
    name=LINE,
    category=st.sampled_from(["", *CATEGORIES]),
    website=st.sampled_from(["", "https://quill.example/"]),
    documents=st.lists(DOCUMENT, min_size=1, max_size=3, unique_by=lambda d: d.slug).map(tuple),
)


def errors(file: DeclarationFile) -> list[str]:
    return [fault.message for fault in file.faults if fault.severity == "error"]


@given(PLATFORM)
def test_any_platform_comes_back_from_its_file(platform: DeclaredPlatform) -> None:
    file = DeclarationFile.read(to_toml(platform).encode(), "x.toml")
    assert errors(file) == []
    assert file.platform == platform


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_declaration_comes_back_from_its_file(path: Path) -> None:
    platform = DeclarationFile.read(path.read_bytes(), path.name).platform
    assert platform is not None
    text = to_toml(platform)
    again = DeclarationFile.read(text.encode(), path.name)
    assert errors(again) == []
    assert again.platform == platform
    assert to_toml(again.platform) == text


def test_what_is_written_is_as_one_would_write_it() -> None:
    source = DeclaredSource(
        "https://quill.example/terms", ("main",), ({"startAfter": "h1", "endBefore": "#end"},)
    )
    noisy = DeclaredSource(
        "https://quill.example/rules",
        fetcher="browser",
        filters=(Replace("Page built on {date}"), Strip(("data-*",), "h2"), QueryParameters(("sid",))),
    )
    past = DeclaredPast(datetime(2025, 1, 1, tzinfo=UTC), (source, noisy))
    document = DeclaredDocument(
        "terms",
        "terms",
        "Terms of service",
        "en",
        "",
        "",
        timedelta(hours=12),
        date(2026, 3, 1),
        (source,),
        (past,),
    )
    text = to_toml(DeclaredPlatform("quill", 'The "Quill"', "", "", (document,)))
    assert (
        text
        == r"""name = "The \"Quill\""
slug = "quill"

[[documents]]
kind = "terms"
language = "en"
cadence = "12h"
verified = 2026-03-01
url = "https://quill.example/terms"
select = ["main"]
remove = [{ startAfter = "h1", endBefore = "#end" }]

[[documents.history]]
valid_until = 2025-01-01T00:00:00Z

[[documents.history.sources]]
url = "https://quill.example/terms"
select = ["main"]
remove = [{ startAfter = "h1", endBefore = "#end" }]

[[documents.history.sources]]
url = "https://quill.example/rules"
filters = [
  { replace = "Page built on {date}" },
  { strip = ["data-*"], at = "h2" },
  { query_parameters = ["sid"] },
]
fetcher = "browser"
"""
    )


@pytest.mark.parametrize(
    ("minutes", "written"), [(5, "5m"), (60, "1h"), (90, "90m"), (1440, "1d"), (2160, "36h")]
)
def test_cadence(minutes: int, written: str) -> None:
    assert cadence(timedelta(minutes=minutes)) == written
    assert values.cadence(written) == timedelta(minutes=minutes)
