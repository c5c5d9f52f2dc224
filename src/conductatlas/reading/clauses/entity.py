"""The company that a document is of: its name as printed, and its country where the text states one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.clauses.places import places
from conductatlas.reading.text.marks import Reading

HEAD = 6_000  # characters in which a document says whose it is
AROUND = 200  # characters in which an address stands beside the name

_FORM = (
    r"(?:Inc\.?|Incorporated|LLC|L\.L\.C\.|Private Limited|Pte\.? Ltd\.?|Pvt\.? Ltd\.?|Pty\.? Ltd\.?|"
    r"Co\.,? Ltd\.?|Ltd\.?|Company Limited|Limited|GmbH|AG|SE|S\.A\.S\.?|SAS|S\.A\.|SA|AB|B\.V\.|BV|N\.V\.|"
    r"Oy|ApS|A/S|AS|PBC|P\.B\.C\.|Corp\.?|Corporation|K\.K\.|S\.r\.l\.|S\.L\.|PLC|plc|LP|L\.P\.|"
    r"Unlimited Company|Designated Activity Company)"
)
_WORD = r"(?:[A-Z0-9][\w&’'·-]*(?:\.[\w&’'·-]+)*|of|and|&|the|\([A-Z][A-Za-z ]{1,20}\))"
_FIRST = r"[a-z]?[A-Z][\w&’'·-]*(?:\.[\w&’'·-]+)*"
_NAME = re.compile(
    rf"\b(?P<name>{_FIRST}(?:(?:,? {_FORM})? and [A-Z][\w.-]*)?(?: {_WORD}){{0,6}},? {_FORM})(?![\w])"
)
_SHOUTED = re.compile(r"^[^a-z]+ (?:AS|SE|SA|AG|LP)$")  # capitals of a warning: "READ CAREFULLY AS"
_OPENING = re.compile(r"^(?:At|In|By|For|Attn|Privacy|Legal|Welcome|If) (?=[A-Z])")
_GENERIC = {"Private", "Public", "UK", "US", "The", "Company", "Holding", "Holdings"}
_INTRODUCED = re.compile(
    r"(?:between you and|between|agreement with|contract with|operated by|provided by|provided to you by|owned by|"
    r"offered by|entering into (?:an agreement|a contract) with|"
    r"controlled by|(?:describes|explains?) how|entity is|refers? to|means|“|\"|\()\s{0,3}$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"\.?\s{0,2}(?:,? (?:a|an) [^()“\"]{0,120})?\s{0,2}(?:\(|,? (?:hereinafter|hereafter|referred to))"
)
# Who is named before somebody else's name: its host, its parent, what it was called before.
_ANOTHERS = re.compile(
    r"\b(?:host(?:ing|ed|s)?|subsidiar(?:y|ies)|formerly(?: known as)?|parent company|joint controller with|such as"
    r"|suppliers?)\b"
    r"[^;\n]{0,50}$",
    re.IGNORECASE,
)
_REGIONAL = re.compile(r"\b(?:European|EEA|Switzerland|United Kingdom|EU|reside|located in|live in)\b[^.;]*$")
# A street, a town, the two letters of a state and its code, as addresses in the United States end.
_AMERICAN = re.compile(
    r"[^\n]{0,20}?\b\d{1,6} [^\n;]{3,110}?,? "
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),?"
    r" \d{5}(?:-\d{4})?\b"
)
_OFFICES = re.compile(
    r"\b(?:controlled and operated|operated|controlled)\b(?: by [^.;]{2,60})? from "
    r"[^.;,]{0,40}?\b(?:offices?|headquarters|facilities) (?:located )?(?:in|within) (?P<where>[^.;]{2,60})"
)
_SENTENCE = re.compile(r"(?:(?<=[a-z]{3})(?<!\bAve)(?<!\bBlvd)(?<!\bInc)\.\s+|^\.\s+(?!We\b|It\b))(?=[A-Z])")
_SEATED = re.compile(
    r"\b(?:address|located|headquarter\w*|registered|incorporated|domiciled|established under|organi[sz]ed"
    r"|street|avenue|road|suite|an? [\w ]{0,30}?(?:corporation|company))\b|\d{4,5}",
    re.IGNORECASE,
)
_UNIONS = {"EU", "EEA"}
OFTEN = 3  # times that a name which nothing introduces has to stand in the text


@dataclass(frozen=True, slots=True)
class Entity:
    """name: as printed at span. country: ISO 3166-1 alpha-2, "" where none is stated beside it, at country_span."""

    name: str
    span: Span
    country: str = ""
    country_span: Span | None = None


def entity_of(reading: Reading) -> Entity | None:
    """The first company of the text's beginning that is introduced as the one who speaks, rather one for everybody than
    one for a region; None where that is not clear."""
    head = reading.text[:HEAD]
    found = [span for match in _NAME.finditer(head) if (span := _own(match, head)) is not None]
    introduced = [
        span
        for span in found
        if _INTRODUCED.search(head[max(0, span.start - 40) : span.start])
        or _NAMED_AFTER.match(head, span.end)
    ]
    if introduced:
        everywhere = [
            span for span in introduced if not _REGIONAL.search(head, max(0, span.start - 120), span.start)
        ]
        span = (everywhere or introduced)[0]
    elif len({span.of(head) for span in found}) == 1 and _is_brand(found[0].of(head), reading.text):
        span = found[0]
    else:
        return None
    country, where = _country(reading.text, span.of(head))
    return Entity(span.of(head), span, country, where)


def _own(match: re.Match[str], head: str) -> Span | None:
    """Where the name stands without what only precedes it; None for capitals that are no name, and for another's."""
    name = match["name"]
    if _SHOUTED.match(name) or _ANOTHERS.search(head, max(0, match.start() - 100), match.start()):
        return None
    opening = _OPENING.match(name)
    start = match.start("name") + (opening.end() if opening else 0)
    span = Span(start, match.end("name"))
    return span if _brands(span.of(head)) else None


def _brands(name: str) -> list[str]:
    """The words that are the company's own."""
    words = re.sub(rf",? {_FORM}(?!\w)", " ", name).split()
    return [word for word in words if len(word) > 1 and word not in _GENERIC and not word.isdigit()]


def _is_brand(name: str, text: str) -> bool:
    folded = text.casefold()
    return max(folded.count(word.casefold()) for word in _brands(name)) >= OFTEN


def _country(text: str, name: str) -> tuple[str, Span | None]:
    """The country of an address or of a register that stands beside the name, wherever the name is printed; else the
    one in which the text says that its offices are."""
    start = 0
    while (at := text.find(name, start)) >= 0:
        around = _SENTENCE.split(text[at + len(name) : at + len(name) + AROUND].split("\n\n")[0])[0]
        codes = {place.code.split("-")[0] for place in places(around)}
        if len(codes) == 1 and not codes & _UNIONS and _SEATED.search(around):
            return codes.pop(), Span(at, at + len(name) + len(around))
        if american := _AMERICAN.match(around):
            return "US", Span(at, at + len(name) + american.end())
        start = at + len(name)
    if (offices := _OFFICES.search(text)) is not None:
        codes = {place.code.split("-")[0] for place in places(offices["where"])}
        if len(codes) == 1 and not codes & _UNIONS:
            return codes.pop(), Span(*offices.span())
    return "", None
