"""kill -9 at random instants of repacking and removing: what was kept is there, and what was removed is not."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("keep_repacking.py")
KILLS = 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    if request.param == "sqlite":
        yield clean
        return
    server = os.environ.get("CONDUCTATLAS_TEST_POSTGRESQL")
    if not server:
        pytest.skip("CONDUCTATLAS_TEST_POSTGRESQL names no server")
    import psycopg

    name = f"killed_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        base = server.partition("?")[0].rpartition("/")[0]
        yield clean | {"CONDUCTATLAS_DATABASE_URL": f"{base}/{name}"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def test_killed_at_random_instants_nothing_is_lost_and_nothing_comes_back(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    moments = random.Random(20261125)
    kept: set[str] = set()
    removed: set[str] = set()
    going: set[str] = set()  # killed between the commit and its word, these may have gone
    run(tmp_path, "--make", environment)
    for _ in range(KILLS):
        said = killed_after(moments.randint(10, 24), moments.uniform(0, 0.1), tmp_path, environment)
        kept |= words_after("kept", said)
        removed |= words_after("removed", said)
        going |= words_after("going", said)
    assert len(kept) > 20 and len(removed) > 2, "too little was done: the test has shown nothing"
    said = run(tmp_path, "--check", environment)
    assert kept - going <= words_after("readable", said)
    assert removed <= words_after("gone", said)
    assert not removed & words_after("readable", said)


def run(folder: Path, verb: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, SCRIPT, folder, verb], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def killed_after(steps: int, seconds: float, folder: Path, environment: dict[str, str]) -> str:
    """Start the loop, kill it `seconds` after it said so many lines; what it said, whole lines only."""
    with subprocess.Popen(
        [sys.executable, SCRIPT, folder, "--go"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if len(lines) == steps:
                threading.Timer(seconds, process.kill).start()
        complaint = process.stderr.read()
    assert process.returncode == -9, complaint
    return "".join(lines).rpartition("\n")[0]


def words_after(verb: str, output: str) -> set[str]:
    return {line.split()[1] for line in output.split("\n") if line.startswith(verb + " ")}
