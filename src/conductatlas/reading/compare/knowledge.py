"""What comparison knows, as it lies in the TOML files beside this one.

`significance.toml` holds the words of legal weight by rule, `spelling.toml` the spellings that mean the same,
`dates.toml` the names of months and what stands before a printed date, `topics.toml` what clauses are about,
`directions.toml` which facts are for or against a reader, `audiences.toml` for whom a text says that it holds,
`routes.toml` what it offers its readers to do, `announcing.toml` what announces a change, `linking.toml` which links
are part of a rule, and `furniture.toml` what stands on a page beside its text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The content of one of the data files, by its name without ".toml"."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def months() -> Mapping[str, int]:
    """Name or short form of a month in any language, lower case -> 1..12."""
    return {
        name: number
        for names in table("dates")["months"].values()
        for number, spelled in enumerate(names, start=1)
        for name in spelled.split("|")
    }
