"""The defined terms that a clause uses, found by the term: fast enough for a page, and for one clause at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.clauses.statement import sentence_spans
from conductatlas.reading.writing.subject import Defined

MOST = 4  # terms of a clause
LONGEST_CLAUSE = 6000  # characters of a clause that are looked through
_TERM = re.compile(r"(?<![.!?:;“\"] )(?<!^)(?<!\n)\b[A-Z][\w’-]+(?: (?:and |of )?[A-Z][\w’-]+){0,3}")
_OPENING, _CLOSING = '“"', '”"'
# Terms of nearly every text, of which a definition tells nothing.
COMMON = frozenset(
    {
        "service",
        "services",
        "site",
        "website",
        "agreement",
        "terms",
        "policy",
        "privacy policy",
        "we",
        "us",
        "our",
        "you",
    }
    | {
        "your",
        "user",
        "users",
        "customer",
        "company",
        "party",
        "parties",
        "platform",
        "terms of service",
        "terms of use",
    }
)


def used_in(text: str, span: Span) -> tuple[Defined, ...]:
    """Terms in capitals that stand in a clause and are defined elsewhere in its text: in quotation marks, as the first
    words of a sentence or in brackets; each with the sentence that defines it."""
    found: list[Defined] = []
    for term in _terms(text, span):
        at = _definition(text, term, span)
        if at >= 0:
            found.append(Defined(term, _sentence(text, at)))
            if len(found) == MOST:
                break
    return tuple(found)


def _terms(text: str, span: Span) -> Iterator[str]:
    words = text[span.start : min(span.end, span.start + LONGEST_CLAUSE)]
    terms = dict.fromkeys(match[0] for match in _TERM.finditer(words))
    return (term for term in terms if term.casefold() not in COMMON and len(term) > 2)


def _definition(text: str, term: str, span: Span) -> int:
    """Where a term stands in quotation marks as one that is defined; -1 if it does not, or only in the clause."""
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        words = f"{opening}{term}{closing}"
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            is_bracketed = "(" in text[max(0, at - 30) : at] and ")" in text[end : end + 40]
            begins = at == 0 or text[at - 1] in "\n(" or text[max(0, at - 2) : at] == ". "
            is_inside = span.start <= at < span.end
            if not is_inside and (
                is_bracketed
                or (
                    begins
                    and re.match(r"[^\w\n]{0,3}\s*(?:means?|refers?|is|are|shall)\b", text[end : end + 24])
                )
            ):
                return at
            at = text.find(words, end)
    return -1


def _sentence(text: str, at: int) -> Span:
    """The sentence around a place, within its line."""
    left = text.rfind("\n", 0, at) + 1
    right = text.find("\n", at)
    right = len(text) if right < 0 else right
    around = (Span(*pair) for pair in sentence_spans(text, left, right, "en"))
    return next((span for span in around if span.end > at), Span(left, right))
