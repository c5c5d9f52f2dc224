"""Phrases that stand for something, and where they occur in a text.

A phrase is words: "class action". A word may be one of several ("share|sell"), may end in a star ("arbitrat*"), and
"..." is a gap of up to eight words of the same sentence. Capitals, hyphens and punctuation inside a phrase do not
matter. In scripts without spaces a phrase is found as its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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


class Phrasebook(Generic[Value]):
    """Phrases, each with what it stands for."""

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._phrases: list[tuple[tuple[_Slot, ...], Value]] = []
        self._unspaced: list[tuple[str, Value]] = []
        for phrase, value in entries:
            if _UNSPACED.search(phrase):
                self._unspaced.append((phrase, value))
            else:
                self._phrases.append((tuple(map(_Slot, phrase.replace("-", " ").split())), value))
        # By the word that begins them; those that begin with any word of some beginning are asked one by one.
        self._by_word: dict[str, list[int]] = {}
        self._open: list[int] = []
        for n, (slots, _) in enumerate(self._phrases):
            if slots[0].beginnings:
                self._open.append(n)
            else:
                for first in slots[0].words:
                    self._by_word.setdefault(first, []).append(n)
        self._begun: dict[str, tuple[tuple[tuple[_Slot, ...], Value], ...]] = {}

    def held(self, text: str) -> set[Value]:
        """What the phrases of a text stand for, also of those that overlap."""
        words = [word.lower() for word in _TOKEN.findall(text)]
        held = {value for phrase, value in self._unspaced if phrase in text}
        for n, word in enumerate(words):
            begun = self._begun.get(word)
            if begun is None:
                begun = self._look_up(word)
            for slots, value in begun:
                if value not in held and _last_word(slots, 1, words, n) >= 0:
                    held.add(value)
        return held

    def find(self, text: str) -> list[Found[Value]]:
        """The phrases of a text with their places, in order, also those that overlap."""
        found = [
            Found(match.start(), match.end(), value)
            for phrase, value in self._unspaced
            if phrase in text
            for match in re.finditer(re.escape(phrase), text)
        ]
        places = list(_TOKEN.finditer(text))
        words = [place[0].lower() for place in places]
        for n, word in enumerate(words):
            begun = self._begun.get(word)
            if begun is None:
                begun = self._look_up(word)
            for slots, value in begun:
                last = _last_word(slots, 1, words, n)
                if last >= 0:
                    found.append(Found(places[n].start(), places[last].end(), value))
        return sorted(found, key=lambda place: (place.start, -place.end))

    def _look_up(self, word: str) -> tuple[tuple[tuple[_Slot, ...], Value], ...]:
        if len(self._begun) >= _REMEMBERED:
            self._begun.clear()
        places = [n for n in self._open if self._phrases[n][0][0].holds(word)]
        begun = tuple(self._phrases[n] for n in sorted([*self._by_word.get(word, ()), *places]))
        self._begun[word] = begun
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
