"""Whether two texts are one text in circulation, told apart by nothing of weight (the rule book's variant test)."""

from __future__ import annotations

from rapidfuzz.distance import Indel

from conductatlas.reading.compare.comparison import Comparison
from conductatlas.reading.compare.hunks import Hunk
from conductatlas.reading.compare.normal import Passage, count_words
from conductatlas.reading.compare.significance import ChangeKind

NEARLY = 0.1  # of the words of the longer text may differ at most
OVERLAP = 0.8  # of the words of a rewritten clause have to be the same
REWORDED = "U"


def is_near(comparison: Comparison) -> bool:
    """Whether the texts are nearly equal and the words that differ hold no token of weight (S1 to S15).

    "Within 30 days" and "within 60 days" are nearly equal, and are two texts all the same.
    """
    counts = comparison.counts
    longer = max(count_words(comparison.old.text), count_words(comparison.new.text))
    if counts.words_added + counts.words_removed > NEARLY * longer:
        return False
    return all(_is_of_no_weight(hunk, comparison) for hunk in comparison.hunks)


def _is_of_no_weight(hunk: Hunk, comparison: Comparison) -> bool:
    if hunk.significance is ChangeKind.EDITORIAL:
        return True
    if (
        [rule for rule in hunk.rules if rule[0] in "SNU"] != [REWORDED]
        or hunk.old is None
        or hunk.new is None
    ):
        return False
    old = Passage.of(comparison.old.text, hunk.old).keys
    new = Passage.of(comparison.new.text, hunk.new).keys
    return Indel.normalized_similarity(old, new) >= OVERLAP
