"""Does a difference matter? The first kind of a hunk, and the rules of the rule book that say so.

A hunk is editorial only where its two sides are equal once everything is undone that the rule book calls not
substantive: spaces, quotes and dashes (N1), spelling and notation (N2), numbering and references that follow it
(N3), the printed date of the last update (N9), capitals for emphasis (N10). Anything else is substantive, and the
words of legal weight that differ name the rules (S1 to S11). What no rule names is "U": reworded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from conductatlas.reading.compare.dates import is_updated_line, labelled_dates
from conductatlas.reading.compare.lexicon import (
    Lexicon,
    Signal,
    definition_words,
    lexicon,
    reference_words,
    serial_comma_words,
    spellings,
)
from conductatlas.reading.compare.normal import Token, prefixes, tokens
from conductatlas.reading.compare.printed import DayMonthOrder, day_month_order, printed_dates

SPACING, SPELLING, NUMBERING, PRINTED_DATE, EMPHASIS = "N1", "N2", "N3", "N9", "N10"
_UNDOABLE = (NUMBERING, SPELLING, PRINTED_DATE, EMPHASIS)
_ABBREVIATED = 4  # letters of the longest word in capitals that is taken for an abbreviation
_LIMIT = 4_000  # words of a side beyond which a rewritten clause is not searched for what could be undone
_FINAL = frozenset(".,;:。；")
_DEFINING = "|".join(map(re.escape, definition_words()))
_TERM = '["“„«]([^"”“»\\n]{1,60})["”“»]'
# A term is defined where it stands in quotes, in parentheses or before "means".
_DEFINED = re.compile(rf"\([^()\"“„«\n]{{0,40}}{_TERM}|{_TERM}\)?\s+(?i:{_DEFINING})\b")
_DEFINITION = re.compile(rf"{_TERM}\)?\s+(?i:{_DEFINING})\b")
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.){2,}")


class ChangeKind(StrEnum):
    """The first kind of a change, and of each hunk. Whether a text came back (reverted) is for history to say."""

    SUBSTANTIVE = "substantive"
    EDITORIAL = "editorial"


@dataclass(frozen=True, slots=True)
class Judgement:
    """rules: ids of the rule book, in the order of their numbers, S before N before U."""

    kind: ChangeKind
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """What the words of one side are read against.

    numbers: printed number of a clause -> a name for that clause which both sides share.
    """

    text: str
    language: str
    numbers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def order(self) -> DayMonthOrder | None:
        return day_month_order(self.text, self.language)

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon(self.language)

    @cached_property
    def defined_words(self) -> frozenset[str]:
        """Words of the terms that the text defines in quotes, case-folded."""
        return frozenset(
            word.casefold()
            for match in _DEFINED.finditer(self.text)
            for word in (match[1] or match[2]).split()
        )


def judge_clause(side: Side, clause: str, *, is_item: bool) -> Judgement:
    """The judgement on a clause that was added or removed whole."""
    words = tokens(clause)
    if not any(word.is_word for word in words):
        return Judgement(ChangeKind.EDITORIAL, (SPACING,))
    if is_updated_line(clause, side.order):
        return Judgement(ChangeKind.EDITORIAL, (PRINTED_DATE,))
    return _substantive({signal.rule for signal in signals(side, clause)} | {"S7" if is_item else "S9"})


def judge_pair(old_side: Side, old: str, new_side: Side, new: str, *, whole_sentences: bool) -> Judgement:
    """The judgement on a clause that reads otherwise than before.

    whole_sentences: a sentence was added or dropped in it.
    """
    before, after = tokens(old), tokens(new)
    if is_updated_line(old, old_side.order) and is_updated_line(new, new_side.order):
        return Judgement(ChangeKind.EDITORIAL, (PRINTED_DATE,))
    old_signals, new_signals = list(signals(old_side, old)), list(signals(new_side, new))
    undone = _what_undoes(old_side, old, before, new_side, new, after, unspaced=False)
    if undone is None and old_signals == new_signals:
        undone = _what_undoes(old_side, old, before, new_side, new, after, unspaced=True)
    if undone is not None:
        return Judgement(ChangeKind.EDITORIAL, undone or (SPACING,))
    rules = {signal.rule for signal in (*old_signals, *new_signals)}
    named = {
        rule
        for rule in rules
        if [s.value for s in old_signals if s.rule == rule]
        != [s.value for s in new_signals if s.rule == rule]
    }
    if whole_sentences:
        named.add("S12")
    if _DEFINITION.search(old) or _DEFINITION.search(new):
        named.add("S10")
    return _substantive(named or {"U"})


def signals(side: Side, clause: str) -> Iterator[Signal]:
    """The words of legal weight of a clause, in order, with the rules that name them: dates, numbers, phrases."""
    clause = clause[prefixes(clause)[1] :]
    dates = printed_dates(clause, side.order)
    for date in dates:
        yield Signal("S2", str(date.value or clause[date.start : date.end]))
    held: list[str] = []
    for token in tokens(clause):
        if not any(date.start <= token.start < date.end for date in dates):
            held.extend(side.lexicon.expand(token.key.casefold()))
    yield from _numbers(held, side.lexicon)
    n = 0
    while n < len(held):
        for words, signal in side.lexicon.phrases.get(held[n], ()):
            if tuple(held[n : n + len(words)]) == words:
                yield signal
                n += len(words) - 1
                break
        n += 1


def _numbers(words: Sequence[str], known: Lexicon) -> Iterator[Signal]:
    """The values of numbers; "thirty (30)" is one number, "thirty (60)" are two."""
    last, last_at = "", -9
    for n, word in enumerate(words):
        value = number_value(word, known)
        if value is None:
            continue
        if not (value == last and n - last_at == 2 and words[n - 1] == "("):
            yield Signal("S1", value)
        last, last_at = value, n


def number_value(word: str, known: Lexicon) -> str | None:
    """The value of a number in figures or words, as text; None for another word."""
    if word[0].isdigit():
        plain = re.sub(r"[,.](?=\d{3}(?:\D|$))", "", word)
        return re.sub(r"\s+", "", plain)
    value = known.numbers.get(word)
    return None if value is None else str(value)


def _substantive(rules: set[str]) -> Judgement:
    return Judgement(ChangeKind.SUBSTANTIVE, in_order(rules))


def in_order(rules: Iterable[str]) -> tuple[str, ...]:
    """Rule ids as the rule book has them: S before N before U, by number."""
    return tuple(sorted(set(rules), key=lambda rule: ("SNU".index(rule[0]), int(rule[1:] or 0))))


def _what_undoes(
    old_side: Side,
    old: str,
    before: list[Token],
    new_side: Side,
    new: str,
    after: list[Token],
    *,
    unspaced: bool,
) -> tuple[str, ...] | None:
    """The rules that, undone together, make both sides equal: as few as will do; None where none will.

    unspaced: "good faith", "good-faith" and "goodfaith" are the same, too. Only where no word of legal weight
    differs: "no table" is not "notable".
    """
    if max(len(before), len(after)) > _LIMIT and abs(len(before) - len(after)) > _LIMIT // 10:
        return None
    names = old_side.defined_words | new_side.defined_words
    shouted = old.isupper() or new.isupper()

    def equal(rules: Sequence[str]) -> bool:
        left = _undone(old_side, old, before, rules, names, shouted)
        right = _undone(new_side, new, after, rules, names, shouted)
        if unspaced:
            return "".join(left).replace("-", "") == "".join(right).replace("-", "")
        return left == right

    if not equal(_UNDOABLE):
        return None
    needed = list(_UNDOABLE)
    for rule in _UNDOABLE:
        fewer = [other for other in needed if other != rule]
        if equal(fewer):
            needed = fewer
    return in_order(needed)


def _undone(
    side: Side, clause: str, words: list[Token], rules: Sequence[str], names: frozenset[str], shouted: bool
) -> list[str]:
    """The words of a clause, with bullets and what `rules` name undone. `shouted`: one side is all capitals."""
    words = _without_prefixes(clause, words, numbers=NUMBERING in rules)
    if PRINTED_DATE in rules:
        words = _without_updated_date(side, clause, words)
    keys = [word.key for word in words]
    if NUMBERING in rules:
        keys = [
            side.numbers.get(key, key) if n and keys[n - 1].casefold() in reference_words() else key
            for n, key in enumerate(keys)
        ]
    if EMPHASIS in rules and shouted:
        keys = [key.casefold() for key in keys]
    return list(_respelled(keys, side.lexicon, names)) if SPELLING in rules else keys


def _respelled(keys: Sequence[str], known: Lexicon, names: frozenset[str]) -> Iterator[str]:
    """Words in one spelling, numbers by value, without serial commas and the punctuation at the end."""
    end = len(keys) - 1 if keys and keys[-1] in _FINAL else len(keys)
    last, last_at = "", -9
    n = 0
    while n < end:
        key = keys[n]
        value = number_value(key.casefold(), known)
        serial = key == "," and n + 1 < end and keys[n + 1].casefold() in serial_comma_words()
        repeated = (
            key == "("
            and last_at == n - 1
            and n + 2 < end
            and keys[n + 2] == ")"
            and number_value(keys[n + 1].casefold(), known) == last
        )
        if repeated:
            n += 2
        elif value is not None:
            last, last_at = value, n
            yield value
        elif not serial:
            yield _one_spelling(key, names)
        n += 1


def _one_spelling(key: str, names: frozenset[str]) -> str:
    """A word in American spelling and lower case; defined terms and abbreviations keep their capitals."""
    if _ABBREVIATION.fullmatch(key):
        key = key.replace(".", "")
    folded = key.casefold()
    spelled = spellings().get(folded, folded)
    if key.isupper() and len(key) <= _ABBREVIATED:
        return spelled.upper()
    return key if folded in names else spelled


def _without_prefixes(clause: str, words: list[Token], *, numbers: bool) -> list[Token]:
    """Words without the bullets, and if asked the printed numbers, with which the lines of a clause begin."""
    kept: list[Token] = []
    start = 0
    upcoming = iter(words)
    word = next(upcoming, None)
    for line in clause.split("\n"):
        bullet, number = prefixes(line)
        body = start + (number if numbers else bullet)
        start += len(line) + 1
        while word and word.start < start:
            if word.start >= body:
                kept.append(word)
            word = next(upcoming, None)
    return kept


def _without_updated_date(side: Side, clause: str, words: list[Token]) -> list[Token]:
    dates = [date for label, date in labelled_dates(clause, side.order) if label == "updated"]
    return [word for word in words if not any(date.start <= word.start < date.end for date in dates)]
