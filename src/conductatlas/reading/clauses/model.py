"""The learned model: how probable it is that a sentence is one of eight kinds of clauses (weights.npz).

Linear: each feature of a passage (features.py) has a weight for each kind; their sum becomes a probability by Platt's
scaling (Platt 1999), fitted on texts that the weights had not seen. Weights are made by `make train` from sentences
that lawyers labelled (ADR 0031). English only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from conductatlas.reading.clauses.features import BLOCKS, COUNTED, features, words

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """Features of one sort. rows: name -> row of weights (features × kinds) and of rarity (features)."""

    rows: Mapping[str, int]
    rarity: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """kinds: what the columns mean. slope, offset: of a score, its probability. least: from which probability on a
    kind is said, chosen on held-back documents of the training sentences. known: words that count as themselves.
    """

    kinds: tuple[str, ...]
    known: Collection[str]
    blocks: Mapping[str, Block]
    bias: Floats
    slope: Floats
    offset: Floats
    least: Floats

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """texts × kinds, each 0 to 1. Scores of a text do not depend on the other texts."""
        scores = self.scores(texts)
        with np.errstate(over="ignore"):
            found: Floats = (1 / (1 + np.exp(-(scores * self.slope + self.offset)))).astype(np.float32)
            return found

    def scores(self, texts: Sequence[str]) -> Floats:
        """texts × kinds, of any size."""
        scores = np.tile(self.bias, (len(texts), 1))
        if not texts:
            return scores
        found = [features(words(text), self.known) for text in texts]
        for name in BLOCKS:
            scores += _products(self.blocks[name], [each[name] for each in found], name in COUNTED)
        return scores


def _products(block: Block, found: Sequence[Iterable[str]], counted: bool) -> Floats:
    """texts × kinds: of each text's features, brought to length 1, the sum of their weights."""
    sums = np.zeros((len(found), block.weights.shape[1]), dtype=np.float32)
    known = block.rows
    for n, names in enumerate(found):
        rows = [known[name] for name in names if name in known]
        if not rows:
            continue
        if counted:
            places, counts = np.unique(np.array(rows), return_counts=True)
            values = (1 + np.log(counts)) * block.rarity[places]
        else:
            places = np.array(rows)
            values = block.rarity[places]
        sums[n] = (values / np.sqrt(values @ values)) @ block.weights[places]
    return sums


@cache
def model() -> Model:
    """The shipped one. Reads one file of the package, no pickle."""
    with (
        as_file(files(__package__).joinpath("weights.npz")) as path,
        np.load(path, allow_pickle=False) as kept,
    ):
        blocks = {
            name: Block(
                {feature: row for row, feature in enumerate(_lines(kept[f"{name}_names"]))},
                kept[f"{name}_rarity"].astype(np.float32),
                kept[f"{name}_weights"].astype(np.float32),
            )
            for name in BLOCKS
        }
        return Model(
            tuple(_lines(kept["kinds"])),
            frozenset(_lines(kept["known"])),
            blocks,
            kept["bias"],
            kept["slope"],
            kept["offset"],
            kept["least"],
        )


def _lines(kept: NDArray[np.uint8]) -> list[str]:
    return bytes(kept).decode("utf-8").split("\n")
