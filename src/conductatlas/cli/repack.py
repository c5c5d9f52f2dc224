"""`repack`: write packs of snapshots anew, and delete what no pack names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.cli.running import bar
from conductatlas.errors import NotFoundError, RecordError
from conductatlas.ids import parse_id

if TYPE_CHECKING:
    from conductatlas.archive.repack import Repacked
    from conductatlas.catalogue.models import Source


def register(app: typer.Typer) -> None:
    app.command("repack")(repack)


def repack(
    documents: Annotated[
        list[str] | None,
        typer.Argument(help="`platform`, `platform/document` or CA-D ids; none: every document."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every sealed pack, not only those that gain by it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Join short packs, leave out removed snapshots, delete old objects. The archive can be in use meanwhile.

    Exit code 1 if a pack could not be read: it is left as it is.
    """
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.archive import repack as packs
    from conductatlas.archive.repack import Repacked
    from conductatlas.catalogue.models import Source

    sources = (
        Source.objects.filter(pk__in=packs.sources()).select_related("document__platform").order_by("pk")
    )
    if documents:
        sources = sources.filter(document__in=_documents(documents))
    output, total, failed = Output(as_json), Repacked(), 0
    with bar(output, list(sources), "Repacking") as turns:
        for source in turns:
            try:
                if dry_run:
                    found = packs.plans(source, everything=everything)
                    done = sum((one.before for one in found), Repacked())
                else:
                    done = packs.repack(source, everything=everything)
            except RecordError as fault:
                failed += 1
                output.row(
                    {
                        "document": source.document.public_id,
                        "source": source.url,
                        "error": fault.diagnostics(),
                    },
                    f"{source.document.path}: left as it is. {fault.message}. {fault.remedy}",
                )
                continue
            total += done
            if done.packs_before:
                line = f"{source.document.path}: {_in_words(done, dry_run)}"
                output.row(_as_row(source, done, dry_run), line)
    left = 0 if dry_run else packs.sweep()
    output.row(_figures(total, dry_run) | {"objects_left": left}, _sum(total, left, dry_run))
    raise typer.Exit(1 if failed else 0)


def _documents(names: list[str]) -> list[int]:
    from django.db.models import Q

    from conductatlas.catalogue.models import Document

    keys: list[int] = []
    for name in names:
        identity = parse_id(name)
        platform, _, slug = name.partition("/")
        which = Q(pk=identity[1]) if identity and identity[0] == "D" else Q(platform__slug=platform)
        found = Document.objects.filter(which & Q(slug=slug) if slug else which).values_list("pk", flat=True)
        if not found:
            raise NotFoundError(f"no document is called {name!r}")
        keys += found
    return keys


def _as_row(source: Source, done: Repacked, dry_run: bool) -> dict[str, object]:
    return {
        "document": source.document.public_id,
        "path": source.document.path,
        "source": source.url,
        **_figures(done, dry_run),
    }


def _figures(done: Repacked, dry_run: bool) -> dict[str, object]:
    return {
        "packs_before": done.packs_before,
        "packs_after": done.packs_after,
        "bytes_before": done.bytes_before,
        "bytes_after": None if dry_run else done.bytes_after,
        "left_out": done.left_out,
    }


def _in_words(done: Repacked, dry_run: bool) -> str:
    after = "" if dry_run else f" → {done.bytes_after / 1e3:.1f} KB"
    left_out = f", {done.left_out} removed snapshots left out" if done.left_out else ""
    return (
        f"{done.packs_before} packs → {done.packs_after}, {done.bytes_before / 1e3:.1f} KB{after}{left_out}"
    )


def _sum(total: Repacked, left: int, dry_run: bool) -> str:
    if not total.packs_before:
        line = "Nothing to repack."
    else:
        line = f"{'Would be repacked' if dry_run else 'Repacked'}: {_in_words(total, dry_run)}."
    if left:
        line += f" {left} old objects stay until a backup that is running has ended; run `repack` again then."
    return line
