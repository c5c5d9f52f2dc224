"""The database itself refuses to update or delete what people cite. Runs on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from conductatlas.append_only import append_only_models, install, unprotected
from conductatlas.archive.models import RobotsAnswer, Snapshot
from conductatlas.history.models import ReaderLog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CITED = {
    "archive_capture",
    "archive_check",
    "archive_checkpoint",
    "archive_cosignature",
    "archive_erasure",
    "archive_failedstamp",
    "archive_leaf",
    "archive_ledgerkey",
    "archive_provenance",
    "archive_reservation",
    "archive_rendering",
    "archive_revocationdata",
    "archive_robotsanswer",
    "archive_removedsnapshot",
    "archive_snapshot",
    "archive_stamp",
    "archive_stamprevocation",
    "archive_tombstone",
    "history_change",
    "history_changeevent",
    "history_disappearance",
    "history_hunk",
    "history_readerlog",
    "history_reading",
    "history_removedversion",
    "history_sighting",
    "history_summary",
    "history_variant",
    "history_version",
    "history_versionsource",
    "history_withholding",
    "provisions_analysis",
    "provisions_extraction",
    "provisions_finding",
    "provisions_findingtype",
    "provisions_foundfact",
    "provisions_nameddocument",
    "provisions_provision",
    "provisions_touchedprovision",
}


def test_every_cited_table_is_append_only() -> None:
    assert {model._meta.db_table for model in append_only_models()} == CITED


@pytest.mark.django_db
def test_every_cited_table_has_its_triggers() -> None:
    assert unprotected(connection) == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(CITED))
def test_update_and_delete_are_refused(table: str) -> None:
    """Each table is tried with a row in it, made without its parents: the triggers fire before any key is looked at."""
    _insert_bare_row(table)
    key = next(model for model in append_only_models() if model._meta.db_table == table)._meta.pk.column
    for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] == 1
    _forget_bare_rows()


@pytest.mark.django_db
def test_a_lost_trigger_is_noticed_and_put_back() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER archive_snapshot_no_delete")
        else:
            cursor.execute("DROP TRIGGER archive_snapshot_no_row ON archive_snapshot")
    assert unprotected(connection) == ["archive_snapshot"]
    install(apps.get_app_config("archive"))
    assert unprotected(connection) == []


@pytest.mark.django_db
def test_rows_can_be_added() -> None:
    Snapshot.objects.create(digest="a" * 64, length=1, first_kept_at=NOW)
    RobotsAnswer.objects.create(origin="https://a.example", fetched_at=NOW, status=200)
    ReaderLog.objects.create(reader_version=99, first_used_at=NOW, software="test")


def _insert_bare_row(table: str) -> None:
    """One row with an empty text or a growing number in each column; foreign keys are not looked at until the end."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        columns = connection.introspection.get_table_description(cursor, table)
        model = next(model for model in append_only_models() if model._meta.db_table == table)
        empty = {
            "BooleanField": False,
            "DateTimeField": NOW,
            "DateField": None,
            "JSONField": "[]",
            "BinaryField": b"",
            "DecimalField": None,
        }
        values = []
        for column in columns:
            kind = next(f for f in model._meta.get_fields() if getattr(f, "column", None) == column.name)
            internal = kind.get_internal_type()
            text = internal in {"CharField", "TextField"}
            values.append("" if text else empty.get(internal, None if kind.null else len(values)))
        names = ", ".join(column.name for column in columns)
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)


def _forget_bare_rows() -> None:
    """The row has no parents, so its transaction must not be asked about them: roll it back."""
    transaction.set_rollback(True)
