"""The rules of mapping.toml and the conditions of conditions.toml, compiled when first asked.

Patterns are regular expressions over folded text (small letters, straight quotes); " ... " stands for up to 80
characters of one sentence, "{name}" for the pattern of that name in [words].

[conditions.<name>]
  kind       actor, subject, territory, audience or fact
  says       what has to be so, in our words, to follow "if"
  clause     patterns of which one has to occur in the clause
  unless     patterns that make a match count for nothing if they occur in its sentence
  facts      facts of the finding: "type.name" for any value, "type.name=value" for one
  document   patterns of which one has to occur in the document
  document_unless  as `unless`, there
  document_facts   facts of any finding of the document
  title      patterns of the document's title
  regions    codes of places; a clause said to be for one of them shows it, one for others only excludes it
  near       codes of wider places: a clause for one of them neither shows nor excludes it
  register   a list in designations.toml, against which the company that speaks is looked up
  what has none of these stays unknown
rules, a list of tables:
  id, articles, relation
  types      of clauses; the clause has to have one of them
  conditions names of conditions; those of kind subject have to be shown, or nothing is mapped
  needs      names of further ones that have to be shown
  not_if     names of conditions that must not be shown
  must_not   patterns of which none may occur in the clause or the titles above it
  kinds      slugs of documents; left out: any
  not_kinds  slugs of documents that are none of it
also_second  types that count where they come second, too; others only where they are what a clause is called by
[places]     code of a place -> patterns of titles that say that what stands under them is for it
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from conductatlas.reading.law.entry import ConditionKind, Relation

GAP = r"\b(?:[^.;\n]|\.(?! )){0,80}?\b"
_NAMED = re.compile(r"\{([a-z][a-z_]*)\}")


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that shows a condition: of which type and name, and with which value, None for any."""

    type: str
    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class ConditionRule:
    """One condition, and by what it is answered. The fields are those of mapping.toml."""

    name: str
    kind: ConditionKind
    says: str
    clause: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    facts: tuple[Stated, ...] = ()
    document: tuple[str, ...] = ()
    document_unless: tuple[str, ...] = ()
    document_facts: tuple[Stated, ...] = ()
    title: tuple[str, ...] = ()
    regions: frozenset[str] = field(default=frozenset())
    near: frozenset[str] = field(default=frozenset())
    register: str = ""


@dataclass(frozen=True, slots=True)
class MappingRule:
    """One rule. `conditions` holds `needs` and the subjects, too; `order` is its place in the file."""

    id: str
    types: tuple[str, ...]
    articles: tuple[str, ...]
    relation: Relation
    conditions: tuple[ConditionRule, ...]
    needed: frozenset[str]
    not_if: tuple[ConditionRule, ...]
    must_not: tuple[str, ...]
    kinds: frozenset[str]
    not_kinds: frozenset[str]
    order: int

    def reads(self, kind: str) -> bool:
        """Whether the rule is for documents of a kind, "" if that is not known."""
        return kind not in self.not_kinds and (not self.kinds or not kind or kind in self.kinds)


@cache
def conditions() -> Mapping[str, ConditionRule]:
    """All conditions by name."""
    return {name: _condition(name, entry) for name, entry in _file("conditions.toml")["conditions"].items()}


@cache
def rules() -> Sequence[MappingRule]:
    """All rules in the order of the file."""
    return tuple(_rule(n, entry) for n, entry in enumerate(_file("mapping.toml")["rules"]))


@cache
def rules_of_type() -> Mapping[str, Sequence[MappingRule]]:
    """Type of a clause -> the rules for it."""
    found: dict[str, list[MappingRule]] = defaultdict(list)
    for rule in rules():
        for name in rule.types:
            found[name].append(rule)
    return found


@cache
def rules_of_article() -> Mapping[str, Sequence[MappingRule]]:
    """Article ("gdpr/22"), or instrument as a whole -> the rules that map it, in the order of the file."""
    found: dict[str, list[MappingRule]] = defaultdict(list)
    for rule in rules():
        for id in rule.articles:
            found[id].append(rule)
    return found


@cache
def also_second() -> frozenset[str]:
    """Types that count where they come second, too."""
    return frozenset(_file("mapping.toml")["also_second"])


@cache
def places_of_titles() -> Mapping[str, tuple[str, ...]]:
    """Code of a place -> patterns of titles that are of it."""
    return {code: tuple(patterns) for code, patterns in _file("conditions.toml")["places"].items()}


@cache
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern that matches where any of `patterns` does; compiled once, and only if asked for."""
    written = "|".join(f"(?:{_written_out(pattern)})" for pattern in patterns)
    return re.compile(written)


@cache
def designated() -> Mapping[str, tuple[str, ...]]:
    """List of designations.toml -> names of companies on it, in small letters."""
    entries = _file("designations.toml")
    return {name: tuple(company.lower() for company in entry["companies"]) for name, entry in entries.items()}


def _written_out(pattern: str) -> str:
    named = _file("conditions.toml")["words"]
    while match := _NAMED.search(pattern):
        pattern = f"{pattern[: match.start()]}(?:{named[match[1]]}){pattern[match.end() :]}"
    return pattern.replace(" ... ", GAP)


def _condition(name: str, entry: Mapping[str, Any]) -> ConditionRule:
    return ConditionRule(
        name,
        ConditionKind(entry["kind"]),
        entry["says"],
        tuple(entry.get("clause", ())),
        tuple(entry.get("unless", ())),
        tuple(map(_stated, entry.get("facts", ()))),
        tuple(entry.get("document", ())),
        tuple(entry.get("document_unless", ())),
        tuple(map(_stated, entry.get("document_facts", ()))),
        tuple(entry.get("title", ())),
        frozenset(entry.get("regions", ())),
        frozenset(entry.get("near", ())),
        entry.get("register", ""),
    )


def _stated(written: str) -> Stated:
    key, _, value = written.partition("=")
    type_name, _, name = key.partition(".")
    return Stated(type_name, name, value or None)


def _rule(order: int, entry: Mapping[str, Any]) -> MappingRule:
    known = conditions()
    needs = entry.get("needs", ())
    names = (*entry["conditions"], *(name for name in needs if name not in entry["conditions"]))
    held = tuple(known[name] for name in names)
    return MappingRule(
        entry["id"],
        tuple(entry["types"]),
        tuple(entry["articles"]),
        Relation(entry["relation"]),
        held,
        frozenset((*needs, *(one.name for one in held if one.kind is ConditionKind.SUBJECT))),
        tuple(known[name] for name in entry.get("not_if", ())),
        tuple(entry.get("must_not", ())),
        frozenset(entry.get("kinds", ())),
        frozenset(entry.get("not_kinds", ())),
        order,
    )


@cache
def _file(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
