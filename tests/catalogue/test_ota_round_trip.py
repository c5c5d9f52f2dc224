"""Declarations of theirs come in, go out and come in the same; so do ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.catalogue.declaration_file import DeclarationFile, DeclaredPlatform
from conductatlas.catalogue.declarations import load_folders
from conductatlas.catalogue.ota_collection import read_collection
from conductatlas.catalogue.ota_names import TERMS_TYPES
from conductatlas.catalogue.ota_service import OtaFile, OtaFiles, OtaService
from conductatlas.catalogue.ota_writer import Loss, to_ota
from conductatlas.catalogue.toml_writer import to_toml
from conductatlas.reading.text.filters import QueryParameters

# ── theirs ───────────────────────────────────────────────────────────────────────────────────────────

CSS = st.sampled_from(["main", "#a .b > p", "[style] ~ ol", "a[href='x\"y']", "p:not(.é)", "  h1  "])
RANGE = st.builds(
    lambda start, end, first, last: {start: first, end: last},
    st.sampled_from(["startBefore", "startAfter"]),
    st.sampled_from(["endBefore", "endAfter"]),
    CSS,
    CSS,
)
SELECTORS = CSS | RANGE | st.lists(CSS | RANGE, max_size=3)
FILTER = st.one_of(
    st.just("dropDates"),
    st.fixed_dictionaries({"removeQueryParams": st.sampled_from([["sid"], "sid", ["a b", "é", "sid"]])}),
    st.fixed_dictionaries({"dropMore": st.integers()}),
)
ADDRESS = st.sampled_from([f"https://quill.example/{n}" for n in ("a", "b?c=%20d", "é", "f.pdf", "g#h", "i")])
REST = {
    "select": SELECTORS,
    "remove": SELECTORS,
    "filter": FILTER | st.lists(FILTER, max_size=3),
    "executeClientScripts": st.booleans(),
}
PAGE = st.fixed_dictionaries({"fetch": ADDRESS}, optional=REST)
COMBINED = st.fixed_dictionaries(
    {"combine": st.lists(PAGE, min_size=1, max_size=3)}, optional={"fetch": ADDRESS, **REST}
)
DECLARATION = PAGE | COMBINED
MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.sampled_from([UTC, None])).map(
    lambda moment: moment.isoformat().replace("+00:00", "Z")
)
PAST = st.builds(lambda declaration, end: {**declaration, "validUntil": end}, DECLARATION, MOMENT)
TYPE = st.one_of(
    st.sampled_from(sorted(TERMS_TYPES)),
    st.sampled_from(
        ["terms of service", " Terms of  Service", "Boat Privacy Policy", "FAQ", "privacy", "Boat Ballad"]
    ),
    st.builds(
        "{} #{}".format,
        st.sampled_from(["Terms of Service", "Imprint"]),
        st.sampled_from(["a", "A", "terms", "微", "a-2", ""]),
    ),
)
SERVICE = st.fixed_dictionaries(
    {"terms": st.dictionaries(TYPE, DECLARATION, min_size=1, max_size=4)},
    optional={
        "name": st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
    },
)
STEM = st.sampled_from(["Quill", "quill", "DALL·E", "DALL-E", "微信", "Quill.ai", "quill 2", "a" * 90])


def taken(files: OtaFiles) -> DeclaredPlatform | None:
    return OtaService.read(files).platform


def as_files(stem: str, service: dict[str, Any], history: dict[str, Any]) -> OtaFiles:
    return OtaFiles(
        stem,
        OtaFile(f"{stem}.json", json.dumps(service, indent=1).encode()),
        OtaFile(f"{stem}.history.json", json.dumps(history).encode()) if history else None,
    )


@settings(max_examples=100)
@given(STEM, SERVICE, st.data())
def test_what_came_in_goes_out_and_comes_in_the_same(
    stem: str, service: dict[str, Any], data: st.DataObject
) -> None:
    types = st.sampled_from(sorted(service["terms"]))
    history = data.draw(st.dictionaries(types, st.lists(PAST, max_size=2), max_size=2))
    platform = taken(as_files(stem, service, history))
    if platform is None:
        assert set(service["terms"]) == {"Boat Ballad"}, "every other type is taken"
        return
    files, losses = to_ota(platform)
    assert [loss.keys for loss in losses if loss.keys] == []
    again = OtaService.read(files)
    assert again.platform == platform
    assert [fault.message for fault in again.faults if fault.severity == "error"] == []
    # and by way of our own files
    ours = DeclarationFile.read(to_toml(platform).encode(), "x.toml")
    assert ours.platform == platform


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────────


def shipped() -> list[DeclaredPlatform]:
    folder = Path(str(files("conductatlas.catalogue") / "declarations"))
    return list(load_folders([folder]).platforms)


@pytest.mark.parametrize("platform", shipped(), ids=lambda platform: platform.slug)
def test_every_shipped_declaration_keeps_its_sources_under_their_format(platform: DeclaredPlatform) -> None:
    theirs, losses = to_ota(platform)
    back = taken(theirs)
    assert back is not None
    assert (back.slug, back.name) == (platform.slug, platform.name)
    assert [(d.slug, d.kind, d.sources, d.history) for d in back.documents] == [
        (d.slug, d.kind, d.sources, d.history) for d in platform.documents
    ]
    lost = {loss.path: set(loss.keys) for loss in losses}
    for was, now in zip(platform.documents, back.documents, strict=True):
        told = lost.get(f"{platform.slug}/{was.slug}", set())
        assert {key for key in now.__slots__ if getattr(now, key) != getattr(was, key)} == told, (
            "nothing is lost silently"
        )
    assert lost[platform.slug] == {"category", "website"}


def test_what_their_format_cannot_say_is_told() -> None:
    text = """
