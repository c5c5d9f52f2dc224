"""`audit`: does everything that is said of provisions rest on what it names?"""

from __future__ import annotations

import typer

from conductatlas.cli.output import AsJson, Output


def register(app: typer.Typer) -> None:
    app.command("audit")(audit)


def audit(as_json: AsJson = False) -> None:
    """Hold every quotation, figure, law and word of what is published of provisions against the text, the facts, the
    register and the words that are not used. Exit code 1 if anything rests on nothing. `verify --archive` does it,
    too, beside all the rest."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.cli.running import progress
    from conductatlas.evidence.audit.findings import Tally, Verdict
    from conductatlas.evidence.audit.passes import PASSES

    output, tally = Output(as_json), Tally()
    for one in PASSES:
        with progress(output, one.title, one.left(0)) as forward:
            done = 0
            for part in one.parts_after(0):
                one.examine(part, tally)
                forward(done := done + len(part))
    for finding in tally.findings:
        output.row(finding.to_dict(), f"{finding.subject}: {finding.sentence} ({finding.kind})")
    counted = [(area, holds, fails) for area, holds, fails, _ in tally.columns if holds or fails]
    output.row(
        {
            "checked": [{"area": area, "holds": holds, "fails": fails} for area, holds, fails in counted],
            "unnamed": {kind.value: number for kind, number in tally.unnamed.items()},
        },
        "\n".join(f"{area.value}: {holds:,} hold, {fails:,} do not" for area, holds, fails in counted)
        or "Nothing is said yet.",
    )
    raise typer.Exit(1 if tally.of(Verdict.FAILS) else 0)
