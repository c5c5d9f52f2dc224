"""`compare` and `matrix`: what platforms state, beside each other."""

from __future__ import annotations

import csv
import sys
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError

YEAR = 365  # days of changes that are told


def register(app: typer.Typer) -> None:
    app.command("compare")(compare)
    app.command("matrix")(matrix)


def compare(
    type_: Annotated[
        str, typer.Argument(metavar="TYPE", help="A type of clause: `docs/reference/taxonomy.md`.")
    ],
    platforms: Annotated[list[str], typer.Argument(metavar="PLATFORM…", help="Two to six platforms' slugs.")],
    as_json: AsJson = False,
) -> None:
    """One type of clause on two to six platforms: the difference in words, each fact aligned."""
    from datetime import timedelta

    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.catalogue import queries as catalogue
    from conductatlas.clock import SystemClock
    from conductatlas.provisions import comparing
    from conductatlas.provisions.tables import comparison_object
    from conductatlas.reading.clauses.taxonomy import taxonomy

    if type_ not in taxonomy():
        raise typer.BadParameter("no type has this name", param_hint="TYPE")
    found = catalogue.platforms_named(None, platforms)
    missing = sorted(set(platforms) - {one.slug for one in found})
    if missing:
        raise NotFoundError(f"no platform is called {missing[0]}", remedy="`catalogue` lists them.")
    if not comparing.FEWEST <= len(found) <= comparing.MOST:
        raise typer.BadParameter(f"name {comparing.FEWEST} to {comparing.MOST} platforms")
    told = comparing.compare(type_, found, SystemClock().now() - timedelta(days=YEAR))
    names = [column.platform.name for column in told.columns]
    lines = [
        f"{told.type.title}: {', '.join(names)}",
        *told.sentences,
        *(f"Looked for, and stated by none: {title}" for title in told.unstated),
        *(
            f"{column.platform.name}: not read: {', '.join(one.path for one in column.unread)}"
            for column in told.columns
            if column.unread
        ),
    ]
    Output(as_json).row(comparison_object(told), "\n".join(lines))


def matrix(
    questions: Annotated[
        str, typer.Option("--questions", metavar="KEY,…", help="Columns: keys of questions.")
    ] = "",
    facts: Annotated[
        str, typer.Option("--facts", metavar="TYPE.NAME,…", help="Columns: facts of types of clauses.")
    ] = "",
    sort: Annotated[
        str, typer.Option("--sort", metavar="KEY", help="A column, with - before it the other way round.")
    ] = "",
    category: Annotated[str, typer.Option("--category", help="Only platforms of this category.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="A table as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """All platforms by chosen questions or facts. “Not stated” is not “no”."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.provisions import matrix as made
    from conductatlas.provisions.tables import matrix_object, matrix_rows

    columns = tuple(dict.fromkeys(key for text in (questions, facts) for key in text.split(",") if key))
    for key in columns:
        if not made.known_column(key):
            raise typer.BadParameter(f"{key} is neither a question nor a fact")
    found = made.matrix(made.Asked(columns=columns or made.USUAL, sort=sort, category=category))
    if as_csv:
        csv.writer(sys.stdout).writerows(matrix_rows(found))
        return
    lines = [
        f"{head.title}: stated by {head.stated} of {head.read} that could be read" for head in found.heads
    ]
    lines += [f"{row.platform.slug}: {' | '.join(cell.said for cell in row.cells)}" for row in found.rows]
    lines += [f"{platform.slug}: not read" for platform in found.unread]
    Output(as_json).row(matrix_object(found), "\n".join(lines))
