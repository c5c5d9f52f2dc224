"""The questionnaire: every trap that people fell into, nothing said of silence, every quote exact."""

from __future__ import annotations

import pytest

from conductatlas.reading.clauses.extractor import extract
from conductatlas.reading.clauses.questions import Answer, Answerable, answer, questions
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks

KEYS = 50


def document(kind: str, *parts: str, title: str = "") -> Answerable:
    """A document of headings ("# Refunds") and paragraphs."""
    lines, marks, at = [], [], 0
    for part in (f"# {title or kind.title()}", *parts):
        level = len(part) - len(part.lstrip("#"))
        line = part.lstrip("# ")
        if level:
            marks.append(Mark(at, at + len(line), MarkKind.HEADING, level))
        lines.append(line)
        at += len(line) + 1
    reading = Reading("\n".join(lines), sort_marks(marks), title or kind.title(), "en")
    return Answerable(kind, kind, reading, extract(reading, kind))


def terms(*parts: str) -> dict[str, Answer]:
    return dict(answer([document("terms", *parts)]))


def privacy(*parts: str) -> dict[str, Answer]:
    return dict(answer([document("privacy", *parts)]))


def test_there_are_fifty_in_the_order_of_the_file() -> None:
    found = terms("Nothing of note stands here.")
    assert list(found) == list(questions())
    assert len(found) == KEYS


def test_silence_is_not_stated_and_says_where_it_was_looked_for() -> None:
    found = answer([document("terms", "You may use the service."), document("privacy", "We are kind.")])
    assert {key for key, one in found.items() if one.value is not None} == set()
    assert found["arbitration"].searched == ("terms",)
    assert found["ai_training_on_user_content"].searched == ("terms", "privacy")
    assert found["sells_data"].searched == ("privacy",)


def test_every_quote_stands_where_it_says() -> None:
    asked = document(
        "terms",
        "## 12. Disputes",
        "You and Heron agree that any dispute will be resolved by final and binding arbitration.",
        "You may opt out of arbitration within 30 days of first accepting these terms by e-mail to law@heron.example.",
        "You and Heron waive the right to a jury trial and to take part in a class action.",
        "## 13. Law",
        "These terms are governed by the laws of the State of California.",
    )
    found = answer([asked])
    assert found["arbitration"].value is True
    assert found["arbitration_opt_out_days"].value == 30
    assert (found["class_action_waiver"].value, found["jury_waiver"].value) == (True, True)
    assert found["governing_law"].value == "US-CA"
    for one in found.values():
        if one.span is not None:
            assert asked.reading.text[one.span.start : one.span.end] == one.quote
    assert "13. Law" in found["governing_law"].section or "13 Law" in found["governing_law"].section


def test_a_window_to_reject_changes_is_no_opt_out_of_arbitration() -> None:
    found = terms(
        "## Disputes",
        "Any dispute will be resolved by binding arbitration.",
        "## Changes",
        "If you do not agree with a change of these terms you may reject it within 30 days of our notice.",
    )
    assert found["arbitration"].value is True
    assert found["arbitration_opt_out_days"].value is None


def test_a_class_waiver_stands_apart_from_arbitration() -> None:
    found = terms(
        "## Disputes",
        "The courts of Ireland have exclusive jurisdiction over any dispute.",
        "You may bring claims only in your individual capacity, and not as a member of a class in any class action.",
    )
    assert found["arbitration"].value is False
    assert found["class_action_waiver"].value is True
    assert found["jury_waiver"].value is None


def test_a_cap_that_is_the_lesser_of_two_says_so() -> None:
    found = terms(
        "## Limitation of liability",
        "Our total liability is limited to the lesser of the fees paid in the six months before the claim and $500.",
    )
    value = found["liability_cap"].value
    assert isinstance(value, dict)
    assert (value["amount"], value["fees_months"], value["greater_of"]) == (500, 6, False)
    assert value["combine"] == "lesser"


