"""`withhold`: hide a text with a public reason, or show it again."""

from __future__ import annotations

from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError
from conductatlas.ids import parse_id


def register(app: typer.Typer) -> None:
    app.command("withhold")(withhold)


def withhold(
    identity: Annotated[str, typer.Argument(metavar="ID", help="CA-V (one version) or CA-D (the document).")],
    reason: Annotated[str, typer.Option("--reason", help="Why; everyone may read it.")],
    lift: Annotated[bool, typer.Option("--lift", help="Show the text again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hide a text from the site, with a reason that stands in its place. The record itself stays as it is."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.catalogue.models import Document
    from conductatlas.clock import SystemClock
    from conductatlas.history import services
    from conductatlas.history.models import Version
    from conductatlas.writing import writing

    letter, key = parse_id(identity) or ("", 0)
    version = Version.objects.select_related("document").filter(pk=key).first() if letter == "V" else None
    document = (
        version.document if version else Document.objects.filter(pk=key).first() if letter == "D" else None
    )
    if document is None:
        raise NotFoundError(f"{identity!r} is no version or document of this archive")
    with writing():
        row = services.withhold(document, version, reason, at=SystemClock().now(), by=None, lift=lift)
    verb = "Shown again" if lift else "Withheld"
    Output(as_json).row(
        {"id": identity, "withheld": not lift, "reason": row.reason, "at": row.at.isoformat()},
        f"{verb}: {identity}. Reason, as everyone reads it: {row.reason}",
    )
