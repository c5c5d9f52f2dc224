"""A report as one file that people read without the site: HTML, or a PDF/A-2b file made of it.

Made again of the same record by the same release, either is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable

from conductatlas.evidence.printing import printed, style, to_pdf
from conductatlas.provisions.reports.blocks import (
    Block,
    Chart,
    Heading,
    Items,
    Link,
    Paragraph,
    Part,
    Quotation,
    Silence,
    Table,
    Words,
)
from conductatlas.provisions.reports.compose import compose
from conductatlas.provisions.reports.made import Report


def report_html(report: Report, site: str) -> str:
    """The report as one page of HTML. site: goes before the paths of links, without a slash at its end."""
    when = report.until.isoformat(timespec="seconds")
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f"<title>{printed(report.title)}</title>",
            '<meta name="author" content="ConductAtlas">',
            f'<meta name="dcterms.created" content="{when}"><meta name="dcterms.modified" content="{when}">',
            f"<style>{style('statement.css', 'report.css')}</style></head><body>",
            f'<h1>{printed(report.title)}</h1><p class="lead">{printed(report.lead)}</p>',
            *(_block(block, site) for block in compose(report)),
            "</body></html>",
        ]
    )


def report_pdf(report: Report, site: str) -> bytes:
    """The PDF file. StatementUnavailableError if WeasyPrint, or the Pango it needs, is not there."""
    return to_pdf(report_html(report, site), "the report")


def _block(block: Block, site: str) -> str:
    match block:
        case Heading():
            return f'<h{block.level} id="{printed(block.anchor)}">{printed(block.text)}</h{block.level}>'
        case Paragraph():
            return f"<p>{_parts(block.parts, site)}</p>"
        case Items():
            return "<ul>" + "".join(f"<li>{_parts(row, site)}</li>" for row in block.rows) + "</ul>"
        case Table():
            return _table(block, site)
        case Quotation():
            return f"<blockquote>{_part(block.words, site)}<br>{_parts(block.source, site)}</blockquote>"
        case Chart():
            return _bars(block)


def _table(block: Table, site: str) -> str:
    heads = "".join(
        f"<th>{printed(head)}{f'<br><small>{printed(note)}</small>' if note else ''}</th>"
        for head, note in block.headed
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<{tag}>{_parts(cell, site)}</{tag}>"
            for n, cell in enumerate(row)
            for tag in (("th",) if n == 0 else ("td",))
        )
        + "</tr>"
        for row in block.rows
    )
    name = "few" if len(block.heads) <= 4 else "many"
    return (
        f'<table class="{name}"><caption>{printed(block.caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _bars(block: Chart) -> str:
    """Bars as an SVG drawing; what they say stands in the table after them."""
    rows = [(*one, True) for one in block.values] + [(*one, False) for one in block.silence]
    most = max((number for _, number, _ in rows), default=1)
    drawn = "".join(
        f'<rect x="0.5" y="{14 * n + 0.5}" width="{max(1, round(400 * number / most))}" height="8" '
        + ('fill="#3f4a78"/>' if is_value else 'fill="none" stroke="#777" stroke-dasharray="3 2"/>')
        + f'<text x="{round(400 * number / most) + 6}" y="{14 * n + 8}" font-size="8">'
        f"{number} {printed(value[:60])}</text>"
        for n, (value, number, is_value) in enumerate(rows)
    )
    height = 14 * len(rows)
    return f'<svg width="640" height="{height}" viewBox="0 0 640 {height}">{drawn}</svg>'


def _parts(parts: Iterable[Part], site: str) -> str:
    return "".join(_part(part, site) for part in parts)


def _part(part: Part, site: str) -> str:
    match part:
        case Link():
            return f'<a href="{printed(site + part.path)}">{printed(part.text)}</a>'
        case Silence():
            return f"<em>— {printed(part.text)}</em>"
        case Words():
            return f'<q lang="{printed(part.language or "und")}">{printed(part.text)}</q>'
        case _:
            return printed(part)
