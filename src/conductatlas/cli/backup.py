"""`backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")], as_json: AsJson = False
) -> None:
    """Write the whole archive to one file: database, packs, settings, keys. Can run while the archive is in use."""
    from conductatlas.cli.opening import open_settings
    from conductatlas.work.backup import backup as write

    summary = write(open_settings(), file)
    Output(as_json).row(
        {"file": str(file), "files": summary.files, "bytes": summary.size},
        f"{file}: {summary.files} files, {summary.size / 1e6:.1f} MB. It holds the keys: keep it safe.",
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` made.")], as_json: AsJson = False
) -> None:
    """Bring an archive back into an empty data folder. Every member is checked against its digest first."""
    from conductatlas.config import default_data_dir
    from conductatlas.work.backup import restore as bring_back

    folder = default_data_dir()
    summary = bring_back(file, folder)
    Output(as_json).row(
        {"data_dir": str(folder), "files": summary.files}, f"{summary.files} files restored into {folder}."
    )
