"""How sure the type of a clause is, in a word, and what the word means."""

from __future__ import annotations

from collections.abc import Mapping

# Word -> the confidence from which it is said, and how many of 100 clauses so sure or surer were right (measured:
# web/accuracy.json, which a test holds against these). The surest first.
SURETIES: Mapping[str, tuple[float, int]] = {"high": (0.9, 97), "medium": (0.7, 93), "low": (0.0, 91)}


def surety(confidence: float) -> str:
    """high, medium or low. confidence: 0 to 1."""
    return next(word for word, (least, _) in SURETIES.items() if confidence >= least)
