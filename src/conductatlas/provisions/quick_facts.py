"""The facts that a platform's page puts first (quick_facts.toml).

[[facts]] in the order in which they are shown. Keys of each:
  key      its name, and its anchor on the page
  title    in the reader's words
  facts    "type.name" of the attributes that answer it; a later one is asked only where none before is stated
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from conductatlas.reading.clauses.fact_rules import attributes


@dataclass(frozen=True, slots=True)
class Asked:
    """One of them. facts: (type, name) of attributes, the one that answers best first."""

    key: str
    title: str
    facts: tuple[tuple[str, str], ...]


@cache
def quick_facts_asked() -> tuple[Asked, ...]:
    """All of them, in the order of the file; without those none of whose attributes is looked for yet."""
    table = tomllib.loads(files(__package__).joinpath("quick_facts.toml").read_text(encoding="utf-8"))
    known = attributes().keys()
    asked = (
        Asked(
            entry["key"],
            entry["title"],
            tuple(name for name in map(_parted, entry["facts"]) if name in known),
        )
        for entry in table["facts"]
    )
    return tuple(one for one in asked if one.facts)


def _parted(name: str) -> tuple[str, str]:
    type_, _, fact = name.partition(".")
    return type_, fact
