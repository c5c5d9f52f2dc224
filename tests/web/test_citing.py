"""How versions and changes are cited, in the forms that reference managers read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.web.citing import Citation

CITED = Citation(
    id="CA-V-000042",
    title="Terms of Use",
    publisher="Heron & Sons",
    at=datetime(2026, 3, 1, 0, 5, tzinfo=timezone(timedelta(hours=2))),
    digest="ab" * 32,
    permalink="https://atlas.example/id/CA-V-000042",
)


def test_a_line_names_whose_what_when_and_where() -> None:
    assert CITED.plain == (
        "Heron & Sons, “Terms of Use”, as captured 28 February 2026, 22:05 UTC. ConductAtlas, CA-V-000042, "
        f"https://atlas.example/id/CA-V-000042 (text SHA-256 {'ab' * 32})."
    )
    assert "22:05 UTC, date as stated by Old Archive." in replace(CITED, claimed_by="Old Archive").plain
    changed = replace(CITED, since=CITED.at - timedelta(days=1)).plain
    assert (
        "changed between 27 February 2026, 22:05 UTC and 28 February 2026, 22:05 UTC, as captured." in changed
    )


def test_bibtex_keeps_the_name_whole_and_escapes_what_tex_reads() -> None:
    entry = replace(CITED, title="50 % off_all #1 {x} \\end ~^$").bibtex
    assert entry.startswith("@misc{CA-V-000042,\n")
    assert r"author = {{Heron \& Sons}}," in entry
    title = r"50 \% off\_all \#1 \textbraceleft{}x\textbraceright{} \textbackslash{}end \textasciitilde{}"
    assert f"title = {{{{{title}\\textasciicircum{{}}\\$}}}}," in entry
    assert "year = {2026}," in entry and "28 February 2026, 22:05 UTC" in entry
    assert f"Text SHA-256 {'ab' * 32}}}," in entry


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_platform_is_called_the_braces_close(whose: str, title: str) -> None:
    entry = replace(CITED, publisher=whose, title=title).bibtex
    assert entry.count("{") == entry.count("}")
    depth = 0
    for sign in re.findall(r"[{}]", entry):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert "\r" not in entry and "\0" not in entry


@given(st.text(max_size=60))
def test_csl_json_is_one_item_as_it_was(title: str) -> None:
    (item,) = json.loads(replace(CITED, title=title).csl_json)
    assert item["title"] == title
    assert item["type"] == "webpage" and item["author"] == [{"literal": "Heron & Sons"}]
    assert item["issued"] == {"date-parts": [[2026, 2, 28]]}
    assert item["URL"].endswith(item["archive_location"]) and CITED.digest in item["note"]
    assert datetime(*item["issued"]["date-parts"][0], tzinfo=UTC) < CITED.at
