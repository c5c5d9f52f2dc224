"""How much two clauses have in common, and which clauses are worth asking about.

A clause is the bag of its words, each weighing as much as it has letters (at most eight): long words say more about
what a clause is about than short ones, in every language, and no list of stop words is needed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from conductatlas.reading.compare.normal import Clause

_WEIGHT = 8
_PUNCTUATION = dict.fromkeys(map(ord, '.,;:!?()[]"'), " ")
_POSTINGS = 12  # a word that more lines than this hold calls for no candidates
_VOTERS = 8  # of the words of a line, the rarest so many call for candidates
_CANDIDATES = 2  # lines looked at for one line
_SHORT = 24  # weight under which a clause that is contained in another says nothing


class Bag:
    """The words of one clause. words: word -> weight, all its occurrences together."""

    def __init__(self, key: str) -> None:
        self.key = key
        words = key.casefold().translate(_PUNCTUATION).split()
        if len(words) * 12 < len(key):  # a script without spaces: pairs of neighbouring characters
            words = [key[n : n + 2] for n in range(len(key) - 1)]
        self.words = weights = Counter(words or [key or "."])
        for word, n in weights.items():
            weights[word] = (len(word) if len(word) < _WEIGHT else _WEIGHT) * n
        self.weight = sum(weights.values())

    def shared(self, other: Bag) -> int:
        """Weight of the words that both hold."""
        common = self.words.keys() & other.words.keys()
        return sum(map(min, map(self.words.__getitem__, common), map(other.words.__getitem__, common)))

    def extends(self, other: Bag) -> bool:
        """Whether one of the clauses begins or ends with the whole of the other."""
        short, long = sorted((self.key, other.key), key=len)
        return long.startswith(short) or long.endswith(short)

    def likeness(self, other: Bag, shared: int | None = None) -> float:
        """0..1: shared weight in all weight; a clause that holds nearly all of a shorter one is like it, too."""
        if shared is None:
            shared = self.shared(other)
        least = min(self.weight, other.weight)
        contained = 0.7 * shared / least if least >= _SHORT else 0.0
        return max(2 * shared / (self.weight + other.weight), contained)


class Bags:
    """The bags of a list of clauses, made when asked for."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = clauses
        self._bags: dict[int, Bag] = {}

    def __getitem__(self, index: int) -> Bag:
        bag = self._bags.get(index)
        if bag is None:
            bag = self._bags[index] = Bag(self._clauses[index].key)
        return bag


class Candidate(NamedTuple):
    """Two lines that may be versions of each other, their likeness, and the weight of the words that both hold."""

    likeness: float
    old: int
    new: int
    shared: int


def candidates(old: Bags, new: Bags, old_lines: Iterable[int], new_lines: Iterable[int]) -> list[Candidate]:
    """Pairs of lines that share a rare word; a few for each old line."""
    postings: dict[str, list[int]] = defaultdict(list)
    for j in new_lines:
        for word in new[j].words:
            if len(held := postings[word]) <= _POSTINGS:
                held.append(j)
    rarity = {word: (len(held), word) for word, held in postings.items() if len(held) <= _POSTINGS}
    found: list[Candidate] = []
    for i in old_lines:
        votes: dict[int, int] = {}
        rare = sorted(map(rarity.__getitem__, rarity.keys() & old[i].words.keys()))
        for _, word in rare[:_VOTERS]:
            for j in postings[word]:
                votes[j] = votes.get(j, 0) + len(word)
        first = sorted(votes, key=votes.__getitem__, reverse=True)[:_CANDIDATES]
        for j in first:
            shared = old[i].shared(new[j])
            found.append(Candidate(old[i].likeness(new[j], shared), i, j, shared))
    return found
