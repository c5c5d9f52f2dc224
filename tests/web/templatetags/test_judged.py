"""How changes are judged, in words: only those that the rule book allows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import conductatlas
from conductatlas.history.drift import DIRECTIONS, SEVERITIES
from conductatlas.web.templatetags import atlas, judged

PACKAGE = Path(conductatlas.__file__).parent


def test_every_rule_that_the_comparison_names_is_described() -> None:
    named: set[str] = set()
    for file in (PACKAGE / "reading" / "compare").iterdir():
        if file.suffix == ".py":
            named |= set(re.findall(r'"([SN]\d+|U)"', file.read_text("utf-8")))
        if file.name == "significance.toml":
            named |= set(re.findall(r"^\[rules\.(\w+)\]", file.read_text("utf-8"), re.MULTILINE))
    assert len(named) > 10
    assert named <= judged.RULES.keys()
    assert [name for name, _ in judged.rule_book()] == list(judged.RULES)


@pytest.mark.parametrize("direction", [*DIRECTIONS, None])
def test_a_direction_names_the_user_and_the_earlier_wording_or_is_not_determined(
    direction: str | None,
) -> None:
    said = judged.favour(direction)
    assert said == "not determined" or ("to the user" in said and "than the earlier wording" in said)
    assert not re.search(r"\b(?:worse|better|bad|good)\b", said)


def test_severities_have_a_word_and_a_shape_each() -> None:
    assert len({atlas.SHAPES[name] for name in SEVERITIES}) == len(SEVERITIES)
    assert ">high<" in judged.severity("high") and "<svg" in judged.severity("high")
    assert "not determined" in judged.severity(None)


def test_a_rule_leads_to_its_place() -> None:
    assert judged.rule("S1").startswith('<a href="/methodology/#rule-S1">S1</a> a number')
    assert judged.rule("S99").endswith("not described")


def test_routes_that_have_no_word_read_as_they_are_named() -> None:
    assert (judged.route("opt_out"), judged.route("write_to_us")) == ("opt-out", "write to us")
