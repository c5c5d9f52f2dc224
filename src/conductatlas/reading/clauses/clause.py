"""A clause: the smallest piece of a document that says one thing, at its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conductatlas.reading.text.sections import Section


class ClauseKind(StrEnum):
    HEADING = "heading"  # the title of a section; says nothing by itself
    PARAGRAPH = "paragraph"
    ITEM = "item"  # of a list
    ROW = "row"  # of a table
    DEFINITION = "definition"  # a term and what it means
    PART = "part"  # some sentences of a paragraph that says several things
    REFERENCE = "reference"  # the label of a link to another document, and nothing else


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, text[start:end] of its reading; clauses are in the text's order and never overlap.

    number: as printed before it ("16.2", "a", "iv"), "" if none. section: the innermost one it stands in.
    parent: place of the clause that introduces it (of an item what its list is introduced by, of an item of an inner
    list the outer item), None if nothing does. target: of a reference the address it leads to, else "".
    """

    place: int
    start: int
    end: int
    kind: ClauseKind
    number: str
    section: Section
    parent: int | None = None
    target: str = ""
