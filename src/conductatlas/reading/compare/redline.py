"""What changed inside a clause, word by word, drawn as a lawyer would draw it.

The words of both sides are matched by a longest common subsequence; then what would only make the redline hard
to read is cleaned away: lone small words that happen to stand on both sides of a rewritten passage, half-replaced
names, and additions that begin one word before or after the sentence that was added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from conductatlas.reading.compare.normal import Span, Token, tokens
from conductatlas.reading.compare.runs import Run, common_runs, gaps, intern, joined

OpName = Literal["equal", "delete", "insert", "replace"]

_REWRITTEN = 0.35  # share of matched words under which the clause is shown as removed and written anew
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


def redline(old: str, old_span: Span, new: str, new_span: Span) -> tuple[Op, ...]:
    """The operations that turn old[old_span] into new[new_span], in order, covering both spans without a gap.

    Equal operations are equal to the letter; a difference of spaces, quotes or dashes alone is a replacement.
    The redline from new to old is the same one backwards.
    """
    if new[slice(*new_span)] < old[slice(*old_span)]:
        return tuple(_mirrored(op) for op in redline(new, new_span, old, old_span))
    before, after = tokens(old, *old_span), tokens(new, *new_span)
    runs = common_runs(*intern([t.key for t in before], [t.key for t in after]))
    runs = _cleaned(before, after, runs)
    return tuple(_ops(old, old_span, before, new, new_span, after, runs))


def _mirrored(op: Op) -> Op:
    name: OpName = "insert" if op.op == "delete" else "delete" if op.op == "insert" else op.op
    return Op(name, op.new_start, op.new_end, op.old_start, op.old_end)


def _cleaned(old: list[Token], new: list[Token], runs: list[Run]) -> list[Run]:
    matched = sum(_weight(token) for run in runs for token in old[run.old : run.old + run.size])
    whole = max(sum(map(_weight, old)), sum(map(_weight, new)))
    smaller = min(sum(map(_weight, old)), sum(map(_weight, new)))
    if matched < _REWRITTEN * whole and matched < 0.8 * smaller:
        return []
    runs = _slid(old, new, runs)
    runs = _without_islands(old, new, runs)
    return joined(_without_half_names(old, new, runs))


def _weight(token: Token) -> int:
    """How much a word says: its length, and next to nothing for small words and punctuation.

    A character of a script without spaces is half a word at most.
    """
    if not token.is_word:
        return 0
    if len(token.key) == 1 or (len(token.key) <= 3 and token.key.isalpha()):
        return 1
    return max(3, len(token.key))


def _slid(old: list[Token], new: list[Token], runs: list[Run]) -> list[Run]:
    """Runs in which pure additions and removals begin and end where a sentence, or else a phrase, does."""
    moved = [list(run) for run in runs]
    for left, right in pairwise(moved):
        a, c = left[0] + left[2], left[1] + left[2]
        b, d = right[0], right[1]
        if a == b:
            shift = _best_shift(new, c, d, left[2], right[2])
        elif c == d:
            shift = _best_shift(old, a, b, left[2], right[2])
        else:
            continue
        left[2] += shift
        right[0], right[1], right[2] = right[0] + shift, right[1] + shift, right[2] - shift
    return [Run(*run) for run in moved]


def _best_shift(words: list[Token], start: int, end: int, left: int, right: int) -> int:
    """By how many words (negative: to the left) the window words[start:end] slides best, its content staying equal."""
    best, best_score = 0, _edge_score(words, start, end)
    for step, room in ((-1, left - 1), (1, right - 1)):
        shift = 0
        while abs(shift) < min(room, _SLIDE):
            out, into = (end + shift - 1, start + shift - 1) if step < 0 else (start + shift, end + shift)
            if words[out].key != words[into].key:
                break
            shift += step
            score = _edge_score(words, start + shift, end + shift)
            if score > best_score:
                best, best_score = shift, score
    return best


def _edge_score(words: list[Token], start: int, end: int) -> int:
    first, last = words[start - 1].key if start else ".", words[end - 1].key
    if last in _SENTENCE_END:
        return 4 if first in _SENTENCE_END else 1
    if words[start].key in _PAUSE and words[start].key != "(":
        return 3
    return 2 if first in _PAUSE and last in _PAUSE else 0


def _without_islands(old: list[Token], new: list[Token], runs: list[Run]) -> list[Run]:
    """Runs without those that are too slight between the edits beside them to be read as kept."""
    old_sums = list(accumulate(map(_weight, old), initial=0))
    new_sums = list(accumulate(map(_weight, new), initial=0))

    def slight(before: Run, island: Run, following: Run) -> bool:
        cut_left = old_sums[island.old] - old_sums[before.old + before.size]
        put_left = new_sums[island.new] - new_sums[before.new + before.size]
        cut_right = old_sums[following.old] - old_sums[island.old + island.size]
        put_right = new_sums[following.new] - new_sums[island.new + island.size]
        weight = old_sums[island.old + island.size] - old_sums[island.old]
        lesser = min(max(cut_left, put_left), max(cut_right, put_right))
        both_rewritten = bool(cut_left and put_left and cut_right and put_right)
        if weight <= _SMALL_WORDS:
            return lesser > 0 and (both_rewritten or lesser >= _LONG_EDIT)
        return island.size <= _ISLAND_WORDS and weight < lesser * (_ISLAND if both_rewritten else _ISLAND / 2)

    kept = [Run(0, 0, 0)]
    for run in (*runs, Run(len(old), len(new), 0)):
        while len(kept) > 1 and slight(kept[-2], kept[-1], run):
            kept.pop()
        kept.append(run)
    return kept[1:-1]


def _without_half_names(old: list[Token], new: list[Token], runs: list[Run]) -> list[Run]:
    """Runs that do not begin or end inside a capitalised name of which another part was replaced."""
    trimmed = [list(run) for run in runs]
    for region in gaps(runs, len(old), len(new)):
        a, b, c, d = region
        if a == b or c == d:
            continue
        if _is_name(old[b - 1]) and _is_name(new[d - 1]) and (size := _name_size(old[b : b + _NAME + 1])):
            run = next(run for run in trimmed if run[0] == b)
            size = min(size, run[2])
            run[0], run[1], run[2] = run[0] + size, run[1] + size, run[2] - size
        if (
            _is_name(old[a])
            and _is_name(new[c])
            and (size := _name_size(old[max(0, a - _NAME - 1) : a][::-1]))
        ):
            run = next(run for run in trimmed if run[0] + run[2] == a)
            run[2] -= min(size, run[2])
    return [Run(*run) for run in trimmed]


def _is_name(token: Token) -> bool:
    return len(token.key) > 3 and token.key[0].isupper() and token.key[1:].islower()


def _name_size(words: Sequence[Token]) -> int:
    """How many words of a name these begin with; 0 where there are too many, as in a heading in capitals."""
    size = next((n for n, word in enumerate(words) if not _is_name(word)), len(words))
    return size if size <= _NAME else 0


def _ops(
    old: str,
    old_span: Span,
    before: list[Token],
    new: str,
    new_span: Span,
    after: list[Token],
    runs: list[Run],
) -> Iterator[Op]:
    """Operations between and over the matched words, widened to the white space around them."""
    pairs = [
        (before[run.old + n], after[run.new + n])
        for run in runs
        for n in range(run.size)
        if old[slice(*before[run.old + n][:2])] == new[slice(*after[run.new + n][:2])]
    ]
    a, c = old_span.start, new_span.start  # how far we have come
    equal_from = a  # where the stretch of equal text that we are in began
    for token, same in (
        *pairs,
        (Token(old_span.end, old_span.end, ""), Token(new_span.end, new_span.end, "")),
    ):
        b, d = token.start, same.start
        if old[a:b] != new[c:d]:
            head = _common_space(old[a:b], new[c:d])
            tail = _common_space(old[a + head : b][::-1], new[c + head : d][::-1])
            start, stop = (a + head, c + head), (b - tail, d - tail)
            if start[0] > equal_from:
                yield Op("equal", equal_from, start[0], start[1] - (start[0] - equal_from), start[1])
            name: OpName = "insert" if start[0] == stop[0] else "delete" if start[1] == stop[1] else "replace"
            yield Op(name, start[0], stop[0], start[1], stop[1])
            equal_from = stop[0]
        a, c = token.end, same.end
    if a > equal_from:
        yield Op("equal", equal_from, a, c - (a - equal_from), c)


def _common_space(one: str, other: str) -> int:
    """Number of white space characters that both begin with."""
    size = 0
    while size < min(len(one), len(other)) and one[size] == other[size] and one[size].isspace():
        size += 1
    return size
