"""What tells one text of a document from another: its words in normal form, and where its rules lead (N1, S13)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.linking import place_of
from conductatlas.reading.compare.marking import LinkedLines
from conductatlas.reading.compare.normal import clauses, normal, normal_digest
from conductatlas.reading.text.marks import MarkKind, Reading

_RELINKED = "S13"


def form_digest(reading: Reading) -> str:
    """SHA-256, in hexadecimal, of the normal form of a text and of the places that the links of its rules lead to;
    that of the normal form alone where its rules have none."""
    digest = normal_digest(reading.text)
    references = "\n".join(_references(reading))
    return hashlib.sha256(f"{digest}\n{references}".encode()).hexdigest() if references else digest


def links_digest(reading: Reading) -> str:
    """SHA-256, in hexadecimal, of all links as they stand: a quick look whether any differs."""
    links = "\n".join(f"{mark.start} {mark.value}" for mark in reading.marks if mark.kind is MarkKind.LINK)
    return hashlib.sha256(links.encode("utf-8", "surrogatepass")).hexdigest()


def leads_elsewhere(old: Reading, new: Reading) -> bool:
    """Whether two readings with the same words differ in where a link of a rule leads (S13)."""
    return any(_RELINKED in hunk.rules for hunk in compare(old, new).hunks)


def leads_to(reading: Reading, target: str) -> bool:
    """Whether a link of a text leads to the same place as `target`."""
    place = place_of(target)
    return any(mark.kind is MarkKind.LINK and place_of(mark.value) == place for mark in reading.marks)


def _references(reading: Reading) -> Iterator[str]:
    """The words of each link of a rule, and the place that it leads to, in their order."""
    lines = LinkedLines(reading, clauses(reading.text)[0])
    for line, links in lines.links.items():
        if lines.is_rule(line, line + 1):
            for link in links:
                yield f"{normal(reading.text[link.start : link.end]).casefold()}\t{place_of(link.value)}"
