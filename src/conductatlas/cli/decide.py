"""`changes` and `decide`: what waits for a person, and what that person makes of it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError
from conductatlas.ids import parse_id

Decision = Literal["confirmed", "withdrawn", "contested"]


def register(app: typer.Typer) -> None:
    app.command("review")(review)
    app.command("decide")(decide)


def review(as_json: AsJson = False) -> None:
    """List the changes that a person has to look at: those that replace a whole document, and contested ones."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.history.change_queries import awaiting_a_person

    output = Output(as_json)
    waiting = awaiting_a_person()
    for change in waiting:
        row = {
            "change": change.public_id,
            "path": change.document.path,
            "state": change.state,
            "seen_at": change.seen_at.isoformat(),
        }
        output.row(
            row, f"{change.public_id}  {change.seen_at:%Y-%m-%d}  {change.document.path}  {change.state}"
        )
    if not waiting:
        output.note("Nothing waits for a person.")


def decide(
    identity: Annotated[str, typer.Argument(metavar="ID", help="CA-C, the change.")],
    state: Annotated[Decision, typer.Argument(help="What it is; contested: under review, and still shown.")],
    why: Annotated[str, typer.Option("--why", help="The reason; everyone may read it.")],
    who: Annotated[str, typer.Option("--who", help="Who decides, as it is recorded.")] = "operator",
    as_json: AsJson = False,
) -> None:
    """Confirm or withdraw a change by hand, or mark it as under review. The decision is an event beside it."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.clock import SystemClock
    from conductatlas.history import services
    from conductatlas.history.models import Change, ChangeState
    from conductatlas.writing import writing

    letter, key = parse_id(identity) or ("", 0)
    change = Change.objects.filter(pk=key).first() if letter == "C" else None
    if change is None:
        raise NotFoundError(f"{identity!r} is no change of this archive")
    with writing():
        row = services.decide(change, ChangeState(state), why, who=who, at=SystemClock().now())
    Output(as_json).row(
        {"id": identity, "state": row.state, "who": row.who, "why": row.why, "at": row.at.isoformat()},
        f"{identity} is {row.state}. Reason, as everyone reads it: {row.why}",
    )
