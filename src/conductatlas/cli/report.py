"""`report`: the kind of article people read, made from the record alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError, RecordError

if TYPE_CHECKING:
    from conductatlas.provisions.reports.made import Report

FORMATS = ("md", "html", "pdf", "json")


def register(app: typer.Typer) -> None:
    app.command("report")(report)


def report(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Which report; none: list them.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, not to standard output.")
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="md, html, pdf or json, its data file.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make a report of what platforms state, the same each time from the same record; without a slug list them."""
    from conductatlas.cli.opening import open_archive
    from conductatlas.provisions.reports.definition import definitions

    output = Output(as_json)
    if not slug:
        for one in definitions().values():
            output.row({"slug": one.slug, "title": one.title}, f"{one.slug}: {one.title}")
        return
    if slug not in definitions():
        raise NotFoundError(f"no report is called {slug}", remedy="`report` without a slug lists them.")
    kind = format_ or (out.suffix.removeprefix(".") if out else "md")
    if kind not in FORMATS:
        raise typer.BadParameter(f"one of {', '.join(FORMATS)}", param_hint="--format")
    config = open_archive()
    from conductatlas.provisions.reports.made import make

    made = make(definitions()[slug])
    if made is None:
        raise RecordError(
            "no document of the platforms of this report has been read yet",
            remedy="Check them with `check --all`, then make the report.",
        )
    body = _written(made, kind, config.site_url.rstrip("/"))
    if out is None:
        sys.stdout.buffer.write(body)
        return
    out.write_bytes(body)
    output.row({"file": str(out), "format": kind, "bytes": len(body)}, f"written: {out}")


def _written(made: Report, kind: str, site: str) -> bytes:
    from conductatlas.evidence.report import report_html, report_pdf
    from conductatlas.provisions.reports.data import data_file
    from conductatlas.provisions.reports.markdown import markdown

    match kind:
        case "json":
            return data_file(made)
        case "html":
            return report_html(made, site).encode()
        case "pdf":
            return report_pdf(made, site)
        case _:
            return markdown(made, site).encode()
