"""Phrases that stand for something, and where they occur in a text.

A phrase is words: "class action". A word may be one of several ("share|sell"), may end in a star ("arbitrat*"), and
"..." is a gap of up to eight words of the same sentence. Capitals, hyphens and punctuation inside a phrase do not
matter. In scripts without spaces a phrase is found as its characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from conductatlas.reading.compare.normal import Span

Value = TypeVar("Value")

_TOKEN = re.compile(r"\w+|[.;:!?。；](?=\s|$)")
_GAP = "..."
_GAP_WORDS = 8
_NO_SLOT = -1  # stands for a gap among the slots of a phrase
_ENDS = frozenset(".;:!?。；")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_REMEMBERED = 50_000  # words of which a book remembers what begins with them


class Found(NamedTuple, Generic[Value]):
    """A phrase at text[start:end], and what it stands for."""

    start: int
    end: int
    value: Value

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class _Slot:
    """One word of a phrase: spellings, and beginnings of words."""

    def __init__(self, text: str) -> None:
        words = text.lower().split("|")
        self.words = frozenset(word for word in words if not word.endswith("*"))
        self.beginnings = frozenset(word[:-1] for word in words if word.endswith("*"))


class _Entry(NamedTuple, Generic[Value]):
    """A phrase and what it stands for. slots: their numbers from the second on, _NO_SLOT for a gap. needed: the same
    as a set: a text that lacks a word for one of them does not hold the phrase."""

    slots: tuple[int, ...]
    value: Value
    needed: frozenset[int]


class _Started(NamedTuple, Generic[Value]):
    """The phrases that begin with a word: what the word alone stands for; those in which a gap follows; and those in
    which a word follows at once, by their second slot."""

    alone: tuple[Value, ...]
    gapped: Sequence[_Entry[Value]]
    following: Mapping[int, Sequence[_Entry[Value]]]


class Phrasebook(Generic[Value]):
    """Phrases, each with what it stands for."""

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        by_word: dict[str, list[_Entry[Value]]] = defaultdict(list)
        by_beginning: dict[str, list[_Entry[Value]]] = defaultdict(list)
        self._unspaced: list[tuple[str, Value]] = []
        numbers: dict[str, int] = {}  # slot -> its number
        for phrase, value in entries:
            if _UNSPACED.search(phrase):
                self._unspaced.append((phrase, value))
            else:
                first, *others = phrase.replace("-", " ").split()
                slots = tuple(
                    _NO_SLOT if slot == _GAP else numbers.setdefault(slot, len(numbers)) for slot in others
                )
                entry = _Entry(slots, value, frozenset(slots) - {_NO_SLOT})
                begin = _Slot(first)
                for word in begin.words:
                    by_word[word].append(entry)
                for beginning in begin.beginnings:
                    by_beginning[beginning].append(entry)
        self._filling = _Filling((_Slot(slot), number) for slot, number in numbers.items())
        self._begun = _Begun(by_word, by_beginning)
        self._pairs = _Pairs(self._begun, self._filling)

    def find(self, text: str) -> list[Found[Value]]:
        """The phrases of a text with their places, in order, also those that overlap."""
        found = [Found(*place) for place in self.places(text)]
        return sorted(found, key=lambda place: (place.start, -place.end))

    def places(self, text: str) -> list[tuple[int, int, Value]]:
        """The same as (start, end, value), in no order: for those who read many texts."""
        found = [
            (match.start(), match.end(), value)
            for phrase, value in self._unspaced
            if phrase in text
            for match in re.finditer(re.escape(phrase), text)
        ]
        words = _TOKEN.findall(text.lower())
        runs = list(self._runs(words))
        if runs:
            spans = [match.span() for match in _TOKEN.finditer(text)]
            if len(spans) != len(words):  # lower case parted a letter in two, as that of "İ" is
                runs = list(self._runs([text[start:end].lower() for start, end in spans]))
            found += [(spans[n][0], spans[last][1], value) for n, last, value in runs]
        return found

    def _runs(self, words: list[str]) -> Iterator[tuple[int, int, Value]]:
        """(first word, last word, value) of each phrase."""
        begun = self._begun
        started = [(n, found) for n, word in enumerate(words) if (found := begun[word]) is not None]
        if not started:
            return
        fills = list(map(self._filling.__getitem__, words))
        filled: frozenset[int] | None = None  # what any word fills, when it is first asked for
        last_of_all = len(words) - 1
        pairs = self._pairs
        for n, (alone, gapped, following) in started:
            for value in alone:
                yield n, n, value
            if following and n < last_of_all:
                for slots, value, _ in pairs[words[n], words[n + 1]]:
                    last = _last_word(slots, 1, words, fills, n + 1) if len(slots) > 1 else n + 1
                    if last >= 0:
                        yield n, last, value
            if gapped:
                if filled is None:
                    filled = frozenset().union(*fills)
                for slots, value, needed in gapped:
                    if needed <= filled:
                        last = _beyond_gap(slots, 1, words, fills, n)
                        if last >= 0:
                            yield n, last, value


class _Begun(dict[str, "_Started[Value] | None"], Generic[Value]):
    """Word -> the phrases that begin with it, None if none do; looked up when it is first met, and remembered."""

    def __init__(
        self, by_word: Mapping[str, list[_Entry[Value]]], by_beginning: Mapping[str, list[_Entry[Value]]]
    ) -> None:
        super().__init__()
        self._by_word, self._by_beginning = by_word, by_beginning
        self._lengths = sorted({len(beginning) for beginning in by_beginning})

    def __missing__(self, word: str) -> _Started[Value] | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = list(self._by_word.get(word, ()))
        for length in self._lengths:
            found += self._by_beginning.get(word[:length], ())
        begun = self[word] = _started(found) if found else None
        return begun


def _started(entries: Sequence[_Entry[Value]]) -> _Started[Value]:
    following: dict[int, list[_Entry[Value]]] = defaultdict(list)
    for entry in entries:
        if entry.slots and entry.slots[0] != _NO_SLOT:
            following[entry.slots[0]].append(entry)
    return _Started(
        tuple(entry.value for entry in entries if not entry.slots),
        [entry for entry in entries if entry.slots and entry.slots[0] == _NO_SLOT],
        following,
    )


class _Pairs(dict[tuple[str, str], "tuple[_Entry[Value], ...]"], Generic[Value]):
    """Two words -> the phrases that begin with the first and go on with the second; remembered."""

    def __init__(self, begun: _Begun[Value], filling: _Filling) -> None:
        super().__init__()
        self._begun, self._filling = begun, filling

    def __missing__(self, words: tuple[str, str]) -> tuple[_Entry[Value], ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        begun = self._begun[words[0]]
        fits = begun.following.keys() & self._filling[words[1]] if begun else ()
        found = self[words] = (
            tuple(entry for slot in sorted(fits) for entry in begun.following[slot]) if begun else ()
        )
        return found


class _Filling(dict[str, frozenset[int]]):
    """Word -> the numbers of the slots that it can fill; looked up when it is first met, and remembered."""

    def __init__(self, slots: Iterable[tuple[_Slot, int]]) -> None:
        super().__init__()
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._by_beginning: dict[str, set[int]] = defaultdict(set)
        for slot, number in slots:
            for word in slot.words:
                self._by_word[word].add(number)
            for beginning in slot.beginnings:
                self._by_beginning[beginning].add(number)
        self._lengths = sorted({len(beginning) for beginning in self._by_beginning})

    def __missing__(self, word: str) -> frozenset[int]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = set(self._by_word.get(word, ()))
        for length in self._lengths:
            found |= self._by_beginning.get(word[:length], set())
        filled = self[word] = frozenset(found)
        return filled


def outermost(found: Iterable[Found[Value]]) -> list[Found[Value]]:
    """Phrases, in order, without those that begin inside one before them. `found` is in order."""
    kept: list[Found[Value]] = []
    for phrase in found:
        if not kept or phrase.start >= kept[-1].end:
            kept.append(phrase)
    return kept


def _last_word(slots: tuple[int, ...], at: int, words: list[str], fills: list[frozenset[int]], n: int) -> int:
    """The place of the last word of a phrase of which slots before `at` are matched up to word n; -1 if it is none.

    fills: of each word the slots that it can fill.
    """
    for place in range(at, len(slots)):
        slot = slots[place]
        if slot == _NO_SLOT:
            return _beyond_gap(slots, place + 1, words, fills, n)
        n += 1
        if n >= len(fills) or slot not in fills[n]:
            return -1
    return n


def _beyond_gap(
    slots: tuple[int, ...], at: int, words: list[str], fills: list[frozenset[int]], n: int
) -> int:
    """The same where a gap follows word n, and slot `at` follows the gap."""
    for further in range(n + 1, min(n + _GAP_WORDS + 2, len(words))):
        if words[further] in _ENDS:
            return -1
        if slots[at] in fills[further]:
            last = _last_word(slots, at + 1, words, fills, further)
            if last >= 0:
                return last
    return -1
