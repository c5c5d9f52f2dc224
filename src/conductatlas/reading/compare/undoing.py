"""What the rule book calls not substantive, undone: are two passages equal then, and which rules did it take?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

from conductatlas.reading.compare.dates import labelled_dates
from conductatlas.reading.compare.lexicon import (
    Lexicon,
    phrase_words,
    phrases,
    reference_words,
    serial_comma_words,
    spellings,
)
from conductatlas.reading.compare.linking import place_of
from conductatlas.reading.compare.naming import Rename
from conductatlas.reading.compare.normal import Passage, Token, clauses, prefixes
from conductatlas.reading.compare.printed import outside, printed_dates, with_dates_by_value
from conductatlas.reading.compare.residue import SIGNS, Residue, residue
from conductatlas.reading.compare.side import Side
from conductatlas.reading.compare.signals import number_value
from conductatlas.reading.compare.slips import slips

SPELLING, NUMBERING, LAYOUT, RENAMED, FURNITURE = "N2", "N3", "N6", "N7", "N8"
PRINTED_DATE, EMPHASIS = "N9", "N10"
COPYRIGHT_YEAR = FURNITURE
_RULES = (NUMBERING, SPELLING, LAYOUT, RENAMED, COPYRIGHT_YEAR, PRINTED_DATE, EMPHASIS)
_WITHIN_A_LINE = tuple(rule for rule in _RULES if rule != NUMBERING)

_COPYRIGHT = re.compile(r"©|\(c\)\s*\d{4}|\bcopyright\b[^.]{0,20}\d{4}", re.IGNORECASE)
_COPYRIGHT_LINE = 120  # characters of the longest line that is taken for a page's copyright line
_YEAR = re.compile(r"(?:19|20)\d\d")

_ADDRESSES = ("https://", "http://")
_FINAL = frozenset(".,;:。；")
_POINTS = frozenset(""",;:.!()[]{}'"“”„«»。，；：、（）《》""") | SIGNS
# "2.3 all rights", "L.3.a. Except": numbers of an outline that stand for one only beside a printed number, or before
# a capital letter. "2.5 million" is none.
_OUTLINE = re.compile(r"(?:[A-Z]|\d{1,3})(?:\.(?:\d{1,3}|[a-z]))*\.?\s+(?=\S)")
_OUTLINED = re.compile(r"[A-Z]\.\d{1,3}(?:\.(?:\d{1,3}|[a-z]|[ivx]{1,5}))*(?:\.\s+(?=\S)|\s+(?=[^\W\da-z_]))")
_ROMAN = frozenset("ivx")
_MARKED = re.compile(r"#{1,6}\s*")
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.){2,}")
_JOINING = frozenset(
    (",", "and", "or", "to", "-", "und", "oder", "bis", "et", "ou", "à", "y", "o", "a", "through")
)
_ABBREVIATED = 4  # letters of the longest word in capitals that is taken for an abbreviation
_CELL_ENDS = frozenset(":;,.|-")
_LIKE = 0.8  # share of words that both sides have, from which fillers may come and go
_MOST_APART = 24  # words on one side only, beyond which dates that are printed otherwise explain nothing
_MOST_SLIPS = 4  # words on one side only
_HYPHENS = 8  # characters by which passages may differ in length that differ in spaces and hyphens


