"""How relations of clauses to law are said: "may", and on which conditions; none says that an article reaches one."""

from __future__ import annotations

from collections.abc import Mapping

from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.entry import Relation
from conductatlas.reading.law.rules import MappingRule

RELATIONS: Mapping[Relation, str] = {
    Relation.CITES: "is named by the clause",
    Relation.GOVERNS_TERM: "may govern the term",
    Relation.GOVERNS_PRACTICE: "may govern the practice that it describes",
    Relation.GOVERNS_DISCLOSURE: "may govern what has to be told",
    Relation.PROCEDURAL: "may govern the proceedings",
}


def titles_of(rule: MappingRule) -> str:
    """The types of clauses that a rule is for: "Arbitration, Waiver of class actions"."""
    return ", ".join(taxonomy()[name].title for name in rule.types)


def conditions_of(rule: MappingRule) -> str:
    """What has to be so: "the contract is with a consumer; the person is in California"."""
    return "; ".join(condition.says for condition in rule.conditions)


def in_words(rule: MappingRule) -> str:
    """One rule as a sentence: "Arbitration: may govern the term, on these conditions: ..."."""
    return f"{titles_of(rule)}: {RELATIONS[rule.relation]}, on these conditions: {conditions_of(rule)}."
