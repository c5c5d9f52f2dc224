"""Rules and model together: what is said of a sentence alone, of a clause in a document, and in other languages."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.reading.clauses.classify import classify
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.taxonomy import taxonomy


def types(text: str, *path: str, kind: str = "", language: str = "en") -> list[str]:
    (found,) = classify([Passage(text, path, "", kind, language)], alone=not path)
    return [typed.type for typed in found]


def test_rule_and_model_agree() -> None:
    (found,) = classify(
        [Passage("You and Larkspur agree to resolve any dispute by final and binding arbitration.")],
        alone=True,
    )
    assert found[0].type == "arbitration"
    assert found[0].basis.startswith("rule:arbitration.")
    assert found[0].basis.endswith(" + model")
    assert found[0].confidence > 0.5


def test_a_mention_alone_is_no_clause_but_one_under_its_title_is() -> None:
    text = "The arbitrator's decision can be confirmed later."
    assert "arbitration" not in types(text)
    assert "arbitration" in types(text, "Arbitration agreement", kind="terms")


def test_a_cap_is_told_from_an_exclusion() -> None:
    assert "liability_cap" in types(
        "Our total liability to you will not exceed the amount you paid us in the last twelve months."
    )
    assert types("In no event will Larkspur be liable for any indirect damages or loss of profits.")[0] == (
        "liability_exclusion"
    )


def test_types_that_the_model_does_not_know_are_left_to_the_rules() -> None:
    assert "data_sale" in types("We do not sell your personal information to anyone.", kind="privacy")


def test_says_nothing_when_unsure() -> None:
    assert types("Thank you for reading.") == []
    assert types("") == []
    assert types("\0\0\0") == []
    assert types("Wir freuen uns auf Sie.", language="de") == []


def test_other_languages_are_left_to_sure_rules() -> None:
    (found,) = classify(
        [Passage("Streitigkeiten werden durch ein Schiedsgericht entschieden.", language="de")]
    )
    assert all(typed.basis.startswith("rule:") and "model" not in typed.basis for typed in found)


def test_what_is_said_does_not_depend_on_the_neighbours() -> None:
    passages = [
        Passage("We may terminate your account at any time without notice."),
        Passage(""),
        Passage("By using the Service you agree to these Terms."),
    ]
    for alone in (True, False):
        each = [classify([passage], alone=alone)[0] for passage in passages]
        assert classify(passages, alone=alone) == each
    assert classify([]) == []


def test_labels_say_nothing_whatever_they_stand_under() -> None:
    for label in ("11.", "Company", "Find us at", "§"):
        assert types(label, "Limitation of liability", kind="terms") == []
        assert types(label, "Contact us", kind="privacy") == []
    assert types("We are not liable.", "Limitation of liability", kind="terms")[0] == "liability_exclusion"
    assert types("privacy@heron.example", "Contact us", kind="privacy") == ["privacy_contact"]


def test_an_item_of_few_words_says_something_with_what_introduces_it() -> None:
    passage = Passage(
        "device identifiers", ("Data we collect",), "We collect these data about you:", "privacy"
    )
    (found,) = classify([passage])
    assert found[0].type == "data_collection"


def test_a_megabyte_is_no_trouble() -> None:
    for text in ("we may not be liable for any " * 35_000, "x" * 1_000_000, "." * 1_000_000):
        classify([Passage(text)], alone=True)


@given(
    st.text(max_size=300),
    st.lists(st.text(max_size=20), max_size=2),
    st.sampled_from(["", "terms", "privacy"]),
)
@settings(max_examples=60, deadline=None)
def test_any_passage_has_known_types_each_once(text: str, path: list[str], kind: str) -> None:
    (found,) = classify([Passage(text, tuple(path), "", kind)], alone=not path)
    assert len({typed.type for typed in found}) == len(found)
    assert all(typed.type in taxonomy() and 0 < typed.confidence <= 1 for typed in found)
