"""Run by test_repack_killed.py: make short packs, repack and remove until killed, check what the archive holds.

    keep_repacking.py FOLDER --make | --check | --go

Prints `kept DIGEST` and `removed DIGEST` after each commit, so that the test knows what must be there and what must
not. The database is the one that CONDUCTATLAS_DATABASE_URL names, else SQLite in FOLDER.
"""

# ruff: noqa: E402 - models can be imported only after django.setup()
from __future__ import annotations

import os
import random
import sys
from itertools import count
from pathlib import Path

os.environ["CONDUCTATLAS_DATA_DIR"], verb = sys.argv[1:]
os.environ.setdefault("CONDUCTATLAS_DATABASE_URL", "sqlite:///conductatlas.sqlite3")
os.environ["DJANGO_SETTINGS_MODULE"] = "conductatlas.django_settings"

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from conductatlas.archive import packs, repack
from conductatlas.archive.models import LooseObject, Pack, RemovedSnapshot, Snapshot, Tombstone
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.clock import SystemClock
from conductatlas.errors import RemovedError


def check() -> None:
    """What was not removed can be read; once the rest is done, what was removed is nowhere, and no object is left
    that no pack names."""
    repack.finish()
    assert not LooseObject.objects.exists()
    for address in Snapshot.objects.filter(removed=None).values_list("digest", flat=True):
        assert packs.digest(packs.read_snapshot(address)) == address
        print("readable", address)
    for address in Snapshot.objects.filter(removed__isnull=False).values_list("digest", flat=True):
        try:
            packs.read_snapshot(address)
        except RemovedError:
            print("gone", address)
    there = {f"packs/{file.name}" for file in (Path(sys.argv[1]) / "snapshots/packs").iterdir()}
    assert there == set(Pack.objects.exclude(key="").values_list("key", flat=True))


def source() -> Source:
    platform, _ = Platform.objects.get_or_create(slug="quill", defaults={"name": "Quill"})
    document, _ = Document.objects.get_or_create(platform=platform, slug="terms")
    return Source.objects.get_or_create(document=document)[0]


def go() -> None:
    clock, chance, target = SystemClock(), random.Random(), source()
    text = [f"Clause {n}: you may leave on {n} days' notice.\n" for n in range(400)]
    print("started", flush=True)
    for turn in count():
        text[chance.randrange(len(text))] = f"Clause {chance.random()}: this one is new.\n"
        prepared = packs.prepare(target, "".join(text).encode())
        with transaction.atomic():
            snapshot = packs.store(prepared, target, clock.now(), "text/plain")
        print("kept", snapshot.digest, flush=True)
        if turn % 3 == 2:
            packs.seal(Pack.objects.get(key=""))
            repack.repack(target, everything=chance.random() < 0.3)
            repack.sweep()
        if turn % 5 == 4:
            gone = chance.choice(Snapshot.objects.filter(removed=None).order_by("-pk")[:20])
            print("going", gone.digest, flush=True)
            with transaction.atomic():
                stone = Tombstone.objects.create(document=target.document, reason="Test.", at=clock.now())
                RemovedSnapshot.objects.create(tombstone=stone, snapshot=gone)
            print("removed", gone.digest, flush=True)
            repack.finish()


{"--make": lambda: call_command("migrate", verbosity=0), "--check": check, "--go": go}[verb]()
