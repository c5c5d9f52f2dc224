"""What a page costs here and in urlwatch, the fastest peer: the same pages, server, concurrency and machine.

The cost of one page is the difference between runs over 1,000 and over 200 pages, divided by 800; so what a run
costs before its first page stands apart. The watchers take turns, phase by phase, and what each run wrote down is
looked at afterwards: nobody wins by leaving work out.

urlwatch keeps no archive: of a page it holds the last text that its filters made of it, and an ETag. It is set
up to read what is read here, the text of the policy: the element that holds it, through html2text, a converter of
HTML that knows entities, lists and tables. Its cheapest filter, which cuts tags out with a regular expression and
leaves entities as they stand, is measured beside it. For the record so is changedetection.io, where it can be
installed, in the two phases that tell whether it is near: a first check, and one that finds nothing new.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.machine import in_process
from tests.bench.watchers import (
    CONVERTED,
    PHASES,
    STRIPPED,
    Counts,
    Watcher,
    changedetection,
    environment,
    free_port,
    here,
    urlwatch,
)

SIZES = (1, 200, 1_000)
QUICK = (1, 20, 60)
TURNS = 2


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """phases: by phase and watcher milliseconds of a page, wall and CPU, and peak MB by pages; ratios, turn by turn.
    left_out: watchers that could not be had, and why."""
    return dict(in_process(__name__, shared, int(quick)))


def measure(tools: Path, quick: bool) -> dict[str, Any]:
    """In a process of its own, since a child's peak memory counts from that of the process it came from."""
    turns = 1 if quick else TURNS
    watchers = {
        "here": here(),
        "urlwatch": urlwatch(CONVERTED),
        "urlwatch, tags stripped": urlwatch(STRIPPED),
    }
    left_out = []
    try:
        watchers["changedetection.io"] = changedetection()
    except (OSError, subprocess.CalledProcessError):
        left_out.append("changedetection.io: its packages could not be installed on this machine")
    sizes = {name: QUICK if quick else watcher.sizes or SIZES for name, watcher in watchers.items()}
    every = sorted({size for of_one in sizes.values() for size in of_one})
    spent: dict[str, dict[str, list[dict[int, tuple[float, float, float]]]]] = {
        phase: {name: [] for name in taking_part(watchers, phase)} for phase in PHASES
    }
    with TemporaryDirectory(prefix="conductatlas-peers-") as folder:
        pages = Path(folder, "pages")
        make_pages = [sys.executable, str(tools / "bench_pages.py"), str(pages), str(every[-1])]
        subprocess.run(make_pages, check=True)
        few = {size: some(pages, Path(folder, f"pages-{size}"), size) for size in every}
        for turn in range(turns):
            place = Path(folder, f"turn-{turn}")
            port = free_port()
            for name, watcher in watchers.items():
                for size in sizes[name]:
                    home = place / f"{name}-{size}"
                    home.mkdir(parents=True)
                    watcher.prepare(home, [f"http://127.0.0.1:{port}/{n:04d}" for n in range(size)])
            for phase, mode in PHASES.items():
                # Who begins changes with the turn: a machine that grows slower is nobody's advantage.
                names = taking_part(watchers, phase)
                order = names[turn % len(names) :] + names[: turn % len(names)]
                costs: dict[str, dict[int, tuple[float, float, float]]] = {name: {} for name in names}
                for rank in range(len(SIZES)):
                    for name in order:
                        size, watcher = sizes[name][rank], watchers[name]
                        home = place / f"{name}-{size}"
                        with serving(tools, few[size], port, mode) as served:
                            costs[name][size] = timed(watcher.command(home), home, watcher.settings)
                        is_same = phase == "unchanged, 304" and watcher.asks
                        told = served["304" if is_same else "200"]
                        assert told == size, f"{name}, {phase}: {served} of {size} pages were asked for"
                        found, wanted = watcher.rows(home), watcher.expected(phase, size)
                        assert found == wanted, f"{name}, {phase}, {size} pages: {found}, not {wanted}"
                for name, by_size in costs.items():
                    spent[phase][name].append(by_size)
            shutil.rmtree(place)
    phases = {
        phase: {name: in_short(found, by_name["here"]) for name, found in by_name.items()}
        for phase, by_name in spent.items()
    }
    return {"phases": phases, "left_out": left_out}


def taking_part(watchers: Mapping[str, Watcher], phase: str) -> list[str]:
    return [name for name, watcher in watchers.items() if phase in watcher.phases]


def in_short(
    found: Sequence[Mapping[int, tuple[float, float, float]]],
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


def timed(command: Sequence[str], home: Path, settings: Mapping[str, str]) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of CPU with children, and peak resident MB of one run that must end well."""
    with open(home / "out", "w") as out, open(home / "err", "w") as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=home, env=environment(home, settings))
        _, status, spent = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (home / "err").read_text()[-2000:]
    return wall, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024


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


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]) / "tools", bool(int(sys.argv[2])))))