@dataclass(frozen=True)
class Undoing:
    """Two passages that differ, and what they are read against. renamed: the brand, if it was."""

    old_side: Side
    old: Passage
    new_side: Side
    new: Passage
    renamed: Rename | None = None

    def rules(self) -> list[str] | None:
        """The rules that, undone together, make both passages equal: as few as will do; None where none will."""
        gone, come = self._lone_words
        if len(gone) + len(come) and not self._slips:
            return None
        return self._fewest()

    def rules_unspaced(self) -> list[str] | None:
        """The same where "good faith", "good-faith" and "goodfaith" are equal, too.

        Only for passages in which no word of legal weight differs: "no table" is not "notable".
        """
        gone = len("".join(self.old.keys)) - len("".join(self.new.keys))
        likely = abs(gone) <= _HYPHENS and sum(map(len, self._lone_words)) <= _HYPHENS
        return self._fewest(unspaced=True) if likely else None

    def rules_without_fillers(self) -> list[str] | None:
        """The same where articles and words of courtesy may come and go, if hardly a word differs.

        Only for passages in which no word of legal weight differs.
        """
        fillers = self.old_side.lexicon.fillers | self.new_side.lexicon.fillers
        gone, come = self._lone_words
        if not fillers or (gone | come) - fillers:
            return None
        old, new = set(self.old.keys), set(self.new.keys)
        if 2 * len(old & new) < _LIKE * (len(old) + len(new)):
            return None
        found = self._fewest(without=fillers)
        return None if found is None else [*found, SPELLING]

    def rules_unpointed(self) -> list[str] | None:
        """The same where nothing differs but stops, commas, quotes and brackets.

        Only for passages in which no word of legal weight differs.
        """
        gone, come = self._lone_words
        found = None if gone or come else self._fewest(without=_POINTS)
        return None if found is None else [*found, SPELLING]

    @cached_property
    def _residue(self) -> Residue:
        return residue(self.old.text, self.new.text)

    @cached_property
    def _lone_words(self) -> tuple[set[str], set[str]]:
        """A quick look: the plain words that stand on one side only, however they are spelled."""
        old, new = set(self.old.keys), set(self.new.keys)
        if old == new:
            return set(), set()
        common = set(map(str.casefold, old & new))
        gone, come = set(map(_folded, old - new)), set(map(_folded, new - old))
        apart = sum(word.isalpha() for word in gone ^ come)
        if apart and (self.renamed or apart <= _MOST_APART):
            old, new = self._without_names_dates_and_residue()
            gone, come = set(map(_folded, old - new)), set(map(_folded, new - old))
        lone = (gone ^ come) - common - phrase_words()
        for side in (self.old_side, self.new_side):
            lone = lone.difference(side.lexicon.numbers)
        plain = {word for word in lone if len(word) > 1 and word.isalpha() and not _ROMAN.issuperset(word)}
        return gone & plain, come & plain

    def _without_names_dates_and_residue(self) -> tuple[set[str], set[str]]:
        old, new = (
            outside(outside(passage.tokens, printed_dates(passage.text, side.order)), rest)
            for passage, side, rest in zip(
                (self.old, self.new), (self.old_side, self.new_side), self._residue, strict=True
            )
        )
        if self.renamed:
            old = self.renamed.applied(old, self.old.text)
        return {word.key for word in old}, {word.key for word in new}

    @cached_property
    def _slips(self) -> dict[str, str]:
        """Slip -> what was meant, of the words that stand more often on one side, however they are spelled."""
        if sum(map(len, self._lone_words)) > _MOST_SLIPS:
            return {}
        old, new = Counter(self.old.keys), Counter(self.new.keys)
        gone, come = ({word for word in one if word.isalpha()} for one in (old - new, new - old))
        spelled = set(map(_folded, gone)) & set(map(_folded, come))
        gone, come = ({word for word in one if _folded(word) not in spelled} for one in (gone, come))
        return slips(gone, come, self.new_side.language if self.old_side.language else "")

    def _fewest(self, *, unspaced: bool = False, without: Set[str] = frozenset()) -> list[str] | None:
        # A list that became lines keeps its numbers, which stood within the line before.
        tried = (_RULES, _WITHIN_A_LINE) if "\n" in self.old.text + self.new.text else (_RULES,)
        rules = next((rules for rules in tried if self._equal(rules, unspaced, without)), None)
        if rules is None:
            return None
        needed = list(rules)
        for rule in rules:
            fewer = [other for other in needed if other != rule]
            if self._equal(fewer, unspaced, without):
                needed = fewer
        return needed

    def _equal(self, rules: Sequence[str], unspaced: bool, without: Set[str]) -> bool:
        names = self.old_side.defined_words | self.new_side.defined_words
        shouted = self.old.text.isupper() or self.new.text.isupper()
        relaid = ("\t" in self.old.text) != ("\t" in self.new.text)
        both = []
        for side, passage, other, rest in (
            (self.old_side, self.old, self.new, self._residue.old),
            (self.new_side, self.new, self.old, self._residue.new),
        ):
            words = _without_prefixes(side, passage, other, numbers=NUMBERING in rules)
            if FURNITURE in rules and rest:
                words = outside(words, rest)
            if RENAMED in rules and self.renamed and passage is self.old:
                words = self.renamed.applied(words, passage.text)
            keys = _undone(side, passage, words, rules, shouted)
            if LAYOUT in rules and relaid:
                keys = [key for key in keys if key not in _CELL_ENDS]
            if SPELLING in rules:
                keys = list(_respelled(keys, side.lexicon, names, self._slips))
            both.append([key for key in keys if key.casefold() not in without] if without else keys)
        left, right = both
        if unspaced:
            return "".join(left).replace("-", "") == "".join(right).replace("-", "")
        return left == right


def _without_updated_date(side: Side, passage: Passage, words: Sequence[Token]) -> list[Token]:
    """Words without those of a printed date of the last update."""
    dates = [date for label, date in labelled_dates(passage.text, side.order) if label == "updated"]
    return outside(words, dates)


