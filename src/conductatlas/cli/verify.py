"""`verify`: does an evidence bundle, or the archive, hold what it says, and is it what it was?"""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.bundle import tell
from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError, RecordError

if TYPE_CHECKING:
    from conductatlas.evidence.audit.findings import Tally
    from conductatlas.evidence.audit.run import Report


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(
    bundle: Annotated[Path | None, typer.Argument(metavar="[BUNDLE]", help="An evidence bundle.")] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="NAME+ID+KEY", help="Of a bundle: the log's key, had from elsewhere."),
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option(
            "--roots", metavar="PATH", help="Of a bundle: root certificates (PEM) of its time stamps."
        ),
    ] = None,
    archive: Annotated[
        bool, typer.Option("--archive", help="This archive as a whole against its ledger.")
    ] = False,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="A checkpoint that someone else kept.")
    ] = None,
    since_last: Annotated[
        bool, typer.Option("--since-last", help="Only what came after the last one that found nothing wrong.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Do not go on with one that was stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say line by line what holds of an evidence bundle, without an archive and a network; or check leaves,
    checkpoints, rows, texts, moments and snapshots of this archive against each other. Exit code 1 if anything does not
    hold, or if it was stopped: then the next call goes on."""
    if (bundle is None) is not archive:
        raise typer.BadParameter("say what: a bundle, or --archive")
    if bundle is not None:
        if against or since_last or anew:
            raise typer.BadParameter("--against, --since-last and --anew are for --archive")
        raise typer.Exit(0 if tell(bundle, key, roots, Output(as_json)) else 1)
    if key or roots:
        raise typer.BadParameter("--key and --roots are for a bundle")
    report = _audit(Output(as_json), against, since_last=since_last, anew=anew)
    raise typer.Exit(0 if report.finished and report.holds else 1)


def _audit(output: Output, against: Path | None, *, since_last: bool, anew: bool) -> Report:
    from conductatlas.cli.opening import open_settings

    config = open_settings()  # nothing of the archive is changed, not even its schema
    from conductatlas.archive.certificates import read_certificates
    from conductatlas.cli.running import progress, stopping
    from conductatlas.evidence.audit import heads
    from conductatlas.evidence.audit.run import FILE, Audit
    from conductatlas.work import migration

    if other := migration.unknown() or migration.pending():
        raise RecordError(
            f"the database has another schema than this release: {other[0]}",
            remedy="`conductatlas doctor` says which of the two is older.",
        )
    given = None if against is None else heads.told_by(_text(against))
    stop = threading.Event()
    with stopping(stop):
        roots = read_certificates(config.data_dir / config.timestamp_roots)
        audit = Audit(config.data_dir / FILE, given, roots, stop, partial(progress, output))
        report = audit.run(since_last=since_last, anew=anew)
    _tell(output, report)
    return report


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise NotFoundError(
            f"{file} cannot be read: {fault}", remedy="Name a file that holds a checkpoint."
        ) from None


def _tell(output: Output, report: Report) -> None:
    tally = report.tally
    for finding in tally.findings:
        output.row(
            finding.to_dict(),
            f"{finding.verdict.upper()}  {finding.subject}: {finding.sentence} ({finding.kind})",
        )
    output.row(
        {
            "finished": report.finished,
            "begun_at": report.begun_at,
            "start": report.start,
            "size": report.size,
            "waiting": report.waiting,
            "checked": [
                {"area": area, "holds": holds, "fails": fails, "unknown": unknown}
                for area, holds, fails, unknown in tally.columns
            ],
            "unnamed": {kind.value: number for kind, number in tally.unnamed.items()},
        },
        _table(tally) + _end(report),
    )


def _table(tally: Tally) -> str:
    lines = [f"{'':<24}{'holds':>14}{'does not hold':>16}{'cannot be told':>16}"]
    lines += [
        f"{area.value:<24}{holds:>14,}{fails:>16,}{unknown:>16,}"
        for area, holds, fails, unknown in tally.columns
    ]
    lines += [f"{number:,} more: {kind.value}" for kind, number in tally.unnamed.items()]
    return "\n".join(lines) + "\n"


def _end(report: Report) -> str:
    over = f"leaves {report.start:,} to {report.size:,}, begun {report.begun_at[:16].replace('T', ' ')} UTC"
    if not report.finished:
        return f"Stopped: {over}. The same command goes on."
    words = "Everything holds" if report.holds else "Not everything holds"
    return f"{words}: {over}; {report.waiting:,} leaves wait for a checkpoint."
