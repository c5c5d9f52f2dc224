"""Bring the database to this code's schema: by itself, after a copy, and never from a newer one."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from conductatlas.append_only import install, unprotected
from conductatlas.config import Config
from conductatlas.errors import ConfigurationError, SchemaTooNewError, StoreUnavailableError
from conductatlas.writing import storage_faults

PREPARING = 0x636F6E64  # the advisory lock of whoever prepares a PostgreSQL database


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
    with one_at_a_time(config), storage_faults():
        if newer := unknown():
            raise SchemaTooNewError("the database was written by a newer version: it has " + ", ".join(newer))
        todo = pending()
        if todo:
            copy_before(config)
            call_command("migrate", interactive=False, verbosity=0)
        return todo


def protect() -> list[str]:
    """Put lost append-only triggers in place again; returns the tables that lacked one."""
    with storage_faults():
        bare = unprotected(connection)
        for app in apps.get_app_configs() if bare else ():
            install(app)
        return bare


@contextmanager
def one_at_a_time(config: Config) -> Iterator[None]:
    """Whoever prepares a database waits here for the others: by a lock on the data folder or on the server.

    Two first starts at once would else both make the tables, and the catalogue's rows.
    """
    if config.sqlite_file is None:
        with storage_faults(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        try:
            yield
        finally:
            with storage_faults(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])
        return
    try:
        stream = (config.data_dir / ".preparing").open("ab")
    except OSError as fault:
        raise ConfigurationError(
            f"the data folder {config.data_dir} cannot be written: {fault.strerror}",
            remedy="Free some room or mend its permissions, or name another with CONDUCTATLAS_DATA_DIR.",
        ) from None
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


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
        target.unlink(missing_ok=True)
        raise StoreUnavailableError(f"no copy could be made before migrating: {fault}") from fault
    return target


def copy_sqlite(file: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, by SQLite's online backup."""
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
