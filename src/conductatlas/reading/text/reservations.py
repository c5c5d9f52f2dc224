"""What a page states about robots, mining and archiving: recorded for the operator, never acted upon.

Three places: directives for robots in headers and meta elements (robots meta tag and X-Robots-Tag as search engines
document them; `tdm-reservation`: W3C TDM Reservation Protocol, Final Community Group Report), and stated bans in the
text itself (reservations.toml). The rules for texts would rather miss a ban than find one where none is.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar

from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.sentences import sentences

LOOKED_AT = 262_144  # bytes of a page in which its meta elements are looked for
LEAD = 200  # characters of the line that leads a list
LEADS = 60  # lines above an item in which the line that leads its list is looked for
CUT = " […] "

_META = re.compile(rb"<meta\s[^>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,5})[.)]? ", re.IGNORECASE)
_SPACE = re.compile(r"\[[^\]]*\]| \??")
_WITH_VALUE = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
_ALL_ROBOTS = ("robots", "conductatlas")


@dataclass(frozen=True, slots=True)
class Reserved:
    """One thing that a page states.

    place: header, meta or text. kind: no_automated_access, no_archive, no_index, no_mining. evidence: the directive, or
    the words of the text, each run of them letter by letter, with ` […] ` between the line that leads a list and the
    item; at most LONGEST characters. spans: (start, end) in the reading of each run; none for header and meta.
    """

    LONGEST: ClassVar[int] = 600

    place: str
    kind: str
    evidence: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one language, compiled. before_act: the character before an act of any kind, in a text in lower case
    with one character before it."""

    forbids: re.Pattern[str]
    own: re.Pattern[str]
    spared: re.Pattern[str]
    acts: tuple[tuple[str, re.Pattern[str]], ...]
    before_act: re.Pattern[str]


def announced(headers: Iterable[tuple[str, str]], body: bytes) -> tuple[Reserved, ...]:
    """What an answer's headers and its page's meta elements reserve, addressed to all robots or to this one."""
    found: list[Reserved] = []
    for name, value in headers:
        low = name.lower()
        if low == "x-robots-tag":
            found += _directives("header", _addressed(value))
        elif low == "tdm-reservation" and value.strip() == "1":
            found.append(Reserved("header", "no_mining", "tdm-reservation: 1"))
    for element in _META.findall(body[:LOOKED_AT]):
        attributes = _attributes(element.decode("latin-1"))
        name, value = attributes.get("name", "").lower(), attributes.get("content", "")
        if name in _ALL_ROBOTS:
            found += _directives("meta", value)
        elif name == "tdm-reservation" and value.strip() == "1":
            found.append(Reserved("meta", "no_mining", "tdm-reservation: 1"))
    return tuple(dict.fromkeys(found))


def stated(reading: Reading) -> tuple[Reserved, ...]:
    """Bans of robots, mining and archiving that the text itself states, in its order; each sentence once a kind.

    Languages without rules, and texts whose language is not known and reads as none of ours, give nothing.
    """
    rules = _rules().get((reading.language or "en").partition("-")[0].lower())
    if rules is None:
        return ()
    found: dict[tuple[str, tuple[int, int]], Reserved] = {}
    # Most texts have no such word, so one look for all kinds says it. İ is the one letter that grows in lower case.
    lower = reading.text.replace("İ", "I").lower()
    places = [before.start() for before in rules.before_act.finditer(f"\n{lower}")]
    for kind, acts in rules.acts:
        for at in places:
            if acts.match(reading.text, at):
                sentence = _sentence(reading, at)
                if (kind, sentence) not in found:
                    one = _ban(reading, rules, kind, sentence, at)
                    if one is not None:
                        found[kind, sentence] = one
    return tuple(sorted(found.values(), key=lambda one: (one.spans[-1], one.kind)))


def languages() -> frozenset[str]:
    """The languages in which bans are found, as BCP 47 primary tags."""
    return frozenset(_rules())


def _sentence(reading: Reading, at: int) -> tuple[int, int]:
    """The sentence that the character at `at` is in."""
    start, end = _line(reading.text, at)
    spans = ((start + a, start + b) for a, b in sentences(reading.text[start:end], reading.language))
    return next((span for span in spans if span[0] <= at < span[1]), (start, end))


def _ban(reading: Reading, rules: Rules, kind: str, sentence: tuple[int, int], at: int) -> Reserved | None:
    """The sentence as a ban, if it is one: by itself, or as an item of a list of what is forbidden.

    Either way it has to say itself what of the platform's own it is about.
    """
    said = reading.text[slice(*sentence)]
    if rules.spared.search(said) or not rules.own.search(said):
        return None
    if rules.forbids.search(said):
        return _quoted(kind, reading.text, (sentence,), at)
    lead = _lead(reading, rules, _line(reading.text, at)[0])
    return _quoted(kind, reading.text, (lead, sentence), at) if lead else None


