"""The terms that a document defines, where it does, and which clauses use them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.text.marks import Reading

LONGEST = 400  # characters at the start of a line in which the term that it defines is looked for
MOST = 400  # terms of a document that are looked for in its clauses
LONGEST_CLAUSE = 20_000  # characters of a clause beyond which no term is looked for

_QUOTED = r"[\"“”„«‘「]([^\"“”„«»‘’「」\n]{1,60})[\"”“»’」]"
_MEANS = (
    r"(?:(?:shall|will|collectively|each|also|together)\s+)?"
    r"(?:means?|refers?\s+(?:collectively\s+)?to|ha(?:s|ve)\s+the\s+(?:same\s+)?meanings?|includes?|represents?|"
    r"(?:is|are|shall\s+be|will\s+be)\s+(?:defined|understood|used|any|all|an?|the)|bedeute[tn]|bezeichnet|meint|"
    r"sind|ist|désigne(?:nt)?|signifie|significa|indica|是指|指|意味)"
)
_BEGINS = re.compile(
    rf"(?:(?:an?|the|any|der|die|das|ein|eine|le|la|les)\s+|in\s+(?:this|these)\s+[\w ]{{1,40}},\s+)?"
    rf"{_QUOTED}"
    rf"(?:\s*,?\s*(?:(?:and|or|und|oder|et)\s+)?\s*(?:the\s+)?{_QUOTED}){{0,4}}"
    rf"[^\w\n]{{0,3}}\s*(?:\([^()\n]{{1,80}}\)\s*)?(?:{_MEANS}\b|[:：–—]|(?:是指|指|意味))",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\((?:[^()\"“”„\n]{0,60}?)[\"“„]([^\"“”„\n]{2,60})[\"”“](?:[^()\n]{0,60})\)")
_QUOTE = re.compile(_QUOTED)
_SHORT = 40  # characters of a <dt>, or of the words before a dash, that may be a term


@dataclass(frozen=True, slots=True)
class Definition:
    """A term as written, the words that say what it means, and the places of the clauses that use it.

    place: of the clause that defines it.
    """

    term: str
    span: Span
    place: int
    used_in: tuple[int, ...]


def is_definition(line: str) -> bool:
    """Whether a line begins with a term in quotes and says what it means."""
    start = line[:LONGEST]
    return start[:60].count('"') + sum(start[:60].count(mark) for mark in "“”„«「‘") > 0 and bool(
        _BEGINS.match(start)
    )


def definitions(reading: Reading, clauses: Sequence[Clause]) -> tuple[Definition, ...]:
    """All of them in the text's order; a term that is defined twice is listed twice.

    A term is found in a clause as it is written, in its capitals and number, or in the plural with "s".
    """
    found = [item for clause in clauses for item in _of(reading.text, clause)]
    if not found:
        return ()
    users = _users(reading.text, clauses, {term for term, _, _ in found})
    return tuple(
        Definition(term, span, place, tuple(user for user in users.get(term, ()) if user != place))
        for term, span, place in found
    )


def _of(text: str, clause: Clause) -> list[tuple[str, Span, int]]:
    """The terms that a clause defines, each with the words that say so."""
    if clause.kind in (ClauseKind.HEADING, ClauseKind.REFERENCE):
        return []
    words = text[clause.start : min(clause.end, clause.start + LONGEST_CLAUSE)]
    whole = Span(clause.start, clause.end)
    begins = _BEGINS.match(words[:LONGEST])
    terms = [match[1] for match in _QUOTE.finditer(words[: begins.end()])] if begins else []
    found = [(term.strip(" ,."), whole, clause.place) for term in terms]
    if not any(mark in words for mark in '"“„'):
        return found
    for match in _IN_BRACKETS.finditer(words):
        if match[1][:1].isupper() and match[1].strip(" ,.") not in terms:
            found.append((match[1].strip(" ,."), whole, clause.place))
    return [item for item in found if item[0]]


def _users(text: str, clauses: Sequence[Clause], terms: set[str]) -> dict[str, list[int]]:
    """Places of the clauses in which each term occurs."""
    known = sorted(terms, key=len, reverse=True)[:MOST]
    is_spaced = all(term.isascii() for term in known)
    edge = (r"(?<!\w)", r"(?:s|es)?(?!\w)") if is_spaced else ("", "")
    used = re.compile(rf"{edge[0]}({'|'.join(map(re.escape, known))}){edge[1]}")
    found: dict[str, list[int]] = {}
    for clause in clauses:
        if clause.kind is ClauseKind.HEADING or clause.end - clause.start > LONGEST_CLAUSE:
            continue
        for term in {match[1] for match in used.finditer(text, clause.start, clause.end)}:
            found.setdefault(term, []).append(clause.place)
    return found
