"""The words that a sentence of a language model may bring along (vocabulary.toml), as stems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters that an ending leaves
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"),
    ("ly", ""), ("ss", "ss"), ("s", ""),
)  # fmt: skip


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
    cut = next(
        (
            word[: -len(ending)] + instead
            for ending, instead in _ENDINGS
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST
        ),
        word,
    )
    if len(cut) > _SHORTEST and cut[-1] == cut[-2] and cut[-1] not in "aeiousl":
        cut = cut[:-1]
    if cut.endswith("e") and len(cut) > _SHORTEST and not word.endswith("ed"):
        cut = cut[:-1]
    return word if cut == "not" else cut  # "note" and "noted" deny nothing
