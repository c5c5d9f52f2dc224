"""Citations: the same facts in three forms, each safe in its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.evidence.citation import Citation

AT = datetime(2026, 11, 26, 1, 30, tzinfo=timezone(timedelta(hours=2)))
DIGEST = "ab" * 32


def citation(**fields: object) -> Citation:
    values: dict[str, object] = {
        "id": "CA-V-000042",
        "title": "Terms of Use",
        "publisher": "Heron",
        "at": AT,
        "digest": DIGEST,
        "permalink": "https://archive.example/id/CA-V-000042",
        "language": "en",
    }
    return Citation(**{**values, **fields})  # type: ignore[arg-type]


def test_a_version() -> None:
    assert citation().plain == (
        "Heron, “Terms of Use”, as captured 25 November 2026, 23:30 UTC. ConductAtlas, CA-V-000042, "
        f"https://archive.example/id/CA-V-000042 (text SHA-256 {DIGEST})."
    )


def test_a_change_says_between_which_captures_it_lies() -> None:
    text = citation(id="CA-C-000007", since=datetime(2026, 11, 20, tzinfo=UTC)).plain
    assert "changed between 20 November 2026, 00:00 UTC and 25 November 2026, 23:30 UTC, as captured" in text


def test_a_claimed_date_says_whose_it_is() -> None:
    assert (
        "as captured 25 November 2026, 23:30 UTC, date as stated by archive.org."
        in citation(claimed_by="archive.org").plain
    )


def test_bibtex() -> None:
    text = citation(title="100% of {our} R&D_#1 ~ ^ \\ $", publisher="A{B").bibtex
    assert text.startswith("@misc{ca-v-000042,\n") and text.endswith("}\n")
    assert r"100\% of \textbraceleft{}our\textbraceright{} R\&D\_\#1 " in text
    assert r"\textasciitilde{} \textasciicircum{} \textbackslash{} \$" in text
    assert "author = {{A\\textbraceleft{}B}}" in text  # a company is no first and last name
    assert "month = nov,\n" in text and "year = {2026}" in text
    assert r"\url{https://archive.example/id/CA-V-000042}" in text


def test_csl_json_is_dated_in_utc() -> None:
    (item,) = json.loads(citation(title='He said "no"').csl_json)
    assert item["issued"] == {"date-parts": [[2026, 11, 25]]}
    assert item["title"] == 'He said "no"' and item["author"] == [{"literal": "Heron"}]
    assert (item["type"], item["URL"]) == ("webpage", "https://archive.example/id/CA-V-000042")
    assert DIGEST in item["note"] and item["language"] == "en"
    assert "language" not in json.loads(citation(language="").csl_json)[0]


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_that_is_cited_breaks_out_of_its_form(title: str, publisher: str) -> None:
    try:
        f"{title}{publisher}".encode()
    except UnicodeEncodeError:
        return  # no text of a database
    made = citation(title=title, publisher=publisher)
    assert "\n" not in made.plain and "\r" not in made.plain
    depth = 0
    for letter in made.bibtex:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert made.bibtex.count("\n") == 8
    assert json.loads(made.csl_json)[0]["title"] == " ".join(made.csl["title"].split())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "address", ["https://a.example/} \\input{x}", "https://a.example/ü", "https://a.example/%7E#x"]
)
def test_an_address_stays_within_its_braces(address: str) -> None:
    shown = citation(permalink=address).bibtex.split(r"\url{")[1].split("}},")[0]
    assert not set(shown) & {"{", "}", "\\", " ", "ü"}
