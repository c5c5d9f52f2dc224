"""`analyse`: have what is said of provisions put in other words by a language model, where one is set up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output

if TYPE_CHECKING:
    from conductatlas.provisions.models import Analysis


def register(app: typer.Typer) -> None:
    app.command("analyse")(analyse)


def analyse(
    target: Annotated[
        str, typer.Argument(metavar="[TARGET]", help="`platform/document`, CA-D… or CA-P…; none: all.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Ask the language model of the settings about provisions that it was not asked about yet, the most severe first.
    What it says and is grounded stands beside the composed analysis; the rest is dropped and counted."""
    from conductatlas.cli.opening import open_archive

    config = open_archive()
    from conductatlas.cli.running import progress, stopping
    from conductatlas.clock import SystemClock
    from conductatlas.provisions import made
    from conductatlas.work.rewording import make_rewording

    output = Output(as_json)
    stop = threading.Event()
    rewording = make_rewording(config, SystemClock(), stop)
    due = rewording.due(target)
    kept = dropped = asked = tokens = 0
    with stopping(stop), progress(output, "Asking", min(limit, len(due))) as told:
        for asked, row in enumerate(rewording.run(due, limit), 1):
            kept += len(row.sentences)
            dropped += sum(row.dropped.values())
            tokens += row.tokens_in + row.tokens_out
            output.row(made.as_row(row), _line(row))
            told(asked)
    output.row(
        {
            "end": rewording.end.value,
            "asked": asked,
            "left": len(due) - asked,
            "kept": kept,
            "dropped": dropped,
            "tokens": tokens,
        },
        f"{asked} asked, {len(due) - asked} left; {kept} sentences kept, {dropped} dropped; {tokens:,} tokens. "
        f"{_END[rewording.end.value]}",
    )


def _line(row: Analysis) -> str:
    from conductatlas.ids import public_id

    identity = public_id("P", row.finding.provision_id)
    if row.outcome != row.WRITTEN:
        return f"{identity}  {row.outcome}"
    reasons = ", ".join(f"{number} {why}" for why, number in row.dropped.items())
    return f"{identity}  {len(row.sentences)} kept" + (f"; dropped: {reasons}" if reasons else "")


_END = {
    "done": "No more can be asked about.",
    "limit": "As many as were to be.",
    "budget": "Today's tokens are used up.",
    "busy": "The server asks for a long pause.",
    "failing": "The server failed several times in a row.",
    "stopped": "Stopped; the same command goes on.",
}
