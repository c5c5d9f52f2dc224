"""The taxonomy: what each entry holds, and that its examples are typed as they say."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import hits
from conductatlas.reading.clauses.taxonomy import ClauseType, by_group, taxonomy
from conductatlas.reading.text.kinds import KINDS

SLUGS_OF_THE_REFERENCE = {
    "arbitration",
    "data_sharing",
    "data_collection",
    "data_usage",
    "data_retention",
    "privacy_rights",
    "ai_automated",
    "policy_changes",
    "content_moderation",
    "intellectual_property",
    "consent",
    "payment_fees",
    "disclosure_requirements",
    "acceptable_use",
    "liability_limitation",
    "platform_discretion",
    "restricted_content",
    "refunds_chargebacks",
    "governing_law",
    "creator_payouts",
    "account_suspension",
}
NEVER_TYPES = {
    "platform_discretion",
    "consent",
    "disclosure_requirements",
    "policy_changes",
    "unknown",
    "other",
}
KEYS = {
    "group",
    "title",
    "definition",
    "for",
    "against",
    "kinds",
    "specific",
    "neighbours",
    "reference",
    "labels",
}
LABELS = {
    "unfair_tos": {
        "Limitation of liability",
        "Unilateral termination",
        "Unilateral change",
        "Content removal",
        "Contract by using",
        "Choice of law",
        "Jurisdiction",
        "Arbitration",
    },
    "opp115": {
        "First Party Collection/Use",
        "Third Party Sharing/Collection",
        "Introductory/Generic",
        "User Choice/Control",
        "International and Specific Audiences",
        "Data Security",
        "Privacy contact information",
        "User Access, Edit and Deletion",
        "Practice not covered",
        "Policy Change",
        "Data Retention",
        "Do Not Track",
    },
}

every_type = pytest.mark.parametrize("one", taxonomy().values(), ids=lambda one: one.name)


def test_no_key_is_misspelt() -> None:
    text = files("conductatlas.reading.clauses").joinpath("taxonomy.toml").read_text(encoding="utf-8")
    assert {key for entry in tomllib.loads(text).values() for key in entry} <= KEYS


def test_there_is_no_catch_all() -> None:
    assert NEVER_TYPES.isdisjoint(taxonomy())


def test_groups_hold_each_type_once() -> None:
    assert [one.name for types in by_group().values() for one in types] == list(taxonomy())


@every_type
def test_schema(one: ClauseType) -> None:
    assert re.fullmatch(r"[a-z][a-z_]*", one.name)
    assert one.title[0].isupper() and not one.title.endswith(".")
    assert one.definition.endswith(".")
    assert one.examples and one.counterexamples
    assert one.kinds <= set(KINDS)
    assert one.specific in (-1, 0, 1)
    assert one.neighbours and one.name not in one.neighbours and set(one.neighbours) <= set(taxonomy())
    assert one.reference in SLUGS_OF_THE_REFERENCE
    for set_name, labels in one.labels.items():
        assert labels
        if set_name == "tosdr":
            assert all(re.fullmatch(r"[0-9a-f]{8}", label) for label in labels)
        else:
            assert set(labels) <= LABELS[set_name]


@pytest.mark.parametrize("set_name", LABELS)
def test_the_labels_of_a_set_are_mapped(set_name: str) -> None:
    """What the annotators called "not covered" has no type."""
    mapped = {label for one in taxonomy().values() for label in one.labels.get(set_name, ())}
    assert mapped == LABELS[set_name] - {"Practice not covered"}


@every_type
def test_what_is_said_to_be_of_a_type_has_it_first(one: ClauseType) -> None:
    kind = min(one.kinds, default="")
    for example in one.examples:
        assert [hit.type for hit in hits(Passage(example, kind=kind))][:1] == [one.name], example


@every_type
def test_what_is_said_not_to_be_of_a_type_has_it_not(one: ClauseType) -> None:
    for example in one.counterexamples:
        assert one.name not in [hit.type for hit in hits(Passage(example))], example
