"""From sentences with kinds to a model: features kept, weights, probabilities, from where on a kind is said.

Nothing here looks at a validation split: what is chosen is chosen by cross-validation over contracts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from conductatlas.reading.clauses.features import BLOCKS, COUNTED, features, words
from conductatlas.reading.clauses.model import Block, Model

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

CONTRACTS = 3  # that use a word, for it to count as a word and not as a name
SENTENCES = {"word": 3, "stem": 3, "meaning": 3, "phrase": 4}  # that have a feature, for it to be kept
SHARE = {"word": 1.0, "stem": 0.7, "meaning": 1.0, "phrase": 0.7}  # length of each block
MACHINES: tuple[Callable[[], Any], ...] = (  # whose scores are added; costs by cross-validation
    lambda: LinearSVC(C=0.15, random_state=0),
)
FOLDS = 6
DRAWS = 40  # of contracts, for a threshold


class Example(NamedTuple):
    """kinds: one row of 0 and 1. is_home: of the texts for which thresholds are chosen."""

    text: str
    group: str
    weight: float = 1.0
    is_home: bool = True


class Learned(NamedTuple):
    """model; held: scores of each example by weights that had not seen its group."""

    model: Model
    held: Array


def learn(kinds: Sequence[str], examples: Sequence[Example], labels: Labels) -> Learned:
    """labels: examples × kinds, 0 or 1."""
    known = _known(examples)
    found = [features(words(example.text), known) for example in examples]
    kept = {name: _kept([each[name] for each in found], SENTENCES[name]) for name in BLOCKS}
    rarity = {name: _rarity(name, kept[name], [each[name] for each in found]) for name in BLOCKS}
    matrix = hstack([_matrix(name, kept[name], rarity[name], found) for name in BLOCKS]).tocsr()
    weights = np.array([example.weight for example in examples])
    seen = [_held(matrix, examples, labels, weights, make) for make in MACHINES]
    sizes = [scores.std(axis=0) for scores in seen]
    held = sum((scores / size for scores, size in zip(seen, sizes, strict=True)), np.zeros(labels.shape))
    home = np.array([example.is_home for example in examples])
    groups = np.array([example.group for example in examples])
    slope, offset = _calibrated(held, labels, weights)
    least = np.array(
        [
            1
            / (1 + np.exp(-(slope[n] * _threshold(held[home, n], labels[home, n], groups[home]) + offset[n])))
            for n in range(len(kinds))
        ]
    )
    columns = np.zeros((matrix.shape[1], len(kinds)))
    bias = np.zeros(len(kinds))
    for n in range(len(kinds)):
        for make, size in zip(MACHINES, sizes, strict=True):
            machine = make().fit(matrix, labels[:, n], sample_weight=weights)
            columns[:, n] += machine.coef_[0] / size[n]
            bias[n] += machine.intercept_[0] / size[n]
    begin = 0
    blocks = {}
    for name in BLOCKS:
        rows = columns[begin : begin + len(kept[name])] * SHARE[name]
        begin += len(kept[name])
        blocks[name] = Block(kept[name], rarity[name].astype(np.float32), rows.astype(np.float32))
    parts = (part.astype(np.float32) for part in (bias, slope, offset, least))
    return Learned(Model(tuple(kinds), known, blocks, *parts), held)


def _known(examples: Sequence[Example]) -> frozenset[str]:
    groups: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for word in words(example.text):
            groups[word].add(example.group)
    return frozenset(word for word, used in groups.items() if len(used) >= CONTRACTS)


def _kept(found: Sequence[Sequence[str]], least: int) -> dict[str, int]:
    counts = Counter(name for names in found for name in set(names))
    return {name: n for n, name in enumerate(sorted(n for n, count in counts.items() if count >= least))}


def _rarity(block: str, kept: Mapping[str, int], found: Sequence[Sequence[str]]) -> Array:
    if block == "phrase":
        return np.ones(len(kept))
    counts = np.zeros(len(kept))
    for names in found:
        counts[[kept[name] for name in set(names) if name in kept]] += 1
    return np.asarray(np.log((1 + len(found)) / (1 + counts)) + 1)


def _matrix(
    block: str, kept: Mapping[str, int], rarity: Array, found: Sequence[Mapping[str, list[str]]]
) -> csr_matrix:
    rows, columns, values = [], [], []
    for n, each in enumerate(found):
        counts = Counter(name for name in each[block] if name in kept)
        if not counts:
            continue
        places = np.array([kept[name] for name in counts])
        times = np.array(list(counts.values())) if block in COUNTED else np.ones(len(places))
        line = (1 + np.log(times)) * rarity[places]
        rows += [n] * len(places)
        columns += places.tolist()
        values += (SHARE[block] * line / np.sqrt(line @ line)).tolist()
    return csr_matrix((values, (rows, columns)), shape=(len(found), len(kept)))


def _held(
    matrix: csr_matrix, examples: Sequence[Example], labels: Labels, weights: Array, make: Callable[[], Any]
) -> Array:
    scores = np.zeros(labels.shape)
    groups = [example.group for example in examples]
    for seen, unseen in GroupKFold(FOLDS).split(groups, groups=groups):
        for n in range(labels.shape[1]):
            machine = make().fit(matrix[seen], labels[seen, n], sample_weight=weights[seen])
            scores[unseen, n] = machine.decision_function(matrix[unseen])
    return scores


def _calibrated(scores: Array, labels: Labels, weights: Array) -> tuple[Array, Array]:
    """Platt's scaling: of each kind slope and offset."""
    found = [
        LogisticRegression(C=1000).fit(scores[:, [n]], labels[:, n], sample_weight=weights)
        for n in range(labels.shape[1])
    ]
    return np.array([fit.coef_[0, 0] for fit in found]), np.array([fit.intercept_[0] for fit in found])


def _threshold(scores: Array, labels: Labels, groups: NDArray[np.str_]) -> float:
    """The score from which on F1 is best: the median over draws of contracts, since one contract may hold many."""
    draws = np.random.default_rng(0)
    names = np.unique(groups)
    places = {name: np.flatnonzero(groups == name) for name in names}
    found = []
    for _ in range(DRAWS):
        drawn = np.concatenate([places[name] for name in draws.choice(names, len(names))])
        found.append(_best(scores[drawn], labels[drawn]))
    return float(np.median(found))


def _best(scores: Array, labels: Labels) -> float:
    """The score from which on F1 is best, smoothed over five neighbours."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(labels[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + labels.sum())
    return float(scores[order][np.convolve(f1, np.ones(5) / 5, "same").argmax()] - 1e-9)
