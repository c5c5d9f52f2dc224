"""A report as Markdown (CommonMark with tables as GitHub has them)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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

_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(report: Report, site: str) -> str:
    """The whole report. site: address that goes before the paths of links, without a slash at its end; "" for none."""
    blocks = [f"# {_escaped(report.title)}", _escaped(report.lead)]
    for block in compose(report):
        blocks += _block(block, site)
    return "\n\n".join(blocks) + "\n"


def _block(block: Block, site: str) -> Iterable[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            yield _parts(block.parts, site)
        case Items():
            yield "\n".join(f"- {_parts(row, site)}" for row in block.rows)
        case Table():
            lines = [
                _row([_escaped(f"{head} ({note})" if note else head) for head, note in block.headed]),
                _row(["---"] * len(block.heads)),
            ]
            lines += [_row([_parts(cell, site) for cell in row]) for row in block.rows]
            yield "\n".join(lines)
        case Quotation():
            yield f"> {_part(block.words, site)}\n>\n> {_parts(block.source, site)}"
        case Chart():
            return  # the table after it says the same


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _parts(parts: Iterable[Part], site: str) -> str:
    return "".join(_part(part, site) for part in parts)


def _part(part: Part, site: str) -> str:
    match part:
        case Link():
            return f"[{_escaped(part.text)}]({site}{part.path})"
        case Silence():
            return f"*{_escaped(part.text)}*"
        case Words():
            return f"“{_escaped(part.text)}”"
        case _:
            return _escaped(part)


def _escaped(text: str) -> str:
    """Text in which no sign is markup: a platform's words are not to be read as that."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split(" "))).replace("\n", " ")
