"""The root of all commands, and how their errors end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated

import typer

from conductatlas import __version__
from conductatlas.cli.opening import seal_what_was_written
from conductatlas.cli.output import Output
from conductatlas.errors import ConductAtlasError

app = typer.Typer(
    name="conductatlas",
    help="Watches what platforms make their users agree to.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help, for the other kind takes a third of a second to import
    context_settings={"help_option_names": ["-h", "--help"]},
)

NOUNS = (
    "demo",
    "up",
    "check",
    "backfill",
    "export",
    "catalogue",
    "read",
    "diff",
    "backup",
    "doctor",
    "config",
    "operator",
    "withhold",
    "decide",
    "remove",
    "repack",
    "incidents",
    "save",
    "reservations",
    "ledger",
    "bundle",
    "verify",
    "audit",
    "provisions",
    "questions",
    "analyse",
    "compare",
    "report",
    "law",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"conductatlas {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """What a command has written is sealed when it ends, however it ends; not by processes that it was forked into."""
    process = os.getpid()
    context.call_on_close(lambda: seal_what_was_written() if os.getpid() == process else None)


for _noun in NOUNS:
    _register: Callable[[typer.Typer], None] = import_module(f"conductatlas.cli.{_noun}").register
    _register(app)


def main() -> None:
    """Run one command. Typed errors end it with their remedy and exit code 1; a usage error is 2.

    Who stops reading the results, as `| head` does, ends it with 1 and no word (click sees to that).
    """
    for stream in (sys.stdout, sys.stderr):  # a file name may hold what cannot be encoded
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ConductAtlasError as fault:
        Output("--json" in sys.argv).error(fault)
        raise SystemExit(1) from None
