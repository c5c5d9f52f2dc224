"""What is taken of a service's files, and what is told of the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue.declaration_file import LARGEST, DeclaredDocument, DeclaredPast, DeclaredSource
from conductatlas.catalogue.ota_service import MOST_TERMS, OtaFile, OtaFiles, OtaService
from conductatlas.reading.text.filters import QueryParameters

A, B = "https://quill.example/a", "https://quill.example/b"


def read(
    terms: object = None,
    history: object = None,
    *scripts: str,
    raw: bytes | None = None,
    kinds: dict[str, str] | None = None,
) -> OtaService:
    content = raw if raw is not None else json.dumps({"name": "Quill", "terms": terms}, indent=1).encode()
    return OtaService.read(
        OtaFiles(
            "Quill",
            OtaFile("Quill.json", content),
            OtaFile("Quill.history.json", json.dumps(history, indent=1).encode())
            if history is not None
            else None,
            tuple(OtaFile("Quill.filters.js", script.encode()) for script in scripts),
        ),
        kinds,
    )


def documents(service: OtaService) -> tuple[DeclaredDocument, ...]:
    assert service.platform is not None, service.faults
    return service.platform.documents


def sources(declaration: object) -> tuple[DeclaredSource, ...]:
    service = read({"Terms of Service": declaration})
    assert service.faults == []
    return documents(service)[0].sources


def test_a_page_with_all_there_is_to_say() -> None:
    assert sources(
        {
            "fetch": A,
            "select": ["main", {"startAfter": "h1", "endBefore": ".end"}],
            "remove": ".menu",
            "filter": {"removeQueryParams": ["sid", "utm_source"]},
            "executeClientScripts": True,
        }
    ) == (
        DeclaredSource(
            A,
            ("main", {"startAfter": "h1", "endBefore": ".end"}),
            (".menu",),
            "browser",
            (QueryParameters(("sid", "utm_source")),),
        ),
    )


def test_a_pdf_has_an_address_alone() -> None:
    assert sources({"fetch": A + ".pdf"}) == (DeclaredSource(A + ".pdf"),)


def test_what_parts_share_stands_beside_combine() -> None:
    parts = {
        "select": "main",
        "remove": [".menu"],
        "executeClientScripts": True,
        "filter": [{"removeQueryParams": "sid"}],
        "combine": [
            {"fetch": A},
            {"fetch": B, "select": "body", "executeClientScripts": False, "filter": []},
        ],
    }
    assert sources(parts) == (
        DeclaredSource(A, ("main",), (".menu",), "browser", (QueryParameters(("sid",)),)),
        DeclaredSource(B, ("body",), (".menu",)),
    )


def test_kinds_slugs_and_titles() -> None:
    service = read(
        {
            name: {"fetch": A}
            for name in (
                "Terms of Service",
                "Live Policy",
                "Privacy Policy #eu",
                "Privacy Policy #EU",
                "Terms of Service #terms",
            )
        }
    )
    assert [(d.kind, d.slug, d.title) for d in documents(service)] == [
        ("terms", "terms", "Terms of service"),
        ("terms", "live-policy", "Live Policy"),
        ("privacy", "eu", "Privacy policy: eu"),
        ("privacy", "eu-2", "Privacy policy: eu 2"),
        ("terms", "terms-2", "Terms of service: terms 2"),
    ]
    assert [fault.line for fault in service.faults] == [13, 16]
    assert all(fault.severity == "notice" for fault in service.faults)


def test_a_past_is_taken_in_order_of_time() -> None:
    service = read(
        {"Terms of Service": {"fetch": A}},
        {
            "Terms of Service": [
                {"fetch": B, "validUntil": "2023-05-01T12:00:00Z"},
                {
                    "combine": [{"fetch": A}, {"fetch": B}],
                    "select": "p",
                    "validUntil": "2021-08-24T14:02:39+02:00",
                },
            ]
        },
    )
    assert service.faults == []
    assert documents(service)[0].history == (
        DeclaredPast(
            datetime(2021, 8, 24, 12, 2, 39, tzinfo=UTC),
            (DeclaredSource(A, ("p",)), DeclaredSource(B, ("p",))),
        ),
        DeclaredPast(datetime(2023, 5, 1, 12, tzinfo=UTC), (DeclaredSource(B),)),
    )


@pytest.mark.parametrize(
    ("declaration", "line", "message"),
    [
        ({"fetch": A, "filter": ["dropDates"]}, 6, "'dropDates' is not taken"),
        ({"fetch": A, "filter": [{"dropDates": 5}]}, 6, "'dropDates' is not taken"),
        ({"fetch": A, "filter": "dropDates"}, 6, "'dropDates' is not taken"),
        ({"combine": [{"fetch": A}], "filter": ["dropDates"]}, 10, "'dropDates' is not taken"),
        ({"fetch": A, "colour": 1}, 6, "'colour'"),
        ({"fetch": A + "#/terms"}, 5, "fragment"),
        ({"combine": [{"fetch": A}, {"fetch": A}]}, 9, "same part twice"),
    ],
)
def test_a_loss_is_a_notice_with_its_line(declaration: object, line: int, message: str) -> None:
    service = read({"Terms of Service": declaration})
    assert documents(service)[0].sources == (DeclaredSource(A),)
    (fault,) = service.faults
    assert message in fault.message
    assert (fault.file, fault.severity, fault.line) == ("Quill.json", "notice", line)


def test_functions_of_a_script_are_named_with_their_lines() -> None:
    script = "// a\nexport function dropDates(document) {\n}\n\nexport async function dropIds() {}\nexport const x = 1;"
    service = read({"Terms of Service": {"fetch": A}}, None, script, "module.exports = {}")
    assert [(fault.line, fault.severity) for fault in service.faults] == [
        (2, "notice"),
        (5, "notice"),
        (6, "notice"),
        (1, "notice"),
    ]
    assert "'dropDates'" in service.faults[0].message
    assert "'dropIds'" in service.faults[1].message


@pytest.mark.parametrize(
    ("declaration", "line", "message", "remedy"),
    [
        (5, 4, "must be an object", "fetch"),
        ({}, 4, "fetch is missing", "fetch"),
        ({"fetch": None}, 4, "fetch is missing", "fetch"),
        ({"fetch": 5}, 5, "must be text", "quotes"),
        ({"fetch": "ftp://a.b"}, 5, "no http or https address", "whole address"),
        ({"fetch": A, "select": "p["}, 6, "no CSS selector", "browser"),
        ({"fetch": A, "select": ["p", 5]}, 6, "must be text", "quotes"),
        ({"fetch": A, "remove": {"startBefore": "p"}}, 6, "no range", "endBefore"),
        ({"fetch": A, "select": {"startBefore": "p[", "endBefore": "p"}}, 6, "no CSS selector", "browser"),
        ({"fetch": A, "executeClientScripts": "yes"}, 6, "true or false", "without quotes"),
        ({"fetch": A, "filter": [5]}, 6, "filter '5' is none", "removeQueryParams"),
        ({"fetch": A, "filter": {"removeQueryParams": []}}, 6, "names nothing", "Name one"),
        ({"combine": []}, 5, "list of declarations", "fetch"),
        ({"combine": [{"fetch": A}, 5]}, 5, "list of declarations", "fetch"),
        ({"combine": [{"fetch": A}, {}]}, 9, "fetch is missing", "fetch"),
        ({"select": "p[", "combine": [{"fetch": A}, {"fetch": B}]}, 5, "no CSS selector", "browser"),
    ],
)
def test_a_declaration_that_is_wrong_is_left_out_whole_and_stops_no_other(
    declaration: object, line: int, message: str, remedy: str
) -> None:
    service = read({"Terms of Service": declaration, "Privacy Policy": {"fetch": B}})
    assert [document.slug for document in documents(service)] == ["privacy"]
    errors = [fault for fault in service.faults if fault.severity == "error"]
    assert len(errors) == 1
    assert message in errors[0].message
    assert remedy in errors[0].remedy
    assert errors[0].line == line


def test_faults_that_read_alike_leave_out_each_declaration() -> None:
    one_line = b'{"terms": {"Imprint": {"fetch": ""}, "Terms of Service": {"fetch": ""}}}'
    assert read(raw=one_line).platform is None


def test_a_type_that_nobody_knows_is_told_and_can_be_decided() -> None:
    terms = {"Boat Ballad": {"fetch": A}, "Fenced Terms of Use": {"fetch": B}}
    service = read(terms)
    assert [document.title for document in documents(service)] == ["Fenced Terms of Use"]
    assert [(fault.severity, fault.line) for fault in service.faults] == [("error", 4), ("notice", 7)]
    assert '--kind "Boat Ballad=KIND"' in service.faults[0].remedy
    decided = read(terms, kinds={"Boat Ballad": "imprint", "Fenced Terms of Use": "sla"})
    assert decided.faults == []
    assert [document.kind for document in documents(decided)] == ["imprint", "sla"]


@pytest.mark.parametrize(
    ("history", "line", "message"),
    [
        ({"Terms of Service": {}}, 2, "must be a list"),
        ({"Privacy Policy": [{}]}, 2, "declared no more, and its 1 past"),
        ({"Terms of Service": [{"fetch": A}]}, 3, "validUntil is missing"),
        ({"Terms of Service": [{"fetch": A, "validUntil": "last year"}]}, 5, "'last year' is no moment"),
        ({"Terms of Service": [{"validUntil": "2020-01-01"}]}, 3, "fetch is missing"),
        ({"Terms of Service": [5]}, 3, "validUntil is missing"),
        ({"Terms of Service": [{"fetch": A, "validUntil": "0001-01-01T00:00:00+09:00"}]}, 5, "out of range"),
        ([], 1, "no JSON object"),
    ],
)
def test_a_past_that_is_wrong_is_left_out(history: object, line: int, message: str) -> None:
    service = read({"Terms of Service": {"fetch": A}}, history)
    assert documents(service)[0].history == ()
    assert message in service.faults[0].message
    assert (service.faults[0].file, service.faults[0].line) == ("Quill.history.json", line)
    assert service.faults[0].severity == "error"


def test_two_that_end_at_one_moment_are_one() -> None:
    entry = {"fetch": A, "validUntil": "2020-01-01T00:00:00Z"}
    service = read(
        {"Terms of Service": {"fetch": A}},
        {"Terms of Service": [entry, {"fetch": B, "validUntil": "2020-01-01T01:00:00+01:00"}]},
    )
    assert [past.sources[0].url for past in documents(service)[0].history] == [A]
    assert "same moment" in service.faults[0].message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "no JSON object"),
        (b'{"terms": {}}', "must hold declarations"),
        (b'{"terms": []}', "must hold declarations"),
        (b'{"name": 5, "terms": {"Terms of Service": {"fetch": "http://a.b/"}}}', "name must be text"),
        (b'{"name": "a\\u202e", "terms": {"Terms of Service": {"fetch": "http://a.b/"}}}', "U+202E"),
        (b'{"terms": {"\\ud800": {"fetch": "http://a.b/"}}}', "U+D800"),
        (b"\xff", "not UTF-8"),
        (b" " * (LARGEST + 1), "longer than"),
        (b'{"a":' * 100_000, "JSON"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not usable as JSON"),
        (
            json.dumps({"terms": {f"Terms of Service #{n}": {} for n in range(MOST_TERMS + 1)}}).encode(),
            "at most",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_hostile_files_are_faults(raw: bytes, message: str) -> None:
    service = read(raw=raw)
    assert service.platform is None
    assert message in service.faults[0].message
    assert all(fault.line >= 1 and fault.remedy for fault in service.faults)


def test_a_key_that_stands_twice_is_told() -> None:
    service = read(raw=b'{"name": "a", "name": "Quill", "terms": {"Imprint": {"fetch": "http://a.b/"}}}')
    assert service.platform is not None
    assert service.platform.name == "Quill"
    assert "stands twice" in service.faults[0].message


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from([A, "main", "p["]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "terms",
                    "Terms of Service",
                    "fetch",
                    "select",
                    "remove",
                    "filter",
                    "combine",
                    "validUntil",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(ANYTHING, ANYTHING)
def test_no_values_raise(terms: object, history: object) -> None:
    service = read(terms, history)
    assert service.platform is not None or service.faults


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    assert read(raw=raw).platform is None
