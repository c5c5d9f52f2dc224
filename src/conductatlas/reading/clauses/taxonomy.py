"""The types that a clause may have (taxonomy.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ClauseType:
    """One type. group: what it is listed under. title: in the field's words."""

    name: str
    group: str
    title: str


@cache
def taxonomy() -> Mapping[str, ClauseType]:
    """All types by name, in the order of the file."""
    entries = tomllib.loads(files(__package__).joinpath("taxonomy.toml").read_text(encoding="utf-8"))
    return {name: ClauseType(name, entry["group"], entry["title"]) for name, entry in entries.items()}
