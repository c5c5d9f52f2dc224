"""`provisions`: list, show, search and extract, as people run them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.conftest import CLAUSES, Shell, Web


@pytest.fixture
def watched(shell: Shell, web: Web, policy: Callable[..., bytes]) -> Shell:
    """An archive whose one document was checked."""
    shell.declare(web.url)
    web.page = policy()
    done = shell("check", "--all", "--json")
    assert done.code == 0 and done.rows[0]["outcome"] == "changed", done.err
    return shell


def test_they_are_listed_shown_found_and_looked_for_once(watched: Shell) -> None:
    listed = watched("provisions", "list", "--json")
    assert listed.code == 0
    types = {row["type"]: row for row in listed.rows}
    assert {"age", "unilateral_change"} <= set(types)
    age = types["age"]
    assert age["quote"] in CLAUSES[1] and age["end"] - age["start"] == len(age["quote"])
    assert age["document"] == "heron/terms" and age["type"] == age["types"][0]

    (shown,) = watched("provisions", "show", age["id"], "--json").rows
    assert {key: shown[key] for key in ("id", "version", "quote", "section")} == {
        key: age[key] for key in ("id", "version", "quote", "section")
    }
    assert (shown["state"], [step["how"] for step in shown["steps"]]) == ("active", ["first"])
    minimum = next(fact for fact in shown["facts"] if fact["name"] == "minimum")
    assert minimum["value"] == 16 and all(quote in CLAUSES[1] for quote in minimum["quotes"])
    assert age["quote"] in watched("provisions", "show", age["id"]).out
    parts = shown["analysis"]["parts"]
    assert {"what", "why", "exposure", "note"} <= set(parts)
    assert all(one["grounds"] for name in parts if name != "note" for one in parts[name])
    assert parts["why"][0]["general"] and not parts["why"][0]["inferred"]

    (hit, *_) = watched("provisions", "search", "open an account", "--json").rows
    assert hit["id"] == age["id"]
    assert [part["text"] for part in hit["snippet"] if part["found"]]
    assert not watched("provisions", "search", "NOT (", "--json").rows

    assert watched("provisions", "extract", "--json").rows == [{"looked_at": 0}]


def test_what_is_asked_for_narrows_the_list(watched: Shell) -> None:
    rows = watched("provisions", "list", "heron/terms", "--type", "age", "--json").rows
    assert rows and {row["type"] for row in rows} == {"age"}
    assert not watched("provisions", "list", "wren", "--json").rows
    assert not watched("provisions", "list", "--removed", "--json").rows
    assert len(watched("provisions", "list", "--limit", "1", "--json").rows) == 1
    wrong = watched("provisions", "list", "--type", "unknown")
    assert wrong.code == 2 and "no type has this name" in wrong.err


def test_an_id_of_nothing_is_said(watched: Shell) -> None:
    for name in ("CA-P-999999", "CA-V-000001", "x"):
        done = watched("provisions", "show", name)
        assert done.code == 1 and "is no provision of this archive" in done.err
