"""The documents that a text names: a title, where it leads, and where it is named. Never a provision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.compare.linking import place_of
from conductatlas.reading.text.kinds import guess_kind
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.signs import names_a_document

LONGEST = 120  # characters of a title
MOST = 500  # of one text
_ELSEWHERE = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that is named. title: the words of the link. target: the address it leads to. span: where it is named
    first. kind: what the title or address suggests ("privacy"), "" if nothing does. is_label: it stands as the label
    of a link alone, as on a page that lists documents.
    """

    title: str
    target: str
    span: Span
    kind: str
    is_label: bool


def references(reading: Reading, clauses: Sequence[Clause]) -> tuple[Reference, ...]:
    """The documents in the text's order, each place that is led to once, by the words that name it first.

    A link is one if its words or, of a label, its address name a legal document; what leads to a site's other pages
    is none.
    """
    labels = {clause.start: clause for clause in clauses if clause.kind is ClauseKind.REFERENCE}
    found: dict[str, Reference] = {}
    for title, target, span in _links(reading):
        is_label = any(start in labels for start in (span.start,))
        kind = _kind(title, target, is_label)
        if kind:
            found.setdefault(place_of(target), Reference(title, target, span, kind, is_label))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _links(reading: Reading) -> Iterator[tuple[str, str, Span]]:
    for mark in reading.marks:
        if mark.kind is not MarkKind.LINK or not mark.value.startswith(_ELSEWHERE):
            continue
        title = reading.text[mark.start : mark.end]
        if title.strip() and len(title) <= LONGEST and "\n" not in title:
            yield title.strip(), mark.value, Span(mark.start, mark.end)


def _kind(title: str, target: str, is_label: bool) -> str:
    if names_a_document(title):
        return guess_kind(title)
    # "here" and "this page" say nothing: then the address does, if it is one of a document.
    return guess_kind("", target) if is_label or len(title.split()) <= 3 else ""
