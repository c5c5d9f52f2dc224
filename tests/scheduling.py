"""Which tests run in one process, where pytest runs several (pytest-xdist).

The marks with which pytest-xdist groups tests have no effect from pytest 9.2 on, so the files are named here.
"""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = (  # what a module of these sets up takes longer than its tests
    "tests/archive/test_fetch_replay.py",
    "tests/cli/test_export_captures.py",
    "tests/corpus/test_main_job.py",
    "tests/demo/test_loaded.py",
    "tests/e2e/",
    "tests/evidence/test_bundle.py",
    "tests/evidence/test_statement.py",
)


class Scheduling(LoadScopeScheduling):
    """Tests one by one to whoever is free, but files of TOGETHER whole, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid
