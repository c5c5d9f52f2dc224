"""`verify`: what holds, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="An evidence bundle.")],
    key: Annotated[
        str | None, typer.Option("--key", metavar="NAME+ID+KEY", help="The log's key, had from elsewhere.")
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option("--roots", metavar="PATH", help="Root certificates (PEM) of time stamps, likewise."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say line by line what holds of an evidence bundle. Needs no archive and no network. Exit code 1 if anything does
    not hold."""
    from conductatlas.cli.bundle import tell

    raise typer.Exit(0 if tell(bundle, key, roots, Output(as_json)) else 1)
