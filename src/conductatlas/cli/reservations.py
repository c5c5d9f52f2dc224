"""`reservations`: what platforms state about robots, mining and archiving."""

from __future__ import annotations

from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output


def register(app: typer.Typer) -> None:
    app.command("reservations")(reservations)


def reservations(
    platform: Annotated[str, typer.Argument(help="A platform's slug; none: all.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="First look again at the pages of the newest versions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what pages, headers and texts were seen to reserve, and where robots.txt forbids. Only the last stops
    captures; the rest is for you to judge."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.archive.reservation_queries import reservations as recorded

    output = Output(as_json)
    if again:
        from conductatlas.work.reserving import look_again

        output.note(f"Looked again: {look_again()} not recorded before.")
    found = recorded(platform)
    if not found:
        output.note("None recorded.")
    for row in found:
        words = " ".join(row.evidence.split())
        output.row(
            {
                "path": row.document,
                "url": row.source_url,
                "place": row.place,
                "kind": row.kind,
                "evidence": row.evidence,
                "capture": row.capture,
                "at": row.at.isoformat(),
            },
            f"{row.document}  {row.kind.replace('_', ' ')}  ({row.place}, {row.at:%Y-%m-%d})  {words}",
        )
