"""Rows that people cite are never updated or deleted: the database itself refuses it (house rule 4).

A model says so with the class attribute `append_only = True`. After each migration the triggers of all such
models are put in place anew, so that a table rebuilt by a migration cannot lose them.

One update is let through, where a model names it as `erasable`: words that had to go make place for nothing, once
a row elsewhere says so. The trigger itself asks for that row, so nothing has to be switched off to remove a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Erasable:
    """Columns that may be set to these values and nothing else, the row otherwise staying as it is, where there is a
    row of the table `permit` that answers to `condition` (SQL on both databases; OLD is the row to be erased)."""

    blank: Mapping[str, str]
    permit: str
    condition: str


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
    with transaction.atomic(using), connection.cursor() as cursor:
        for model in append_only_models(sender.label):
            for statement in _statements(connection, model) if model._meta.db_table in present else ():
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


def _statements(connection: BaseDatabaseWrapper, model: type[models.Model]) -> list[str]:
    return _on_sqlite(model) if connection.vendor == "sqlite" else _on_postgresql(model)


def _on_sqlite(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    statements = []
    for verb in ("update", "delete"):
        erasing = _erasing(model, same="IS") if verb == "update" else ""
        statements += [
            f"DROP TRIGGER IF EXISTS {table}_no_{verb}",
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            + (f"WHEN NOT ({erasing}) " if erasing else "")
            + f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} refuses {verb}'); END",
        ]
    return statements


def _on_postgresql(model: type[models.Model]) -> list[str]:
    """A function for all tables, and one of its own for a table of which something can be erased."""
    table = model._meta.db_table
    refusal = "RAISE EXCEPTION 'append-only: % refuses %', TG_TABLE_NAME, lower(TG_OP);"
    function, body = "conductatlas_append_only", refusal
    if erasing := _erasing(model, same="IS NOT DISTINCT FROM"):
        function = f"conductatlas_{table}_erasable"
        body = f"IF TG_OP = 'UPDATE' THEN IF {erasing} THEN RETURN NEW; END IF; END IF; {refusal}"
    always = "conductatlas_append_only"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {text} END $$"
        for name, text in {always: refusal, function: body}.items()
    ] + [
        f"CREATE OR REPLACE TRIGGER {table}_no_row BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {always}()",
    ]


def _erasing(model: type[models.Model], *, same: str) -> str:
    """The condition under which an update only erases what may be erased; "" where nothing may be."""
    erasable: Erasable | None = getattr(model, "erasable", None)
    if erasable is None:
        return ""
    columns = [field.column for field in model._meta.concrete_fields]
    blank = [f"NEW.{column} = '{value}'" for column, value in erasable.blank.items()]
    kept = [f"NEW.{column} {same} OLD.{column}" for column in columns if column not in erasable.blank]
    permitted = f"EXISTS (SELECT 1 FROM {erasable.permit} AS permit WHERE {erasable.condition})"  # noqa: S608 (our own words)
    return " AND ".join([*blank, *kept, permitted])
