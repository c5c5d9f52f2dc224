"""What a type of clause is and why it matters, in our words (explanations.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Explanation:
    """what: it is, true of every clause of the type. why: what turns on the details of such a clause."""

    what: str
    why: str


@cache
def explanations() -> Mapping[str, Explanation]:
    """All of them by type. TypeError where a table has other keys than the two."""
    table = tomllib.loads(files(__package__).joinpath("explanations.toml").read_text(encoding="utf-8"))
    return {name: Explanation(**entry) for name, entry in table.items()}
