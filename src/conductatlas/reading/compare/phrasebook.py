"""Phrases that stand for something, and where they occur in a text.

A phrase is words: "class action". A word may be one of several ("share|sell"), may end in a star ("arbitrat*"), and
"..." is a gap of up to eight words of the same sentence. Capitals, hyphens and punctuation inside a phrase do not
matter. In scripts without spaces a phrase is found as its characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from conductatlas.reading.compare.normal import Span

Value = TypeVar("Value")

_TOKEN = re.compile(r"\w+|[.;:!?。；](?=\s|$)")
_GAP = "..."
_GAP_WORDS = 8
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
        self.is_gap = text == _GAP
        self.words = frozenset(word for word in words if not word.endswith("*"))
        self.beginnings = tuple(word[:-1] for word in words if word.endswith("*"))

    def holds(self, word: str) -> bool:
        return word in self.words or (bool(self.beginnings) and word.startswith(self.beginnings))


_Entry = tuple[tuple[_Slot, ...], Value]  # a phrase, and what it stands for


class Phrasebook(Generic[Value]):
    """Phrases, each with what it stands for."""

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        by_word: dict[str, list[_Entry[Value]]] = defaultdict(list)
        by_beginning: dict[str, list[_Entry[Value]]] = defaultdict(list)
        self._unspaced: list[tuple[str, Value]] = []
        for phrase, value in entries:
            if _UNSPACED.search(phrase):
                self._unspaced.append((phrase, value))
            else:
                slots = tuple(map(_Slot, phrase.replace("-", " ").split()))
                for word in slots[0].words:
                    by_word[word].append((slots, value))
                for beginning in slots[0].beginnings:
                    by_beginning[beginning].append((slots, value))
        self._begun = _Begun(by_word, by_beginning)

    def find(self, text: str) -> list[Found[Value]]:
        """The phrases of a text with their places, in order, also those that overlap."""
        found = [
            Found(match.start(), match.end(), value)
            for phrase, value in self._unspaced
            if phrase in text
            for match in re.finditer(re.escape(phrase), text)
        ]
        words = _TOKEN.findall(text.lower())
        runs = list(self._runs(words))
        if runs:
            places = list(_TOKEN.finditer(text))
            if len(places) != len(words):  # lower case parted a letter in two, as that of "İ" is
                runs = list(self._runs([place[0].lower() for place in places]))
            found += [Found(places[n].start(), places[last].end(), value) for n, last, value in runs]
        return sorted(found, key=lambda place: (place.start, -place.end))

    def _runs(self, words: list[str]) -> Iterator[tuple[int, int, Value]]:
        """(first word, last word, value) of each phrase."""
        begun = list(map(self._begun.__getitem__, words))
        if not any(begun):
            return
        for n, entries in enumerate(begun):
            for slots, value in entries:
                last = _last_word(slots, 1, words, n)
                if last >= 0:
                    yield n, last, value


class _Begun(dict[str, tuple[_Entry[Value], ...]]):
    """Word -> the phrases that begin with it; looked up when it is first met, and remembered."""

    def __init__(
        self, by_word: Mapping[str, list[_Entry[Value]]], by_beginning: Mapping[str, list[_Entry[Value]]]
    ) -> None:
        super().__init__()
        self._by_word, self._by_beginning = by_word, by_beginning
        self._lengths = sorted({len(beginning) for beginning in by_beginning})

    def __missing__(self, word: str) -> tuple[_Entry[Value], ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = list(self._by_word.get(word, ()))
        for length in self._lengths:
            found += self._by_beginning.get(word[:length], ())
        begun = self[word] = tuple(found)
        return begun


def outermost(found: Iterable[Found[Value]]) -> list[Found[Value]]:
    """Phrases, in order, without those that begin inside one before them. `found` is in order."""
    kept: list[Found[Value]] = []
    for phrase in found:
        if not kept or phrase.start >= kept[-1].end:
            kept.append(phrase)
    return kept


def _last_word(slots: tuple[_Slot, ...], at: int, words: list[str], n: int) -> int:
    """The place of the last word of a phrase of which slots before `at` are matched up to word n; -1 if it is none."""
    while at < len(slots):
        if slots[at].is_gap:
            for further in range(n + 1, min(n + _GAP_WORDS + 2, len(words))):
                if words[further] in ".;:!?。；":
                    return -1
                if slots[at + 1].holds(words[further]):
                    last = _last_word(slots, at + 2, words, further)
                    if last >= 0:
                        return last
            return -1
        n += 1
        if n >= len(words) or not slots[at].holds(words[n]):
            return -1
        at += 1
    return n
