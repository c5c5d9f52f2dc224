"""Is the new text another document altogether? Emptied, in another language, or with nearly nothing in common (S15).

Such a text is not judged clause by clause: that would tell the whole of both texts as a thousand differences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from conductatlas.reading.compare.align import same_clauses
from conductatlas.reading.compare.normal import Clause
from conductatlas.reading.compare.novelty import Wording
from conductatlas.reading.compare.pairing import Pairing
from conductatlas.reading.compare.runs import Region
from conductatlas.reading.text.marks import Reading

_LEAST = 600  # characters on a side from which a text can be told to be another one
_SAME_LINES = 0.1  # share of the shorter text in lines that both have, from which it is the same document
_SAME_WORDS = (
    0.5  # share of all words: documents of one kind by different platforms have two in five in common
)
_WEIGHT = 8  # letters from which a longer word weighs no more
_SAME_WORDING = 0.1  # the same of its wording, three words at a time
_SAME_WORDING_TRANSLATED = 0.3  # between two languages: what is left in one of them


def is_replaced(old: Reading, old_lines: Sequence[Clause], new: Reading, new_lines: Sequence[Clause]) -> bool:
    """Whether a text was emptied, changed its language, or has nearly nothing in common with the other one."""
    if not old_lines or not new_lines:
        return len(old_lines) != len(new_lines)
    if min(len(old.text), len(new.text)) < _LEAST:
        return False
    translated = bool(old.language and new.language and old.language != new.language)
    least = _SAME_WORDING_TRANSLATED if translated else _SAME_WORDING
    if _shared_lines(old_lines, new_lines) >= max(least, _SAME_LINES):
        return False
    if _shared_words(old.text, new.text) >= _SAME_WORDS:
        return False
    short, long = sorted((old.text, new.text), key=lambda text: (len(text), text))
    return 1 - Wording([long]).news(short) < least


def pair_replaced(old: Sequence[Clause], new: Sequence[Clause]) -> Pairing:
    """The lines that both texts have, in order; all others went or came."""
    same = [
        Region(run.old + n, run.old + n + 1, run.new + n, run.new + n + 1)
        for run in same_clauses(old, new)
        for n in range(run.size)
    ]
    kept_old, kept_new = {region.old_start for region in same}, {region.new_start for region in same}
    return Pairing(tuple(same), (), _others(len(old), kept_old), _others(len(new), kept_new))


def _others(lines: int, kept: set[int]) -> tuple[int, ...]:
    return tuple(n for n in range(lines) if n not in kept)


def _shared_words(old: str, new: str) -> float:
    """The share of words that both texts hold, as often as both do; long words weigh more."""
    before, after = Counter(old.casefold().split()), Counter(new.casefold().split())
    shared = sum(
        min(before[word], after[word]) * min(len(word), _WEIGHT) for word in before.keys() & after.keys()
    )
    return (
        2 * shared / sum(n * min(len(word), _WEIGHT) for side in (before, after) for word, n in side.items())
    )


def _shared_lines(old: Iterable[Clause], new: Iterable[Clause]) -> float:
    """The share of the shorter text that stands in lines of the other one."""
    before, after = {line.key for line in old}, {line.key for line in new}
    shorter = min(sum(map(len, before)), sum(map(len, after)))
    return sum(map(len, before & after)) / shorter if shorter else 1.0
