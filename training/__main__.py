"""`make train`: the weights that are shipped, from the labelled sentences beside the checkout."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from training import typing
from training.labelled import digest_of_labels, labelled
from training.learner import Example, Learned, learn
from training.sentences import KINDS, shipped
from training.weights import write, write_leaning

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CLAUSES = ROOT / "src" / "conductatlas" / "reading" / "clauses"
MEASURED = Path(__file__).with_name("measured.json")
WEIGHTS, TYPES = CLAUSES / "weights.npz", CLAUSES / "types.npz"


def train(labelled: Path) -> Learned:
    """The shipped model, and what it is judged by on the way."""
    sentences = shipped(labelled)
    labels = np.zeros((len(sentences), len(KINDS)), dtype=np.int64)
    for n, sentence in enumerate(sentences):
        labels[n, list(sentence.kinds)] = 1
    examples = [Example(s.text, s.contract, s.weight, s.weight == 1) for s in sentences]
    return learn(KINDS, examples, labels)


def measured(learned: typing.Typing, clauses: int) -> dict[str, object]:
    """How well types are told on platforms that were not seen, as it is kept beside the labels."""
    return {
        "clauses": clauses,
        "curve": [list(point) for point in learned.curve],
        "types": {name: list(of) for name, of in learned.types.items()},
    }


def main() -> int:
    if not SHARED.is_dir():
        print("What is learned from is not beside this checkout: ../shared", file=sys.stderr)
        return 1
    write(train(SHARED / "labelled").model, WEIGHTS)
    clauses = list(labelled(SHARED))
    learned = typing.learn(clauses)
    MEASURED.write_text(json.dumps(measured(learned, len(clauses)), indent=1) + "\n", "utf-8")
    write_leaning(learned.leaning, digest_of_labels(), TYPES)
    print(f"types: {len(clauses):,} clauses, called by a type from {learned.leaning.least:.2f} on")
    for share, right in learned.curve:
        print(f"  of the surest {share:.0%} of clauses {right:.1%} right, of platforms not seen")
    for path in (WEIGHTS, TYPES):
        print(f"written: {path.relative_to(ROOT)}, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
