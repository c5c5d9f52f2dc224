"""Make the data folder of a release, to be kept for the upgrade test. Run it with that release's code:

    git worktree add /tmp/release TAG
    PYTHONPATH=/tmp/release/src .venv/bin/python tests/upgrade/make_folder.py tests/upgrade/VERSION.tar.xz

Two platforms of the invented sample world at its fourteen moments, the last of them fixed; one pack sealed, one text
withheld and shown again. What lies in the folder then is all written by that release.
"""

from __future__ import annotations

import sqlite3
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

LAST = datetime(2026, 11, 22, 6, tzinfo=UTC)
PLATFORMS = ("quillomere", "zuvaroo")


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        fill(folder)
        with sqlite3.connect(folder / "conductatlas.sqlite3") as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("DELETE FROM history_renderedreading")  # can be thrown away
        database.close()
        sqlite3.connect(folder / "conductatlas.sqlite3").execute("VACUUM")
        with tarfile.open(target, "w:xz") as tar:
            tar.add(folder, "data", filter=anonymous)
    print(target, target.stat().st_size)


def anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Of nobody, at no time, and without keys: those are made on the first start."""
    if "/keys" in info.name or info.name.endswith("/.preparing"):
        return None
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def fill(folder: Path) -> None:
    from conductatlas.cli.demo import prepare_folder
    from conductatlas.cli.opening import load_catalogue, open_archive, runner

    prepare_folder(folder)
    config = open_archive(folder)
    load_catalogue(config)
    from django.db import connections

    from conductatlas.archive import packs
    from conductatlas.archive.models import Pack
    from conductatlas.catalogue.models import Document
    from conductatlas.clock import SetClock
    from conductatlas.demo.moments import MOMENTS
    from conductatlas.demo.server import WorldServer
    from conductatlas.demo.world import World
    from conductatlas.history import services
    from conductatlas.history.models import Version

    keys = list(
        Document.objects.filter(platform__slug__in=PLATFORMS).order_by("pk").values_list("pk", flat=True)
    )
    with WorldServer(World(LAST)) as server:
        for place, before in enumerate(MOMENTS):
            server.move_to(place)
            pool = runner(config, SetClock(LAST - before), server.names)
            for outcome in pool.run(keys, started_by="sample world"):
                print(outcome)
    packs.seal(Pack.objects.filter(key="").order_by("pk")[0])
    version = Version.objects.order_by("pk")[0]
    services.withhold(version.document, version, "Under review.", at=LAST, by=None)
    services.withhold(version.document, version, "Review ended.", at=LAST, by=None, lift=True)
    connections.close_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