def _lead(reading: Reading, rules: Rules, line_start: int) -> tuple[int, int] | None:
    """The line that leads the list which an item at `line_start` is of, if it forbids: the nearest above that ends with
    a colon, with nothing but items between."""
    items = {mark.start for mark in reading.marks if mark.kind == MarkKind.ITEM}
    start = line_start
    for _ in range(LEADS):
        if start <= 0 or not (start in items or _NUMBERED.match(reading.text, start)):
            return None
        end = start - 1
        start = _line(reading.text, end - 1)[0]
        if reading.text.endswith(":", start, end):
            return (start, end) if rules.forbids.search(reading.text, start, end) else None
    return None


def _quoted(kind: str, text: str, spans: tuple[tuple[int, int], ...], at: int) -> Reserved:
    """The words of `spans`: the end of a line that leads, and what has room around `at` of the sentence. What is cut is
    cut between words, and marked."""
    *leads, sentence = spans
    kept = [_cut(text, lead, lead[1], LEAD) for lead in leads]
    kept.append(_cut(text, sentence, at, Reserved.LONGEST - 3 * len(CUT) - sum(b - a for a, b in kept)))
    words = CUT.join(text[a:b] for a, b in kept)
    before = CUT.lstrip() if kept[0][0] > spans[0][0] else ""
    after = CUT.rstrip() if kept[-1][1] < sentence[1] else ""
    return Reserved("text", kind, f"{before}{words}{after}", tuple(kept))


def _cut(text: str, span: tuple[int, int], at: int, room: int) -> tuple[int, int]:
    """As much of a span as has room, `at` about in the middle of it."""
    start, end = span
    if end - start <= room:
        return span
    first = max(start, min(at - room // 2, end - room))
    last = first + room
    if first > start:
        first = text.find(" ", first, last) + 1 or first
    if last < end:
        last = max(text.rfind(" ", first, last), at)
    return first, last


def _line(text: str, at: int) -> tuple[int, int]:
    start = max(text.rfind("\n", 0, at), text.rfind("\t", 0, at)) + 1
    ends = [end for end in (text.find("\n", at), text.find("\t", at)) if end >= 0]
    return start, min(ends, default=len(text))


def _directives(place: str, value: str) -> Iterator[Reserved]:
    kinds = _data()["directives"]
    for part in value.split(","):
        directive = part.strip().lower()
        if directive in kinds:
            yield Reserved(place, kinds[directive], directive)


def _addressed(value: str) -> str:
    """The directives of an X-Robots-Tag if they are for all robots or for this one, else nothing."""
    agent, colon, rest = value.partition(":")
    if not colon or "," in agent or agent.strip().lower() in _WITH_VALUE:
        return value
    return rest if agent.strip().lower() in _ALL_ROBOTS else ""


def _attributes(element: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(element)
    return {name.lower(): html.unescape(double or single or bare) for name, double, single, bare in found}


@cache
def _data() -> dict[str, dict[str, str]]:
    source = resources.files("conductatlas.reading.text").joinpath("reservations.toml")
    data: dict[str, dict[str, str]] = tomllib.loads(source.read_text("utf-8"))
    return data


@cache
def _rules() -> dict[str, Rules]:
    return {
        language: Rules(
            forbids=_any(rules["forbids"]),
            own=_any(rules["own"]),
            spared=_any(rules["spared"]),
            acts=tuple((group["kind"], _any(group["acts"])) for group in rules["kinds"]),  # type: ignore[index]
            before_act=_before_any(act for group in rules["kinds"] for act in group["acts"]),  # type: ignore[index]
        )
        for language, rules in _data().items()
        if language != "directives"
    }


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern of several, at the start of a word; a space stands for white space within a line."""
    return re.compile(rf"(?<!\w){_either(patterns)}", re.IGNORECASE)


def _before_any(patterns: Iterable[str]) -> re.Pattern[str]:
    """The character before any of several, in lower case: the engine finds it far faster than what it stands before."""
    return re.compile(rf"\W(?={_either(patterns)})")


def _either(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(_SPACE.sub(_white, one) for one in patterns)})"


def _white(found: re.Match[str]) -> str:
    if found[0].startswith("["):  # a set of characters stays as it is
        return found[0]
    return r"[^\S\n\t]*" if found[0] == " ?" else r"[^\S\n\t]+"
