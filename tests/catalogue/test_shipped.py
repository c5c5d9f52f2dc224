"""What ships: enough of each category, and a word on each document's verification."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("conductatlas.catalogue") / "declarations"))
PLATFORMS = [tomllib.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.toml"))]
LEAST = {"ai": 38, "social": 14, "commerce": 7, "finance": 7, "health": 6, "developer": 10}


def test_every_document_says_whether_and_when_it_was_verified() -> None:
    silent = [d["url"] for platform in PLATFORMS for d in platform["documents"] if "verified" not in d]
    assert silent == []


def test_there_are_platforms_of_every_category_that_people_watch() -> None:
    counted = Counter(platform["category"] for platform in PLATFORMS)
    assert {name: counted[name] for name, least in LEAST.items() if counted[name] < least} == {}
    assert sum(counted.values()) >= 60
