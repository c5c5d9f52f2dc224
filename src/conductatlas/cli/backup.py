"""`backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    target: Annotated[
        Path,
        typer.Argument(
            help="A file that does not exist yet; or a folder, in which the file is named by date."
        ),
    ],
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help="In a folder: delete the oldest such files beyond this many."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole archive to one file: database, packs, settings, keys. Can run while the archive is in use."""
    from conductatlas.cli.opening import open_settings

    if keep is not None and not target.is_dir():
        raise ConfigurationError(
            f"--keep looks after a folder of backups, and {target} is none", remedy="Make the folder first."
        )
    config = open_settings()
    from conductatlas.clock import SystemClock
    from conductatlas.work.backup import backup as write
    from conductatlas.work.backup import dated, rotate

    file = dated(target, SystemClock().now()) if target.is_dir() else target
    summary = write(config, file)
    gone = rotate(target, keep) if keep is not None else []  # only now that the new one is there
    also = f" {len(gone)} older deleted." if gone else ""
    Output(as_json).row(
        {
            "file": str(file),
            "files": summary.files,
            "bytes": summary.size,
            "deleted": [str(old) for old in gone],
        },
        f"{file}: {summary.files} files, {summary.size / 1e6:.1f} MB. It holds the keys: keep it safe.{also}",
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` made.")], as_json: AsJson = False
) -> None:
    """Bring an archive back into an empty data folder. Every member is checked against its digest first."""
    from conductatlas.config import default_data_dir
    from conductatlas.work.restore import restore as bring_back

    folder = default_data_dir()
    summary = bring_back(file, folder)
    Output(as_json).row(
        {"data_dir": str(folder), "files": summary.files}, f"{summary.files} files restored into {folder}."
    )
