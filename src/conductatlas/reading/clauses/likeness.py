"""How much two provisions have in common: the words of each, in order."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from rapidfuzz.distance import Indel

LONGEST = 4_000  # words of a provision that are compared
_WEIGHT = 8  # long words say more about what a provision is about than short ones
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


class Words:
    """The words of one text, without case and punctuation; of Chinese and Japanese the characters."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def key(self) -> str:
        """The same for texts of the same words."""
        return " ".join(_TOKEN.findall(self.text.casefold()))

    @cached_property
    def all(self) -> list[str]:
        return self.key.split(" ")[:LONGEST]

    @cached_property
    def bag(self) -> Counter[str]:
        """word -> weight, all its occurrences together."""
        counted = Counter(self.all)
        for word, count in counted.items():
            counted[word] = count * min(len(word), _WEIGHT)
        return counted

    @cached_property
    def weight(self) -> int:
        return sum(self.bag.values())

    def overlap(self, other: Words) -> float:
        """0 to 1: weight of the words that both hold, in whatever order, twice, in the weight of all."""
        both = self.bag.keys() & other.bag.keys()
        shared = sum(min(self.bag[word], other.bag[word]) for word in both)
        return 2 * shared / ((self.weight + other.weight) or 1)

    def common(self, other: Words) -> float:
        """0 to 1: share of the different words that both hold, twice, in those of both; long ones weigh no more."""
        both = self.bag.keys() & other.bag.keys()
        return 2 * len(both) / (len(self.bag) + len(other.bag))

    def within(self, other: Words) -> float:
        """0 to 1: how much of the shorter one is in the longer one."""
        both = self.bag.keys() & other.bag.keys()
        shared = sum(min(self.bag[word], other.bag[word]) for word in both)
        return shared / (min(self.weight, other.weight) or 1)

    def in_order(self, other: Words, least: float = 0.0) -> float:
        """0 to 1: words that both hold in the same order, twice, in all words; 0 below `least`."""
        return float(Indel.normalized_similarity(self.all, other.all, score_cutoff=least))
