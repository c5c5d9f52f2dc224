"""Bring the database to this code's schema: by itself, after a copy, and never from a newer one."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from conductatlas.config import Config
from conductatlas.errors import SchemaTooNewError, StoreUnavailableError
from conductatlas.writing import storage_faults


def pending() -> list[str]:
    """Migrations that this code has and the database has not, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown() -> list[str]:
    """Migrations that the database has and this code has not: then the code is too old for it."""
    loader = MigrationExecutor(connection).loader
    ours = {app for app, _ in loader.disk_migrations}
    return sorted(
        f"{a}.{n}" for a, n in loader.applied_migrations if a in ours and (a, n) not in loader.disk_migrations
    )


def migrate(config: Config) -> list[str]:
    """Apply what is pending, after a copy of a SQLite database that holds something; returns what was applied.

    SchemaTooNewError: the database was written by newer code, and is left as it is.
    """
    with storage_faults():
        if newer := unknown():
            raise SchemaTooNewError("the database was written by a newer version: it has " + ", ".join(newer))
        todo = pending()
        if todo:
            copy_before(config)
            call_command("migrate", interactive=False, verbosity=0)
        return todo


def copy_before(config: Config) -> Path | None:
    """A copy of a SQLite database under `backups/`; None if there is nothing to copy yet."""
    file = config.sqlite_file
    if file is None or not file.exists() or not connection.introspection.table_names():
        return None
    target = config.data_dir / "backups" / f"before-migration-{datetime.now(UTC):%Y%m%dT%H%M%S}.sqlite3"
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        copy_sqlite(file, target)
    except (OSError, sqlite3.Error) as fault:
        raise StoreUnavailableError(f"no copy could be made before migrating: {fault}") from fault
    return target


def copy_sqlite(file: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, by SQLite's online backup."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    target.chmod(0o600)
