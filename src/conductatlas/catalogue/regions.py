"""The region a document is meant for, where its title or its address says so; regions.toml knows how they say it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

# Titles that name a region without being meant for it: transfers to it, frameworks, bodies and laws.
_NOT_FOR = re.compile(
    r"\b(?:framework|shield|transfers?|representative|act|gdpr|regulation|directive|notice to)\b"
)


def stated_region(title: str, url: str) -> str:
    """`"EEA, Switzerland"`: the regions that the title names, else the one a part of the path names; else ""."""
    words = " ".join(title.casefold().replace("’", "'").split())
    if not _NOT_FOR.search(words):
        named = [region for region, (pattern, _) in _known().items() if pattern.search(words)]
        if named:
            return ", ".join(named)[:40]
    try:
        path = [part for part in urlsplit(url).path.lower().split("/") if part]
    except ValueError:
        return ""
    placed = {region for region, (_, parts) in _known().items() if parts & set(path)}
    return placed.pop() if len(placed) == 1 else ""


@cache
def _known() -> dict[str, tuple[re.Pattern[str], frozenset[str]]]:
    data = tomllib.loads(files(__package__).joinpath("regions.toml").read_text("utf-8"))
    return {
        region: (
            re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, row['words']))})(?![\w-])"),
            frozenset(row["path"]),
        )
        for region, row in data.items()
    }
