"""What changed inside a clause, word by word, drawn as a lawyer would draw it.

The words of both sides are matched by a longest common subsequence; then what would only make the redline hard
to read is cleaned away: lone small words that happen to stand on both sides of a rewritten passage, half-replaced
names, and additions that begin one word before or after the sentence that was added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

from conductatlas.reading.compare.normal import LONGEST, Passage, is_word
from conductatlas.reading.compare.runs import Run, common_runs, gaps, intern, joined

OpName = Literal["equal", "delete", "insert", "replace"]

_REWRITTEN = 0.35  # share of matched words under which the clause is shown as removed and written anew
_CONTAINED = 0.8  # ... unless nearly all words of the shorter side are kept
_ISLAND = 0.25  # an island lighter than this share of the lesser edit beside it joins both
_ISLAND_WORDS = 3
_SMALL_WORDS = 2  # weight of an island that is only punctuation and small words
_LONG_EDIT = 24  # weight from which edits on both sides swallow it even where nothing is replaced
_NAME = 3  # words of a capitalised name that are replaced with it
_SLIDE = 40  # words that an addition may slide to begin and end with a sentence
_SENTENCE_END = frozenset(".!?;:。！？；：")
_PAUSE = frozenset(",、，()（）")


class Op(NamedTuple):
    """old[old_start:old_end] became new[new_start:new_end]; offsets in the texts of the readings."""

    op: OpName
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def redline(old: Passage, new: Passage) -> tuple[Op, ...]:
    """The operations that turn one passage into the other, in order, covering both without a gap.

    Equal operations are equal to the letter; a difference of spaces, quotes or dashes alone is a replacement.
    The redline from new to old is the same one backwards.
    """
    if max(len(old.text), len(new.text)) > LONGEST:
        return (Op("replace", old.start, old.start + len(old.text), new.start, new.start + len(new.text)),)
    if new.text < old.text:
        runs = [Run(run.new, run.old, run.size) for run in _matched(new, old)]
    else:
        runs = _matched(old, new)
    make = tuple.__new__  # the constructor of a named tuple is slow, and there are many
    return tuple(make(Op, fields) for fields in _ops(old, new, runs))


def _matched(old: Passage, new: Passage) -> list[Run]:
    """The words that a reader takes for kept."""
    runs = common_runs(*intern(old.keys, new.keys))
    if len(runs) == 1 and runs[0].size == len(old.keys) == len(new.keys):
        return runs
    old_sums = list(accumulate(map(_weight, old.keys), initial=0))
    new_sums = list(accumulate(map(_weight, new.keys), initial=0))
    matched = sum(old_sums[run.old + run.size] - old_sums[run.old] for run in runs)
    smaller, larger = sorted((old_sums[-1], new_sums[-1]))
    if matched < _REWRITTEN * larger and matched < _CONTAINED * smaller:
        return []
    runs = _slid(old.keys, new.keys, runs)
    runs = _without_islands(old_sums, new_sums, runs)
    return _without_half_names(old.keys, new.keys, runs)


@lru_cache(maxsize=65_536)
def _weight(key: str) -> int:
    """How much a word says: its length, and next to nothing for small words and punctuation.

    A character of a script without spaces is half a word at most.
    """
    if not is_word(key):
        return 0
    if len(key) == 1 or (len(key) <= 3 and key.isalpha()):
        return 1
    return max(3, len(key))


def _slid(old: list[str], new: list[str], runs: list[Run]) -> list[Run]:
    """Runs in which pure additions and removals begin and end where a sentence, or else a phrase, does."""
    moved = runs[:1]
    for right in runs[1:]:
        left = moved[-1]
        a, c, b, d = left.old + left.size, left.new + left.size, right.old, right.new
        shift = 0
        if a == b:
            shift = _best_shift(new, c, d, left.size, right.size)
        elif c == d:
            shift = _best_shift(old, a, b, left.size, right.size)
        if shift:
            moved[-1] = left._replace(size=left.size + shift)
            right = Run(b + shift, d + shift, right.size - shift)
        moved.append(right)
    return moved


def _best_shift(words: list[str], start: int, end: int, left: int, right: int) -> int:
    """By how many words (negative: to the left) the window words[start:end] slides best, its content staying equal."""
    best, best_score = 0, _edge_score(words, start, end)
    for step, room in ((-1, left - 1), (1, right - 1)):
        shift = 0
        while abs(shift) < min(room, _SLIDE):
            out, into = (end + shift - 1, start + shift - 1) if step < 0 else (start + shift, end + shift)
            if words[out] != words[into]:
                break
            shift += step
            score = _edge_score(words, start + shift, end + shift)
            if score > best_score:
                best, best_score = shift, score
    return best


def _edge_score(words: list[str], start: int, end: int) -> int:
    first, last = words[start - 1] if start else ".", words[end - 1]
    if last in _SENTENCE_END:
        return 4 if first in _SENTENCE_END else 1
    if words[start] in _PAUSE and words[start] != "(":
        return 3
    return 2 if first in _PAUSE and last in _PAUSE else 0


def _without_islands(old_sums: list[int], new_sums: list[int], runs: list[Run]) -> list[Run]:
    """Runs without those that are too slight between the edits beside them to be read as kept.

    The sums are the weight of the words before each place.
    """

    def slight(before: Run, island: Run, following: Run) -> bool:
        weight = old_sums[island.old + island.size] - old_sums[island.old]
        if island.size > _ISLAND_WORDS and weight > _SMALL_WORDS:
            return False
        cut_left = old_sums[island.old] - old_sums[before.old + before.size]
        put_left = new_sums[island.new] - new_sums[before.new + before.size]
        cut_right = old_sums[following.old] - old_sums[island.old + island.size]
        put_right = new_sums[following.new] - new_sums[island.new + island.size]
        lesser = min(max(cut_left, put_left), max(cut_right, put_right))
        both_rewritten = bool(cut_left and put_left and cut_right and put_right)
        if weight <= _SMALL_WORDS:
            return lesser > 0 and (both_rewritten or lesser >= _LONG_EDIT)
        return weight < lesser * (_ISLAND if both_rewritten else _ISLAND / 2)

    kept = [Run(0, 0, 0)]
    for run in (*runs, Run(len(old_sums) - 1, len(new_sums) - 1, 0)):
        while len(kept) > 1 and slight(kept[-2], kept[-1], run):
            kept.pop()
        kept.append(run)
    return kept[1:-1]


def _without_half_names(old: list[str], new: list[str], runs: list[Run]) -> list[Run]:
    """Runs that do not begin or end inside a capitalised name of which another part was replaced."""
    trimmed = runs
    for a, b, c, d in gaps(runs, len(old), len(new)):
        if a == b or c == d:
            continue
        if _is_name(old[b - 1]) and _is_name(new[d - 1]) and (size := _name_size(old[b : b + _NAME + 1])):
            trimmed = [_shortened(run, front=size) if run.old == b else run for run in trimmed]
        if (
            _is_name(old[a])
            and _is_name(new[c])
            and (size := _name_size(old[max(1, a - _NAME - 1) : a][::-1]))
        ):
            trimmed = [_shortened(run, back=size) if run.old + run.size == a else run for run in trimmed]
    return runs if trimmed is runs else joined(trimmed)


def _shortened(run: Run, front: int = 0, back: int = 0) -> Run:
    """A run without its first or last words; empty where it has no more of them."""
    front = min(front, run.size)
    return Run(run.old + front, run.new + front, max(run.size - front - back, 0))


def _is_name(key: str) -> bool:
    return len(key) > 3 and key[0].isupper() and key[1:].islower()


def _name_size(words: Sequence[str]) -> int:
    """How many words of a name these begin with; 0 where there are too many, as in a heading in capitals."""
    size = next((n for n, word in enumerate(words) if not _is_name(word)), len(words))
    return size if size <= _NAME else 0


def _ops(before: Passage, after: Passage, runs: list[Run]) -> Iterator[tuple[OpName, int, int, int, int]]:
    """The fields of the operations between and over the matched words, widened to the white space around them."""
    old, new = before.text, after.text
    x, y = before.start, after.start
    a = c = 0  # how far we have come
    equal_from = 0  # where in `old` the stretch of equal text that we are in began
    for b, stop_old, d, stop_new in (*_same_words(before, after, runs), (len(old),) * 2 + (len(new),) * 2):
        if old[a:b] != new[c:d]:
            least = min(b - a, d - c)
            head = tail = 0
            while head < least and old[a + head] == new[c + head] and old[a + head].isspace():
                head += 1
            least -= head
            while tail < least and old[b - 1 - tail] == new[d - 1 - tail] and old[b - 1 - tail].isspace():
                tail += 1
            a, b, c, d = a + head, b - tail, c + head, d - tail
            if a > equal_from:
                yield "equal", x + equal_from, x + a, y + c - (a - equal_from), y + c
            name: OpName = "insert" if a == b else "delete" if c == d else "replace"
            yield name, x + a, x + b, y + c, y + d
            equal_from = b
        a, c = stop_old, stop_new
    if a > equal_from:
        yield "equal", x + equal_from, x + a, y + c - (a - equal_from), y + c


def _same_words(old: Passage, new: Passage, runs: list[Run]) -> Iterator[tuple[int, int, int, int]]:
    """Start and end on each side of the matched stretches that are equal to the letter: whole runs, or words."""
    for run in runs:
        start, end = old.tokens[run.old].start, old.tokens[run.old + run.size - 1].end
        new_start, new_end = new.tokens[run.new].start, new.tokens[run.new + run.size - 1].end
        if old.text[start:end] == new.text[new_start:new_end]:
            yield start, end, new_start, new_end
            continue
        befores, afters = old.tokens[run.old : run.old + run.size], new.tokens[run.new : run.new + run.size]
        for (start, end, _), (new_start, new_end, _) in zip(befores, afters, strict=True):
            if old.text[start:end] == new.text[new_start:new_end]:
                yield start, end, new_start, new_end
