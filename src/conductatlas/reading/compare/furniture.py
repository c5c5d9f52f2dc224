"""What stands on a page beside its text (N8): buttons, menus, counters, icons, switchers, quotations, bare labels."""

from __future__ import annotations

import re
from functools import cache

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.normal import count_words, normal, prefixes
from conductatlas.reading.compare.printed import DayMonthOrder, printed_dates
from conductatlas.reading.compare.side import is_definition
from conductatlas.reading.compare.topics import is_typed

_LONGEST_LINE = 80  # characters of a line that is looked up
_LONGEST_SWITCHER = 1_000
_LONGEST_LABEL = 8  # words
_LONGEST_COPYRIGHT = 120  # characters
_LONGEST_QUOTATION = 600  # characters
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_NOT_WORDS = re.compile(r"[^\w\s]+")
_NUMBER = re.compile(r"\d[\d.,]*[km]?\b", re.IGNORECASE)
_REGION = re.compile(r"\s*(?:\(.{1,30}\)|[-–/].{1,30})$")
_SWITCH = re.compile(r"[|/·•,\t]")
_QUOTATION = re.compile(r"""["“„«].{20,}["”“»]\s*(?P<who>[-–—~]\s*\w[^"“”]{1,80}|\t.{1,80})?""", re.DOTALL)
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b")
_ICONS = re.compile(r"(?:fa|icon|mdi|svg|custom-svg)-[\w-]+(?: [\w-]+)*")
_COPYRIGHT = re.compile(r"(?:copyright\s*)?(?:©|\(c\))\s|copyright\s+\d{4}", re.IGNORECASE)
# Where the edition for another country is: "If you're based in Italy, click here."
_POINTER = re.compile(
    r"if you(?:['’]re| are) (?:based|located|resident) in [\w ]{2,40}, (?:please )?click here\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?:;,。！？：；]\s*$")


def is_furniture(line: str, language: str, order: DayMonthOrder | None, *, is_item: bool = False) -> bool:
    """Whether a line is a button, a menu, a counter, a language switcher, the date of today or a testimonial.

    A single word is no button in a list: "Feedback" may be what is collected.
    """
    if len(line) > _LONGEST_LINE:
        return _is_switcher(line) or _is_testimonial(line, language) or _is_filler(line)
    words = _plain(line)
    if not words:
        return False
    if _is_counter(words) or _is_today(line, order):
        return True
    if _ICONS.fullmatch(line.strip()):
        return True
    if words in _known("lines") and not (is_item and " " not in words):
        return True
    return _is_switcher(line) or _is_testimonial(line, language)


def is_copyright(line: str) -> bool:
    """Whether a line says whose the page is, and nothing else."""
    return len(line) <= _LONGEST_COPYRIGHT and _COPYRIGHT.match(line.strip()) is not None


def is_closing(line: str) -> bool:
    """Whether a line is a heading behind which a page goes on with other pages."""
    return len(line) <= _LONGEST_LINE and _plain(line) in _known("closing")


def is_pointer(line: str) -> bool:
    """Whether a line leads to the edition for another country, and says nothing else."""
    return len(line) <= _LONGEST_COPYRIGHT and _POINTER.match(line.strip()) is not None


def is_label(line: str, language: str) -> bool:
    """Whether a line is a few words without a finite verb, as headings and menus are, and about no topic."""
    body = line[prefixes(line)[1] :].strip()
    if not body or body[0].islower() or "\t" in body or _SENTENCE.search(body) or _UNSPACED.search(body):
        return False
    language = language.casefold().split("-")[0] or FALLBACK_LANGUAGE
    verbs = table("furniture")["verbs"].get(language)
    if verbs is None or count_words(body) > _LONGEST_LABEL or any(sign.isdigit() for sign in body):
        return False
    return _verbs(language).isdisjoint(normal(body).casefold().split()) and not is_typed(body, language)


def _is_counter(words: str) -> bool:
    rest = " ".join(_NUMBER.sub(" ", words).split())
    return rest != words and rest in _known("counted")


def _is_today(line: str, order: DayMonthOrder | None) -> bool:
    """A date with the day of the week, the time or the word "today", and nothing else."""
    dates = printed_dates(line, order)
    if len(dates) != 1:
        return False
    rest = line[: dates[0].start] + " " + line[dates[0].end :]
    clock = _CLOCK.sub(" ", rest)
    words = _plain(clock)
    return words in _known("today") or (not words and clock != rest)


def _is_filler(line: str) -> bool:
    """One word over and over, by which a page measures its fonts."""
    words = line.split()
    return len(words) > _LONGEST_LABEL and len(set(words)) == 1


def _is_switcher(line: str) -> bool:
    if len(line) > _LONGEST_SWITCHER:
        return False
    names = [name for part in _SWITCH.split(line) if (name := part.strip())]
    return bool(names) and all(
        len(name) <= _LONGEST_LINE
        and (_plain(_REGION.sub("", name)) in _known("languages") or _plain(name) in _known("languages"))
        for name in names
    )


def _is_testimonial(line: str, language: str) -> bool:
    """Words in quotes and who said them, about nothing that binds."""
    match = _QUOTATION.fullmatch(line.strip()) if len(line) <= _LONGEST_QUOTATION else None
    return bool(match and match["who"]) and not is_definition(line) and not is_typed(line, language)


def _plain(line: str) -> str:
    """The words of a line in lower case, without punctuation."""
    return " ".join(_NOT_WORDS.sub(" ", normal(line[prefixes(line)[0] :]).casefold()).split())


@cache
def _known(kind: str) -> frozenset[str]:
    return frozenset(" ".join(_NOT_WORDS.sub(" ", entry).split()) for entry in table("furniture")[kind])


@cache
def _verbs(language: str) -> frozenset[str]:
    return frozenset(table("furniture")["verbs"][language])
