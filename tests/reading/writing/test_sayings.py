"""The data of the writer: complete, well-formed, in our words, and never the same for different facts."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from tests.reading.writing.test_compose import value_of

from conductatlas.reading.clauses.fact_rules import Attribute, attributes
from conductatlas.reading.clauses.finding import Fact, Span, Value
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.writing.aspects import aspects, open_words
from conductatlas.reading.writing.explanations import explanations
from conductatlas.reading.writing.grounding import banned
from conductatlas.reading.writing.sayings import OTHERS, joined, said, sayings, value_in_words

VERBS = ("states", "permits", "reserves", "requires", "excludes", "does not state")


def test_each_type_is_explained_once() -> None:
    assert set(explanations()) == set(taxonomy())
    for text in (
        *(one.what for one in explanations().values()),
        *(one.why for one in explanations().values()),
    ):
        assert text.endswith(".")
        assert banned().search(text.lower()) is None, text
    whys = Counter(one.why for one in explanations().values())
    whats = Counter(one.what for one in explanations().values())
    assert max(whys.values()) == max(whats.values()) == 1


def test_each_attribute_has_sayings() -> None:
    assert set(sayings()) == set(attributes())


@pytest.mark.parametrize("key", sorted(attributes()), ids=".".join)
def test_the_forms_of_an_attribute(key: tuple[str, str]) -> None:
    saying, attribute = sayings()[key], attributes()[key]
    for name in ("says", "you", "contract", "ask", "offers"):
        for value, form in getattr(saying, name).items():
            assert value in _possible(attribute), (name, value)
            assert set(re.findall(r"\{(\w+)\}", form)) <= {"value", "platform"}
            assert banned().search(form.lower()) is None, form
    assert all(form.startswith(VERBS) for form in saying.says.values())
    assert all(form.endswith("?") for form in (*saying.ask.values(), *filter(None, [saying.missing])))
    assert all(form.endswith(".") for form in (*saying.you.values(), *saying.contract.values()))
    assert set(saying.words) <= set(attribute.values)
    if attribute.kind == "one of":
        assert OTHERS in saying.says or set(saying.says) == set(attribute.values)


def _possible(attribute: Attribute) -> set[str]:
    if attribute.kind == "boolean":
        return {"true", "false", OTHERS}
    return {*attribute.values, "0", OTHERS} | ({"no fixed period"} if attribute.kind == "days" else set())


def _examples(attribute: Attribute) -> list[Value]:
    match attribute.kind:
        case "boolean":
            return [True, False]
        case "one of":
            return list(attribute.values)
        case "list":
            return [[value] for value in attribute.values]
        case "days":
            return [0, 14, 30, *(["no fixed period"] if "no fixed period" in attribute.values else [])]
        case "integer" | "hours":
            return [13, 24]
        case "period":
            return ["P30D", "P1Y"]
        case "place":
            return ["IE", "US-CA"]
        case _:
            return ["Oslo", "Bergen"]


def test_what_states_a_fact_is_never_the_same_for_another() -> None:
    for name in ("says", "you", "contract"):
        told: dict[str, tuple[tuple[str, str], Value]] = {}
        for key, attribute in attributes().items():
            if attribute.kind in ("cap", "money", "share"):
                continue
            for value in _examples(attribute):
                words = said(getattr(sayings()[key], name), Fact(*key, value, (Span(0, 1),)), "Larkspur")
                if words:
                    assert told.setdefault(words, (key, value)) == (key, value), words


def test_nothing_is_said_of_what_is_not_so() -> None:
    fact = Fact("venue", "home_courts", False, (Span(0, 1),))
    assert said(sayings()["venue", "home_courts"].says, fact, "Larkspur") == ""


def test_values_in_words() -> None:
    cap: Value = {
        "terms": [{"fees": "months", "months": 12}, {"amount": 100, "currency": "USD"}],
        "combine": "greater",
    }
    assert (
        value_in_words(Fact("liability_cap", "cap", cap, ()))
        == "the greater of the fees of 12 months and 100 USD"
    )
    assert value_in_words(Fact("service_levels", "uptime", 99.9, ())) == "99.9 %"
    assert (
        value_in_words(Fact("arbitration", "opt_out_how", ["e-mail", "post", "form"], ()))
        == "e-mail, post and a form"
    )
    assert joined([]) == ""


def test_aspects_and_open_words() -> None:
    known = {type_ for one in aspects() for type_ in one.types}
    assert known <= set(taxonomy())
    assert {group for one in aspects() for group in one.groups} <= {one.group for one in taxonomy().values()}
    for one in aspects():
        assert one.ask.endswith("?")
        assert banned().search(one.ask.lower()) is None
    assert all("{words}" in one.ask and one.ask.endswith("?") for one in open_words())


def test_every_kind_of_value_can_be_made_up() -> None:
    for attribute in attributes().values():
        assert value_of(attribute.kind, attribute.values) is not None
