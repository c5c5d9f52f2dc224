"""The types that a clause may have (taxonomy.toml).

[<type>] in the order in which they are listed. Keys of each:
  group       what it is listed under
  title       in the field's words
  definition  one or two plain sentences
  for         invented sentences that are of this type
  against     invented sentences that look like it and are not
  kinds       slugs of the documents it may stand in (text/kinds.toml); left out: in any
  specific    1 if it is named before the others that a clause also has, -1 if after them; left out: 0
  neighbours  other types, and how they differ
  reference   its place in the reference product's slugs; of its catch-alls (platform_discretion, consent,
              disclosure_requirements, policy_changes) none is a type of ours, they are only mapped here
  labels      what it is called in the labelled sets: names in unfair_tos and opp115; in tosdr the first 8 hex digits
              of the SHA-256 of the case's title, as the cases have no ids
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ClauseType:
    """One type. Its keys are those of the file; `examples` and `counterexamples` are `for` and `against`."""

    name: str
    group: str
    title: str
    definition: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    kinds: frozenset[str]
    specific: int
    neighbours: Mapping[str, str]
    reference: str
    labels: Mapping[str, Sequence[str]]


@cache
def taxonomy() -> Mapping[str, ClauseType]:
    """All types by name, in the order of the file."""
    entries = tomllib.loads(files(__package__).joinpath("taxonomy.toml").read_text(encoding="utf-8"))
    return {
        name: ClauseType(
            name,
            entry["group"],
            entry["title"],
            entry["definition"],
            tuple(entry["for"]),
            tuple(entry["against"]),
            frozenset(entry.get("kinds", ())),
            entry.get("specific", 0),
            entry["neighbours"],
            entry["reference"],
            entry.get("labels", {}),
        )
        for name, entry in entries.items()
    }


def by_group() -> Mapping[str, Sequence[ClauseType]]:
    """The types of each group, in the order of the file."""
    found: dict[str, list[ClauseType]] = {}
    for kind in taxonomy().values():
        found.setdefault(kind.group, []).append(kind)
    return found
