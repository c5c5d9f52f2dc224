"""The rule files: no key misspelt, no type unknown or without a rule, each phrase one that can be found."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from conductatlas.reading.clauses.rulebook import Rule, rules
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.compare.phrasebook import Phrasebook
from conductatlas.reading.text.kinds import KINDS

KEYS = {"must", "must_not", "heading", "not_under", "lead", "kinds", "language", "governs", "confidence"}
FILES = {
    file.name: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in files("conductatlas.reading.clauses").joinpath("rules").iterdir()
    if file.name.endswith(".toml")
}

every_rule = pytest.mark.parametrize(
    "rule", [rule for held in rules().values() for rule in held], ids=lambda r: r.id
)


def phrases(rule: Rule) -> list[str]:
    return [
        *(phrase for group in rule.must for phrase in group),
        *rule.must_not,
        *rule.heading,
        *rule.not_under,
        *rule.lead,
    ]


@pytest.mark.parametrize("name", sorted(set(FILES) - {"words.toml"}))
def test_a_file_holds_the_rules_of_its_group(name: str) -> None:
    for of_type, held in FILES[name].items():
        assert taxonomy()[of_type].group == name.removesuffix(".toml")
        for entry in held.values():
            assert set(entry) <= KEYS


def test_every_type_has_a_rule_that_reads_its_words() -> None:
    assert {rule.type for rule in rules()["en"] if rule.must} == set(taxonomy())


def test_ids_are_unique() -> None:
    ids = [rule.id for held in rules().values() for rule in held]
    assert len(ids) == len(set(ids))


@every_rule
def test_a_rule_can_hold(rule: Rule) -> None:
    assert rule.must or rule.heading or rule.lead
    assert all(rule.must)
    assert 0 < rule.confidence < 1
    assert rule.kinds <= set(KINDS)
    assert not [phrase for phrase in phrases(rule) if phrase.startswith("...") or phrase.endswith("...")]


@every_rule
def test_each_phrase_is_found_where_it_stands(rule: Rule) -> None:
    """The first spelling of each of its words, one after the other."""
    for phrase in phrases(rule):
        said = " ".join(slot.split("|")[0].replace("*", "xx") for slot in phrase.split() if slot != "...")
        assert Phrasebook([(phrase, 1)]).find(said), phrase
