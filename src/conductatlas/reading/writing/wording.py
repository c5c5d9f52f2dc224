"""Who a sentence of a clause is about, and in which mode: what a clause says where no fact of it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.clauses.statement import sentence_spans

MOST = 24  # sentences of a clause that are looked at
LONGEST = 2000  # characters of a sentence that are looked at
_FEWEST_LETTERS = 3
CLOSE = 30  # characters behind a subject within which a disclaimer is its
SHORT = 50  # characters of a sentence that is a title where it has no verb

_MARKER = re.compile(
    r"[ \t•·*–-]*(?:(?:\d{1,2}(?:\.\d{1,2}){1,3}\.?|\([a-z0-9]{1,4}\)|\d{1,2}[.)]|[ivx]{1,4}[.)]|[a-z][.)])[ \t]+)?"
)
_TAIL = re.compile(r"(?<=\w)[;,] ?(?:and|or|and/or)?$")

_USER = (
    r"(?:you|(?:(?:the|each|any|all|every|no) )?(?:(?:authori[sz]ed|end|registered|free|paid) )?"
    r"(?:users?|customers?|subscribers?|licensees?|members?|clients?|controllers?|participants?|developers?))"
)
_WE = r"(?:we|(?:the )?(?:company|provider|processor|licensor|supplier|publisher|vendor)"
_BOTH = r"\b(?:(?:each|either|both|neither) (?:of the )?part(?:y|ies)|the parties|you and (?:we|us))\b"
_AHEAD = r"(?:^|(?<=[,;:.] )|(?<=and )|(?<=that ))"
_FEW = r"(?:,? (?!you\b|we\b|that\b|which\b|who\b|if\b|when\b|where\b)\w+){0,3}?"
_QUICK = r"(?: \w+)?"


class Mode(StrEnum):
    """What a sentence does, by its subject and its verb."""

    DISCLAIMS = "disclaims"  # no liability, no warranty
    BANS = "bans"  # the user may not
    BINDS = "binds"  # the user must, agrees, is responsible
    LETS = "lets"  # the user may, owns, has a right
    RESERVES = "reserves"  # the platform may
    DENIES = "denies"  # the platform does not
    UNDERTAKES = "undertakes"  # the platform will
    DOES = "does"  # the platform does
    PARTIES = "parties"  # both sides
    TELLS = "tells"  # anything else with a verb
    NAMES = "names"  # an item without a verb


class Wording(NamedTuple):
    """A sentence of a clause. focus: the words that show its mode, or where it begins."""

    mode: Mode
    span: Span
    focus: Span


_COURTESY = re.compile(
    r"\b(?:(?:is|are) (?:very |extremely )?important to us|we (?:greatly |deeply )?(?:value|respect|care about)|"
    r"(?:is|are|we're) committed to|please (?:read|review|note)|(?:our|'s) mission|thank you|welcome to)\b",
    re.IGNORECASE,
)


def is_courtesy(said: str) -> bool:
    """Whether a sentence says nothing that holds: a greeting, a mission, "please read this carefully"."""
    return _COURTESY.search(said.replace("’", "'")) is not None


def wordings(text: str, span: Span, platform: str, language: str) -> tuple[Wording, ...]:
    """The sentences of text[span] in order, at most MOST; those that say something only. platform: its name."""
    patterns = _patterns(_names(platform))
    found = [
        _wording(text, Span(start, min(end, start + LONGEST)), patterns)
        for start, end in _pieces(text, span, language)
        if sum(letter.isalpha() for letter in text[start : start + 20]) >= _FEWEST_LETTERS
    ]
    return tuple(found[:MOST])


def lead(text: str, span: Span) -> Span | None:
    """The line that introduces a clause, if it is an item of a list: the last line ahead that ends in a colon, and
    nothing but other items between."""
    left = max(0, span.start - 4000)
    ahead = text[left : span.start].rstrip()
    for line in reversed(list(re.finditer(r"[^\n]+", ahead))):
        said = line[0].strip()
        if said.endswith((":", "：")):
            start = line.start() + len(line[0]) - len(line[0].lstrip())
            return Span(left + start, left + start + len(said))
        if len(said) > 400 or said.endswith("."):
            return None
    return None


def _pieces(text: str, span: Span, language: str) -> Iterator[tuple[int, int]]:
    for line in re.finditer(r"[^\n]+", text[span.start : span.end]):
        start = span.start + line.start()
        start += len(_MARKER.match(line[0])[0])  # type: ignore[index]  # it matches the empty string, too
        for begin, end in sentence_spans(text, start, span.start + line.end(), language):
            tail = _TAIL.sub("", text[begin:end].rstrip())
            if tail:
                yield begin, begin + len(tail)


def _wording(text: str, span: Span, patterns: tuple[tuple[Mode, re.Pattern[str]], ...]) -> Wording:
    said = text[span.start : span.end].replace("’", "'")
    found: dict[Mode, re.Match[str]] = {}
    for mode, pattern in patterns:
        matches = (one for one in pattern.finditer(said) if not _is_aside(mode, said, one))
        if mode not in found and (match := next(matches, None)):
            found[mode] = match
    if found:
        mode = _first(found)
        return Wording(mode, span, Span(span.start + found[mode].start(), span.start + found[mode].end()))
    return Wording(Mode.NAMES if _is_item(said) else Mode.TELLS, span, Span(span.start, span.start + 1))


_ASIDE = re.compile(
    r"(?:^|\b)(?:(?:if|when|whenever|unless|where|once|until|while|what|which|before|after|how|as|whether|because|so|"
    r"extent|case|event|any time|(?P<that>that)),?|information|content|data|features|services|anything)\s$",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:agree|acknowledge|warrant|understand|confirm|ensure|accept|represent)", re.IGNORECASE
)


def _first(found: Mapping[Mode, re.Match[str]]) -> Mode:
    """The mode of what a sentence says first; of equals, in the order of the patterns. A disclaimer counts if it is not
    far behind: "we will not be liable", but "we may end it at any time … without liability" is none."""
    others = [mode for mode in found if mode is not Mode.DISCLAIMS]
    first = min(others, key=lambda mode: found[mode].start(), default=Mode.DISCLAIMS)
    if Mode.DISCLAIMS in found and found[Mode.DISCLAIMS].start() <= found[first].start() + CLOSE:
        return Mode.DISCLAIMS
    return first


def _is_aside(mode: Mode, said: str, match: re.Match[str]) -> bool:
    """Whether a mode is only that of a condition or of a relative clause: "if you agree", "content that you may
    upload"."""
    if mode in (Mode.DISCLAIMS, Mode.PARTIES) or match.start() == 0:
        return False
    ahead = said[max(0, match.start() - 60) : match.start()]
    aside = _ASIDE.search(ahead)
    return aside is not None and not (aside["that"] and _SAID.search(ahead))


