"""What the learned model sees of a passage: words, their beginnings, and what they stand for (lexicon.toml).

Four kinds of features, each with its own length: single words and pairs of neighbours ("word"), the first letters of
words ("stem"), meanings with those that follow and those beside them ("meaning"), and what is said in several words
with what else is said ("phrase"). Words that only one or two contracts use are names as a rule: they count as the
platform that speaks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise

from conductatlas.reading.compare.phrasebook import Phrasebook

BLOCKS = ("word", "stem", "meaning", "phrase")
COUNTED = frozenset({"word", "stem"})  # how often they occur matters; of the others only whether
LONGEST = 20_000  # characters of a passage that are looked at
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NUMBER = "0"
_NAME = "xx"
_PLATFORM = "plat"
_STEM = 5
_NEAR = 4  # meanings further on that a meaning is paired with, in order


def words(text: str) -> list[str]:
    """The words of a text in lower case, each number as "0", without punctuation."""
    return [
        _NUMBER if word.isdecimal() else word
        for word in _WORD.findall(text[:LONGEST].lower().replace("’", "'"))
    ]


def features(found: list[str], known: Collection[str]) -> Mapping[str, list[str]]:
    """Of words, the features of each block; words that are not `known` count as a name."""
    read = [word if word in known else _NAME for word in found]
    return {
        "word": [*read, *(f"{one} {two}" for one, two in pairwise(read))],
        "stem": [word[:_STEM] for word in read if word != _NAME],
        "meaning": list(_meanings(read)),
        "phrase": list(_phrases(" ".join(read))),
    }


def _meanings(read: list[str]) -> Iterator[str]:
    of_word, _ = _lexicon()
    said = [meaning for word in read for meaning in of_word.get(word, ())]
    found = set(said)
    for n, one in enumerate(said):
        following = said[n + 1 : n + 1 + _NEAR]
        found.update(f"{one}>{two}" for two in following if two != one)
        if len(following) > 1:
            found.add(f"{one}>{following[0]}>{following[1]}!")
    found.update(f"{one}&{two}" for one, two in combinations(sorted(set(said)), 2))
    yield from sorted(found)


def _phrases(text: str) -> Iterator[str]:
    _, book = _lexicon()
    said = sorted({phrase.value for phrase in book.find(text)})
    yield ""  # a passage in which nothing is said has a length too
    yield from said
    yield from (f"{one}&{two}" for one, two in combinations(said, 2))


@cache
def _lexicon() -> tuple[Mapping[str, tuple[str, ...]], Phrasebook[str]]:
    entries = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))
    of_word: dict[str, tuple[str, ...]] = {_NAME: (_PLATFORM,)}
    for meaning, spellings in entries["words"].items():
        for word in spellings.split():
            of_word[word] = (*of_word.get(word, ()), meaning)
    book = Phrasebook((phrase, name) for name, phrases in entries["phrases"].items() for phrase in phrases)
    return of_word, book
