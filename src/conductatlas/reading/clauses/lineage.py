"""Lineage: which provision of an earlier version a finding of a new one is.

Words decide. A finding of the same words is the same provision, wherever it stands and whatever its number; then one
of like words and the same type; then one that was removed and comes back. What is like nothing is new, and what
nothing is like is removed: an id never passes to something else because a place became free.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from conductatlas.reading.clauses.likeness import Words

LIKE = 0.5  # overlap from which two provisions of one type are one that was reworded
LIKE_AT_PLACE = 0.35  # the same, where both stand alone of their type under the same title
VERY_LIKE = 0.75  # overlap from which they are one even if their types differ
CONTAINED = 0.8  # how much of the shorter one is in the longer one, for one that grew or shrank
LEAST = 0.3  # overlap below which nothing is the same, whatever else speaks for it
RETURNS = 0.8  # overlap from which what was removed is what came back
FEW = 6  # words of a text that says too little to be known by a part of it
CALLING = 6  # rare words of a text by which others that hold them are called for comparison
MOST = 20_000  # pairs of one type or of the same words up to which each is looked at
COMMON = 12  # a word that more texts than this hold calls for none


class How(StrEnum):
    """What became of a provision between two versions."""

    UNCHANGED = "unchanged"  # the same words at the same place
    RENUMBERED = "renumbered"  # the same words under another number
    MOVED = "moved"  # the same words under another title, or in another order
    REWORDED = "reworded"
    RETURNED = "returned"  # it was removed by an earlier version


@dataclass(frozen=True, slots=True)
class Met:
    """What a version says. path: titles that it stands under, outermost first. number: as printed, "" if none."""

    type: str
    text: str
    path: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True)
class Known(Met):
    """A provision as it was last seen. key: what it is known by. is_removed: the version before no longer had it."""

    key: str = ""
    is_removed: bool = False


class Pair(NamedTuple):
    """old, new: positions in what was given. likeness: overlap of the words, 0 to 1."""

    old: int
    new: int
    how: How
    likeness: float


@dataclass(frozen=True, slots=True)
class Matching:
    """pairs: in the order of the new version. new: positions of findings that are no known provision. removed:
    positions of provisions that were there and are not in the new version; those removed before are not told again."""

    pairs: tuple[Pair, ...]
    new: tuple[int, ...]
    removed: tuple[int, ...]


def follow(old: Sequence[Known], new: Sequence[Met]) -> Matching:
    """Which of the known provisions each finding of a new version is; each is used at most once.

    old: all provisions of the document in the order in which they last stood, removed ones anywhere among them.
    """
    return _Following(old, new).matching()


@dataclass(slots=True)
class _Following:
    old: Sequence[Known]
    new: Sequence[Met]
    pairs: dict[int, Pair] = field(default_factory=dict)  # by the position in the new version
    used: set[int] = field(default_factory=set)
    _old: list[Words] = field(default_factory=list)
    _new: list[Words] = field(default_factory=list)

    def matching(self) -> Matching:
        self._old = [Words(known.text) for known in self.old]
        self._new = [Words(met.text) for met in self.new]
        active = [n for n, known in enumerate(self.old) if not known.is_removed]
        removed = [n for n, known in enumerate(self.old) if known.is_removed]
        self._same_words(active)
        self._like(active, VERY_LIKE, across_types=True)
        self._same_words(removed)
        self._like(active, LIKE, across_types=False)
        self._like(removed, RETURNS, across_types=False)
        self._tell_moves()
        return Matching(
            tuple(self.pairs[n] for n in sorted(self.pairs)),
            tuple(n for n in range(len(self.new)) if n not in self.pairs),
            tuple(n for n in active if n not in self.used),
        )

    def _same_words(self, known: Iterable[int]) -> None:
        """Of several with the same words those are one that have most else in common."""
        by_words: defaultdict[str, list[int]] = defaultdict(list)
        for n in known:
            if n not in self.used:
                by_words[self._old[n].key].append(n)
        wanted: defaultdict[str, list[int]] = defaultdict(list)
        for n in range(len(self.new)):
            if n not in self.pairs and self._new[n].key in by_words:
                wanted[self._new[n].key].append(n)
        for key, positions in wanted.items():
            pairs: Iterable[tuple[int, int]] = product(by_words[key], positions)
            if len(by_words[key]) * len(positions) > MOST:  # so often that only their order tells them apart
                pairs = zip(by_words[key], positions, strict=False)
            self._take_best((self._in_common(o, n), o, n, 1.0) for o, n in pairs)

    def _like(self, known: Iterable[int], least: float, *, across_types: bool) -> None:
        """Pairs of like words, the most alike first."""
        free = [n for n in known if n not in self.used]
        left = [n for n in range(len(self.new)) if n not in self.pairs]
        if not free or not left:
            return
        called = self._called(free, left) if across_types else self._of_one_type(free, left)
        self._take_best(self._scored(called, least, free, left))

    def _scored(
        self, called: Iterable[tuple[int, int]], least: float, free: Sequence[int], left: Sequence[int]
    ) -> Iterator[tuple[float, int, int, float]]:
        alone = self._alone(free, left)
        for o, n in called:
            overlap = self._old[o].overlap(self._new[n])
            if overlap < LEAST or not self._is_like(o, n, overlap, least, (o, n) in alone):
                continue
            if overlap < VERY_LIKE and self._old[o].common(self._new[n]) < LEAST:
                continue
            in_order = self._old[o].in_order(self._new[n])
            yield (overlap + in_order) / 2 + self._in_common(o, n) / 20, o, n, overlap

    def _is_like(self, o: int, n: int, overlap: float, least: float, is_alone: bool) -> bool:
        if overlap >= least:
            return True
        if least > LIKE:
            return False
        if is_alone and overlap >= LIKE_AT_PLACE:
            return True
        shorter = min(len(self._old[o].all), len(self._new[n].all))
        return shorter > FEW and self._old[o].within(self._new[n]) >= CONTAINED

    def _alone(self, free: Sequence[int], left: Sequence[int]) -> set[tuple[int, int]]:
        """Pairs that alone have their type and title on either side."""
        places: defaultdict[tuple[str, tuple[str, ...]], tuple[list[int], list[int]]] = defaultdict(
            lambda: ([], [])
        )
        for o in free:
            places[self.old[o].type, self.old[o].path][0].append(o)
        for n in left:
            places[self.new[n].type, self.new[n].path][1].append(n)
        return {(o[0], n[0]) for o, n in places.values() if len(o) == len(n) == 1}

    def _of_one_type(self, free: Sequence[int], left: Sequence[int]) -> Iterator[tuple[int, int]]:
        by_type: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for o in free:
            by_type[self.old[o].type][0].append(o)
        for n in left:
            by_type[self.new[n].type][1].append(n)
        for before, after in by_type.values():
            is_few = len(before) * len(after) <= MOST
            yield from product(before, after) if is_few else self._called(before, after)

    def _called(self, free: Sequence[int], left: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pairs that share one of the rare words of the new text, for a long text has too many pairs to compare."""
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for o in free:
            for word in self._old[o].bag:
                holders[word].append(o)
        for n in left:
            known = [word for word in self._new[n].bag if len(holders.get(word, ())) in range(1, COMMON)]
            rare = sorted(known, key=lambda word: (len(holders[word]), -len(word), word))[:CALLING]
            for o in sorted({o for word in rare for o in holders[word]}):
                yield o, n

    def _in_common(self, o: int, n: int) -> float:
        """What two have in common beside their words: type, title, number, titles further out. 0 to 4."""
        known, met = self.old[o], self.new[n]
        is_titled_alike = known.path[-1:] == met.path[-1:]
        return (
            (known.type == met.type)
            + is_titled_alike
            + (known.path == met.path) * 0.5
            + (known.number == met.number) * 0.5
            + self._nearness(o, n)
        )

    def _nearness(self, o: int, n: int) -> float:
        """How near to the same place they stand, 0 to 1, by their share of the text above them."""
        return 1 - abs(o / max(len(self.old), 1) - n / max(len(self.new), 1))

    def _take_best(self, scored: Iterable[tuple[float, int, int, float]]) -> None:
        for _, o, n, likeness in sorted(scored, key=lambda item: (-item[0], item[1], item[2])):
            if o in self.used or n in self.pairs:
                continue
            self.used.add(o)
            self.pairs[n] = Pair(o, n, self._how(o, n), round(likeness, 4))

    def _how(self, o: int, n: int) -> How:
        known, met = self.old[o], self.new[n]
        if known.is_removed:
            return How.RETURNED
        if self._old[o].key != self._new[n].key:
            return How.REWORDED
        if known.path != met.path:
            return How.MOVED
        return How.UNCHANGED if known.number == met.number else How.RENUMBERED

    def _tell_moves(self) -> None:
        """What is unchanged and stands in another order among the unchanged of its title has moved."""
        by_path: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for n in sorted(self.pairs):
            if self.pairs[n].how in (How.UNCHANGED, How.RENUMBERED):
                by_path[self.new[n].path].append(n)
        for positions in by_path.values():
            kept = set(_longest_rising([self.pairs[n].old for n in positions]))
            for n in positions:
                if self.pairs[n].old not in kept:
                    self.pairs[n] = self.pairs[n]._replace(how=How.MOVED)


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The longest rising run within `numbers`, not necessarily adjacent (patience sorting)."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for position, number in enumerate(numbers):
        place = bisect_left(tails, number)
        before.append(at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(number)
            at.append(position)
        else:
            tails[place], at[place] = number, position
    found: list[int] = []
    position = at[-1] if at else -1
    while position >= 0:
        found.append(numbers[position])
        position = before[position]
    return found[::-1]
