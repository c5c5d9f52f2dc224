"""`questions` and `facts`: what platforms or files state, asked by key or listed. Files need no database."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError

if TYPE_CHECKING:
    from conductatlas.reading.clauses.questions import Answerable

AsCsv = Annotated[bool, typer.Option("--csv", help="A table as CSV.")]
COLUMNS = (
    "document",
    "type",
    "name",
    "value",
    "quote",
    "section",
    "audience",
    "region",
    "plan",
    "product",
    "condition",
)


def register(app: typer.Typer) -> None:
    app.command("questions")(questions)
    app.command("facts")(facts)


def questions(
    what: Annotated[
        list[str],
        typer.Argument(metavar="PLATFORM|FILE…", help="A platform's slug, or files of one platform."),
    ],
    as_json: AsJson = False,
) -> None:
    """The fifty questions, answered from a platform's documents or from files; what is not stated says where it was
    looked for."""
    from conductatlas.provisions.values import in_words
    from conductatlas.reading.clauses.questions import answer, to_row
    from conductatlas.reading.clauses.questions import questions as asked

    found = answer(answerable(what))
    rows = {key: to_row(one) for key, one in found.items()}
    lines = [
        f"{asked()[key].title}: {'conflicting' if one.is_conflict and one.value is None else in_words(one.value)}"
        + (
            f"\n    “{_short(one.quote)}” ({one.document}{', ' + one.section if one.section else ''})"
            if one.quote
            else ""
        )
        for key, one in found.items()
    ]
    Output(as_json).row(rows, "\n".join(lines))


def facts(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="DOCUMENT|FILE…", help="`platform/document` or files; none: all documents."),
    ] = None,
    type_: Annotated[str, typer.Option("--type", help="Only facts of this type of clause.")] = "",
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """What documents state, a row a fact, each with the words it rests on."""
    from conductatlas.provisions.values import in_words
    from conductatlas.reading.clauses.taxonomy import taxonomy

    if type_ and type_ not in taxonomy():
        raise typer.BadParameter("no type has this name", param_hint="--type")
    if not what and not type_:
        raise typer.BadParameter("name a document, a file or a --type")
    rows = [row for row in _fact_rows(what or []) if not type_ or row["type"] == type_]
    if as_csv:
        table = csv.writer(sys.stdout)
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow([in_words(row["value"]) if name == "value" else row[name] for name in COLUMNS])
        return
    output = Output(as_json)
    for row in rows:
        output.row(
            row,
            f"{row['document']}  {row['type']}.{row['name']}: {in_words(row['value'])}  “{_short(row['quote'])}”",
        )


def answerable(names: list[str]) -> list[Answerable]:
    """The documents that files hold, or that a platform has now. NotFoundError."""
    from conductatlas.cli.texts import open_text
    from conductatlas.reading.clauses.extractor import extract
    from conductatlas.reading.clauses.questions import Answerable
    from conductatlas.reading.text.kinds import guess_kind

    found = []
    for name in names:
        if _is_text(name):
            page, reading = open_text(name)
            kind = guess_kind(reading.title, page.url) or guess_kind(
                Path(name).stem.replace("-", " ").replace("_", " ")
            )
            found.append(Answerable(name, kind, reading, extract(reading, kind)))
        else:
            found += _of_platform(name)
    return found


def _is_text(name: str) -> bool:
    return name.startswith(("http://", "https://")) or Path(name).is_file()


def _of_platform(slug: str) -> list[Answerable]:
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.provisions.asking import documents_of

    documents = documents_of(None, slug)
    if not documents:
        raise NotFoundError(
            f"{slug} is neither a file nor a platform whose documents could be read",
            remedy="Name a file, or a platform as `catalogue` lists it.",
        )
    return documents


def _fact_rows(names: list[str]) -> list[dict[str, Any]]:
    if names and all(map(_is_text, names)):
        return [
            {
                "document": one.name,
                "type": fact.type,
                "name": fact.name,
                "value": fact.value,
                "quote": fact.spans[0].of(one.reading.text),
                "section": found.anchor,
                "audience": fact.scope.audience,
                "region": fact.scope.region,
                "plan": fact.scope.plan,
                "product": fact.scope.product,
                "condition": fact.condition,
            }
            for one in answerable(names)
            for found in one.found.findings
            for fact in found.facts
        ]
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.provisions import queries
    from conductatlas.provisions.records import ProvisionFilter

    rows = []
    for name in names or [""]:
        platform, _, slug = name.strip("/").partition("/")
        for found in queries.with_facts(None, ProvisionFilter(platform=platform, document=slug)):
            rows += [
                {
                    "document": found.document.path,
                    "type": fact.type,
                    "name": fact.name,
                    "value": fact.value,
                    "quote": fact.quotes[0] if fact.quotes else "",
                    "section": found.anchor,
                    "audience": fact.audience,
                    "region": fact.region,
                    "plan": fact.plan,
                    "product": fact.product,
                    "condition": fact.condition,
                }
                for fact in found.facts
            ]
        if name and not rows:
            raise NotFoundError(f"{name} is neither a file nor a document with facts")
    return rows


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= 160 else line[:159] + "…"
