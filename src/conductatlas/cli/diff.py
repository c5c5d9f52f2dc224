"""`diff`: what differs between two texts. Touches no database unless it is given a version's id."""

from __future__ import annotations

import html
import sys
from pathlib import Path
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    app.command("diff")(diff)


def diff(
    old: Annotated[str, typer.Argument(help="File, address or CA-V id.")],
    new: Annotated[str, typer.Argument(help="File, address or CA-V id.")],
    page: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the redline as a web page.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What differs and what it comes to: the redline, severity, direction, a summary. Exit code 0 either way."""
    from conductatlas.cli.texts import open_reading
    from conductatlas.reading.compare.comparison import compare
    from conductatlas.reading.compare.render import redline_ansi, redline_html, told_ansi

    before, after = open_reading(old), open_reading(new)
    comparison = compare(before, after)
    if page is not None:
        title = html.escape(f"{old} → {new}")
        text = PAGE.format(title=title, style=_style(), body=redline_html(before, after, comparison))
        try:
            page.write_text(text, "utf-8")
        except OSError as fault:
            raise ConfigurationError(
                f"{page} cannot be written: {fault.strerror}", remedy="Name another file with --html."
            ) from None
    Output(as_json).row(
        {"old": old, "new": new, **comparison.to_dict()},
        "\n\n".join(
            filter(
                None,
                (redline_ansi(before, after, comparison, colour=sys.stdout.isatty()), told_ansi(comparison)),
            )
        ),
    )


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style></head><body><main class="redline"><h1>{title}</h1>{body}</main></body></html>
"""


def _style() -> str:
    from importlib.resources import files

    return (files("conductatlas.cli") / "redline.css").read_text("utf-8")
