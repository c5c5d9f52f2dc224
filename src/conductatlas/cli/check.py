"""`check`: check documents now. `watch`: check what is due, until stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.cli.running import stopping
from conductatlas.clock import parse_moment
from conductatlas.errors import ConfigurationError, NotFoundError
from conductatlas.ids import parse_id, public_id

if TYPE_CHECKING:
    from conductatlas.catalogue.models import Document
    from conductatlas.clock import Clock
    from conductatlas.work.pipeline import Result
    from conductatlas.work.runners.embedded import Outcome

# The keys of every line, whatever came of a document.
NOTHING: dict[str, object] = dict.fromkeys(
    (
        *("document", "path", "at", "check", "outcome", "reason", "captures"),
        *("version", "change", "kind", "confirmed", "error"),
    )
)


def register(app: typer.Typer) -> None:
    app.command("check")(check)
    app.command("watch")(watch)
    app.command("migrate")(migrate)


def check(
    documents: Annotated[
        list[str] | None,
        typer.Argument(help="`platform`, `platform/document` or CA-D ids; none: what is due."),
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Check only what is due (the default without names).")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Check every document.")] = False,
    now: Annotated[
        str, typer.Option("--now", metavar="ISO", help="Check as if it were this moment (UTC).")
    ] = "",
    settle: Annotated[
        bool, typer.Option("--settle", help="With --now: go on until nothing awaits confirmation.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check documents once: fetch, judge, keep, read, compare, record.

    Exit code 1 if a document could not be recorded, or the run was stopped; a page that failed or was refused is
    a recorded outcome and no error.
    """
    from conductatlas.cli.opening import load_catalogue, open_archive, outside, runner
    from conductatlas.clock import SetClock, SystemClock

    if settle and not now:
        raise ConfigurationError("--settle moves a clock that --now sets", remedy="Say --now ISO as well.")
    if (documents or due) and everything:
        raise ConfigurationError(
            "--all means every document", remedy="Leave out --due and the names, or --all."
        )
    set_clock = SetClock(moment(now)) if now else None
    clock = set_clock or SystemClock()
    config = open_archive()
    load_catalogue(config, clock)
    output = Output(as_json)
    with outside(config) as names:
        pool = runner(config, clock, names)
        keys = _selected(documents or [], everything, due or not documents, clock)
        pool.tidy()
        with stopping(pool.stop):
            failed = show(output, pool.run(keys, started_by="person"), len(keys))
            if settle and set_clock is not None:
                failed += show(output, pool.settle(keys, set_clock), 0)
    raise typer.Exit(1 if failed or pool.stop.is_set() else 0)


def watch(as_json: AsJson = False) -> None:
    """Check what is due, for ever. Ends on SIGTERM or Ctrl-C, within ten seconds."""
    from conductatlas.cli.opening import (
        caught_up_meanwhile,
        load_catalogue,
        open_archive,
        outside,
        runner,
        sealed_meanwhile,
    )
    from conductatlas.clock import SystemClock

    config = open_archive()
    load_catalogue(config)
    output = Output(as_json)
    output.note("Watching. Stop with Ctrl-C.")
    with outside(config) as names:
        pool = runner(config, SystemClock(), names)
        with stopping(pool.stop), sealed_meanwhile(config, pool.stop), caught_up_meanwhile(pool.stop):
            for outcome in pool.watch():
                tell(output, outcome)


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this version's schema, after a copy; `up` does this by itself. Puts lost triggers back."""
    from conductatlas.cli.opening import open_settings
    from conductatlas.work import migration

    config = open_settings()
    applied, protected = migration.migrate(config), migration.protect()
    Output(as_json).row(
        {"applied": applied, "protected": protected},
        "Applied: "
        + (", ".join(applied) or "nothing, all is in place.")
        + (f" Triggers put back: {', '.join(protected)}." if protected else ""),
    )


def show(output: Output, outcomes: Iterable[Outcome], total: int) -> int:
    """Tell each outcome as it comes, with a bar on a terminal; returns how many could not be recorded."""
    failed = 0
    if output.as_json or not sys.stderr.isatty() or not total:
        for outcome in outcomes:
            failed += tell(output, outcome)
        return failed
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Checking", total=total, last="")
        for outcome in outcomes:
            failed += tell(output, outcome, quiet_unless_news=True)
            bar.update(task, advance=1, last=_path(outcome))
    return failed


