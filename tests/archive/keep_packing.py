"""Run by test_packs_killed.py: make an archive, store snapshots in it until killed, check what it holds.

    keep_packing.py FOLDER --make | --check | --go

Prints `kept DIGEST` after each commit, so that the test knows what must never be lost.
"""

# ruff: noqa: E402 - models can be imported only after django.setup()
from __future__ import annotations

import os
import random
import sys
from itertools import count

os.environ["CONDUCTATLAS_DATA_DIR"], verb = sys.argv[1:]
os.environ["CONDUCTATLAS_DATABASE_URL"] = "sqlite:///conductatlas.sqlite3"
os.environ["DJANGO_SETTINGS_MODULE"] = "conductatlas.django_settings"

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from conductatlas.archive import packs
from conductatlas.archive.models import PackMember, Snapshot
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.clock import SystemClock


def check() -> None:
    """Every snapshot row can be read and is what its digest says; no pack holds both an object and rows."""
    for address in Snapshot.objects.values_list("digest", flat=True):
        assert packs.digest(packs.read_snapshot(address)) == address
        print("readable", address)
    assert not PackMember.objects.exclude(pack__key="").exclude(data=None).exists()
    assert not PackMember.objects.filter(pack__key="", data=None).exists()


def sources() -> list[Source]:
    platform, _ = Platform.objects.get_or_create(slug="quill", defaults={"name": "Quill"})
    document, _ = Document.objects.get_or_create(platform=platform, slug="terms")
    return [Source.objects.get_or_create(document=document, position=n)[0] for n in range(3)]


def go() -> None:
    clock, pages = SystemClock(), random.Random()
    kept = [f"Clause {n}: you may leave on {n} days' notice.\n" for n in range(400)]
    targets = sources()
    print("started", flush=True)
    for turn in count():
        source = targets[turn % len(targets)]
        kept[pages.randrange(len(kept))] = f"Clause {pages.random()}: this one is new.\n"
        prepared = packs.prepare(source, "".join(kept).encode())
        with transaction.atomic():
            snapshot = packs.store(prepared, source, clock.now(), "text/plain")
        print("kept", snapshot.digest, flush=True)
        packs.seal_if_full(source)


{"--make": lambda: call_command("migrate", verbosity=0), "--check": check, "--go": go}[verb]()
