"""The rules that type clauses, as they lie in rules/*.toml: one file a group of the taxonomy.

[<type>.<name>] is one rule, its id "<type>.<name>". Keys:
  must        list of groups; of each group one phrase has to occur. A group is a list of phrases.
  must_not    phrases of which none may occur in the same sentence
  heading     phrases of which one has to occur in a title above; without `must` the rule gives context only
  not_under   phrases of which none may occur in a title above
  lead        phrases of which one has to occur in the words that introduce the list; without `must` the rule gives
              each item of the list context
  kinds       slugs of the documents it holds in; left out: in any
  language    BCP 47 primary tag; left out: English
  governs     true: where it holds by what introduces a list, it is what the items are of, whatever they name
  confidence  0 to 1; left out: SURE, or CONTEXT for a rule without `must`
"@name" in a phrase stands for each phrase of that name in words.toml; "_" joins the words of an alternative that is
more than one word ("login|api_key").
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

SURE = 0.92
CONTEXT = 0.75
WORDS = "words.toml"
_NAMED = re.compile(r"@(\w+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, its named phrases written out. Keys are those of the files."""

    type: str
    id: str
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    heading: tuple[str, ...]
    not_under: tuple[str, ...]
    lead: tuple[str, ...]
    kinds: frozenset[str]
    governs: bool
    confidence: float


@cache
def rules() -> Mapping[str, Sequence[Rule]]:
    """All rules by language, in the order of the files."""
    found: dict[str, list[Rule]] = defaultdict(list)
    named: dict[str, list[str]] = {}
    tables = []
    for file in sorted(files(__package__).joinpath("rules").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
            if file.name == WORDS:
                named = entries
            else:
                tables.append(entries)
    for entries in tables:
        for type_name, of_type in entries.items():
            for name, entry in of_type.items():
                found[entry.get("language", "en")].append(_rule(type_name, name, entry, named))
    return found


def _rule(type_name: str, name: str, entry: Mapping[str, Any], named: Mapping[str, list[str]]) -> Rule:
    must = tuple(tuple(_written_out(group, named)) for group in entry.get("must", ()))
    return Rule(
        type_name,
        f"{type_name}.{name}",
        must,
        tuple(_written_out(entry.get("must_not", ()), named)),
        tuple(_written_out(entry.get("heading", ()), named)),
        tuple(_written_out(entry.get("not_under", ()), named)),
        tuple(_written_out(entry.get("lead", ()), named)),
        frozenset(entry.get("kinds", ())),
        entry.get("governs", False),
        entry.get("confidence", SURE if must else CONTEXT),
    )


def _written_out(phrases: Sequence[str], named: Mapping[str, list[str]]) -> Iterator[str]:
    for phrase in phrases:
        name = _NAMED.search(phrase)
        if name:
            begin, end = name.span()
            yield from _written_out([f"{phrase[:begin]}{one}{phrase[end:]}" for one in named[name[1]]], named)
        else:
            yield from _parted(phrase)


def _parted(phrase: str) -> Iterator[str]:
    """One phrase for each alternative that is more than one word ("api_key"), and one for all that are single words."""
    choices: list[list[str]] = []
    for slot in phrase.split():
        words = [word for word in slot.split("|") if "_" not in word]
        joined = [word.replace("_", " ") for word in slot.split("|") if "_" in word]
        choices.append((["|".join(words)] if words else []) + joined)
    yield from map(" ".join, product(*choices))
