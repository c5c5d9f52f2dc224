"""The back-fill: every capture of the corpus, taken in by the command out of one web archive, and once more.

The archive is written by the replay tool, a file of its own, and its captures are mapped to documents by the headers
that the tool writes. What the database holds afterwards is counted past the software.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.machine import replaying
from tests.corpus.conftest import SETTINGS, declare, slug_of

COUNTED = {
    "captures": "archive_capture",
    "versions": "history_version",
    "changes": "history_change",
}
QUICK = ("--platform", "Murf")


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """Seconds of wall and CPU (children too) of the first import and of a second one, and the rows there are then."""
    with TemporaryDirectory(prefix="conductatlas-backfill-") as folder, replaying(shared) as server:
        home = Path(folder, "data")
        archive, take_in = prepare(shared, server, home, only=QUICK if quick else ())
        first, again = timed(take_in, home), timed(take_in, home)
        with closing(sqlite3.connect(home / "conductatlas.sqlite3")) as database:
            rows = {
                name: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for name, table in COUNTED.items()
            }
        return {"first": first, "again": again, "rows": rows, "mb": round(archive.stat().st_size / 1e6)}


def prepare(shared: Path, server: str, home: Path, only: Sequence[str] = ()) -> tuple[Path, list[str]]:
    """A data folder `home` that declares the corpus; beside it one web archive of its captures. Returns that and the
    words of the command that takes it in. `only`: words that choose captures."""
    folder = home.parent
    documents = _documents(server)
    declare(documents, server, home / "mine")
    (home / "config.toml").write_text(SETTINGS, "utf-8")
    rules = [_rule(document["path"]) for document in documents]
    (folder / "map.json").write_text(json.dumps(rules), "utf-8")
    archive = folder / "corpus.warc.gz"
    replay = [sys.executable, str(shared / "tools" / "replay.py"), "warc", "--corpus", str(shared / "corpus")]
    subprocess.run([*replay, "--out", str(archive), *only], check=True, capture_output=True)
    chosen = ["--map", str(folder / "map.json"), "--source", "corpus", "--json"]
    return archive, ["import-captures", str(archive), *chosen]


def _documents(server: str) -> list[dict[str, Any]]:
    from urllib.request import urlopen

    with urlopen(f"{server}/_replay/documents") as answer:
        return list(json.load(answer))


def _rule(path: str) -> dict[str, str]:
    """A document's captures by the headers that the tool writes: its words for platform and document."""
    name = path.split("/")[2]
    return {"header": "X-Document", "value": name, "document": "{x-platform}/" + slug_of(path)}


def timed(words: Sequence[str], home: Path) -> dict[str, float]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "conductatlas", *words],
        env=clean | {"CONDUCTATLAS_DATA_DIR": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(wall, 1), "cpu_s": round(cpu, 1)}
