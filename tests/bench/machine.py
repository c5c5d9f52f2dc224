"""Where a figure was measured: what the machine is, and processes of their own to measure in."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

POSTGRESQL = os.environ.get("CONDUCTATLAS_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def describe() -> list[tuple[str, str]]:
    """Name and value of what figures depend on. Host names stay out."""
    return [
        ("processor", _processor()),
        ("cores", str(len(os.sched_getaffinity(0)))),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"),
        ("system", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("SQLite", sqlite3.sqlite_version),
        ("PostgreSQL", _postgresql_version() or "none at hand"),
        ("busy at the start", f"{os.getloadavg()[0]:.1f} processes (mean of a minute)"),
    ]


def in_process(module: str, *words: object, database_url: str = "sqlite:///conductatlas.sqlite3") -> Any:
    """What `python -m module WORDS` prints as JSON: a process of its own, on an empty data folder."""
    with TemporaryDirectory(prefix="conductatlas-bench-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, words)],
            env=kept
            | {
                "CONDUCTATLAS_DATA_DIR": folder,
                "CONDUCTATLAS_DATABASE_URL": database_url,
                "CONDUCTATLAS_LOG_LEVEL": "error",
                "DJANGO_SETTINGS_MODULE": "conductatlas.django_settings",
            },
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(done.stdout)


@contextmanager
def empty_postgresql() -> Iterator[str | None]:
    """The address of an empty database on the server at hand, dropped afterwards; None where there is none."""
    if _postgresql_version() is None:
        yield None
        return
    import psycopg

    name = f"conductatlas_bench_{os.getpid()}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield POSTGRESQL.rpartition("/")[0] + "/" + name
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def replaying(shared: Path) -> Iterator[str]:
    """The address of a replay server of the corpus, in a process of its own."""
    command = [sys.executable, shared / "tools" / "replay.py", "serve", "--corpus", shared / "corpus"]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split(" on ")[1].split("/ at ")[0]
        finally:
            server.kill()


def memory() -> tuple[float, float]:
    """Resident memory of this process now, and the most it ever was, in MB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not less than `share` of them; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Count, median and 95th percentile of times, in milliseconds."""
    return {
        "count": len(seconds),
        "p50_ms": round(quantile(seconds, 0.5) * 1000, 2),
        "p95_ms": round(quantile(seconds, 0.95) * 1000, 2),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgresql_version() -> str | None:
    try:
        import psycopg

        with psycopg.connect(POSTGRESQL, connect_timeout=3) as server:
            return server.execute("SHOW server_version").fetchone()[0].split()[0]  # type: ignore[index]
    except (ImportError, psycopg.Error):
        return None
