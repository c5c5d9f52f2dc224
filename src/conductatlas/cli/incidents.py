"""`incidents`: which documents are not read, since when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output

if TYPE_CHECKING:
    from conductatlas.work.incidents import IncidentRecord


def register(app: typer.Typer) -> None:
    app.command("incidents")(incidents)


def incidents(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are resolved.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the documents that several checks in a row did not read, by host. Each ends by itself when one reads it."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.work.incidents import by_host, everywhere

    output = Output(as_json)
    found = everywhere(resolved_too=everything)
    groups = by_host(row for row in found if row.resolved_at is None)
    if not groups:
        output.note("No incident is open.")
    for group in groups:
        if len(group.incidents) > 1:
            output.note(f"{group.host or 'no host'}: {len(group.incidents)} documents")
        for row in group.incidents:
            output.row(as_row(row), as_line(row))
    for row in found:
        if row.resolved_at is not None:
            output.row(as_row(row), as_line(row))


def as_row(row: IncidentRecord) -> dict[str, object]:
    """One incident as JSON."""
    return {
        "document": row.document.public_id,
        "path": row.document.path,
        "since": row.since.isoformat(),
        "last_read_at": row.last_read_at.isoformat() if row.last_read_at else None,
        "checks": row.checks,
        "last_check_at": row.last_check_at.isoformat(),
        "reason": row.reason,
        "why": row.why,
        "host": row.host,
        "capture": row.capture,
        "bytes_kept": row.has_bytes,
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
    }


def as_line(row: IncidentRecord) -> str:
    """One incident as a line for people."""
    end = f"  resolved {row.resolved_at:%Y-%m-%d %H:%M}" if row.resolved_at else ""
    bytes_kept = f"  /refused/{row.capture}/" if row.has_bytes else ""
    return (
        f"since {row.since:%Y-%m-%d %H:%M}  {row.document.path}  {row.checks} checks  "
        f"{row.reason.replace('_', ' ')}{bytes_kept}{end}"
    )
