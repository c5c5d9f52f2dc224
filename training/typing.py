"""From labelled clauses to weights for each type, and to how probable it is that what leads is right.

Everything is chosen by cross-validation over platforms: clauses of one platform are never on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from conductatlas.reading.clauses.classify import Ranked
from conductatlas.reading.clauses.leaning import NO_TYPE, Leaning
from conductatlas.reading.clauses.rules import hits, titled
from conductatlas.reading.clauses.signals import signals
from training.labelled import Labelled

Array = NDArray[np.float64]

CLAUSES = 3  # that have a signal, for it to be kept
COST = 1.0  # of the machine
SECOND = 0.6  # weight of a clause's second label beside 1 of its first
FOLDS = 6
RIGHT = 0.9  # share of the clauses called by a type that a reader gave them, from `least` on
STEPS = 127  # of weights as they are kept


class OfType(NamedTuple):
    """How well a type is told on platforms that were not seen. labelled: clauses whose first label it is; said: clauses
    called by it; right: of those, how many have it among their labels; found: of the labelled, how many are called by
    one of their labels."""

    labelled: int
    said: int
    right: int
    found: int


class Typing(NamedTuple):
    """leaning: what is shipped. curve: (share of the clauses that are typed, share of them that are typed right), by
    weights that had not seen the platform. types: by name, the same."""

    leaning: Leaning
    curve: tuple[tuple[float, float], ...]
    types: dict[str, OfType]


def learn(examples: Sequence[Labelled]) -> Typing:
    found = [hits(example.passage) for example in examples]
    named = [titled(example.passage) for example in examples]
    seen = [
        signals(example.passage, hit, names)
        for example, hit, names in zip(examples, found, named, strict=True)
    ]
    types = tuple(sorted({name for example in examples for name in example.types} | {NO_TYPE}))
    counts = Counter(signal for signals_ in seen for signal in set(signals_))
    rows = {
        signal: n for n, signal in enumerate(sorted(s for s, count in counts.items() if count >= CLAUSES))
    }
    rarity = np.log((1 + len(seen)) / (1 + np.array([counts[signal] for signal in rows]))) + 1
    matrix = _matrix(seen, rows, rarity)
    platforms = [example.platform for example in examples]
    firsts: list[list[float]] = []
    rights: list[bool] = []
    called: list[tuple[int, str]] = []  # place of the example, and the type that leads
    besides: list[list[float]] = []
    beside_rights: list[bool] = []
    for trained, held in GroupKFold(FOLDS).split(platforms, groups=platforms):
        weights, bias = _fitted(matrix[trained], [examples[n].types for n in trained], types)
        scores = np.asarray(matrix[held] @ weights + bias)
        draft = _draft(types, rows, rarity, weights, bias)
        for n, row in zip(held, scores, strict=True):
            ranked = Ranked(draft, row.astype(np.float32), found[n], named[n], examples[n].passage)
            firsts.append(ranked.first_row())
            rights.append(ranked.first in (examples[n].types or (NO_TYPE,)))
            called.append((int(n), ranked.first))
            for name in ranked.others:
                besides.append(ranked.beside_row(name))
                beside_rights.append(name in examples[n].types)
    first, beside = _logistic(firsts, rights), _logistic(besides, beside_rights)
    sure = 1 / (1 + np.exp(-(np.array(firsts, dtype=float) @ first[:-1] + first[-1])))
    curve = _curve(sure, np.array(rights))
    least = _least(sure, np.array(rights))
    said = {n: name for (n, name), is_sure in zip(called, sure >= least, strict=True) if is_sure}
    weights, bias = _fitted(matrix, [example.types for example in examples], types)
    scale = scale_of(weights)
    kept = np.rint(weights / scale) * scale
    leaning = _draft(types, rows, rarity, kept, bias)
    return Typing(
        Leaning(
            leaning.types,
            leaning.rows,
            leaning.rarity,
            leaning.weights,
            leaning.bias,
            first.astype(np.float32),
            beside.astype(np.float32),
            least,
        ),
        curve,
        {name: _of_type(name, said, [example.types for example in examples]) for name in types if name},
    )


def scale_of(weights: Array | NDArray[np.float32]) -> Array:
    """Of each type how much one of STEPS of its largest weight is; 1 where it has none."""
    largest = np.abs(weights).max(axis=0)
    return np.asarray(np.where(largest > 0, largest / STEPS, 1.0), dtype=np.float64)


def _of_type(name: str, said: dict[int, str], labels: Sequence[tuple[str, ...]]) -> OfType:
    firsts = [n for n, types in enumerate(labels) if types[:1] == (name,)]
    called = [n for n, type_ in said.items() if type_ == name]
    return OfType(
        len(firsts),
        len(called),
        sum(name in labels[n] for n in called),
        sum(said.get(n) in labels[n] for n in firsts),
    )


def _matrix(seen: Sequence[Sequence[str]], rows: dict[str, int], rarity: Array) -> csr_matrix:
    lines, columns, values = [], [], []
    for n, found in enumerate(seen):
        counts = Counter(signal for signal in found if signal in rows)
        if not counts:
            continue
        places = np.array([rows[signal] for signal in counts])
        line = (1 + np.log(np.array(list(counts.values())))) * rarity[places]
        lines += [n] * len(places)
        columns += places.tolist()
        values += (line / np.sqrt(line @ line)).tolist()
    return csr_matrix((values, (lines, columns)), shape=(len(seen), len(rows)))


def _fitted(
    matrix: csr_matrix, labels: Sequence[tuple[str, ...]], types: tuple[str, ...]
) -> tuple[Array, Array]:
    """signals × types, and the constants; of a type that is not among the labels, what speaks against it."""
    places, names, shares = [], [], []
    for n, each in enumerate(labels):
        for name, share in zip((each or (NO_TYPE,))[:2], (1.0, SECOND), strict=False):
            places.append(n)
            names.append(name)
            shares.append(share)
    machine = LinearSVC(C=COST, random_state=0).fit(matrix[places], names, sample_weight=shares)
    weights = np.zeros((matrix.shape[1], len(types)))
    bias = np.full(len(types), -1.5)
    columns = [types.index(name) for name in machine.classes_]
    weights[:, columns] = machine.coef_.T
    bias[columns] = machine.intercept_
    return weights, bias


def _draft(
    types: tuple[str, ...], rows: dict[str, int], rarity: Array, weights: Array, bias: Array
) -> Leaning:
    nothing = np.zeros(1, dtype=np.float32)
    parts = (part.astype(np.float32) for part in (rarity, weights, bias))
    return Leaning(types, rows, *parts, nothing, nothing, 0.0)


def _logistic(rows: Sequence[Sequence[float]], right: Sequence[bool]) -> Array:
    fit = LogisticRegression(C=100, max_iter=5_000).fit(np.array(rows, dtype=float), right)
    return np.append(fit.coef_[0], fit.intercept_[0])


def _least(sure: Array, right: NDArray[np.bool_]) -> float:
    """The lowest probability from which on RIGHT of the clauses are right."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= RIGHT)
    return float(sure[order][enough[-1]]) if len(enough) else 1.0


def _curve(sure: Array, right: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    return tuple(
        (share, round(float(shares[int(share * len(order)) - 1]), 4))
        for share in (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
    )
