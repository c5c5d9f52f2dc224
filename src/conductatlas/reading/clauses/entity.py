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
    r"(?:Inc\.?|Incorporated|LLC|L\.L\.C\.|Ltd\.?|Limited|GmbH|AG|SE|S\.A\.S\.?|SAS|S\.A\.|SA|AB|B\.V\.|BV|N\.V\.|Oy|ApS|A/S|"
    r"AS|PBC|P\.B\.C\.|Corp\.?|Corporation|Co\.,? Ltd\.?|Company Limited|Pty\.? Ltd\.?|Pte\.? Ltd\.?|Pvt\.? Ltd\.?|"
    r"K\.K\.|S\.r\.l\.|S\.L\.|PLC|plc|LP|L\.P\.|Unlimited Company|Designated Activity Company)"
)
_NAME = re.compile(
    rf"\b(?P<name>[A-Z][\w&’'.·-]*(?:,? (?:[A-Z0-9][\w&’'.·-]*|of|and|&|the)){{0,6}},? {_FORM})(?![\w])"
)
_INTRODUCED = re.compile(
    r"(?:between you and|agreement with|contract with|operated by|provided by|owned by|offered by|"
    r"entering into (?:an agreement|a contract) with|"
    r"entity is|refers? to|means|“|\"|\()\s{0,3}$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"\s{0,2}(?:,? (?:a|an) [^()“\"]{0,120})?\s{0,2}(?:\(|,? (?:hereinafter|hereafter|referred to))"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """name: as printed at span. country: ISO 3166-1 alpha-2, "" where none is stated beside it, at country_span."""

    name: str
    span: Span
    country: str = ""
    country_span: Span | None = None


def entity_of(reading: Reading) -> Entity | None:
    """The first company of the text's beginning that is introduced as the one who speaks; None where that is not
    clear."""
    head = reading.text[:HEAD]
    found = list(_NAME.finditer(head))
    if not found:
        return None
    introduced = [
        match
        for match in found
        if _INTRODUCED.search(head[max(0, match.start() - 40) : match.start()])
        or _NAMED_AFTER.match(head, match.end())
    ]
    names = {match["name"] for match in found}
    chosen = introduced[0] if introduced else found[0] if len(names) == 1 else None
    if chosen is None:
        return None
    span = Span(chosen.start("name"), chosen.end("name"))
    country, where = _country(reading.text, chosen["name"])
    return Entity(chosen["name"], span, country, where)


def _country(text: str, name: str) -> tuple[str, Span | None]:
    """The country of an address or of a register that stands beside the name, wherever the name is printed."""
    start = 0
    while (at := text.find(name, start)) >= 0:
        around = text[at + len(name) : at + len(name) + AROUND].split("\n\n")[0]
        codes = {place.code.split("-")[0] for place in places(around)}
        if len(codes) == 1 and re.search(
            r"\b(?:address|located|registered|incorporated|corporation|company|office|street|avenue|road|suite)\b|\d{4,5}",
            around,
            re.IGNORECASE,
        ):
            return codes.pop(), Span(at, at + len(name) + len(around))
        start = at + len(name)
    return "", None
