"""What the rule book calls not substantive, undone: are two passages equal then, and which rules did it take?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conductatlas.reading.compare.dates import labelled_dates
from conductatlas.reading.compare.lexicon import Lexicon, reference_words, serial_comma_words, spellings
from conductatlas.reading.compare.normal import Passage, Token, prefixes
from conductatlas.reading.compare.printed import outside
from conductatlas.reading.compare.side import Side
from conductatlas.reading.compare.signals import number_value

SPELLING, NUMBERING, COPYRIGHT_YEAR, PRINTED_DATE, EMPHASIS = "N2", "N3", "N8", "N9", "N10"
_RULES = (NUMBERING, SPELLING, COPYRIGHT_YEAR, PRINTED_DATE, EMPHASIS)

_COPYRIGHT = re.compile(r"©|\(c\)\s*\d{4}|\bcopyright\b[^.]{0,20}\d{4}", re.IGNORECASE)
_COPYRIGHT_LINE = 120  # characters of the longest line that is taken for a page's copyright line
_YEAR = re.compile(r"(?:19|20)\d\d")

_FINAL = frozenset(".,;:。；")
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.){2,}")
_ABBREVIATED = 4  # letters of the longest word in capitals that is taken for an abbreviation
_HYPHENS = 8  # characters by which passages may differ in length that differ in spaces and hyphens


@dataclass(frozen=True, slots=True)
class Undoing:
    """Two passages that differ, and what they are read against."""

    old_side: Side
    old: Passage
    new_side: Side
    new: Passage

    def rules(self) -> list[str] | None:
        """The rules that, undone together, make both passages equal: as few as will do; None where none will."""
        return None if self._lone_words() else self._fewest(unspaced=False)

    def rules_unspaced(self) -> list[str] | None:
        """The same where "good faith", "good-faith" and "goodfaith" are equal, too.

        Only for passages in which no word of legal weight differs: "no table" is not "notable".
        """
        gone = len("".join(self.old.keys)) - len("".join(self.new.keys))
        likely = abs(gone) <= _HYPHENS and self._lone_words() <= _HYPHENS
        return self._fewest(unspaced=True) if likely else None

    def _lone_words(self) -> int:
        """A quick look: how many plain words stand on one side only, however they are spelled."""
        old, new = set(self.old.keys), set(self.new.keys)
        gone, come = set(map(_folded, old - new)), set(map(_folded, new - old))
        lone = (gone ^ come) - set(map(str.casefold, old & new))
        return sum(word.isalpha() and not self._is_number(word) for word in lone)

    def _is_number(self, word: str) -> bool:
        return word in self.old_side.lexicon.numbers or word in self.new_side.lexicon.numbers

    def _fewest(self, *, unspaced: bool) -> list[str] | None:
        if not self._equal(_RULES, unspaced):
            return None
        needed = list(_RULES)
        for rule in _RULES:
            fewer = [other for other in needed if other != rule]
            if self._equal(fewer, unspaced):
                needed = fewer
        return needed

    def _equal(self, rules: Sequence[str], unspaced: bool) -> bool:
        names = self.old_side.defined_words | self.new_side.defined_words
        shouted = self.old.text.isupper() or self.new.text.isupper()
        left = _undone(self.old_side, self.old, rules, names, shouted)
        right = _undone(self.new_side, self.new, rules, names, shouted)
        if unspaced:
            return "".join(left).replace("-", "") == "".join(right).replace("-", "")
        return left == right


def _without_updated_date(side: Side, passage: Passage, words: Sequence[Token]) -> list[Token]:
    """Words without those of a printed date of the last update."""
    dates = [date for label, date in labelled_dates(passage.text, side.order) if label == "updated"]
    return outside(words, dates)


def _folded(key: str) -> str:
    """A word for the quick look: in one spelling, in lower case, without the stops of an abbreviation."""
    folded = key.casefold().replace(".", "")
    return spellings().get(folded, folded)


def _undone(
    side: Side, passage: Passage, rules: Sequence[str], names: frozenset[str], shouted: bool
) -> list[str]:
    """The words of a passage, with bullets and what `rules` name undone. `shouted`: one side is all capitals."""
    words = _without_prefixes(side, passage, numbers=NUMBERING in rules)
    if PRINTED_DATE in rules:
        words = _without_updated_date(side, passage, words)
    keys = [word.key for word in words]
    if COPYRIGHT_YEAR in rules and len(passage.text) <= _COPYRIGHT_LINE and _COPYRIGHT.search(passage.text):
        keys = [key for key in keys if not _YEAR.fullmatch(key)]
    if NUMBERING in rules:
        keys = [
            side.numbers.get(key, key) if n and keys[n - 1].casefold() in reference_words() else key
            for n, key in enumerate(keys)
        ]
    if EMPHASIS in rules and shouted:
        keys = [key.casefold() for key in keys]
    return list(_respelled(keys, side.lexicon, names)) if SPELLING in rules else keys


def _without_prefixes(side: Side, passage: Passage, *, numbers: bool) -> list[Token]:
    """Words without the bullets, and if asked the printed numbers, with which the lines of a passage begin."""
    kept: list[Token] = []
    start = 0
    upcoming = iter(passage.tokens)
    word = next(upcoming, None)
    for line in passage.text.split("\n"):
        bullet, number = prefixes(line)
        number = max(number, side.bare_numbers.get(line, 0))
        body = start + (number if numbers else bullet)
        start += len(line) + 1
        while word and word.start < start:
            if word.start >= body:
                kept.append(word)
            word = next(upcoming, None)
    return kept


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
