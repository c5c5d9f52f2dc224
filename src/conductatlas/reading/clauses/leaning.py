"""How strongly the signals of a passage speak for each type: a linear model of clauses that were labelled by reading.

Each signal has a weight for each type; a passage's signals, brought to length 1, are summed. What comes out is no
probability: two small logistic models (Platt 1999) turn it and what rules say into one, fitted on platforms that the
weights had not seen. Weights are made by `make train` (ADR 0041).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NO_TYPE = ""  # what clauses that are of no type are said to be


@dataclass(frozen=True, slots=True)
class Leaning:
    """types: what the columns mean, NO_TYPE among them. rows: signal -> row of weights (signals × types) and of rarity.
    first: weights of a Judgement for the type that leads, its constant last; beside: for a further one. least: how
    probable the first type has to be for a clause to be called by it.
    """

    types: tuple[str, ...]
    rows: Mapping[str, int]
    rarity: Floats
    weights: Floats
    bias: Floats
    first: Floats
    beside: Floats
    least: float

    def scores(self, found: Sequence[Sequence[str]]) -> Floats:
        """passages × types, of the signals of each passage. Scores of a passage do not depend on the others."""
        scores = np.tile(self.bias, (len(found), 1))
        rows = self.rows
        for n, signals in enumerate(found):
            known = [row for signal in signals if (row := rows.get(signal)) is not None]
            if not known:
                continue
            counts = Counter(known)
            places = np.fromiter(counts, np.intp, len(counts))
            times = np.fromiter(counts.values(), np.float32, len(counts))
            values = (1 + np.log(times)) * self.rarity[places]
            scores[n] += (values / np.sqrt(values @ values)) @ self.weights[places]
        return scores


def probabilities(rows: Sequence[Sequence[float]], weights: Floats) -> list[float]:
    """Of judgements, one a row, how probable it is that each is right. weights: one a column, and the constant."""
    if not rows:
        return []
    scores = np.array(rows, dtype=np.float32) @ weights[:-1] + weights[-1]
    found: list[float] = (1 / (1 + np.exp(-np.clip(scores, -30, 30)))).tolist()
    return found


@cache
def leaning() -> Leaning:
    """The shipped one. Reads one file of the package, no pickle."""
    with as_file(files(__package__).joinpath("types.npz")) as path, np.load(path, allow_pickle=False) as kept:
        return Leaning(
            tuple(_lines(kept["types"])),
            {signal: row for row, signal in enumerate(_lines(kept["signals"]))},
            kept["rarity"].astype(np.float32),
            kept["weights"].astype(np.float32) * kept["scale"],
            kept["bias"],
            kept["first"],
            kept["beside"],
            float(kept["least"][0]),
        )


def _lines(kept: NDArray[np.uint8]) -> list[str]:
    return bytes(kept).decode("utf-8").split("\n")
