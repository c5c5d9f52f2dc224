"""`save`: take in a page that a person saved by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli.check import as_line, as_row, moment, one_document
from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError, SaveError


def register(app: typer.Typer) -> None:
    app.command("save")(save)


def save(
    document: Annotated[str, typer.Argument(help="`platform/document` or a CA-D id.")],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The saved page; one for each source, in order.")
    ],
    at: Annotated[str, typer.Option("--at", metavar="ISO", help="When it was saved (UTC).")],
    by: Annotated[str, typer.Option("--by", metavar="EMAIL", help="The operator who saved it.")],
    url: Annotated[
        list[str] | None,
        typer.Option("--url", help="The address it was saved from, if not the declared one; one a file."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What other operators should know about it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take in a page that a person saved in a browser: judged, read and compared like any other, recorded as manual.

    Exit code 1 if the gate refused it: that is recorded, with its reason, and the document is not read from it.
    """
    from conductatlas.cli.opening import load_catalogue, open_archive
    from conductatlas.clock import SystemClock

    saved_at = moment(at)
    config = open_archive()
    load_catalogue(config)
    from conductatlas.accounts.models import User
    from conductatlas.work import saving
    from conductatlas.work.tools import make_tools

    person = User.objects.filter(email=by.lower()).first()
    if person is None:
        raise NotFoundError(
            f"nobody here has the address {by!r}", remedy="Make an operator with `conductatlas operator`."
        )
    addresses = url or [""] * len(files)
    if len(addresses) != len(files):
        raise SaveError(
            "there are not as many addresses as files", remedy="Give --url once a file, or never."
        )
    pages = [
        saving.SavedPage(_content(file, config.max_body), file.name, address)
        for file, address in zip(files, addresses, strict=True)
    ]
    result = saving.save(
        one_document(document),
        pages,
        at=saved_at,
        by=person,
        tools=make_tools(config, SystemClock()),
        largest=config.max_body,
        note=note,
    )
    Output(as_json).row(as_row(result), as_line(result))
    raise typer.Exit(1 if result.outcome in {"held", "failed"} else 0)


def _content(file: Path, largest: int) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(largest + 1)
    except OSError as fault:
        raise NotFoundError(
            f"{file} cannot be read: {fault.strerror}", remedy="Check the name of the file."
        ) from None
