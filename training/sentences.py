"""Labelled sentences, and from which contract each is. Only sources under CC BY go into weights that are shipped.

unfair_tos: Lippi et al. 2019, as in LexGLUE (CC BY 4.0). claudette_multilingual: Galassi et al. 2024 (CC BY 4.0), its
English lines, without the contracts that the validation split is made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

KINDS = (
    "Limitation of liability",
    "Unilateral termination",
    "Unilateral change",
    "Content removal",
    "Contract by using",
    "Choice of law",
    "Jurisdiction",
    "Arbitration",
)
TAGS = {"ltd": 0, "ter": 1, "ch": 2, "cr": 3, "use": 4, "law": 5, "j": 6, "a": 7}
UNFAIR = "23"  # suffix of a tag: potentially, clearly unfair
HELD_BACK = frozenset({"Oculus", "Tripadvisor"})  # contracts of the validation split, in a later version
WEIGHT_OF_LATER = 0.6  # of a line of claudette_multilingual beside 1 of unfair_tos; by cross-validation


class Sentence(NamedTuple):
    """contract: name of the platform, the same in both sources. kinds: places in KINDS. weight: in training."""

    text: str
    contract: str
    kinds: tuple[int, ...]
    weight: float


def shipped(labelled: Path) -> list[Sentence]:
    """All that shipped weights are made of, unfair_tos first."""
    return [*unfair_tos(labelled, "train"), *_later(labelled)]


def unfair_tos(labelled: Path, split: str) -> list[Sentence]:
    return [
        Sentence(row["text"], _contract(row["company"]), tuple(map(KINDS.index, row["labels"])), 1.0)
        for row in _rows(labelled / "unfair_tos" / f"{split}.jsonl")
    ]


def _later(labelled: Path) -> Iterator[Sentence]:
    for row in _rows(labelled / "claudette_multilingual" / "clauses.jsonl"):
        if row["language"] == "en" and row["document"] not in HELD_BACK:
            kinds = {TAGS[tag[:-1]] for tag in row["tags"] if tag[:-1] in TAGS and tag[-1] in UNFAIR}
            yield Sentence(row["text"], _contract(row["document"]), tuple(sorted(kinds)), WEIGHT_OF_LATER)


def _contract(name: str) -> str:
    return name.lower().partition("_")[0].removesuffix("-app")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