name = "Quill"
slug = "quill"
category = "ai"

[[documents]]
kind = "system-card"
title = "Card"
language = "en"
cadence = "6h"
verified = 2026-03-01
url = "https://quill.example/card"
filters = [{ replace = "Page built on {date}" }, { query_parameters = ["sid"] }, { strip = "id" }]

[[documents]]
kind = "terms"
url = "https://quill.example/terms.pdf"
"""
    platform = DeclarationFile.read(text.encode(), "quill.toml").platform
    assert platform is not None
    theirs, (of_platform, of_card) = to_ota(platform)
    assert of_platform == Loss("quill", ("category",))
    assert (of_card.path, of_card.keys) == (
        "quill/system-card",
        ("title", "language", "cadence", "verified", "filters"),
    )
    assert "'System Card' is none of their terms types" in of_card.remarks[0]
    assert "PDF" in of_card.remarks[1]
    assert json.loads(theirs.declaration.content) == {
        "name": "Quill",
        "terms": {
            "System Card": {
                "fetch": "https://quill.example/card",
                "filter": [{"removeQueryParams": ["sid"]}],
            },
            "Terms of Service": {"fetch": "https://quill.example/terms.pdf"},
        },
    }
    back = taken(theirs)
    assert back is not None
    assert back.documents[0].sources[0].filters == (QueryParameters(("sid",)),)


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────


def write(folder: Path, **services: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in services.items():
        text = value if isinstance(value, str) else json.dumps(value)
        (folder / name).write_text(text)


TERMS = {"terms": {"Terms of Service": {"fetch": "https://quill.example/terms", "select": "main"}}}


def test_a_collection_is_read_from_its_root_its_folder_or_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "declarations"
    write(folder, **{"Quill.json": TERMS, "Ink.ai.json": TERMS, "README.md": "…"})
    (tmp_path / "package.json").write_text("{}")
    for place in (tmp_path, folder):
        found = read_collection(place)
        assert [platform.slug for platform in found.platforms] == ["ink-ai", "quill"]
        assert found.faults == ()
    assert [p.slug for p in read_collection(folder / "Quill.json").platforms] == ["quill"]


def test_names_with_one_slug_are_told_apart_in_the_same_way_each_time(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{f"{name}.json": {**TERMS, "name": name} for name in ("DALL·E", "DALL-E", "dall-e 2", "DALL E")},
    )
    found = read_collection(tmp_path)
    assert {platform.name: platform.slug for platform in found.platforms} == {
        "DALL E": "dall-e",
        "DALL-E": "dall-e-3",
        "DALL·E": "dall-e-4",
        "dall-e 2": "dall-e-2",
    }
    out = tmp_path / "out" / "declarations"
    for platform in found.platforms:
        theirs, _ = to_ota(platform)
        write(out, **{theirs.declaration.name: theirs.declaration.content.decode()})
    again = read_collection(out)
    assert sorted(again.platforms, key=lambda p: p.slug) == sorted(found.platforms, key=lambda p: p.slug)


def test_the_files_beside_a_declaration_belong_to_it(tmp_path: Path) -> None:
    past = {"Terms of Service": [{"fetch": "https://quill.example/old", "validUntil": "2020-01-01"}]}
    write(
        tmp_path,
        **{
            "Quill.json": TERMS,
            "Quill.history.json": past,
            "Quill.filters.js": "export function a() {}",
            "Quill.filters.history.js": "export function b() {}",
            "Gone.history.json": past,
            "Quill.ai.json": TERMS,
        },
    )
    found = read_collection(tmp_path)
    quill, ai = found.platforms
    assert ai.slug == "quill-ai"
    assert ai.documents[0].history == ()
    assert quill.documents[0].history[0].valid_until == datetime(2020, 1, 1, tzinfo=UTC)
    told = {Path(fault.file).name: fault for fault in found.faults}
    assert set(told) == {"Quill.filters.js", "Quill.filters.history.js", "Gone.history.json"}
    assert told["Gone.history.json"].severity == "error"


def test_a_service_at_fault_stops_no_other(tmp_path: Path) -> None:
    write(tmp_path, **{"Bad.json": "{", "Worse.json": "[]", "Quill.json": TERMS})
    (tmp_path / "Folder.json").mkdir()
    found = read_collection(tmp_path)
    assert [platform.slug for platform in found.platforms] == ["quill"]
    assert {Path(fault.file).name for fault in found.faults} == {"Bad.json", "Worse.json", "Folder.json"}


@pytest.mark.parametrize("name", ["gone", "gone/Quill.json", "nul\0.json"])
def test_what_is_not_there_is_a_fault(tmp_path: Path, name: str) -> None:
    found = read_collection(tmp_path / name)
    assert found.platforms == ()
    assert found.faults


def test_a_folder_without_declarations_is_a_fault(tmp_path: Path) -> None:
    (fault,) = read_collection(tmp_path).faults
    assert "holds no declarations" in fault.message


# ── real ones ────────────────────────────────────────────────────────────────────────────────────────


def as_list(selectors: Any) -> list[Any]:
    return selectors if isinstance(selectors, list) else [selectors] if selectors else []


@pytest.mark.corpus
def test_real_declarations_come_in_and_go_out_whole(shared: Path) -> None:
    """141 documents of 38 services as their curators declare them: each is taken or told, none is bent."""
    services: dict[str, dict[str, Any]] = {}
    for row in json.loads((shared / "corpus" / "documents.json").read_text("utf-8")):
        declaration = {"fetch": row["url"], "executeClientScripts": row["rendered"]}
        declaration |= {key: row[key] for key in ("select", "remove") if row[key] is not None}
        services.setdefault(row["platform"], {})[row["document"]] = declaration
    count, left_out = 0, 0
    for name, terms in services.items():
        service = OtaService.read(as_files(name, {"name": name, "terms": terms}, {}))
        left_out += sum("fetch" in fault.message for fault in service.faults)
        assert all(
            fault.severity == "notice" or "fetch" in fault.message
            for fault in service.faults
            if "nothing of" not in fault.message
        )
        if service.platform is None:
            continue
        count += len(service.platform.documents)
        theirs, _ = to_ota(service.platform)
        assert taken(theirs) == service.platform
        back = json.loads(theirs.declaration.content)["terms"].values()
        for written, declaration in zip(back, (d for d in terms.values() if d["fetch"]), strict=True):
            assert written["fetch"] == declaration["fetch"].partition("#")[0]
            assert written.get("executeClientScripts", False) == declaration["executeClientScripts"]
            for key in ("select", "remove"):
                assert as_list(written.get(key)) == as_list(declaration.get(key))
        ours = DeclarationFile.read(to_toml(replace(service.platform, category="ai")).encode(), "x.toml")
        assert ours.platform == replace(service.platform, category="ai")
    assert count + left_out == 141
    assert count == 134, "seven have no address in the corpus"
