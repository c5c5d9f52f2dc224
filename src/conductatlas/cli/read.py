"""`read`: one file or page as the archive would read it. Touches no database."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conductatlas.cli.output import AsJson, Output

if TYPE_CHECKING:
    from conductatlas.reading.clauses.finding import Fact, Finding
    from conductatlas.reading.text.filters import Filter


def register(app: typer.Typer) -> None:
    app.command("read")(read)


def read(
    what: Annotated[str, typer.Argument(metavar="FILE|URL", help="HTML, PDF, DOCX, Markdown or plain text.")],
    select: Annotated[list[str] | None, typer.Option("--select", help="CSS selector of the text.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="CSS selector of what is none.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="WORDING", help="Noise, as in a `replace` filter."),
    ] = None,
    query_parameter: Annotated[
        list[str] | None, typer.Option("--query-parameter", help="Left out of link targets.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="The language expected, as BCP 47.")] = "",
    as_json: AsJson = False,
) -> None:
    """Whether the page is a policy, and its text: verdict, title, kind, language, dates, sections, provisions, marks.

    Exit code 0 whatever the verdict; 1 if there is nothing that can be read.
    """
    from conductatlas.cli.texts import open_text
    from conductatlas.reading.clauses.extractor import extract
    from conductatlas.reading.compare.dates import stated_dates
    from conductatlas.reading.text.filters import filtered
    from conductatlas.reading.text.gate import Expectation, judge
    from conductatlas.reading.text.kinds import guess_kind
    from conductatlas.reading.text.markdown import to_markdown
    from conductatlas.reading.text.reader import READER_VERSION
    from conductatlas.reading.text.sections import sections

    output = Output(as_json)
    filters = _filters(without or [], query_parameter or [])
    page, reading = open_text(what, select=tuple(select or ()), remove=tuple(remove or ()))
    if filters:
        reading, notes = filtered(reading, filters)
        for note in notes:
            output.note(f"{note[0].upper()}{note[1:]}")
    verdict = judge(page, reading, Expectation(language=language))
    dates = stated_dates(reading)
    markdown = to_markdown(reading)
    kind = guess_kind(reading.title, page.url)
    said = extract(reading, kind) if verdict.accepted else None
    output.row(
        {
            "gate": {"verdict": verdict.verdict.value, "evidence": verdict.evidence},
            "title": reading.title,
            "kind": kind or None,
            "language": reading.language or None,
            "dates": {
                "updated": dates.updated.value.isoformat() if dates.updated else None,
                "effective": dates.effective.value.isoformat() if dates.effective else None,
            },
            "sections": [
                {
                    "anchor": section.anchor,
                    "number": section.number,
                    "level": section.level,
                    "title": section.title,
                    "start": section.start,
                    "end": section.end,
                }
                for section in sections(reading)
            ],
            "provisions": [finding_row(one, reading.text) for one in said.findings] if said else [],
            "references": [
                {"title": one.title, "target": one.target, "start": one.span.start, "end": one.span.end}
                for one in said.references
            ]
            if said
            else [],
            "coverage": round(said.coverage, 4) if said else None,
            "text": reading.text,
            "marks": [mark.to_row() for mark in reading.marks],
            "markdown": markdown,
            "digest": reading.digest,
            "reader_version": READER_VERSION,
        },
        markdown
        if verdict.accepted
        else f"Not taken for a policy: {verdict.verdict.value}. {verdict.evidence}\n\n{markdown}",
    )


def finding_row(found: Finding, text: str) -> dict[str, Any]:
    """A provision as `read --json` prints it; start and end are code points of the text, quote what stands there."""
    return {
        "type": found.type,
        "types": [{"type": one.type, "confidence": round(one.confidence, 3)} for one in found.types],
        "title": found.title,
        "severity": found.rating.severity.value if found.rating else None,
        "confidence": round(found.confidence, 3),
        "facts": [fact_row(one, text) for one in found.facts],
        "quote": found.span.of(text),
        "start": found.span.start,
        "end": found.span.end,
        "section": found.anchor,
    }


def fact_row(fact: Fact, text: str) -> dict[str, Any]:
    """A fact as commands print it, with the words it rests on."""
    return {
        "type": fact.type,
        "name": fact.name,
        "value": fact.value,
        "quote": fact.spans[0].of(text),
        "start": fact.spans[0].start,
        "end": fact.spans[0].end,
        "scope": {name: value for name, value in asdict(fact.scope).items() if value},
        "condition": fact.condition,
        "limit": fact.limit,
    }


def _filters(without: list[str], parameters: list[str]) -> tuple[Filter, ...]:
    from conductatlas.catalogue import values
    from conductatlas.catalogue.faults import WrongValueError

    declared = [{"replace": wording} for wording in without]
    try:
        return values.filters([*declared, *([{"query_parameters": parameters}] if parameters else [])])
    except WrongValueError as fault:
        raise typer.BadParameter(f"{fault.message}. {fault.remedy}", param_hint="--without") from None
