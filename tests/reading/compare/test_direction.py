"""More or less favourable, by which rule of the signed table, and where nothing is said at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.direction import Fact, direction_of, rules
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.scales import Direction, overall
from conductatlas.reading.compare.topics import topics
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]
OPPOSITE = {"more_favourable": "less_favourable", "less_favourable": "more_favourable"}


def compared(old: str, new: str, language: str = "en") -> Comparison:
    return compare(*(Reading(text, (), "", language) for text in (old, new)))


# Each also holds backwards, with the opposite sign.
SIGNED = [
    ("We notify you 30 days before.", "We notify you 14 days before.", "less_favourable", "F1"),
    ("You may opt out within 30 days.", "You may opt out within 60 days.", "more_favourable", "F3"),
    (
        "Items can be returned within 30 days.",
        "Items can be returned within 14 days.",
        "less_favourable",
        "F4",
    ),
    (
        "A claim must be filed within two (2) years.",
        "A claim must be filed within one (1) year.",
        "less_favourable",
        "F5",
    ),
    ("We retain logs for 30 days.", "We retain logs for 12 months.", "less_favourable", "F6"),
    ("Each invoice is paid within 30 days.", "Each invoice is paid within 60 days.", "more_favourable", "F7"),
    ("Our liability is limited to $100.", "Our liability is limited to $500.", "more_favourable", "F9"),
    ("The price is $10 per month.", "The price is $12 per month.", "less_favourable", "F10"),
    ("You can make up to 50 requests.", "You can make up to 500 requests.", "more_favourable", "F12"),
    (
        "We will notify you of any changes to these terms.",
        "We will notify you of material changes to these terms.",
        "less_favourable",
        "F27",
    ),
    ("Data location: Ireland.", "Data location: Ireland, United States.", "less_favourable", "F31"),
    (
        "We share your data with partners.",
        "We share your data with partners and advertisers.",
        "less_favourable",
        "F29",
    ),
    ("We will delete it on request.", "We may delete it on request.", "less_favourable", "F42"),
    ("You must tell the buyer.", "You may tell the buyer.", "more_favourable", "F43"),
    ("We use it with your consent for ads.", "We use it for ads.", "less_favourable", "F16"),
    ("We may end it.", "We may end it at our sole discretion.", "less_favourable", "F19"),
    ("Wir speichern Daten 30 Tage.", "Wir speichern Daten 90 Tage.", "less_favourable", "F6"),
    (
        "Nous conservons ces données 30 jours.",
        "Nous conservons ces données 12 mois.",
        "less_favourable",
        "F6",
    ),
]


@pytest.mark.parametrize(("old", "new", "direction", "rule"), SIGNED)
def test_a_fact_with_a_sign(old: str, new: str, direction: str, rule: str) -> None:
    language = "de" if old.startswith("Wir") else "fr" if old.startswith("Nous") else "en"
    there, back = compared(old, new, language), compared(new, old, language)
    assert (there.direction, back.direction) == (direction, OPPOSITE[direction])
    assert rule in there.hunks[0].direction_rules
    assert rule in back.hunks[0].direction_rules


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ("Effective: December 14, 2023", "Effective: January 31, 2024", "neither"),
        ("The laws of Delaware apply; governing law.", "The laws of Nevada apply; governing law.", "neither"),
        ("You contract with Pelican Limited.", "You contract with Heron Limited.", "neither"),
        ("You must be at least 13 years old.", "You must be at least 12 years old.", "not_determined"),
        ("We like maps of the old world.", "We like globes of this small planet.", "not_determined"),
        (
            "Offenses will result in account restriction.",
            "Offenses can result in account restriction.",
            "both",
        ),
        (
            "We retain it 30 days. We notify you 30 days before.",
            "We retain it 60 days. We notify you 60 days before.",
            "both",
        ),
    ],
)
def test_without_one_sign(old: str, new: str, direction: str) -> None:
    assert compared(old, new).direction == direction


@pytest.mark.parametrize(
    ("clause", "direction"),
    [
        ("We retain Your Prompts for thirty (30) days. We do not use Your Data to train models.", "not_determined"),
        ("We share your information with advertisers and partners.", "not_determined"),
        ("You grant us the right to identify Your organization as our customer.", "less_favourable"),
        ("You agree to binding arbitration and waive any class action.", "less_favourable"),
        ("You may opt out of this at any time.", "more_favourable"),
    ],
)  # fmt: skip
def test_a_clause_that_is_wholly_new(make: Make, clause: str, direction: str) -> None:
    assert compare(make("1. Terms"), make("1. Terms", clause)).direction == direction


def test_a_way_out_of_what_is_newly_done_does_not_make_up_for_it(make: Make) -> None:
    lead, item = "We train our models on data from these sources:", "* Data that our users provide"
    new = f"{item}, including Inputs and Outputs from our Services (unless users opt out)"
    (hunk,) = compare(make(lead, item), make(lead, new)).hunks
    assert (hunk.direction, hunk.direction_rules) == ("less_favourable", ("F41",))


def test_what_is_said_elsewhere_in_other_words_is_not_gone() -> None:
    old = "Rights\nWhoever wants to can opt out of any such use that we make of the data.\nEnd"
    new = "Rights\nEnd\nThere is a page on which to opt out."
    assert compared(old, new).direction == "not_determined"


def test_all_hunks_together() -> None:
    more, less, both = Direction.MORE_FAVOURABLE, Direction.LESS_FAVOURABLE, Direction.BOTH
    neither, unknown = Direction.NEITHER, Direction.NOT_DETERMINED
    assert overall([more, unknown, neither]) is more
    assert overall([more, less]) is both
    assert overall([both, more]) is both
    assert overall([neither, neither]) is neither
    assert overall([neither, unknown]) is unknown
    assert overall([]) is unknown


@given(
    st.lists(st.builds(Fact, st.sampled_from(sorted(rules())), st.sampled_from([1, -1, 0, None]))),
    st.integers(0, 99),
)
def test_only_signed_facts_give_a_sign(facts: list[Fact], words: int) -> None:
    direction, told = direction_of(facts, words)
    signs = {fact.sign for fact in facts}
    if direction in (Direction.MORE_FAVOURABLE, Direction.BOTH):
        assert 1 in signs and told
    if direction in (Direction.LESS_FAVOURABLE, Direction.BOTH):
        assert -1 in signs and told
    if direction is Direction.NEITHER:
        assert signs == {0}
    assert set(told) <= {fact.rule for fact in facts}


def test_every_rule_of_the_table_is_whole() -> None:
    known = {"title", "kind", "more", "topics", "gates", "disclosed", "gone_whole", "outweighed_by"}
    known |= {"en", "de", "fr", "es", "zh", "ja"}
    kinds = {"period", "amount", "limit", "words", "set", "modality", "date", "entity"}
    entries = table("directions")["rules"]
    assert list(entries) == [f"F{n}" for n in range(1, len(entries) + 1)]
    for name, entry in entries.items():
        assert entry.keys() <= known, name
        assert entry["title"] and entry["kind"] in kinds
        assert entry.get("more", 0) in {1, 0, -1, "not_determined"}
        assert (entry["kind"] in {"modality", "date", "entity"}) != bool(entry.get("en")), name
        assert {*entry.get("topics", ()), *entry.get("gates", ())} <= topics().keys(), name
        assert set(entry.get("outweighed_by", ())) <= entries.keys()
