"""What a page costs here and in urlwatch, the fastest peer: the same pages, server, concurrency and machine.

The cost of one page is the difference between runs over 1,000 and over 200 pages, divided by 800; so what a run
costs before its first page stands apart. The watchers take turns, phase by phase, and what each run wrote down is
looked at afterwards: nobody wins by leaving work out.

urlwatch keeps no archive: of a page it holds the last text that its filters made of it, and an ETag. It is set
up to read what is read here, the text of the policy: the element that holds it, through html2text, a converter of
HTML that knows entities, lists and tables. Its cheapest filter, which cuts tags out with a regular expression and
leaves entities as they stand, is measured beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.machine import in_process

SIZES = (1, 200, 1_000)
TURNS = 3
WORKERS = 4
URLWATCH = ("urlwatch==2.29", "html2text==2025.4.15")
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
    """

    prepare: Callable[[Path, Sequence[str]], None]
    command: Callable[[Path], Sequence[str]]
    rows: Callable[[Path], Counts]
    expected: Callable[[str, int], Counts]


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """Per phase and watcher: milliseconds of a page, wall and CPU, and peak MB by pages; ratios, turn by turn."""
    return dict(in_process(__name__, shared, int(quick)))


def measure(tools: Path, quick: bool) -> dict[str, Any]:
    """In a process of its own, since a child's peak memory counts from that of the process it came from."""
    sizes, turns = ((1, 20, 60), 1) if quick else (SIZES, TURNS)
    watchers = {
        "here": here(),
        "urlwatch": urlwatch(CONVERTED),
        "urlwatch, tags stripped": urlwatch(STRIPPED),
    }
    spent: dict[str, dict[str, list[dict[int, tuple[float, float, float]]]]] = {
        phase: {name: [] for name in watchers} for phase in PHASES
    }
    with TemporaryDirectory(prefix="conductatlas-peers-") as folder:
        pages = Path(folder, "pages")
        make_pages = [sys.executable, str(tools / "bench_pages.py"), str(pages), str(max(sizes))]
        subprocess.run(make_pages, check=True)
        few = {size: some(pages, Path(folder, f"pages-{size}"), size) for size in sizes}
        for turn in range(turns):
            place = Path(folder, f"turn-{turn}")
            port = free_port()
            for name, watcher in watchers.items():
                for size in sizes:
                    home = place / f"{name}-{size}"
                    home.mkdir(parents=True)
                    watcher.prepare(home, [f"http://127.0.0.1:{port}/{n:04d}" for n in range(size)])
            for phase, mode in PHASES.items():
                # Who begins changes with the turn: a machine that grows slower is nobody's advantage.
                order = list(watchers)[turn % len(watchers) :] + list(watchers)[: turn % len(watchers)]
                costs: dict[str, dict[int, tuple[float, float, float]]] = {name: {} for name in watchers}
                for size in sizes:
                    for name in order:
                        home, watcher = place / f"{name}-{size}", watchers[name]
                        with serving(tools, few[size], port, mode) as served:
                            costs[name][size] = timed(watcher.command(home), home)
                        told = served["304"] if phase == "unchanged, 304" else served["200"]
                        assert told == size, f"{name}, {phase}: {served} of {size} pages were asked for"
                        found, wanted = watcher.rows(home), watcher.expected(phase, size)
                        assert found == wanted, f"{name}, {phase}, {size} pages: {found}, not {wanted}"
                for name, by_size in costs.items():
                    spent[phase][name].append(by_size)
            shutil.rmtree(place)
    return {
        phase: {
            name: in_short(found, by_name["urlwatch"], by_name["here"]) for name, found in by_name.items()
        }
        for phase, by_name in spent.items()
    }


def in_short(
    found: Sequence[Mapping[int, tuple[float, float, float]]],
    peer: Sequence[Mapping[int, tuple[float, float, float]]],
    ours: Sequence[Mapping[int, tuple[float, float, float]]],
) -> dict[str, Any]:
    """Medians over the turns of one watcher in one phase. ratio: of ours to it, turn by turn."""

    def page(costs: Mapping[int, tuple[float, float, float]], which: int) -> float:
        _, few, many = sorted(costs)
        return (costs[many][which] - costs[few][which]) / (many - few) * 1000

    figures: dict[str, Any] = {}
    for which, name in enumerate(("wall", "cpu")):
        figures[f"{name}_ms"] = round(median(page(costs, which) for costs in found), 2)
        ratios = [page(mine, which) / page(theirs, which) for mine, theirs in zip(ours, found, strict=True)]
        figures[f"{name}_ratio"] = round(median(ratios), 2)
        figures[f"{name}_start_s"] = round(median(costs[min(costs)][which] for costs in found), 2)
    figures["peak_mb"] = {str(size): round(max(costs[size][2] for costs in found), 1) for size in found[0]}
    return figures


def timed(command: Sequence[str], home: Path) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of CPU with children, and peak resident MB of one run that must end well."""
    with open(home / "out", "w") as out, open(home / "err", "w") as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=home, env=environment(home))
        _, status, spent = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (home / "err").read_text()[-2000:]
    return wall, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024


def environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CONDUCTATLAS_") and not name.lower().endswith("_proxy")
    }
    return kept | {"CONDUCTATLAS_DATA_DIR": str(home / "data"), "HOME": str(home)}


# ── the watchers ────────────────────────────────────────────────────────────────────────────────────


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


def peer_python(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of an environment that has these packages and nothing of ours; made on the first use."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "conductatlas-bench" / f"{name}-{'-'.join(packages).replace('==', '-')}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        venv.create(home, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qqq", *packages], check=True)
        (home / "ready").touch()
    return python


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────


def some(pages: Path, folder: Path, size: int) -> Path:
    """A folder of the first `size` pages: a server holds what it serves in memory."""
    folder.mkdir()
    for file in sorted(pages.iterdir())[:size]:
        (folder / file.name).symlink_to(file)
    return folder


@contextmanager
def serving(tools: Path, pages: Path, port: int, mode: str) -> Iterator[Counts]:
    """The pages on loopback. What was answered, by status, is filled in at the end."""
    answered: Counts = {}
    command = [sys.executable, str(tools / "bench_serve.py"), str(pages), str(port), mode]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            wait_for(port)
            yield answered
        finally:
            server.send_signal(signal.SIGTERM)
            _, told = server.communicate()
            answered |= json.loads(told.strip().splitlines()[-1].replace("'", '"'))


def wait_for(port: int) -> None:
    for _ in range(600):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server of pages does not answer")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]) / "tools", bool(int(sys.argv[2])))))
