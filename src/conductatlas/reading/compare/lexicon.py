"""The words of legal weight of a language, and the spellings that mean the same, ready for look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.normal import tokens

FALLBACK_LANGUAGE = "en"


class Signal(NamedTuple):
    """A word of legal weight: the rule that names it, and its value (the first spelling, or a number)."""

    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language. All words are case-folded.

    group_separator: what parts the thousands of a number.
    phrases: first word -> the phrases that begin with it, longest first, as (words, signal).
    numbers: number word -> value. contractions: word, or ending with its apostrophe -> the words it holds.
    fillers: words that may come or go without a difference of meaning.
    """

    group_separator: str
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Signal], ...]]
    numbers: Mapping[str, int]
    contractions: Mapping[str, tuple[str, ...]]
    fillers: frozenset[str] = frozenset()

    def expand(self, word: str) -> tuple[str, ...]:
        """The words that a case-folded word holds: "can't" holds "can" and "not"; most words hold themselves."""
        if "'" not in word and word not in self.contractions:
            return (word,)
        if word in self.contractions:
            return self.contractions[word]
        for ending, held in self.contractions.items():
            if "'" in ending and word.endswith(ending):
                return (word.removesuffix(ending), *held)
        return (word,)


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language (BCP 47 primary tag). Undetermined is read as English.

    A language without a list has no phrases: its words are compared all the same, only not named by a rule.
    """
    language = language.casefold().split("-")[0] or FALLBACK_LANGUAGE
    data = table("significance")
    phrases: dict[str, list[tuple[tuple[str, ...], Signal]]] = {}
    for rule, entry in data["rules"].items():
        for spellings in entry.get(language, ()):
            names = spellings.split("|")
            for name in names:
                words = tuple(token.key.casefold() for token in tokens(name))
                phrases.setdefault(words[0], []).append((words, Signal(rule, names[0])))
    return Lexicon(
        group_separator="," if language in data["grouping"]["comma"] else ".",
        phrases={first: tuple(sorted(found, key=lambda f: -len(f[0]))) for first, found in phrases.items()},
        numbers=data["numbers"].get(language, {}),
        contractions={word: tuple(held) for word, held in data["contractions"].get(language, {}).items()},
        fillers=frozenset(table("spelling")["fillers"].get(language, ())),
    )


@cache
def spellings() -> Mapping[str, str]:
    """British spelling -> American spelling, and slip -> what is meant, case-folded."""
    known = table("spelling")
    return {before.casefold(): after.casefold() for before, after in (*known["pairs"], *known["typos"])}


@cache
def phrases() -> Mapping[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """First word -> the phrases that begin with it, longest first, each with the words that mean the same; case-folded,
    as they are told apart in a text."""
    pairs = (
        tuple(tuple(token.key.casefold() for token in tokens(words)) for words in pair)
        for pair in table("spelling")["phrases"]
    )
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for before, after in sorted(((before, after) for before, after in pairs), key=lambda pair: -len(pair[0])):
        found.setdefault(before[0], []).append((before, after))
    return found


@cache
def phrase_words() -> frozenset[str]:
    """The words that such phrases differ in."""
    return frozenset(
        word for begun in phrases().values() for before, after in begun for word in set(before) ^ set(after)
    )


@cache
def reference_words() -> frozenset[str]:
    """Words that stand before the number of a clause referred to, case-folded."""
    return frozenset(table("significance")["references"]["words"])


@cache
def serial_comma_words() -> frozenset[str]:
    """Words before which a serial comma may stand, case-folded."""
    return frozenset(table("significance")["serial_comma"]["words"])


@cache
def definition_words() -> tuple[str, ...]:
    """Words that stand between a term in quotes and what it is defined to mean."""
    return tuple(table("significance")["definitions"]["words"])
