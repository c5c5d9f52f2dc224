"""kill -9 at random instants: whatever was committed is readable, and nothing half-done is left in the way."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

SCRIPT = Path(__file__).with_name("keep_packing.py")
KILLS = 15


def test_killed_at_random_instants_the_archive_is_whole(tmp_path: Path) -> None:
    moments = random.Random(20261122)
    kept: set[str] = set()
    _run(tmp_path, "--make")
    for _ in range(KILLS):
        kept |= _killed_after(moments.uniform(0.02, 0.5), tmp_path)
    assert len(kept) > 16 * 3, "no pack was ever sealed: the test has shown nothing"
    assert list((tmp_path / "snapshots/packs").glob("*.zpack"))
    assert kept <= _words_after("readable", _run(tmp_path, "--check"))


def _run(folder: Path, verb: str) -> str:
    result = subprocess.run([sys.executable, SCRIPT, folder, verb], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def _killed_after(seconds: float, folder: Path) -> set[str]:
    """Start the loop, kill it `seconds` after its first step; the digests it had reported as committed."""
    with subprocess.Popen(
        [sys.executable, SCRIPT, folder, "--go"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "started\n":
                threading.Timer(seconds, process.kill).start()
        complaint = process.stderr.read()
    assert process.returncode == -9, complaint
    return _words_after("kept", "".join(lines))


def _words_after(verb: str, output: str) -> set[str]:
    """Whole lines only: the last one may have been cut by the kill."""
    lines = output.split("\n")[:-1]
    return {line.split()[1] for line in lines if line.startswith(verb + " ")}