def tell(output: Output, outcome: Outcome, *, quiet_unless_news: bool = False) -> bool:
    """One outcome as a row; True if it could not be recorded."""
    from conductatlas.work.runners.embedded import Skipped

    if isinstance(outcome, Skipped):
        identity = public_id("D", outcome.document_key)
        if outcome.error is None or outcome.error.code == "lease_lost":
            row = NOTHING | {"document": identity, "outcome": "busy"}
            output.row(row, f"{identity}: busy, another worker holds it")
            return False
        fault = outcome.error
        row = NOTHING | {"document": identity, "outcome": "not_recorded", "error": fault.diagnostics()}
        output.row(row, f"{identity}: not recorded. {fault.message}. {fault.remedy}")
        return True
    if not (quiet_unless_news and outcome.outcome == "unchanged"):
        output.row(as_row(outcome), as_line(outcome))
    return False


def as_row(result: Result) -> dict[str, object]:
    """One check as JSON: the keys of NOTHING, filled in."""
    return NOTHING | {
        "document": result.document.public_id,
        "path": result.document.path,
        "at": result.at.isoformat(),
        "check": result.check_key,
        "outcome": result.outcome,
        "reason": result.reason,
        "captures": [
            {"url": url, "outcome": outcome, "reason": reason} for url, outcome, reason in result.captures
        ],
        "version": result.version.public_id if result.version else None,
        "change": result.change.public_id if result.change else None,
        "kind": result.change.kind if result.change else None,
        "confirmed": result.confirmed.public_id if result.confirmed else None,
    }


def as_line(result: Result) -> str:
    """One check as a line for people."""
    parts = [f"{result.at:%Y-%m-%d %H:%M}  {result.outcome:<9}  {result.document.path}"]
    if result.version:
        parts.append(f"new version {result.version.public_id}")
    if result.change:
        parts.append(f"{result.change.kind} change {result.change.public_id}")
    if result.confirmed:
        parts.append(f"confirms {result.confirmed.public_id}")
    if result.outcome in {"held", "failed"}:
        parts.append(result.reason.replace("_", " "))
    return "  ".join(parts)


def _path(outcome: Outcome) -> str:
    document = getattr(outcome, "document", None)
    return document.path if document else ""


def moment(text: str) -> datetime:
    """The moment that an ISO date or date-time means. ConfigurationError."""
    try:
        return parse_moment(text)
    except ValueError:
        raise ConfigurationError(
            f"{text!r} is no moment", remedy="Write it as 2026-11-22 or 2026-11-22T06:00:00Z."
        ) from None


def one_document(name: str) -> Document:
    """The watched document that `platform/document` or a CA-D id names. NotFoundError."""
    from conductatlas.catalogue.models import Document

    keys = documents_named(name) if "/" in name or parse_id(name) else []
    if not keys:
        raise NotFoundError(f"no watched document is called {name!r}")
    return Document.objects.select_related("platform").get(pk=keys[0])


def documents_named(name: str) -> list[int]:
    """Keys of the watched documents that a platform's slug, `platform/document` or a CA-D id names."""
    from django.db.models import Q

    from conductatlas.catalogue.models import Document

    identity = parse_id(name)
    platform, _, slug = name.partition("/")
    which = Q(pk=identity[1]) if identity and identity[0] == "D" else Q(platform__slug=platform)
    watched = Document.objects.filter(which, retired_at__isnull=True).order_by("pk")
    return list((watched.filter(slug=slug) if slug else watched).values_list("pk", flat=True))


def _selected(names: list[str], everything: bool, only_due: bool, clock: Clock) -> list[int]:
    """Keys of the documents meant, in a stable order."""
    from conductatlas.catalogue.models import Document
    from conductatlas.work import due

    watched = Document.objects.filter(retired_at__isnull=True).order_by("pk")
    if everything:
        return list(watched.values_list("pk", flat=True))
    are_due = [row.document_id for row in due.due(clock.now())] if only_due else []
    if not names:
        return are_due
    keys: list[int] = []
    for name in names:
        found = documents_named(name)
        if not found:
            raise NotFoundError(f"no watched document is called {name!r}")
        keys += [key for key in found if key not in keys]
    return [key for key in keys if key in are_due] if only_due else keys
