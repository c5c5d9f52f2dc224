"""Rows that people cite are never updated or deleted: the database itself refuses it (house rule 4).

A model says so with the class attribute `append_only = True`. After each migration the triggers of all such
models are put in place anew, so that a table rebuilt by a migration cannot lose them.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


def append_only_models(app_label: str | None = None) -> list[type[models.Model]]:
    """Every model marked `append_only`, of one app or of all."""
    return [
        model
        for model in apps.get_models()
        if getattr(model, "append_only", False) and app_label in (None, model._meta.app_label)
    ]


def install(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """Receiver of `post_migrate`: put the triggers of one app's tables in place."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    tables = [
        model._meta.db_table for model in append_only_models(sender.label) if model._meta.db_table in present
    ]
    with connection.cursor() as cursor:
        for table in tables:
            for statement in _statements(connection, table):
                cursor.execute(statement)


def unprotected(connection: BaseDatabaseWrapper) -> list[str]:
    """Tables that should refuse update and delete and don't: empty in a sound database."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    wanted = {m._meta.db_table: _trigger_names(connection, m._meta.db_table) for m in append_only_models()}
    return sorted(table for table, names in wanted.items() if not names <= present)


def _trigger_names(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    verbs = ("update", "delete") if connection.vendor == "sqlite" else ("row", "truncate")
    return {f"{table}_no_{verb}" for verb in verbs}


def _statements(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    if connection.vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} refuses {verb}'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION conductatlas_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'append-only: % refuses %', TG_TABLE_NAME, lower(TG_OP); END $$",
        f"CREATE OR REPLACE TRIGGER {table}_no_row BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION conductatlas_append_only()",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION conductatlas_append_only()",
    ]
