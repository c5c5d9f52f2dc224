"""Legal entities (S6), brands renamed in the whole of a text (N7), and slips of the pen (N2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.naming import entity_names, rename
from conductatlas.reading.compare.slips import is_known, slipped_name, slips
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

TERMS = (
    "# Terms of Pelican",
    "Welcome to Pelican. The contract is with Pelican International Company in Dublin.",
    "You use Pelican at your own risk, and Pelican's team may help.",
    "Birds are stored with Osprey.",
)


def renamed(*changes: tuple[str, str]) -> list[str]:
    lines = "\n".join(TERMS)
    for before, after in changes:
        lines = lines.replace(before, after)
    return lines.split("\n")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("with Pelican International Company, Dublin", ["pelican international company"]),
        ("Pelican, Inc. and Heron GmbH", ["pelican inc", "heron gmbh"]),
        ("A Limited Warranty", []),
        ("the Company", []),
        ("a limited licence", []),
    ],
)
def test_legal_entities(text: str, names: list[str]) -> None:
    assert entity_names(text) == names


def test_a_brand_renamed_everywhere_is_editorial_while_the_entity_stays(make: Make) -> None:
    new = renamed(("Pelican", "Heron"), ("Heron International", "Pelican International"))
    for old, later in ((TERMS, new), (new, TERMS)):
        comparison = compare(make(*old), make(*later))
        assert {hunk.rules for hunk in comparison.hunks} == {("N7",)}
        assert comparison.kind == "editorial"


def test_another_entity_is_one_hunk_of_substance(make: Make) -> None:
    hunks = compare(make(*TERMS), make(*renamed(("Pelican", "Heron")))).hunks
    assert [hunk.rules for hunk in hunks if hunk.significance == "substantive"] == [("S6",)]


def test_a_name_that_stays_somewhere_was_not_renamed(make: Make) -> None:
    new = renamed(("You use Pelican", "You use Heron"), ("Welcome to Pelican", "Welcome to Heron"))
    assert rename("\n".join(TERMS), "\n".join(new)) is None
    assert compare(make(*TERMS), make(*new)).kind == "substantive"


def test_a_name_that_stays_in_addresses_was_renamed(make: Make) -> None:
    lines = (*TERMS, "See Pelican.example, support@Pelican or birds/Pelican, where Pelican has more.")
    new = renamed(("Pelican", "Heron"), ("Heron International", "Pelican International"))
    new.append("See Pelican.example, support@Pelican or birds/Pelican, where Heron has more.")
    comparison = compare(make(*lines), make(*new))
    assert {hunk.rules for hunk in comparison.hunks} == {("N7",)}


def test_a_head_that_names_the_entity_alone(make: Make) -> None:
    lines = (
        "# Terms of Service",
        "With Pelican International Company.",
        *["You use Pelican at your risk."] * 3,
    )
    new = [line.replace("use Pelican", "use Heron") for line in lines]
    comparison = compare(make(*lines), make(*new))
    assert {hunk.rules for hunk in comparison.hunks} == {("N7",)}
    assert {hunk.rules for hunk in compare(make(*new), make(*lines)).hunks} == {("N7",)}


def test_another_provider_is_no_rename(make: Make) -> None:
    lines = (*TERMS, *(f"Part {n} is stored with Osprey." for n in "abc"))
    comparison = compare(make(*lines), make(*"\n".join(lines).replace("Osprey", "Kestrel").split("\n")))
    assert comparison.kind == "substantive"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"persnal"}, {"personal"}, {"persnal": "personal"}),
        ({"personal"}, {"persnal"}, {"persnal": "personal"}),
        ({"preset"}, {"present"}, {}),
        ({"licensor"}, {"licensee"}, {}),
        ({"heronx"}, {"heronxx"}, {}),
        ({"Persnal"}, {"Personal"}, {}),
        ({"personal"}, set(), {}),
    ],
)
def test_a_slip_is_no_word_and_near_one(old: set[str], new: set[str], found: dict[str, str]) -> None:
    assert slips(old, new, "en") == found
    assert slips(old, new, "de") == {}


def test_the_list_of_words_knows_the_words_of_contracts() -> None:
    for word in ("licensor", "licensee", "assignor", "subprocessor", "severability", "indemnify", "statute"):
        assert is_known(word), word
    for slip in ("recieve", "liabilty", "agreemnet"):
        assert not is_known(slip), slip


OFTEN = "Pelikana sings. Pelikana flies. Pelikana nests."


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (f"{OFTEN} Pelikanna is here.", f"{OFTEN} Pelikana is here.", {"Pelikanna": "Pelikana"}),
        (f"{OFTEN} Pelikana is here.", f"{OFTEN} Pelikanna is here.", {"Pelikanna": "Pelikana"}),
        (f"{OFTEN} Pelikanna and Pelikanna.", f"{OFTEN} Pelikana and Pelikana.", {}),  # a name of its own
        ("Pelikanna is here.", "Pelikana is here.", {}),  # nobody knows which is meant
        (f"{OFTEN} Pelikano is here.", f"{OFTEN} Pelikana is here.", {}),  # another ending
    ],
)
def test_a_name_is_a_slip_of_one_that_both_texts_give_often(
    old: str, new: str, found: dict[str, str]
) -> None:
    word, other = (text.removeprefix(OFTEN).split()[0] for text in (old, new))
    assert slipped_name(word, other, old, new) == found
    reading = (Reading(text.replace(". ", ".\n"), (), "", "en") for text in (old, new))
    assert compare(*reading).kind == ("editorial" if found else "substantive")
