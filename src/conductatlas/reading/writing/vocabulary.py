"""The words that a sentence of a language model may bring along (vocabulary.toml), as stems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4  # letters that an ending leaves
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """common: stems that need no source. verbs: what a clause does → the stems of which a source has to have one, none
    for any. turns: stems of words that turn a sentence round."""

    common: frozenset[str]
    verbs: Mapping[str, frozenset[str]]
    turns: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """What vocabulary.toml holds. KeyError where it has another schema."""
    table = tomllib.loads(files(__package__).joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    return Vocabulary(
        frozenset(stem(word) for entry in table["words"] for word in entry["words"]),
        {says: frozenset(map(stem, entry["on"])) for entry in table["verbs"] for says in entry["says"]},
        frozenset(map(stem, table["turns"]["words"])),
    )


def stems(text: str) -> set[str]:
    """The stems of all words of a text. "n't" is a word of its own: "not"."""
    plain = text.lower().replace("’", "'").replace("can't", "cannot").replace("n't", " not")
    return {stem(word) for word in _WORD.findall(plain.replace("'s", " "))}


def stem(word: str) -> str:
    """A word in small letters without its ending, so that "permits", "permitted" and "permitting" are one."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - len(instead) - 1:
            word = word[: -len(ending)] + instead
            break
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiousl":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) >= _SHORTEST else word
