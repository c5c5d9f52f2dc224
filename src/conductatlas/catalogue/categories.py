"""The categories of platforms. All knowledge is in categories.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Category:
    slug: str
    title: str
    covers: str


CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        slug: Category(slug, about["title"], about["covers"])
        for slug, about in tomllib.loads(
            files(__package__).joinpath("categories.toml").read_text("utf-8")
        ).items()
    }
)
