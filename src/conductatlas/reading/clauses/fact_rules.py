"""What facts there are, and how texts state them: the data files under facts/, compiled.

Patterns are regular expressions over folded text (small letters, straight quotes). " ... " stands for up to 80
characters, "{name}" for one of the patterns of facts/words.toml or of the readers of values ({number}, {period},
{money}, {place}, {adjective}).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from conductatlas.reading.clauses.finding import Scope, Value
from conductatlas.reading.clauses.places import adjective_pattern, place_pattern
from conductatlas.reading.clauses.statement import EURO
from conductatlas.reading.clauses.values import money_pattern, number_pattern, period_pattern

GROUPS = (
    "disputes",
    "liability",
    "control",
    "content",
    "ai",
    "data",
    "commerce",
    "people",
)  # the files; one that is not there is empty
GAP = r"\W(?:.{0,80}?\W)??"
_NAMED = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Attribute:
    """What can be stated of a clause of a type. kind: of its values: "boolean", "days", "integer", "period", "money",
    "share", "place", "words", "list", "one of" (then `values` names them). is_single: two values of one scope conflict.
    is_everywhere: a platform has it but once, so that two of its documents that differ are worth a look.
    """

    type: str
    name: str
    title: str
    kind: str
    values: tuple[str, ...] = ()
    is_single: bool = True
    is_everywhere: bool = False


@dataclass(frozen=True, slots=True)
class FactRule:
    """One way of stating a fact; the fields are explained at the head of facts/disputes.toml. Patterns are as written
    (`compiled`); unless, context, not_context, not_after, ignored: "" if there is none."""

    id: str
    type: str
    name: str
    among: frozenset[str]
    is_anywhere: bool
    in_section: bool
    when: tuple[str, ...]
    also: tuple[str, ...]
    patterns: tuple[str, ...]
    unless: str
    context: str
    not_context: str
    not_after: str
    ignored: str
    kinds: frozenset[str]
    value: Value
    convert: str
    items: Mapping[str, str]
    choices: Mapping[str, str]
    is_each: bool
    is_whole: bool
    scope: Scope | None
    order: int


@cache
def attributes() -> Mapping[tuple[str, str], Attribute]:
    """All attributes by type and name, in the order of the files."""
    return {
        (type_name, name): Attribute(
            type_name,
            name,
            entry["title"],
            entry["kind"],
            tuple(entry.get("values", ())),
            entry.get("single", True),
            entry.get("everywhere", False),
        )
        for group in GROUPS
        for type_name, entries in _table(group).get("attributes", {}).items()
        for name, entry in entries.items()
    }


@cache
def fact_rules() -> tuple[FactRule, ...]:
    """All rules, in the order of the files: of two that state the same of one sentence the first counts."""
    return tuple(rule for group in GROUPS for rule in _rules(group))


@cache
def rules_of_type() -> Mapping[str, tuple[FactRule, ...]]:
    """Type of a clause -> the rules that may find something in it; "" -> those that may in any clause."""
    found: dict[str, list[FactRule]] = {}
    for rule in fact_rules():
        for name in ("",) if rule.is_anywhere else (rule.type, *sorted(rule.among)):
            found.setdefault(name, []).append(rule)
    return {name: tuple(rules) for name, rules in found.items()}


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the data files, with what its names stand for; made when it is first looked for, as a document needs
    but a few of the many."""
    return re.compile(expanded(pattern).replace("€", EURO))


def expanded(pattern: str) -> str:
    """The regular expression that a pattern stands for. KeyError for a name that is not known."""
    return _NAMED.sub(lambda match: expanded(words()[match[1]]), pattern.replace(" ... ", GAP))


@cache
def words() -> Mapping[str, str]:
    """The named patterns."""
    return {
        "number": number_pattern(),
        "period": period_pattern(),
        "money": money_pattern(),
        "place": f"(?:{place_pattern()})",
        "adjective": adjective_pattern(),
        **{name: f"(?:{pattern})" for name, pattern in _table("words").get("words", {}).items()},
    }


def _rules(group: str) -> Iterator[FactRule]:
    counts: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(_table(group).get("facts", ())):
        key = entry["type"], entry["name"]
        counts[key] = counts.get(key, 0) + 1
        yield FactRule(
            id=f"{key[0]}.{key[1]}.{counts[key]}",
            type=key[0],
            name=key[1],
            among=frozenset(entry.get("among", ())) - {key[0]},
            is_anywhere=entry.get("anywhere", False),
            in_section=entry.get("section", False),
            when=tuple(entry["when"]),
            also=tuple(entry.get("also", ())),
            patterns=tuple(entry["patterns"]),
            unless=_any(entry.get("unless", ())),
            context=_any(entry.get("context", ())),
            not_context=_any(entry.get("not_context", ())),
            not_after=_any(entry.get("not_after", ())),
            ignored=_any(entry.get("ignored", ())),
            kinds=frozenset(entry.get("kinds", ())),
            value=entry.get("value"),
            convert=entry.get("convert", ""),
            items=entry.get("items", {}),
            choices=entry.get("choices", {}),
            is_each=entry.get("each", False),
            is_whole=entry.get("whole", False),
            scope=Scope(**entry["scope"]) if "scope" in entry else None,
            order=GROUPS.index(group) * 10_000 + place,
        )


def _any(patterns: Sequence[str]) -> str:
    """One pattern that fits where any of these does, "" if there are none."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


@cache
def _table(name: str) -> Mapping[str, Any]:
    source = files(__package__).joinpath("facts", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}
