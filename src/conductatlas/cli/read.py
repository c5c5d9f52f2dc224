"""`read`: one file or page as the archive would read it. Touches no database."""

from __future__ import annotations

from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output


def register(app: typer.Typer) -> None:
    app.command("read")(read)


def read(
    what: Annotated[str, typer.Argument(metavar="FILE|URL", help="HTML, PDF, DOCX, Markdown or plain text.")],
    select: Annotated[list[str] | None, typer.Option("--select", help="CSS selector of the text.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="CSS selector of what is none.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="The language expected, as BCP 47.")] = "",
    as_json: AsJson = False,
) -> None:
    """Whether the page is a policy, and its text: verdict, title, kind, language, dates, sections, marks.

    Exit code 0 whatever the verdict; 1 if there is nothing that can be read.
    """
    from conductatlas.cli.texts import open_text
    from conductatlas.reading.compare.dates import stated_dates
    from conductatlas.reading.text.gate import Expectation, judge
    from conductatlas.reading.text.kinds import guess_kind
    from conductatlas.reading.text.markdown import to_markdown
    from conductatlas.reading.text.reader import READER_VERSION
    from conductatlas.reading.text.sections import sections

    page, reading = open_text(what, select=tuple(select or ()), remove=tuple(remove or ()))
    verdict = judge(page, reading, Expectation(language=language))
    dates = stated_dates(reading)
    markdown = to_markdown(reading)
    Output(as_json).row(
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
