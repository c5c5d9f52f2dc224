"""The whole corpus as an archive sees it: declared, served by the replay server, checked by the command."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

KINDS = {
    "Acceptable Use Policy": "acceptable-use",
    "Business Privacy Policy": "business-privacy",
    "Commercial Terms": "commercial-terms",
    "Data Processor Agreement": "dpa",
    "Developer Terms": "developer-terms",
    "Imprint": "imprint",
    "In-App Purchases Policy": "in-app-purchases",
    "Law Enforcement Guidelines": "law-enforcement",
    "Platform to Business Notice": "p2b-notice",
    "Privacy Policy": "privacy",
    "Service Level Agreement": "sla",
    "Terms of Service": "terms",
    "Trackers Policy": "cookies",
    "Vulnerability Disclosure Policy": "vulnerability-disclosure",
}
CHINESE = {"doubao", "wenxinyiyan"}  # every other platform writes English in most of its captures
SETTINGS = """\
declarations = ["mine"]
shipped_catalogue = false
host_spacing = 0
allowed_networks = ["127.0.0.1/32"]
log_level = "warning"
workers = 2
"""


def declare(documents: list[dict[str, Any]], server: str, folder: Path) -> None:
    """One declaration file a platform for everything that the replay server at `server` has."""
    platforms = defaultdict(list)
    for document in documents:
        platforms[document["path"].split("/")[1]].append(document)
    folder.mkdir(parents=True)
    for slug, group in platforms.items():
        name = json.dumps(group[0]["platform"], ensure_ascii=False)
        lines = [f'name = {name}\nslug = "{slug}"\ncategory = "ai"\n']
        lines += [
            f'[[documents]]\nslug = "{slug_of(document["path"])}"\nkind = "{KINDS[document["terms_type"]]}"\n'
            f'title = "{document["terms_type"]}"\nlanguage = "{"zh" if slug in CHINESE else "en"}"\n'
            f'url = "{server}{document["path"]}"\n'
            for document in group
        ]
        (folder / f"{slug}.toml").write_text("\n".join(lines), "utf-8")


def slug_of(path: str) -> str:
    """A document's slug: the end of its path, cut where it is longer than a slug may be."""
    name = path.split("/")[2]
    return (
        name
        if len(name) <= 80
        else f"{name[:71].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    )


@dataclass(frozen=True)
class Shell:
    """Runs `conductatlas` as a process on one data folder, and looks at what its database then holds."""

    folder: Path

    def check(self, *words: str, **settings: str) -> list[dict[str, Any]]:
        """The rows that `check … --json` prints. `settings` stand above those of the data folder."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
        stated = {f"CONDUCTATLAS_{name.upper()}": value for name, value in settings.items()}
        done = subprocess.run(
            [sys.executable, "-m", "conductatlas", "check", *words, "--json"],
            env=clean | stated | {"CONDUCTATLAS_DATA_DIR": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return [json.loads(line) for line in done.stdout.splitlines()]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers, asked past the software."""
        with closing(
            sqlite3.connect(f"file:{self.folder}/conductatlas.sqlite3?mode=ro", uri=True)
        ) as database:
            return database.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def documents(replay: Any) -> list[dict[str, Any]]:
    """What the replay server says of each document: platform, document, path, media type and more."""
    return list(json.loads(replay.get("/_replay/documents")))


@pytest.fixture(scope="module")
def shell(replay: Any, documents: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A data folder that watches the whole corpus, and nothing else."""
    folder = tmp_path_factory.mktemp("corpus") / "data"
    declare(documents, replay.url, folder / "mine")
    (folder / "config.toml").write_text(SETTINGS, "utf-8")
    return Shell(folder)
