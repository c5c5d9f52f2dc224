"""`bundle`: the evidence about a version or a change, as a file; and what `verify` says of such a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output


def register(app: typer.Typer) -> None:
    app.command("bundle")(bundle)


def bundle(
    identity: Annotated[str, typer.Argument(metavar="ID", help="CA-V or CA-C.")],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The zip file to write; it must not exist.")],
    as_json: AsJson = False,
) -> None:
    """Write an evidence bundle: snapshots, texts, redline, proofs, stamps, a statement, unsigned forms, VERIFY.md."""
    from conductatlas.cli.opening import open_archive, sealing

    config = open_archive()
    sealing(config).step()  # so that what is shown stands under a checkpoint
    from conductatlas.evidence import exhibit, proofs
    from conductatlas.evidence.bundle import cited, make

    shown = exhibit.gather(
        identity, site=config.site_url, operator_name=config.operator, viewer=exhibit.operator()
    )
    proven = proofs.prove(shown)
    make(target, shown, proven)
    citation = cited(shown)
    sizes = ", ".join(str(head.size) for head in proven.checkpoints)
    Output(as_json).row(
        {
            "id": shown.id,
            "file": str(target),
            "leaves": len(proven.entered),
            "pending": [f"{kind} {key}" for kind, key in proven.missing],
            "stamps": len(proven.all_stamps),
            "cite_as": citation.plain,
        },
        f"{target}: {shown.id}, {len(proven.entered)} leaves under the checkpoints over {sizes} leaves, "
        f"{len(proven.all_stamps)} time stamps.\nCite as: {citation.plain}",
    )


def tell(file: Path, key: str | None, roots: Path | None, output: Output) -> bool:
    """Print what holds of a bundle, a line each; whether nothing fails. Opens no archive. BundleError,
    CheckpointError (the key that was given is none)."""
    from conductatlas.archive.checkpoint import PublicKey
    from conductatlas.evidence.checking import Verdict, check

    failed = 0
    column = ""
    for finding in check(file, key=PublicKey.parse(key) if key else None, roots=roots):
        failed += finding.verdict == Verdict.FAILS
        if column != finding.column and not output.as_json:
            column = finding.column
            output.note(f"\n{column.capitalize()}")
        output.row(finding.to_dict(), f"  {finding.verdict:<14}{finding.subject}: {finding.sentence}")
    output.note(
        f"\n{failed} do not hold." if failed else "\nNothing fails. What is stated stays the operator's word."
    )
    return not failed