_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|may|will|shall|must|can|could|would|do|does|did|means?|includes?|"
    r"governs?|describes?|explains?|contains?|constitutes?|becomes?|takes?|makes?|gives?|allows?|helps?|enables?)\b",
    re.IGNORECASE,
)


def _is_item(said: str) -> bool:
    """Whether some words have no verb: an item of a list, or a title that runs in."""
    return _VERB.search(said) is None and (len(said) < SHORT or not said.endswith("."))


def _names(platform: str) -> tuple[str, ...]:
    """What a text may call its publisher: its name, and the first word of it."""
    first = platform.split()[0] if platform.split() else ""
    return tuple(name for name in dict.fromkeys((platform, first)) if len(name) > 3)


@lru_cache(256)
def _patterns(names: tuple[str, ...]) -> tuple[tuple[Mode, re.Pattern[str]], ...]:
    """In the order in which they count."""
    we = _WE + "".join(f"|{re.escape(name)}" for name in names) + ")"
    forms = (
        (
            Mode.DISCLAIMS,
            r"\b(?:not|nor|neither|never|no)\b.{0,60}?\b(?:liable|liability|responsible for|warrant(?:y|ies|s)?|"
            r"guarantees?|representations?)\b|\bdisclaims?\b|\bas[- ]is\b|"
            r"\bwithout (?:any )?(?:warrant|guarantee|liabilit)",
        ),
        (Mode.PARTIES, rf"{_BOTH}|{_AHEAD}(?:{we} (?:and|or) {_USER}|{_USER} (?:and|or) {we})\b"),
        (
            Mode.BANS,
            rf"\b{_USER}{_FEW} (?:may not|must not|shall not|will not|cannot|can't|agrees? not to|"
            r"(?:is|are) (?:not (?:permitted|allowed|authori[sz]ed)|prohibited|forbidden))\b|"
            rf"\b{_USER} (?:hereby )?(?:agrees?|undertakes?|acknowledges?|understands?)(?: and \w+)? that "
            r"(?:you|it|they) (?:will|may|shall|must|can) ?not\b|^(?:do not|don't|never)\b|"
            r"\b(?:is|are) (?:strictly |expressly )?(?:prohibited|forbidden|not (?:permitted|allowed))\b",
        ),
        (
            Mode.BINDS,
            rf"\b{_USER}{_FEW} (?:must|shall|will|(?:hereby )?(?:agrees?|acknowledges?|represents?|warrants?|"
            r"undertakes?|grants?|assigns?|waives?|releases?|consents? to)|(?:is|are) (?:solely |fully )?"
            r"(?:responsible|liable|required|obliged)|need to|have to|has to)\b",
        ),
        (
            Mode.LETS,
            rf"\b{_USER}{_QUICK} (?:may|can|could|(?:have|has|retains?) (?:the |a |all )?(?:rights?|option)|"
            r"(?:is|are) (?:entitled|free) to|owns?|retains?|keeps?)\b",
        ),
        (
            Mode.RESERVES,
            rf"\b{we}{_FEW} (?:may|might|can|reserves? (?:the |all )?rights?|(?:have|has) the right|"
            r"(?:is|are) entitled)\b",
        ),
        (
            Mode.DENIES,
            rf"\b{we}{_FEW} (?:do not|does not|don't|doesn't|will not|won't|shall not|never|(?:is|are) not|cannot|"
            r"has no|have no)\b",
        ),
        (
            Mode.DOES,
            rf"{_AHEAD}{we} (?:will|shall) (?:also |only |then )?(?:share|collect|use|process|disclose|transfer|"
            r"charge|bill|store|retain|keep|send|terminate|suspend|ask|require|receive|access|combine|treat|consider)\b",
        ),
        (Mode.UNDERTAKES, rf"\b{we}{_FEW} (?:will|shall|must|agrees?|undertakes?|commits?|guarantees?)\b"),
        (
            Mode.DOES,
            rf"{_AHEAD}{we}(?: (?:also|only|generally|currently|and \w+|,? \w+ly))? "
            r"(?!and\b|or\b|of\b|in\b|to\b|from\b|for\b|is\b|are\b|has\b|have\b|refer|mean|call|include|re\b)(?-i:[a-z]+)\b",
        ),
    )
    return tuple((mode, re.compile(form, re.IGNORECASE)) for mode, form in forms)
