"""`make train`: the weights that are shipped, from the labelled sentences beside the checkout."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from training.learner import Example, Learned, learn
from training.sentences import KINDS, shipped
from training.weights import write

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT.parent / "shared" / "labelled"
WEIGHTS = ROOT / "src" / "conductatlas" / "reading" / "clauses" / "weights.npz"


def train(labelled: Path) -> Learned:
    """The shipped model, and what it is judged by on the way."""
    sentences = shipped(labelled)
    labels = np.zeros((len(sentences), len(KINDS)), dtype=np.int64)
    for n, sentence in enumerate(sentences):
        labels[n, list(sentence.kinds)] = 1
    examples = [Example(s.text, s.contract, s.weight, s.weight == 1) for s in sentences]
    return learn(KINDS, examples, labels)


def main() -> int:
    if not LABELLED.is_dir():
        print("The labelled sentences are not beside this checkout: ../shared/labelled", file=sys.stderr)
        return 1
    write(train(LABELLED).model, WEIGHTS)
    print(f"written: {WEIGHTS.relative_to(ROOT)}, {WEIGHTS.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
