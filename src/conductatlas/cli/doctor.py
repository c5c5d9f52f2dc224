"""`doctor`: is the archive well?"""

from __future__ import annotations

from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.cli.running import bar

SIGNS = {"good": "ok     ", "warning": "look   ", "fault": "FAULT  "}


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every snapshot back too, and check its SHA-256.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at disk, clock, migrations, leases and stale documents. Exit code 1 on a fault; warnings leave it 0."""
    from conductatlas.cli.opening import open_settings

    config = open_settings()
    from conductatlas.work.doctor import examine

    findings = examine(config)
    output = Output(as_json)
    if deep and all(finding.level != "fault" for finding in findings):
        from conductatlas.work.deep import examine_packs, packs

        with bar(output, packs(), "Reading snapshots") as turns:
            findings += examine_packs(turns)
    for finding in findings:
        remedy = f" {finding.remedy}" if finding.remedy else ""
        output.row(finding.to_dict(), f"{SIGNS[finding.level]}{finding.subject}: {finding.message}.{remedy}")
    raise typer.Exit(1 if any(finding.level == "fault" for finding in findings) else 0)
