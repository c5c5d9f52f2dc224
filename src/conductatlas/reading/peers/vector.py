"""A clause's words as a short vector, so that clauses can be compared without their texts.

Words and pairs of neighbours are hashed to places of a vector, each with a sign (Weinberger et al. 2009, "Feature
hashing for large scale multitask learning"), weighed by how rare they are among clauses (words.txt). Words that few
platforms use, names for the most part, have no weight, nor have words of other languages than English. The same text
gives the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conductatlas.reading.clauses.features import words

WIDTH = 256  # places of a vector, a signed byte each
SIZE = WIDTH + 1  # bytes that are kept: the places, and how many different words have a weight
# Counts up whenever the same text may give another vector.
VECTOR_VERSION = 1
_PAIR = 0.7  # what a pair weighs beside its two words

Floats = NDArray[np.float32]


def vector(text: str) -> bytes:
    """SIZE bytes: the vector, brought to one length, and the number of its different words that have a weight, 127 at
    most. All zero where none has."""
    found = np.zeros(WIDTH, dtype=np.float64)
    weights = _weights(text)
    for feature, weight in weights.items():
        place, sign = _place(feature)
        found[place] += sign * weight
    length = max(math.sqrt(float(found @ found)), 1e-9)
    places = np.clip(np.rint(found / length * 256), -127, 127).astype(np.int8).tobytes()
    return places + bytes([min(127, sum(" " not in feature for feature in weights))])


def words_of(kept: bytes) -> int:
    """How many different words with a weight a text has, 127 at most."""
    return kept[WIDTH] if len(kept) == SIZE else 0


def nearness(one: bytes, others: Sequence[bytes]) -> Floats:
    """How near the words of a text are to those of each of the others: cosines, 1 for the same words, about 0 for
    none in common; 0 beside a vector that is all zero, or of another size."""
    if not others:
        return np.zeros(0, dtype=np.float32)
    kept = b"".join(other if len(other) == SIZE else bytes(SIZE) for other in (one, *others))
    rows = np.frombuffer(kept, dtype=np.int8).reshape(-1, SIZE)[:, :WIDTH].astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    products = np.einsum("ij,j->i", rows[1:], rows[0])  # no BLAS: its threads cost more than they save here
    beside = lengths[1:] * lengths[0]
    found: Floats = np.divide(products, beside, out=np.zeros_like(products), where=beside > 0)
    return found


def _weights(text: str) -> Mapping[str, float]:
    """Each word and pair of a text, with what it weighs there."""
    said = words(text)
    rare = rarity()
    counts = Counter(word for word in said if word in rare)
    pairs = Counter((first, second) for first, second in pairwise(said) if first in rare and second in rare)
    weights = {word: rare[word] * (1 + math.log(number)) for word, number in counts.items()}
    for (first, second), number in pairs.items():
        weights[f"{first} {second}"] = _PAIR * (rare[first] + rare[second]) / 2 * (1 + math.log(number))
    return weights


@lru_cache(maxsize=100_000)
def _place(feature: str) -> tuple[int, int]:
    """Where a feature goes, and with which sign."""
    digest = hashlib.blake2b(feature.encode(), digest_size=4).digest()
    number = int.from_bytes(digest, "big")
    return (number >> 1) % WIDTH, 1 if number & 1 else -1


@cache
def rarity() -> Mapping[str, float]:
    """Word → logarithm of how many clauses there are to one that has it; of the words that clauses of at least three
    platforms have."""
    lines = files(__package__).joinpath("words.txt").read_text(encoding="utf-8").splitlines()
    total = int(lines[0].rpartition(" ")[2])
    counted = (line.rpartition(" ") for line in lines[1:])
    return {word: math.log(total / int(number)) for word, _, number in counted}
