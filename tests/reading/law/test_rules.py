"""The mapping rules as data: no key misspelt, no name unknown, no pattern that cannot be compiled."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.entry import ConditionKind, Relation, Status
from conductatlas.reading.law.register import article
from conductatlas.reading.law.rules import (
    ConditionRule,
    MappingRule,
    also_second,
    compiled,
    conditions,
    designated,
    rules,
    rules_of_article,
    rules_of_type,
)
from conductatlas.reading.text.kinds import KINDS

RULE_KEYS = {
    "id",
    "types",
    "articles",
    "relation",
    "conditions",
    "needs",
    "not_if",
    "must_not",
    "kinds",
    "not_kinds",
}
CONDITION_KEYS = {
    "kind", "says", "clause", "unless", "facts", "document", "document_unless", "document_facts", "title", "regions",
    "near", "register",
}  # fmt: skip
_folder = files("conductatlas.reading.law")
RULES = tomllib.loads(_folder.joinpath("mapping.toml").read_text(encoding="utf-8"))["rules"]
CONDITIONS = tomllib.loads(_folder.joinpath("conditions.toml").read_text(encoding="utf-8"))["conditions"]

every_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
every_condition = pytest.mark.parametrize("condition", conditions().values(), ids=lambda one: one.name)


def test_there_are_enough_for_all_groups() -> None:
    assert len(rules()) >= 120
    groups = {taxonomy()[name].group for name in rules_of_type()}
    assert groups == {one.group for one in taxonomy().values()}


def test_no_key_is_misspelt() -> None:
    for entry in RULES:
        assert set(entry) <= RULE_KEYS, entry["id"]
    for name, entry in CONDITIONS.items():
        assert set(entry) <= CONDITION_KEYS, name


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in rules()}) == len(rules())


def test_every_condition_is_used() -> None:
    used = {one.name for rule in rules() for one in (*rule.conditions, *rule.not_if)}
    assert set(conditions()) == used


@every_rule
def test_a_rule_names_what_is_there(rule: MappingRule) -> None:
    assert set(rule.types) | also_second() <= set(taxonomy())
    assert rule.kinds | rule.not_kinds <= set(KINDS)
    for id in rule.articles:
        assert article(id).status not in (Status.REPEALED, Status.VACATED), id
    assert rule.relation is not Relation.CITES


@every_rule
def test_a_rule_has_a_subject_that_a_clause_can_show(rule: MappingRule) -> None:
    subjects = [one for one in rule.conditions if one.kind is ConditionKind.SUBJECT]
    assert subjects
    assert {one.name for one in subjects} <= rule.needed


@every_condition
def test_a_condition_can_be_answered_by_what_its_kind_allows(condition: ConditionRule) -> None:
    if condition.kind is ConditionKind.SUBJECT:
        assert condition.clause or condition.facts
        assert not (condition.document or condition.document_facts or condition.title or condition.register)
    assert bool(condition.regions) <= (condition.kind is ConditionKind.TERRITORY)
    assert not condition.unless or condition.clause
    for one in (*condition.facts, *condition.document_facts):
        assert (one.type, one.name) in attributes(), f"{one.type}.{one.name}"
    if condition.register:
        assert designated()[condition.register]


@every_condition
def test_patterns_compile_and_are_written_in_small_letters(condition: ConditionRule) -> None:
    for patterns in (
        condition.clause,
        condition.unless,
        condition.document,
        condition.document_unless,
        condition.title,
    ):
        if patterns:
            assert not compiled(patterns).search("")
        for pattern in patterns:
            assert pattern == pattern.lower().replace("\\b(?! ", "\\b(?! "), pattern


@every_condition
def test_what_it_says_follows_if(condition: ConditionRule) -> None:
    assert condition.says == condition.says.strip() and not condition.says.endswith(".")
    assert "if " not in condition.says[:3]
    for word in (" applies", " engages", "illegal", "unlawful", "violat", "must "):
        assert word not in condition.says


def test_the_rules_of_an_instrument_are_found() -> None:
    found: dict[str, set[str]] = {}
    for name, held in rules_of_article().items():
        found.setdefault(name.partition("/")[0], set()).update(rule.id for rule in held)
    assert found["bipa"] == {"biometrics-bipa", "likeness-biometrics"}
    assert "negative_option_rule" not in found
