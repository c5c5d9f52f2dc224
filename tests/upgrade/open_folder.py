"""Run by test_upgrade.py in a process of its own, with CONDUCTATLAS_DATA_DIR set: open a folder of a release with the
code of today, and print what is found as one JSON object.

    open_folder.py                      the SQLite database in the folder
    open_folder.py ROWS                 PostgreSQL (CONDUCTATLAS_DATABASE_URL), filled from the SQLite file ROWS first
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "conductatlas.django_settings"
ROOMS = ("accounts", "catalogue", "archive", "history", "work")


def load(file: str) -> None:
    """The tables as the release's migrations make them, with its triggers and its rows."""
    import django
    from django.conf import settings

    settings.DATABASES["old"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": file}
    django.setup()
    from django.core.management import call_command
    from django.core.management.color import no_style
    from django.db import connection, connections, transaction
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    applied = MigrationRecorder(connections["old"]).applied_migrations()
    graph = MigrationExecutor(connections["old"]).loader.graph
    leaves = [
        node for node in applied if not any(child in applied for child in graph.node_map[node].children)
    ]
    for app, name in sorted(leaves):
        call_command("migrate", app, name, verbosity=0)
    assert set(MigrationRecorder(connection).applied_migrations()) == set(applied)
    models = [m for m in MigrationExecutor(connection).loader.project_state(leaves).apps.get_models(True)
              if m._meta.app_label in ROOMS]  # fmt: skip
    with transaction.atomic():
        for model in models:
            model._base_manager.bulk_create(model._base_manager.using("old").all())
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        cursor.execute(  # as 0.1.0 put it: nothing of a reading can be erased
            "CREATE OR REPLACE TRIGGER history_reading_no_row BEFORE UPDATE OR DELETE ON history_reading "
            "FOR EACH ROW EXECUTE FUNCTION conductatlas_append_only()"
        )
    connections["old"].close()
    del settings.DATABASES["old"]


def found() -> dict[str, Any]:
    from conductatlas.cli.opening import open_settings

    config = open_settings()
    from conductatlas.work import migration

    applied = migration.migrate(config)
    from django.db import connection

    from conductatlas.append_only import unprotected
    from conductatlas.archive import packs
    from conductatlas.archive.models import Snapshot
    from conductatlas.history import removal
    from conductatlas.history.models import Change, Reading, Version

    before = {"versions": Version.objects.count(), "changes": Change.objects.count()}
    digests = list(Snapshot.objects.values_list("digest", flat=True))
    return {
        "applied": applied,
        "left": migration.pending(),
        "unprotected": unprotected(connection),
        **before,
        "provisions": looked_for(),
        "statuses": pages(),
        "snapshots": len(digests),
        "bad": [digest for digest in digests if packs.digest(packs.read_snapshot(digest)) != digest],
        "erased": erasing(),
        "checks": checks(),
        "after": {"versions": Version.objects.count(), "changes": Change.objects.count()},
        "words_left": removed_words(removal, Version, Reading),
    }


def looked_for() -> dict[str, int]:
    """What comes of looking for provisions in the texts of the release."""
    from conductatlas.clock import SystemClock
    from conductatlas.provisions import queries
    from conductatlas.provisions.models import Extraction, Provision, TouchedProvision
    from conductatlas.provisions.search import search
    from conductatlas.work import extracting

    return {
        "looked_at": extracting.look_all(None, SystemClock()),
        "extractions": Extraction.objects.count(),
        "provisions": Provision.objects.count(),
        "touched": TouchedProvision.objects.count(),
        "found": len(search(None, "account")),
        "left": queries.due().count(),
    }


def pages() -> dict[str, int]:
    """Address → status, of every document, version, change and feed."""
    from django.test import Client
    from django.urls import reverse

    from conductatlas.catalogue.models import Document
    from conductatlas.history.models import Change, Version
    from conductatlas.provisions.models import Provision

    addresses = [
        reverse(name) for name in ("home", "platforms", "changes", "status", "methodology", "feed_all")
    ]
    for document in Document.objects.select_related("platform"):
        where = [document.platform.slug, document.slug]
        addresses += [
            reverse(name, args=where) for name in ("document", "versions", "captures", "feed_document")
        ]
        own = list(Version.objects.filter(document=document).order_by("pk"))
        addresses += [reverse("version", args=[*where, version.pk]) for version in own]
        provisions = Provision.objects.filter(document=document)
        addresses += [reverse("provision", args=[*where, row.slug]) for row in provisions]
        if len(own) > 1:
            addresses.append(reverse("compare", args=[*where, own[0].pk, own[-1].pk]))
    addresses += [
        reverse("change", args=[change.slug])
        for change in Change.objects.select_related("document__platform")
    ]
    client = Client(headers={"host": "localhost"})
    return {address: client.get(address).status_code for address in addresses}


def erasing() -> str:
    """What the database says to whoever erases a text without a tombstone."""
    from django.db import DatabaseError, transaction

    from conductatlas.history.models import Reading

    try:
        with transaction.atomic():
            Reading.objects.update(text="", marks="[]", title="")
    except DatabaseError as fault:
        return str(fault).splitlines()[0]
    return ""


def checks() -> dict[str, str]:
    """Document → what came of a check a day later, when each of its pages says the same in other bytes."""
    from conductatlas.archive import packs
    from conductatlas.archive.hosts import Hosts
    from conductatlas.archive.memory import MemoryFetcher, Page
    from conductatlas.catalogue.models import Document
    from conductatlas.clock import SetClock
    from conductatlas.history.models import Version
    from conductatlas.work import due
    from conductatlas.work.pipeline import Tools, check

    outcomes = {}
    for document in Document.objects.select_related("platform", "due"):
        version = Version.objects.filter(document=document, variant=None).order_by("-pk").first()
        if version is None:
            continue
        last = document.checks.order_by("-pk")[0].finished_at
        clock = SetClock(last + timedelta(days=1))
        fetcher = MemoryFetcher(clock=clock)
        for part in version.parts.select_related("source", "snapshot"):
            body = packs.read_snapshot(part.snapshot.digest) + b"\n<!-- a day later -->\n"
            fetcher.pages[part.source.url] = Page(body)
            origin = "/".join(part.source.url.split("/")[:3])
            fetcher.pages[f"{origin}/robots.txt"] = Page(b"User-agent: *\nAllow: /\n")
        tools = Tools(fetcher, Hosts(fetcher=fetcher, clock=clock, spacing=lambda _host: 0.0), clock, {}, 90)
        assert due.claim([document.pk], "test", timedelta(minutes=5)) == [document.pk]
        outcomes[document.path] = check(document, tools, started_by="person", holder="test").outcome
    return outcomes


def removed_words(removal: Any, version: Any, reading: Any) -> str:
    """What is left of a text of the release that is removed today."""
    from conductatlas.clock import SystemClock

    extent = removal.extent_of_version(version.objects.order_by("pk")[0])
    removal.remove(extent, "Test.", "", at=SystemClock().now(), by=None)
    removal.erase(extent)
    return "".join(reading.objects.filter(version__in=extent.versions).values_list("text", flat=True))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        load(sys.argv[1])
    print(json.dumps(found()))