@lru_cache(maxsize=65_536)
def _folded(key: str) -> str:
    """A word for the quick look: in one spelling, in lower case, without the stops of an abbreviation."""
    folded = key.casefold().replace(".", "")
    return spellings().get(folded, folded)


def _undone(
    side: Side, passage: Passage, words: list[Token], rules: Sequence[str], shouted: bool
) -> list[str]:
    """The words of a passage with what `rules` name undone. `shouted`: one side is all capitals."""
    if PRINTED_DATE in rules:
        words = _without_updated_date(side, passage, words)
    if SPELLING in rules:
        words = with_dates_by_value(words, printed_dates(passage.text, side.order))
    keys = [word.key for word in words if word.key not in SIGNS]
    if COPYRIGHT_YEAR in rules and len(passage.text) <= _COPYRIGHT_LINE and _COPYRIGHT.search(passage.text):
        keys = [key for key in keys if not _YEAR.fullmatch(key)]
    if NUMBERING in rules:
        keys = _resolved(keys, side.numbers)
    if EMPHASIS in rules and shouted:
        keys = [key.casefold() for key in keys]
    elif SPELLING in rules:
        keys = [place_of(key) if key.startswith(_ADDRESSES) else key for key in keys]
    return keys


def _resolved(keys: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Words with the clauses that they refer to by number under names that both sides share: also the others of
    "Sections 4, 5 and 7"."""
    found: list[str] = []
    refers = False
    for key in keys:
        folded = key.casefold()
        if refers and key[0].isalnum() and folded not in _JOINING and folded not in reference_words():
            refers = any(sign.isdigit() for sign in key) or key in names
            found.append(names.get(key, key) if refers else key)
            continue
        refers = folded in reference_words() or (refers and folded in _JOINING)
        found.append(key)
    return found


def _without_prefixes(side: Side, passage: Passage, other: Passage, *, numbers: bool) -> list[Token]:
    """Words without the bullets, and if asked the printed numbers, with which the lines of a passage begin."""
    kept: list[Token] = []
    beside = ""
    if numbers and "\n" not in passage.text + other.text:
        beside = next((line.number for line in clauses(other.text)[0]), "")
    start = 0
    upcoming = iter(passage.tokens)
    word = next(upcoming, None)
    for line in passage.text.split("\n"):
        bullet, number = prefixes(line)
        number = max(number, side.bare_numbers.get(line, 0))
        if numbers and number == bullet:
            number = bullet + _outline(line[bullet:], beside)
        body = start + (number if numbers else bullet)
        start += len(line) + 1
        while word and word.start < start:
            if word.start >= body:
                kept.append(word)
            word = next(upcoming, None)
    return kept


def _outline(line: str, beside: str) -> int:
    """Where the number of an outline ends that a line begins with, behind signs of markup; 0 if it has none.

    beside: the printed number of the other line, "" for none: "10 Fees" has one beside "10. Fees".
    """
    marked = _MARKED.match(line)
    start = marked.end() if marked else 0
    if start and (behind := prefixes(line[start:])[1]):
        return start + behind
    match = _OUTLINE.match(line, start) if beside else None
    if match:
        number = match[0].strip(". \t\u00a0")
        match = match if "." in number or number == beside else None
    match = match or _OUTLINED.match(line, start)
    # "A.1.a. Clause 7" has two numbers.
    return match.end() + prefixes(line[match.end() :])[1] if match else start


def _respelled(
    keys: Sequence[str], known: Lexicon, names: frozenset[str], slipped: Mapping[str, str]
) -> Iterator[str]:
    """Words in one spelling, numbers by value, without serial commas and the punctuation at the end."""
    keys = _rephrased(keys)
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
            yield slipped.get(key) or _one_spelling(key, names)
        n += 1


def _rephrased(keys: Sequence[str]) -> Sequence[str]:
    """Words with the phrases that mean the same in one form."""
    folded = [key.casefold() for key in keys]
    if phrase_words().isdisjoint(folded):
        return keys
    found: list[str] = []
    n = 0
    while n < len(keys):
        for before, after in phrases().get(folded[n], ()):
            if tuple(folded[n : n + len(before)]) == before:
                found.extend(after)
                n += len(before)
                break
        else:
            found.append(keys[n])
            n += 1
    return found


def _one_spelling(key: str, names: frozenset[str]) -> str:
    """A word in American spelling and lower case; abbreviations keep their capitals, and defined terms the first."""
    if _ABBREVIATION.fullmatch(key):
        key = key.replace(".", "")
    folded = key.casefold()
    spelled = spellings().get(folded, folded)
    if key.isupper() and len(key) <= _ABBREVIATED:
        return spelled.upper()
    return key[:1] + spelled[1:] if folded in names else spelled