def test_liability_excluded_without_a_cap_is_none_stated() -> None:
    found = terms(
        "## Limitation of liability",
        "We will not be liable for any indirect, incidental or consequential damages, or for lost profits.",
    )
    assert found["liability_cap"].value == "none stated"


def test_a_licence_without_the_word_is_not_perpetual() -> None:
    found = terms(
        "## Content", "You grant us a worldwide, royalty-free licence to host and display your content."
    )
    assert found["content_licence_to_platform"].value is True
    assert found["content_licence_perpetual"].value is None


def test_a_licence_that_ends_is_not_perpetual() -> None:
    found = terms(
        "## Content",
        "You grant us a licence to host your content. This licence ends when you delete your content.",
    )
    assert found["content_licence_perpetual"].value is False


def test_a_window_for_refunds_says_more_than_none() -> None:
    found = terms(
        "## Refunds",
        "Fees are non-refundable unless stated here. If you bought a plan within the last 24 hours you can write to us "
        "with a refund request.",
    )
    assert found["refunds"].value == "PT24H"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("If we increase our prices, we will give you at least 30 days' notice so that you can cancel.", 30),
        ("Changes to our subscription plans apply only after 30 days notice to you.", 30),
        (
            "Any change in fees becomes effective in the billing cycle following notice of it to you.",
            "no fixed period",
        ),
        ("We may change our prices. You may cancel your plan with 30 days' notice.", None),
    ],
)
def test_notice_of_prices(said: str, value: object) -> None:
    assert terms("## Changes of price", said)["price_change_notice_days"].value == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("We may terminate your account for convenience by giving you advance notice.", "no fixed period"),
        ("We may terminate your account with 14 days' notice.", 14),
        ("If a claim cannot be settled, we may terminate this agreement upon written notice.", None),
    ],
)
def test_notice_of_termination(said: str, value: object) -> None:
    assert terms("## Termination", said)["termination_notice_days"].value == value


def test_notice_of_a_change_of_the_service_is_none_of_the_terms() -> None:
    found = terms(
        "## Changes of these terms and the service",
        "We may add, modify or suspend services. If such changes affect you, we will promptly notify you.",
        "We may revise these terms. Once announced, they replace the original terms.",
        "Your continued usage of the service will be considered acceptance of the modified terms.",
    )
    assert found["change_notice_days"].value == 0
    assert found["change_by_continued_use"].value is True


def test_courts_that_must_be_gone_to_leave_no_arbitration() -> None:
    found = terms("## Governing law", "Any dispute must be brought in a competent court in Ireland.")
    assert found["arbitration"].value is False


def test_may_improve_our_services_is_not_training() -> None:
    found = privacy("## How we use data", "We may use your content to improve our services.")
    assert found["ai_training_on_user_content"].value is None


def test_training_that_one_can_refuse() -> None:
    found = privacy(
        "## Training",
        "We use your conversations to train our models unless you opt out in your account settings.",
    )
    assert found["ai_training_on_user_content"].value == "yes unless opted out"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("We may change these terms at any time without notice.", 0),
        ("We may change these terms. We will notify you of material changes by e-mail.", "no fixed period"),
        ("We may change these terms with at least 45 days' notice by e-mail.", 45),
        ("We may change these terms.", None),
    ],
)
def test_days_of_notice(said: str, value: object) -> None:
    assert terms("## Changes to these terms", said)["change_notice_days"].value == value


def test_a_number_says_more_than_notice_without_one() -> None:
    found = terms(
        "## Changes to these terms",
        "We may change these terms. We will notify you of changes by e-mail.",
        "Changes take effect 30 days after we notify you of them.",
    )
    assert found["change_notice_days"].value == 30


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("We do not sell your personal information.", "says it does not sell"),
        ("We sell personal information to advertising partners.", "sells or shares (as US law defines)"),
        ("Our use of cookies shares data with advertising partners.", None),
    ],
)
def test_sale_is_what_the_text_says_of_it(said: str, value: object) -> None:
    assert privacy("## Sharing of personal information", said)["sells_data"].value == value


