"""`read`: one file or page as the archive would read it. Touches no database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output

if TYPE_CHECKING:
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
    """Whether the page is a policy, and its text: verdict, title, kind, language, dates, sections, marks.

    Exit code 0 whatever the verdict; 1 if there is nothing that can be read.
    """
    from conductatlas.cli.texts import open_text
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
    output.row(
        {
            "gate": {"verdict": verdict.verdict.value, "evidence": verdict.evidence},
            "title": reading.title,
            "kind": guess_kind(reading.title, page.url) or None,
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


def _filters(without: list[str], parameters: list[str]) -> tuple[Filter, ...]:
    from conductatlas.catalogue import values
    from conductatlas.catalogue.faults import WrongValueError

    declared = [{"replace": wording} for wording in without]
    try:
        return values.filters([*declared, *([{"query_parameters": parameters}] if parameters else [])])
    except WrongValueError as fault:
        raise typer.BadParameter(f"{fault.message}. {fault.remedy}", param_hint="--without") from None
