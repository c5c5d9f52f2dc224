"""The facts that a platform's page puts first: each is asked of attributes that are looked for."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from conductatlas.provisions.quick_facts import quick_facts_asked
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import taxonomy


def test_each_names_attributes_of_known_types() -> None:
    table = tomllib.loads(
        files("conductatlas.provisions").joinpath("quick_facts.toml").read_text(encoding="utf-8")
    )
    asked = [tuple(name.split(".")) for entry in table["facts"] for name in entry["facts"]]
    assert set(asked) <= attributes().keys()
    assert {type_ for type_, _ in asked} <= taxonomy().keys()


def test_the_eight_are_asked_in_the_order_of_the_file() -> None:
    assert [one.key for one in quick_facts_asked()] == [
        "arbitration",
        "class-action",
        "training",
        "retention",
        "law",
        "cap",
        "age",
        "notice",
    ]
