"""The programs whose cost is compared: this one, urlwatch, and changedetection.io for the record."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

WORKERS = 4
URLWATCH = ("urlwatch==2.29", "html2text==2025.4.15")
CHANGEDETECTION = ("changedetection.io==0.60.10",)
CHANGEDETECTION_SIZES = (1, 100, 500)
PHASES = {  # name → mode of the server
    "first check": "static",
    "unchanged, 304": "static",
    "other bytes, same text": "noise",
    "every tenth changed": "change",
}
CONVERTED = ("- css: main", "- html2text: pyhtml2text")
STRIPPED = ("- css: main", "- html2text: re")

# Its pool has ten threads and no setting for that.
AS_MANY_WORKERS = """
import sys, urlwatch.worker
urlwatch.worker.MAX_WORKERS = int(sys.argv.pop(1))
from urlwatch.cli import main
main()
"""

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Watcher:
    """One program that watches pages. Each takes the folder where its files lie.

    prepare: writes down which pages to watch. command: one run over all of them. rows: what it has recorded.
    phases: those that it goes through. sizes: pages of its runs, () for those of the others. asks: whether it asks
    for a page only if it has changed.
    """

    prepare: Callable[[Path, Sequence[str]], None]
    command: Callable[[Path], Sequence[str]]
    rows: Callable[[Path], Counts]
    expected: Callable[[str, int], Counts]
    phases: Sequence[str] = tuple(PHASES)
    sizes: tuple[int, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)  # environment variables
    asks: bool = True


def here() -> Watcher:
    """This program as it ships, on SQLite: one platform a page, no pause between requests to the host."""

    def prepare(home: Path, addresses: Sequence[str]) -> None:
        (home / "declarations").mkdir()
        for number, address in enumerate(addresses):
            (home / "declarations" / f"service-{number:04d}.toml").write_text(
                f'name = "Service {number:04d}"\nslug = "service-{number:04d}"\ncategory = "social"\n'
                f'website = "{address}"\n\n[[documents]]\nkind = "privacy"\ntitle = "Privacy Policy"\n'
                f'language = "en"\nurl = "{address}"\n'
            )
        (home / "data").mkdir()
        (home / "data" / "config.toml").write_text(
            f'shipped_catalogue = false\ndeclarations = ["{home}/declarations"]\nworkers = {WORKERS}\n'
            'allowed_networks = ["127.0.0.0/8"]\nhost_spacing = 0\n'
        )
        program = [sys.executable, "-m", "conductatlas"]
        subprocess.run([*program, "migrate"], env=environment(home), check=True, stdout=subprocess.DEVNULL)

    def rows(home: Path) -> Counts:
        with closing(sqlite3.connect(home / "data" / "conductatlas.sqlite3")) as database:
            return {
                name: database.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
                for name, what in {
                    "checks changed": "archive_check WHERE outcome = 'changed'",
                    "checks unchanged": "archive_check WHERE outcome = 'unchanged'",
                    "captures": "archive_capture",
                    "captures with 304": "archive_capture WHERE status = 304 AND outcome = 'same'",
                    "snapshots": "archive_snapshot",
                    "versions": "history_version",
                    "readings": "history_reading",
                    "changes": "history_change",
                }.items()
            }

    def expected(phase: str, pages: int) -> Counts:
        turn, tenth = list(PHASES).index(phase), (pages + 9) // 10
        changed = tenth if turn == 3 else 0
        return {
            "checks changed": pages + changed,
            "checks unchanged": turn * pages - changed,
            "captures": (turn + 1) * pages,
            "captures with 304": pages if turn else 0,
            "snapshots": max(turn, 1) * pages,
            "versions": pages + changed,
            "readings": pages + changed,
            "changes": changed,
        }

    def command(home: Path) -> Sequence[str]:
        return [sys.executable, "-m", "conductatlas", "check", "--all"]

    return Watcher(prepare, command, rows, expected)


def urlwatch(filters: Sequence[str]) -> Watcher:
    """urlwatch from the Python registry, with as many threads as here and these filters."""
    python = peer_python("urlwatch", URLWATCH)

    def prepare(home: Path, addresses: Sequence[str]) -> None:
        lines = "".join(f"  {line}\n" for line in filters)
        (home / "urls.yaml").write_text("---\n".join(f"url: {url}\nfilter:\n{lines}" for url in addresses))
        (home / "run.py").write_text(AS_MANY_WORKERS)

    def command(home: Path) -> Sequence[str]:
        files = {"urls": "urls.yaml", "cache": "cache.db", "config": "config.yaml", "hooks": "hooks.py"}
        return [
            *(str(python), str(home / "run.py"), str(WORKERS)),
            *(word for name, file in files.items() for word in (f"--{name}", str(home / file))),
        ]

    def rows(home: Path) -> Counts:
        with closing(sqlite3.connect(home / "cache.db")) as cache:
            texts, pages, least = cache.execute(
                "SELECT count(*), count(DISTINCT guid), min(length(data)) FROM CacheEntry"
            ).fetchone()
        return {"texts": texts, "pages": pages, "texts of 20 KB and more": texts if least >= 20_000 else 0}

    def expected(phase: str, pages: int) -> Counts:
        texts = pages + ((pages + 9) // 10 if phase == "every tenth changed" else 0)
        return {"texts": texts, "pages": pages, "texts of 20 KB and more": texts}

    return Watcher(prepare, command, rows, expected)


def changedetection() -> Watcher:
    """changedetection.io from the Python registry, in its batch mode: it checks every page once and ends.

    It selects the policy's element with the cheapest of its three ways, takes the text with inscriptis, its only
    converter, and keeps each text that differs and the newest page, in files. It asks for whole pages always. Its
    batch mode waits for three seconds at least, and ends after 300: so it has runs of other sizes.
    """
    python = peer_python("changedetection", CHANGEDETECTION)
    selected = json.dumps({"include_filters": ["xpath1://main"]})

    def prepare(home: Path, addresses: Sequence[str]) -> None:
        (home / "data").mkdir()
        (home / "addresses.json").write_text(json.dumps(addresses))

    def command(home: Path) -> Sequence[str]:
        program = [
            str(python.with_name("changedetection.io")),
            "-b",
            "-d",
            str(home / "data"),
            "-l",
            "WARNING",
        ]
        program += [
            "-h",
            "127.0.0.1",
            "-p",
            str(free_port()),
        ]  # it looks whether its site runs, and serves none
        if (home / "data" / "changedetection.json").exists():
            return [*program, "-r", "all"]
        addresses = json.loads((home / "addresses.json").read_text())
        return program + [word for n, url in enumerate(addresses) for word in ("-u", url, f"-u{n}", selected)]

    def rows(home: Path) -> Counts:
        watches = [json.loads(file.read_text()) for file in (home / "data").glob("*/watch.json")]
        texts = [file.read_text().splitlines() for file in (home / "data").glob("*/history.txt")]
        return {
            "watches": len(watches),
            "checks": sum(watch["check_count"] for watch in watches),
            "errors": sum(bool(watch["last_error"]) for watch in watches),
            "texts": sum(map(len, texts)),
            "texts of 20 KB and more": sum(line.endswith(".txt.br") for lines in texts for line in lines),
            "pages kept": len({file.parent for file in (home / "data").glob("*/*.html.br")}),
        }

    def expected(phase: str, pages: int) -> Counts:
        turns = list(PHASES).index(phase) + 1
        same = dict.fromkeys(("watches", "texts", "texts of 20 KB and more", "pages kept"), pages)
        return same | {"checks": turns * pages, "errors": 0}

    settings = {
        "FETCH_WORKERS": str(WORKERS),
        "MINIMUM_SECONDS_RECHECK_TIME": "0",
        "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
        "DISABLE_VERSION_CHECK": "true",
    }
    phases = ("first check", "unchanged, 304")
    return Watcher(prepare, command, rows, expected, phases, CHANGEDETECTION_SIZES, settings, asks=False)


def peer_python(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of an environment that has these packages and nothing of ours; made on the first use.

    CalledProcessError if they cannot be installed.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "conductatlas-bench" / f"{name}-{'-'.join(packages).replace('==', '-')}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        venv.create(home, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qqq", *packages], check=True)
        (home / "ready").touch()
    return python


def environment(home: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables a watcher runs with: its home, no proxy, and these settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CONDUCTATLAS_") and not name.lower().endswith("_proxy")
    }
    return kept | {"CONDUCTATLAS_DATA_DIR": str(home / "data"), "HOME": str(home)} | dict(settings or {})


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
