"""`doctor`: is the archive well?"""

from __future__ import annotations

import typer

from conductatlas.cli.output import AsJson, Output

SIGNS = {"good": "ok     ", "warning": "look   ", "fault": "FAULT  "}


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Look at disk, clock, migrations, leases and stale documents. Exit code 1 on a fault; warnings leave it 0."""
    from conductatlas.cli.opening import open_settings

    config = open_settings()
    from conductatlas.work.doctor import examine

    findings = examine(config)
    output = Output(as_json)
    for finding in findings:
        remedy = f" {finding.remedy}" if finding.remedy else ""
        output.row(finding.to_dict(), f"{SIGNS[finding.level]}{finding.subject}: {finding.message}.{remedy}")
    raise typer.Exit(1 if any(finding.level == "fault" for finding in findings) else 0)
