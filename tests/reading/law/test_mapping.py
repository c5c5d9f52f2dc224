"""Mapping: what is shown by which words, what is cited, what is left out, and the order of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reading.law.clause import CALIFORNIA, CONSUMER, EEA, US, articles, context, mapped

from conductatlas.reading.clauses.finding import Span, Typed
from conductatlas.reading.law.citing import citations
from conductatlas.reading.law.entry import Answer, ConditionKind, Mapping, Relation, Status
from conductatlas.reading.law.mapping import MOST, MOST_OF_ONE
from conductatlas.reading.law.rules import rules_of_type

FLORIDA = "These Terms are governed by the laws of the State of Florida."
TEXAS = "These Terms are governed by the laws of the State of Texas."


def of(found: tuple[Mapping, ...], article: str) -> Mapping:
    return next(mapping for mapping in found if mapping.article.id == article)


@pytest.mark.parametrize(
    "clause",
    [
        "Any claim must be brought within one (1) year and twenty-eight (28) days after it arose, or it is barred.",
        "You must file any action within one year of the event.",
    ],
)
def test_florida_and_a_short_time(clause: str) -> None:
    """The pattern of a text under Florida law with a year and twenty-eight days: governs_term, on conditions."""
    found = of(mapped("time_to_sue", clause, FLORIDA, US), "fl_limitation/95.03")
    assert found.relation is Relation.GOVERNS_TERM
    answers = {one.says: one.answer for one in found.conditions}
    assert answers["the contract is under the law of Florida, or sued on there"] is Answer.SHOWN
    assert answers["the statute gives more time for the claim"] is Answer.UNKNOWN


def test_texas_and_less_than_two_years() -> None:
    short = "Any claim must be brought within one year after it arose."
    found = of(mapped("time_to_sue", short, TEXAS, US), "tx_limitation/16.070")
    assert all(one.answer is Answer.SHOWN for one in found.conditions)
    two = "Any claim must be brought within two (2) years after it arose."
    assert "tx_limitation/16.070" not in articles(mapped("time_to_sue", two, TEXAS, US))


def test_a_short_time_elsewhere_is_not_under_these_laws() -> None:
    clause = "Any claim must be brought within one year after it arose."
    found = articles(mapped("time_to_sue", clause, "The laws of Ireland govern.", US))
    assert not found & {"fl_limitation/95.03", "tx_limitation/16.070"}


@pytest.mark.parametrize(
    ("type_name", "clause", "beside", "article"),
    [
        (
            "general_release",
            "You release Larkspur from all claims, known and unknown, and waive section 1542 of the Civil Code.",
            [CALIFORNIA],
            "ca_civil_code/1542",
        ),
        (
            "electronic_communications",
            "You agree that we may call you by an automatic telephone dialing system or send automated texts.",
            [US],
            "tcpa/227(b)",
        ),
        (
            "legal_representative",
            "Our representative in the European Union is Tidewater Representation GmbH.",
            [EEA],
            "gdpr/27",
        ),
        (
            "legal_representative",
            "Our legal representative under the Digital Services Act is Tidewater Representation GmbH.",
            [EEA],
            "dsa/13",
        ),
        ("governing_law", "These Terms are governed by the laws of Delaware.", [EEA, CONSUMER], "rome_i/6(2)"),
        (
            "venue",
            "The courts of San Francisco, California, have exclusive jurisdiction over all disputes.",
            [EEA, CONSUMER],
            "brussels_ia/18",
        ),
        (
            "change_of_service",
            "We may change or discontinue features at any time.",
            [EEA, CONSUMER],
            "digital_content/19",
        ),
        ("non_disparagement", "You will not disparage Larkspur or its services.", [US], "crfa/45b"),
        (
            "class_action_waiver",
            "You may bring claims only in your individual capacity, not in a class action; disputes go to binding "
            "arbitration.",
            ["The service is also for people in Canada."],
            "quebec_cpa/11.1",
        ),
        (
            "audit_rights",
            "Customer may audit Larkspur once a year, and inspect reports.",
            ["You confirm that you are not a consumer.", "The contract meets DORA.", EEA],
            "dora/30",
        ),
        ("transfers", "By using the service you consent to the transfer of your data to the US.", [EEA], "gdpr/49"),
        ("law_enforcement", "We disclose data to comply with a subpoena or court order.", [US], "sca/2703"),
        (
            "liability_exclusion",
            "We are not liable for any damages of any kind whatsoever.",
            ["California law governs: these Terms are governed by the laws of the State of California."],
            "ca_civil_code/1668",
        ),
    ],
)  # fmt: skip
def test_the_law_that_usual_lists_leave_out(
    type_name: str, clause: str, beside: list[str], article: str
) -> None:
    assert article in articles(mapped(type_name, clause, *beside))


def test_every_condition_that_is_shown_has_exact_words_of_the_document() -> None:
    found = mapped("arbitration", "You and Larkspur agree to binding arbitration.", EEA, US, CONSUMER)
    assert found
    for mapping in found:
        for one in mapping.conditions:
            assert (one.answer is Answer.SHOWN) == bool(one.spans)


def test_a_further_type_counts_where_a_fact_of_it_is_stated() -> None:
    watched = "We reserve the right to monitor your use of the Service through automated means."
    said = "We reserve the right to remove what breaks these rules."
    also = (Typed("monitoring", 0.4, "model"),)
    assert "gdpr/13" in articles(mapped("content_moderation", watched, EEA, also=also))
    assert "gdpr/13" not in articles(mapped("content_moderation", watched, EEA))
    assert "gdpr/13" not in articles(mapped("content_moderation", said, EEA, also=also))


def test_without_its_subject_a_rule_gives_nothing() -> None:
    assert mapped("arbitration", "Larkspur is a shop for garden tools.", EEA, US, CONSUMER) == ()


def test_a_clause_for_one_country_is_not_held_against_the_law_of_another() -> None:
    clause = "You agree that disputes are resolved by binding arbitration."
    for_us = mapped("arbitration", clause, EEA, US, CONSUMER, under=["Users in the United States"])
    assert "faa/2" in articles(for_us) and "uctd/annex-1-q" not in articles(for_us)
    for_eea = mapped("arbitration", clause, EEA, US, CONSUMER, under=["Users in the European Economic Area"])
    assert "uctd/annex-1-q" in articles(for_eea) and "faa/2" not in articles(for_eea)


def test_the_title_above_shows_the_place() -> None:
    clause = "You agree that disputes are resolved by binding arbitration."
    found = of(mapped("arbitration", clause, under=["Users in the United States"]), "faa/2")
    place = next(one for one in found.conditions if one.kind is ConditionKind.TERRITORY)
    assert place.answer is Answer.SHOWN


def test_what_the_clause_cites_comes_first_with_its_article() -> None:
    clause = "We process personal data on the grounds of article 6(1)(f) GDPR, our legitimate interests."
    found = mapped("legal_basis", clause, EEA, kind="privacy")
    assert found[0].relation is Relation.CITES and found[0].article.id == "gdpr/6"
    assert found[0].conditions[0].spans


@pytest.mark.parametrize(
    ("clause", "cited"),
    [
        ("We follow the GDPR.", ["gdpr"]),
        ("We follow the UK GDPR and the GDPR.", ["uk_gdpr", "gdpr"]),
        ("You have rights under articles 15 and 17 of the GDPR.", ["gdpr/15"]),
        ("Under Article 22 GDPR you may ask for a person.", ["gdpr/22"]),
        ("The Federal Arbitration Act governs this section.", ["faa"]),
        ("You waive California Civil Code Section 1542.", ["ca_civil_code/1542"]),
        ("Rights under the California Consumer Privacy Act (CCPA).", ["ccpa"]),
        ("We take part in the EU-U.S. Data Privacy Framework.", ["dpf/1"]),
        ("Notices under the DMCA go to our agent.", ["dmca"]),
        ("The standard clauses of Decision (EU) 2021/914 are part of this.", ["scc/1"]),
        ("Commercial computer software under 48 C.F.R. 12.212.", ["far/12.212"]),
        ("Nothing is named here, though tools may drag pears.", []),
        ("The brand COPPAdo is no law.", []),
    ],
)
def test_citations(clause: str, cited: list[str]) -> None:
    held = context(clause)
    found = list(citations(held, 0, len(clause)))
    assert [one.article for one in found][: len(cited)] == cited
    assert bool(found) == bool(cited)


@pytest.mark.parametrize(
    "clause",
    [
        "The European Commission provides an Online Dispute Resolution Platform at http://ec.europa.eu/consumers/odr.",
        "Under Regulation (EU) No 524/2013 you may use the ODR platform.",
    ],
)
def test_a_link_to_the_closed_platform_is_a_stale_reference(clause: str) -> None:
    found = of(mapped("complaint", clause, EEA), "odr/14")
    assert found.relation is Relation.CITES
    assert found.article.status is Status.REPEALED


def test_also_where_only_the_link_says_so() -> None:
    clause = "Consumers may turn to the Commission's site here"
    found = mapped("complaint", clause, EEA, link="https://ec.europa.eu/consumers/odr/main/")
    assert "odr/14" in articles(found)


def test_online_dispute_resolution_by_others_is_not_that_platform() -> None:
    clause = "Disputes go to online dispute resolution by an arbitrator of Tidewater."
    assert "odr/14" not in articles(mapped("arbitration", clause, EEA))


def test_of_a_document_in_another_language_only_citations_are_mapped() -> None:
    clause = "Wir verarbeiten Daten nach Art. 6 DSGVO."
    found = mapped("legal_basis", clause, kind="privacy", language="de")
    assert [mapping.rule for mapping in found] == ["cites"]


def test_the_most_specific_comes_first_and_there_are_not_many() -> None:
    clause = "We transfer personal data to the United States under standard contractual clauses."
    laws = "Swiss, Brazilian, Korean and Japanese users: APPI, PIPA, LGPD, Brazil, Switzerland."
    found = mapped("transfers", clause, EEA, US, laws, kind="privacy")
    assert 1 < len(found) <= MOST
    ids = [mapping.article.id for mapping in found]
    assert ids.index("gdpr/46") < ids.index("gdpr/44") if "gdpr/44" in ids else True
    for one in {mapping.instrument.id for mapping in found}:
        assert (
            sum(mapping.instrument.id == one and mapping.rule != "cites" for mapping in found) <= MOST_OF_ONE
        )


def test_no_article_is_mapped_twice_for_one_relation() -> None:
    found = mapped("liability_exclusion", "We are not liable for any damages whatsoever.", EEA, CONSUMER)
    keys = [(mapping.article.id, mapping.relation) for mapping in found]
    assert len(keys) == len(set(keys))


@given(
    st.sampled_from(sorted(rules_of_type())), st.text(max_size=200), st.sampled_from(["terms", "privacy", ""])
)
def test_whatever_a_clause_says_the_mappings_hold_their_promises(
    type_name: str, words: str, kind: str
) -> None:
    clause = " ".join(words.split()) or "x"
    found = mapped(type_name, clause, EEA, US, kind=kind)
    assert len(found) <= MOST
    for mapping in found:
        subjects = [one for one in mapping.conditions if one.kind is ConditionKind.SUBJECT]
        assert subjects and all(one.answer is Answer.SHOWN for one in subjects)
        for one in mapping.conditions:
            assert all(isinstance(span, Span) and span.start < span.end for span in one.spans)


def test_a_company_named_after_a_law_cites_nothing() -> None:
    found = mapped(
        "legal_representative", "Our representative in the Union is GDPR Desk Ltd., Larkspur Lane 1."
    )
    assert "gdpr" not in [mapping.instrument.id for mapping in found if mapping.rule == "cites"]


def test_a_title_alone_is_mapped_to_nothing() -> None:
    assert not mapped("cookies", "Cookie Policy", EEA, kind="privacy")
    assert mapped("cookies", "We use cookies for analytics.", EEA, kind="privacy")


def test_the_innermost_title_names_the_place() -> None:
    under = ["US State Specific Information", "Nevada"]
    found = mapped(
        "data_sale", "We do not sell your covered information.", CALIFORNIA, kind="privacy", under=under
    )
    assert "ccpa" not in [mapping.instrument.id for mapping in found]
