"""`export-captures`: captures in a file that others can read."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.check import moment
from conductatlas.cli.output import AsJson, Output
from conductatlas.cli.running import progress
from conductatlas.errors import NotFoundError
from conductatlas.ids import parse_id

if TYPE_CHECKING:
    from datetime import datetime


def register(app: typer.Typer) -> None:
    app.command("export-captures")(export_captures)


def export_captures(
    target: Annotated[Path, typer.Argument(help="A file that does not exist yet: .warc.gz or .wacz.")],
    platform: Annotated[
        list[str] | None, typer.Option("--platform", metavar="SLUG", help="All of this platform.")
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="DOCUMENT", help="`platform/document` or a CA-D id."),
    ] = None,
    capture: Annotated[
        list[int] | None, typer.Option("--capture", metavar="KEY", help="One capture, by its key.")
    ] = None,
    since: Annotated[str, typer.Option("--since", metavar="ISO", help="From this day or moment on.")] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="ISO", help="To the end of this day, or before this moment.")
    ] = "",
    wacz: Annotated[bool, typer.Option("--wacz", help="WACZ, for players, whatever the name.")] = False,
    with_refused: Annotated[
        bool, typer.Option("--with-refused", help="The bytes of refused and failed captures, too.")
    ] = False,
    with_private: Annotated[
        bool, typer.Option("--with-private", help="What the site does not show as a whole, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write captures, and the texts read from them, as WARC/1.1 or WACZ: all, or what is named, in a stretch of time.

    Two exports of the same choice are the same bytes.
    """
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.archive import counts
    from conductatlas.work.choice import Choice, chosen
    from conductatlas.work.exporting import export

    choice = Choice(
        platforms=tuple(map(_platform, platform or ())),
        documents=tuple(map(_document, document or ())),
        captures=tuple(map(_capture, capture or ())),
        since=moment(since) if since else None,
        until=_end(until) if until else None,
        with_refused=with_refused,
        with_private=with_private,
    )
    as_wacz = wacz or target.suffix.lower() == ".wacz"
    output = Output(as_json)
    with progress(output, "Exporting", counts.chosen(chosen(choice))) as told:
        done = export(choice, target, as_wacz=as_wacz, on_capture=told)
    left_out = {reason: number for reason, number in sorted(done.left_out.items()) if number}
    output.row(
        {
            "file": str(target),
            "format": "wacz" if as_wacz else "warc",
            "documents": done.documents,
            "captures": done.captures,
            "records": done.records,
            "bytes": done.size,
            "sha256": done.sha256,
            "left_out": left_out,
        },
        f"{target}: {done.captures} captures of {done.documents} documents in {done.records} records, "
        f"{done.size / 1e6:.1f} MB, SHA-256 {done.sha256}." + _left_out(left_out),
    )


def _left_out(left_out: dict[str, int]) -> str:
    """What the file does not hold, as sentences."""
    words = {
        "private": "{} captures of documents that are not public were left out (--with-private).",
        "refused": "Of {} refused or failed captures the bytes are not in it (--with-refused adds what is still kept).",
        "removed": "The bytes of {} captures were removed from this archive.",
        "withheld": "The bytes of {} captures are withheld (--with-private).",
    }
    return "".join("\n" + words[reason].format(number) for reason, number in left_out.items())


def _end(text: str) -> datetime:
    """The moment before which it ends; a day counts as a whole."""
    end = moment(text)
    return end + timedelta(days=1) if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text.strip()) else end


def _platform(slug: str) -> str:
    from conductatlas.catalogue.models import Platform

    if not Platform.objects.filter(slug=slug).exists():
        raise NotFoundError(f"no platform is called {slug!r}")
    return slug


def _document(name: str) -> int:
    """Key of a document, watched or retired."""
    from conductatlas.catalogue.models import Document

    identity = parse_id(name)
    rows = Document.objects.order_by("pk")
    if identity and identity[0] == "D":
        rows = rows.filter(pk=identity[1])
    else:
        platform, _, slug = name.partition("/")
        rows = rows.filter(platform__slug=platform, slug=slug)
    key = rows.values_list("pk", flat=True).first()
    if key is None:
        raise NotFoundError(f"no document is called {name!r}")
    return key


def _capture(key: int) -> int:
    from conductatlas.archive.models import Capture

    if not Capture.objects.filter(pk=key).exists():
        raise NotFoundError(
            f"no capture has the key {key}", remedy="The page of a document's captures shows their keys."
        )
    return key
