"""Which types a passage has: by its sentences, by its titles, by what introduces it; and when nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import hits
from conductatlas.reading.clauses.taxonomy import taxonomy


def types(text: str, *path: str, lead: str = "", kind: str = "", language: str = "en") -> list[str]:
    return [hit.type for hit in hits(Passage(text, path, lead, kind, language))]


def test_a_clause_may_have_several_types_the_apt_one_first() -> None:
    found = types(
        "You waive your right to a jury trial, and all disputes are resolved by binding arbitration."
    )
    assert found[0] in ("jury_waiver", "arbitration")
    assert {"jury_waiver", "arbitration"} <= set(found)


def test_words_of_two_sentences_make_no_type_together() -> None:
    assert "reverse_engineering" not in types("You may not smoke. Derivative works are on sale.")
    assert "reverse_engineering" in types("You may not make derivative works of the Software.")


def test_a_title_gives_its_type_to_what_says_nothing_itself() -> None:
    [hit] = hits(Passage("The following holds.", ("Terms of Service", "Force Majeure")))
    assert (hit.type, hit.is_context) == ("force_majeure", True)
    assert hits(Passage("The following holds.", ("Terms of Service",))) == ()


def test_the_innermost_title_counts() -> None:
    assert types("The following holds.", "Disclaimer of Warranties", "Refunds") == ["refunds"]


def test_own_words_go_before_a_title() -> None:
    found = types("These Terms are governed by the laws of Ireland.", "Refunds")
    assert found[0] == "governing_law"


def test_a_clear_title_goes_before_general_words() -> None:
    passage = Passage("We use this information to answer you.", ("Children",), kind="privacy")
    assert hits(passage)[0].type == "children"
    assert hits(passage)[0].is_context


def test_a_type_that_the_title_names_is_surer() -> None:
    text = "We may suspend your account."
    alone = next(hit for hit in hits(Passage(text)) if hit.type == "suspension")
    named = next(hit for hit in hits(Passage(text, ("Suspension",))) if hit.type == "suspension")
    assert named.confidence > alone.confidence


def test_an_item_is_read_with_what_introduces_its_list() -> None:
    assert "reverse_engineering" in types("make derivative works of the Software;", lead="You may not:")
    assert "reverse_engineering" not in types("make derivative works of the Software;")


def test_where_only_the_lead_speaks_the_type_is_context() -> None:
    [hit] = hits(Passage("your cat;", lead="You agree to indemnify us against all claims that arise from:"))
    assert (hit.type, hit.is_context) == ("indemnification", True)


def test_only_the_last_sentence_of_a_lead_introduces() -> None:
    assert types("your cat;", lead="You agree to indemnify us. Pets we like:") == []


def test_a_denial_is_of_the_type() -> None:
    assert "biometrics" in types("We do not collect biometric data.")
    assert "data_sale" in types("We do not sell your personal information.")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Es gilt das Recht der Bundesrepublik Deutschland.", "de", "governing_law"),
        ("Das Abonnement verlängert sich automatisch um einen Monat.", "de", "auto_renewal"),
        ("Les présentes conditions sont régies par la loi française.", "fr", "governing_law"),
        ("Estos términos se rigen por las leyes de España.", "es", "governing_law"),
        ("我们会收集您的手机号码等信息。", "zh", "data_collection"),
        ("因不可抗力造成的损失。", "zh", "force_majeure"),
    ],
)
def test_other_languages_where_sure(text: str, language: str, expected: str) -> None:
    assert expected in types(text, language=language)


def test_nothing_is_said_in_a_language_without_rules() -> None:
    assert types("These Terms are governed by the laws of Ireland.", language="fi") == []


def test_no_language_is_read_as_english() -> None:
    assert types("These Terms are governed by the laws of Ireland.", language="")[0] == "governing_law"


def test_capitals_and_lower_case_are_one() -> None:
    text = "In no event will Larkspur be liable for lost profits."
    assert types(text.upper())[0] == types(text.lower())[0] == "liability_exclusion"


@given(
    st.text(max_size=400),
    st.lists(st.text(max_size=60), max_size=3),
    st.text(max_size=100),
    st.sampled_from(["", "terms", "privacy", "no-such-kind"]),
    st.sampled_from(["", "en", "de", "zh", "xx"]),
)
def test_any_text_has_types_of_the_taxonomy_each_once(
    text: str, path: list[str], lead: str, kind: str, language: str
) -> None:
    found = hits(Passage(text, tuple(path), lead, kind, language))
    names = [hit.type for hit in found]
    assert len(names) == len(set(names))
    assert set(names) <= set(taxonomy())
    assert all(0 < hit.confidence <= 1 and hit.rule.startswith(f"{hit.type}.") for hit in found)


def test_a_megabyte_of_junk_is_read() -> None:
    """Each of its words begins phrases and goes on in none."""
    assert isinstance(hits(Passage("you may not agree to ... " * 40_000)), tuple)


def test_what_governs_a_list_goes_before_what_its_items_name() -> None:
    lead = "In no event will Larkspur be liable for:"
    assert types("deletion of your data;", lead=lead)[0] == "liability_exclusion"
    assert types("scrape the Service;", lead="You may not:")[0] == "scraping"


def test_what_a_list_forbids_is_of_its_type_whatever_it_is() -> None:
    [hit] = hits(Passage("juggle in the yard;", lead="You may not:", kind="terms"))
    assert (hit.type, hit.is_context) == ("acceptable_use", True)