def test_a_sale_that_is_denied_and_described_is_a_conflict() -> None:
    found = privacy(
        "## Sharing of personal information",
        "We do not sell your personal information.",
        "Some disclosures may be considered a sale of personal information under the law of California.",
    )["sells_data"]
    assert found.value == "sells or shares (as US law defines)"
    assert found.is_conflict


def test_consent_to_transfers_is_weaker_than_a_mechanism() -> None:
    found = privacy(
        "## International transfers",
        "By using the service you consent to the transfer of your data to the United States.",
        "For transfers outside the EEA we rely on standard contractual clauses.",
    )
    assert found["transfers_mechanism"].value == ["SCC"]
    alone = privacy(
        "## International transfers",
        "By using the service you consent to the transfer of your data to the United States.",
    )
    assert alone["transfers_mechanism"].value == ["agreement by use"]


def test_periods_and_what_is_kept() -> None:
    found = privacy(
        "## How long we keep data",
        "We keep personal data for as long as necessary to provide the service.",
        "Server logs are deleted after 90 days. Backups are kept for up to 30 days.",
    )
    assert found["retention_general"].value == "as long as necessary"
    assert found["retention_specific_periods"].value == [
        {"what": "log data", "period": "P90D"},
        {"what": "backups", "period": "P30D"},
    ]


def test_the_youngest_age_counts_where_a_parent_agrees() -> None:
    found = terms(
        "## Who may use the service",
        "You must be at least 13 years old. If you are under 18 a parent or guardian has to agree to these terms.",
    )
    assert found["min_age"].value == 13


def test_children() -> None:
    found = privacy("## Children", "We do not knowingly collect personal data from children under 13.")
    assert found["children_data"].value == {"knowingly_collected": False, "below": 13}


def test_do_not_track_that_is_not_honoured() -> None:
    found = privacy("## Cookies", "We do not respond to Do Not Track signals.")
    assert found["do_not_track_honoured"].value is False


def test_the_contact_is_the_role_of_privacy_and_no_person() -> None:
    found = privacy(
        "## Contact",
        "Write to jane.doe@heron.example or to support@heron.example; for privacy to privacy@heron.example.",
    )
    assert found["privacy_contact_email"].value == "privacy@heron.example"
    assert privacy("## Contact", "Write to jane.doe@heron.example.")["privacy_contact_email"].value is None


def test_the_company_and_its_dates() -> None:
    found = terms(
        "Last updated: 3 March 2026",
        'These terms are a contract between you and Heron Labs, Inc. ("Heron").',
    )
    assert found["legal_entity"].value == "Heron Labs, Inc."
    assert found["terms_last_updated"].value == "2026-03-03"
    assert found["terms_effective"].value is None


def test_another_document_answers_only_what_is_of_its_kind() -> None:
    rules = document("acceptable-use", "You may not scrape the service or reverse engineer it.")
    found = answer([rules])
    assert found["scraping_ban"].value is None
    assert found["reverse_engineering_ban"].value is None


def test_two_values_for_the_same_people_answer_nothing() -> None:
    found = terms(
        "## Governing law",
        "These terms are governed by the laws of Ireland.",
        "## Miscellaneous",
        "These terms are governed by the laws of the State of Delaware.",
    )["governing_law"]
    assert (found.value, found.is_conflict) == (None, True)


def test_other_languages_answer_nothing_but_what_needs_no_words() -> None:
    text = "Nutzungsbedingungen\nWir können diese Bedingungen jederzeit ändern.\nEs gilt deutsches Recht."
    reading = Reading(text, (), "Nutzungsbedingungen", "de")
    found = answer([Answerable("de", "terms", reading, extract(reading, "terms"))])
    assert {key for key, one in found.items() if one.value is not None} == set()
