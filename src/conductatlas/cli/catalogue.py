"""`catalogue list` and `catalogue lint`; `add` stands in proposing.py, `import` and `export` in collection.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli import collection, proposing
from conductatlas.cli.output import AsJson, Output

commands = typer.Typer(help="What is watched.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="catalogue")
    collection.register(commands)
    proposing.register(commands)


@commands.command("list")
def list_documents(
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Only those whose addresses nobody has looked at.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Every watched document: id, path, kind, when its addresses were verified, and these."""
    from conductatlas.cli.opening import load_catalogue, open_archive

    config = open_archive()
    load_catalogue(config)
    from conductatlas.catalogue.models import Document

    output = Output(as_json)
    documents = Document.objects.filter(retired_at__isnull=True).select_related("platform")
    if unverified:
        documents = documents.filter(verified=None)
    for document in documents.prefetch_related("sources"):
        sources = [source.url for source in document.sources.all() if source.retired_at is None]
        told = f"verified {document.verified}" if document.verified else "not verified"
        output.row(
            {
                "document": document.public_id,
                "path": document.path,
                "platform": document.platform.name,
                "title": document.title,
                "kind": document.kind,
                "language": document.language,
                "region": document.region,
                "audience": document.audience,
                "cadence_seconds": int(document.cadence.total_seconds()),
                "verified": document.verified,
                "sources": sources,
            },
            f"{document.public_id}  {document.path:<48} {document.kind:<22} {told:<19} {' '.join(sources)}",
        )


@commands.command("lint")
def lint(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders or files; none: what this archive would load.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every fault in the declarations, with file, line and remedy. Exit code 1 if there is one."""
    from conductatlas.catalogue.declarations import load_folders
    from conductatlas.cli.declared import declared
    from conductatlas.cli.opening import open_settings

    config = open_settings()
    catalogue = load_folders(folders) if folders else declared(config)
    output = Output(as_json)
    for fault in catalogue.faults:
        output.row(
            fault.to_dict(), f"{fault.file}:{fault.line}: {fault.severity}: {fault.message}. {fault.remedy}"
        )
    documents = sum(len(platform.documents) for platform in catalogue.platforms)
    output.note(
        f"{len(catalogue.platforms)} platforms, {documents} documents, {len(catalogue.faults)} faults."
    )
    raise typer.Exit(1 if any(fault.severity == "error" for fault in catalogue.faults) else 0)
