"""The words of legal weight in a passage: what the rules S1 to S11 and S14 of the rule book look for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conductatlas.reading.compare.announcing import notices
from conductatlas.reading.compare.lexicon import Lexicon, Signal
from conductatlas.reading.compare.naming import entity_names
from conductatlas.reading.compare.normal import Passage, prefixes
from conductatlas.reading.compare.printed import PrintedDate, outside, printed_dates
from conductatlas.reading.compare.side import Side

_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?!\d)")


# The number of an entry in a register, with the letters of its country or class: a patent, a standard.
_REGISTERED = re.compile(r"[a-z]{1,3}-?\d{5,}[a-z]?\d?")


def signals(side: Side, passage: Passage) -> list[Signal]:
    """The dates (S2), the numbers (S1), the phrases, the legal entities (S6) and the notices (S14) of a passage, each
    kind in order."""
    dates = printed_dates(passage.text, side.order)
    words = _words(passage, dates, side.lexicon)
    return [
        *(Signal("S2", str(date.value or passage.text[date.start : date.end])) for date in dates),
        *_numbers(words, side.lexicon),
        *_phrases(words, side.lexicon),
        *(Signal("S6", name) for name in entity_names(passage.text)),
        *(Signal("S14", value) for value in notices(passage.text, side.language, side.order)),
    ]


def differing_rules(old: Sequence[Signal], new: Sequence[Signal]) -> set[str]:
    """The rules whose words are not the same on both sides, or not in the same order."""
    if old == new:
        return set()
    return {
        rule
        for rule in {signal.rule for signal in (*old, *new)}
        if [s.value for s in old if s.rule == rule] != [s.value for s in new if s.rule == rule]
    }


def number_value(word: str, known: Lexicon) -> str | None:
    """The value of a case-folded number in figures or words, as text; None for another word."""
    if word[0].isdigit():
        whole = _GROUPED.match(word)
        if whole and known.group_separator in whole[0]:
            word = whole[0].replace(known.group_separator, "") + word[whole.end() :]
        return "".join(word.split())
    value = known.numbers.get(word)
    return None if value is None else str(value)


def _words(passage: Passage, dates: Sequence[PrintedDate], known: Lexicon) -> list[str]:
    """The words behind the printed number of the passage, without those of its dates; contractions as words."""
    body = prefixes(passage.text)[1]
    if dates or body:
        keys = [key for start, _, key in outside(passage.tokens, dates) if start >= body]
    else:
        keys = passage.keys
    folded = [key.casefold() for key in keys]
    if known.contractions.keys().isdisjoint(folded) and "'" not in " ".join(folded):
        return folded
    return [held for word in folded for held in known.expand(word)]


def _numbers(words: Sequence[str], known: Lexicon) -> Iterator[Signal]:
    """The values of numbers; "thirty (30)" is one number, "thirty (60)" are two."""
    last, last_at = "", -9
    places = [
        n
        for n, word in enumerate(words)
        if word in known.numbers
        or (not word.isalpha() and (word[0].isdigit() or _REGISTERED.fullmatch(word)))
    ]
    for n in places:
        value = number_value(words[n], known) or words[n]
        if not (value == last and n - last_at == 2 and words[n - 1] == "("):
            yield Signal("S1", value)
        last, last_at = value, n


def _phrases(words: list[str], known: Lexicon) -> Iterator[Signal]:
    """The longest phrase that begins at each word, none inside another."""
    free_from = 0
    for n in [n for n, word in enumerate(words) if word in known.phrases]:
        if n < free_from:
            continue
        for phrase, signal in known.phrases[words[n]]:
            if tuple(words[n : n + len(phrase)]) == phrase:
                yield signal
                free_from = n + len(phrase)
                break
