"""`ledger`: the log of all that the archive states: how far it has come, its proofs, its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.clock import in_minutes
from conductatlas.errors import NotFoundError
from conductatlas.ids import parse_capture, parse_id

if TYPE_CHECKING:
    from conductatlas.archive.ledger_queries import CheckpointRecord

commands = typer.Typer(help="The ledger: checkpoints, proofs, keys.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="ledger")


@commands.command("show")
def show(as_json: AsJson = False) -> None:
    """How many leaves there are, how many wait, the newest checkpoint and the keys."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.archive import ledger, ledger_queries

    newest, output = ledger_queries.newest(), Output(as_json)
    output.row(
        {
            "size": newest.size if newest else 0,
            "pending": ledger.pending(),
            "checkpoint": _as_row(newest) if newest else None,
            "keys": [
                {"verifier": key.verifier, "reason": key.reason, "since": key.since.isoformat()}
                for key in ledger_queries.signing_keys()
            ],
        },
        f"{newest.note if newest else 'No checkpoint yet.'}\n{ledger.pending()} leaves wait for the next one.",
    )


@commands.command("seal")
def seal(as_json: AsJson = False) -> None:
    """Number what waits and sign the head now; `up` and `watch` do it by themselves, other commands at their end."""
    from conductatlas.cli.opening import open_archive, sealing
    from conductatlas.cli.running import progress

    config, output = open_archive(), Output(as_json)
    from conductatlas.archive import ledger, ledger_queries

    done = 0
    with progress(output, "Numbering", ledger.pending()) as told:

        def more(count: int) -> None:
            nonlocal done
            done += count
            told(done)

        made = sealing(config).step(more)
    newest = ledger_queries.newest()
    output.row(
        {"sealed": made is not None, "numbered": done, "checkpoint": _as_row(newest) if newest else None},
        f"{done} leaves numbered. " + (str(made) if made else "No new checkpoint."),
    )


@commands.command("stamp")
def stamp(as_json: AsJson = False) -> None:
    """Ask the time stamp authorities for what is due, as `up` and `watch` do. Exit code 1 if one failed."""
    from conductatlas.cli.opening import open_archive, stamping

    config, output = open_archive(), Output(as_json)
    puts = stamping(config).step()
    for put in puts:
        output.row(
            {
                "authority": put.authority,
                "size": put.checkpoint,
                "moment": put.stamp.moment.isoformat() if put.stamp else None,
                "fault": put.fault.diagnostics() if put.fault else None,
            },
            f"{put.authority}: {put.checkpoint} leaves existed no later than {in_minutes(put.stamp.moment)} UTC."
            if put.stamp
            else f"{put.authority}: no stamp on {put.checkpoint} leaves: {put.fault.message if put.fault else ''}",
        )
    if not puts:
        output.note("Nothing is due." if config.timestamp_authorities else "No authority is named.")
    raise typer.Exit(int(any(put.fault for put in puts)))


@commands.command("rotate-key")
def rotate_key(
    new_log: Annotated[
        bool,
        typer.Option(
            "--new-log", help="Under a new name: the ledger was set back behind a checkpoint given out."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign with a new key from the next checkpoint on. That one is signed by both; the old key's file stays."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.archive import ledger_keys
    from conductatlas.clock import SystemClock

    row = ledger_keys.rotate(SystemClock(), new_log=new_log)
    Output(as_json).row(
        {
            "verifier": row.verifier,
            "origin": row.origin,
            "reason": row.reason,
            "since": row.since.isoformat(),
        },
        f"{row.verifier} signs from the next checkpoint on.",
    )


@commands.command("prove")
def prove(
    identity: Annotated[str, typer.Argument(metavar="ID", help="CA-V, CA-C or capture-KEY.")],
    as_json: AsJson = False,
) -> None:
    """Print the leaf of a row, its place, and what leads from it to a checkpoint. Exit code 1 while it is pending."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.archive import ledger_queries

    kind, key = _row(identity)
    place = ledger_queries.position(kind, key)
    if place is None:
        raise NotFoundError(f"{identity!r} has no leaf in this ledger")
    proof = ledger_queries.prove(place)
    Output(as_json).row(
        {
            "id": identity,
            "pending": place.is_pending,
            "index": place.index,
            "hash": place.hash,
            "leaf": proof.leaf.decode() if proof else None,
            "path": list(proof.path) if proof else None,
            "checkpoint": _as_row(proof.checkpoint) if proof else None,
        },
        f"{identity}: leaf {place.index}, {place.hash}\n{proof.leaf.decode()}\n"
        + "\n".join(proof.path)
        + f"\n\n{proof.checkpoint.cosigned}"
        if proof
        else f"{identity}: written, and not yet under a checkpoint.",
    )
    raise typer.Exit(0 if proof else 1)


def _row(identity: str) -> tuple[str, int]:
    letter, key = parse_id(identity) or ("", 0)
    if letter == "V":
        return "version", key
    if letter == "C":
        return "change", key
    if (capture := parse_capture(identity)) is not None:
        return "capture", capture
    raise NotFoundError(
        f"{identity!r} is no version, change or capture", remedy="Write CA-V-…, CA-C-… or capture-KEY."
    )


def _as_row(checkpoint: CheckpointRecord) -> dict[str, object]:
    from conductatlas.archive import stamp_queries

    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "at": checkpoint.at.isoformat(),
        "note": checkpoint.cosigned,
        "witnesses": [one.verifier for one in checkpoint.witnesses],
        "stamps": [
            {
                "authority": one.authority,
                "moment": one.moment.isoformat(),
                "accuracy_seconds": one.accuracy.total_seconds() if one.accuracy is not None else None,
                "policy_oid": one.policy_oid,
                "signer": one.signer,
                "standing": one.standing or "not determined",
                "checked_on": one.standing_checked_on.isoformat() if one.standing_checked_on else None,
            }
            for one in stamp_queries.stamps_of(checkpoint.pk)
        ],
    }
