"""What must not be mapped: each line of the list in several phrasings, beside a twin to which the rule speaks."""

from __future__ import annotations

import pytest
from tests.reading.law.clause import CALIFORNIA, CONSUMER, EEA, US, articles, instruments, mapped

BUSINESS = "You confirm that you are not a consumer and act for your business only."
SHARED = "Content that you publish on the Larkspur community is visible to other users."
SELLERS = "Sellers offer goods to buyers on the Larkspur marketplace; listings are free."

# line of the list -> type, laws that must not be there, clauses, sentences beside them
MUST_NOT: dict[str, tuple[str, set[str], list[str], list[str]]] = {
    "GDPR 22 without a decision and an effect": (
        "automated_decisions",
        {"gdpr/22", "uk_gdpr/22A", "uk_gdpr/22C", "ccpa_regulations/7200"},
        [
            "Larkspur monitors interactions with the service by automated means to keep it safe.",
            "We use automated systems to rank answers.",
            "Automated processing helps us to find spam.",
            "We do not make decisions based solely on automated processing that have legal effects on you.",
            "Our models make suggestions, and profiling is used to tailor them.",
            "A decision is made solely by automated means on which answer is shown first.",
            "You must not use the service for decisions made solely by automated means with legal effects.",
        ],
        [EEA, CALIFORNIA],
    ),
    "BIPA and CUBI without biometrics collected": (
        "biometrics",
        {"bipa/15(a)", "bipa/15(b)", "cubi/503.001", "wa_biometric/19.375.020", "gdpr/9"},
        [
            "We collect a recording of your voice when you call us.",
            "We do not collect biometrics.",
            "We never collect or process biometric identifiers such as voiceprints.",
            "We collect photographs that you upload and the voice recordings of meetings.",
            "You may not use the service to build facial recognition databases.",
            "We collect the fingerprint of your browser and a device fingerprint.",
            "No biometric information is collected.",
        ],
        [EEA, CALIFORNIA],
    ),
    "COPPA from an age alone": (
        "age",
        {"coppa/312.2", "coppa/312.4", "coppa/312.5"},
        [
            "You must be at least 13 years old to use Larkspur.",
            "The service is for people who are 13 or older.",
            "If you are under 18, you need your parent's permission.",
            "By registering you confirm that you are 13 or of the age of digital consent in your country.",
        ],
        [US],
    ),
    "COPPA from a denial": (
        "children",
        {"coppa/312.2", "coppa/312.4", "coppa/312.5"},
        [
            "The service is not directed to children under 13.",
            "Larkspur is not intended for children, and no child under 13 may use it.",
            "We do not knowingly collect personal information from children under 13.",
        ],
        [US],
    ),
    "HIPAA without the regulated actor": (
        "sensitive_data",
        {"hipaa"},
        [
            "We may receive information about your health if you type it into the service.",
            "Medical records that you upload are kept for thirty days.",
            "You must not upload protected health information unless we have agreed to it.",
        ],
        [US],
    ),
    "GLBA without the regulated actor": (
        "data_sharing",
        {"glba"},
        [
            "We share your bank details with our payment provider.",
            "Your payment information is disclosed to financial institutions to settle charges.",
        ],
        [US],
    ),
    "FCRA without the regulated actor": (
        "automated_decisions",
        {"fcra"},
        [
            "We score how likely it is that an account is used for fraud.",
            "Larkspur is no consumer reporting agency, and its output is not a consumer report.",
        ],
        [US],
    ),
    "VPPA without the regulated actor": (
        "data_sharing",
        {"vppa"},
        [
            "We share usage data with partners who help us to advertise.",
            "Our website embeds videos, and we share cookies with analytics providers.",
        ],
        [US],
    ),
    "P2B outside intermediation": (
        "unilateral_change",
        {"p2b"},
        [
            "We may change these terms with 15 days' notice.",
            "We may change these terms towards business customers at any time.",
            "Enterprise customers are told of changes to these terms by e-mail.",
        ],
        [EEA, BUSINESS],
    ),
    "DMA outside gatekeepers": (
        "termination_by_user",
        {"dma"},
        [
            "You can cancel your account at any time in the settings.",
            "You may end your subscription before the next billing date.",
        ],
        [EEA, CONSUMER],
    ),
    "DSA 14 and 17 outside hosts": (
        "suspension",
        {"dsa"},
        [
            "We may suspend your account if you break these terms.",
            "We may restrict your access to the chat without notice.",
            "We can disable accounts that send harmful prompts.",
        ],
        [EEA, "Larkspur is a chat tool: only you see your conversations."],
    ),
    "Data Act 13 towards consumers": (
        "liability_cap",
        {"data_act/13"},
        [
            "Our total liability for loss of data will not exceed the fees paid.",
            "Liability for access to your data is limited to 100 euros.",
        ],
        [EEA, CONSUMER],
    ),
    "Data Act 25 outside cloud services for businesses": (
        "termination_by_user",
        {"data_act/25"},
        [
            "You can cancel at any time in your settings.",
            "You may close your account, and your chats are deleted.",
        ],
        [EEA, CONSUMER],
    ),
    "Unfair terms of consumers in business terms": (
        "liability_exclusion",
        {"uctd", "cra_2015", "digital_content", "code_consommation"},
        [
            "Larkspur will not be liable for any indirect or consequential damages.",
            "In no event is Larkspur liable for loss of profit.",
        ],
        [EEA, BUSINESS],
    ),
    "German rules for consumers in business terms": (
        "unilateral_change",
        {"bgb/308", "uctd"},
        ["We may change these terms at any time.", "Larkspur reserves the right to amend these terms."],
        ["This agreement is under the law of Germany: German law governs.", EEA, BUSINESS],
    ),
    "McGill in business terms": (
        "class_action_waiver",
        {"ca_mcgill"},
        ["Claims for public injunctive relief are waived in every forum."],
        [CALIFORNIA, BUSINESS],
    ),
    "AI Act 26 for personal use": (
        "acceptable_use",
        {"ai_act/26"},
        [
            "You may use Larkspur for your own personal use, not to assess employment decisions.",
            "The service is for personal, non-commercial use, and not for credit decisions.",
        ],
        [EEA, CONSUMER],
    ),
    "DSM 4 for a user's own content": (
        "ai_training",
        {"copyright_dsm/4", "copyright_dsm/4(3)"},
        [
            "We use your content to train our models.",
            "Inputs and outputs may be used to improve our models, unless you opt out.",
        ],
        [EEA],
    ),
    "DMCA 512 for moderation in general": (
        "content_moderation",
        {"dmca"},
        [
            "We may remove content that breaks our rules.",
            "Content is reviewed by people and machines, and taken down if it is harmful.",
        ],
        [US, SHARED],
    ),
    "CAN-SPAM for service messages": (
        "electronic_communications",
        {"can_spam"},
        [
            "We send you messages about your account, such as receipts and security alerts.",
            "You agree to receive service announcements by e-mail.",
        ],
        [US],
    ),
    "GDPR 46 without a transfer": (
        "transfers",
        {"gdpr/46", "gdpr/44"},
        [
            "We do not transfer personal data outside the European Economic Area.",
            "Your data are kept on our own servers in Dublin and stay there.",
        ],
        [EEA],
    ),
    "FTC Act for a clause that is itself the disclosure": (
        "data_use",
        {"ftc_act"},
        ["We use your information to improve the service.", "We use usage data for advertising."],
        [US],
    ),
    "The vacated rule on cancelling": (
        "auto_renewal",
        {"negative_option_rule"},
        ["Your subscription renews automatically until you cancel it online."],
        [US, CALIFORNIA, CONSUMER],
    ),
}

# what is shown to be mapped in the twin -> type, article, clause, sentences beside it, further arguments
TWINS: dict[str, tuple[str, str, str, list[str]]] = {
    "GDPR 22 with a decision and an effect": (
        "automated_decisions",
        "gdpr/22",
        "Whether you get a loan is decided on: decisions based solely on automated processing can have legal effects "
        "on you.",
        [EEA],
    ),
    "UK 22C": (
        "automated_decisions",
        "uk_gdpr/22C",
        "We make decisions based solely on automated processing that significantly affect you, and you may ask for a "
        "person.",
        [EEA],
    ),
    "BIPA": (
        "biometrics",
        "bipa/15(b)",
        "We collect your voiceprint to recognise who speaks.",
        [CALIFORNIA],
    ),
    "CUBI": (
        "biometrics",
        "cubi/503.001",
        "When you verify your age, we scan your face and collect a template of face geometry.",
        [CALIFORNIA],
    ),
    "COPPA, directed to children": (
        "children",
        "coppa/312.5",
        "Larkspur Junior is designed for children under 13, and asks a parent for consent.",
        [US],
    ),
    "COPPA, knowledge": (
        "children",
        "coppa/312.2",
        "If we learn that we have collected personal information from a child under 13, we will delete it.",
        [US],
    ),
    "HIPAA": (
        "processing_roles",
        "hipaa/164.504",
        "Where Customer is a covered entity, Larkspur acts as its business associate for protected health information.",
        [US],
    ),
    "GLBA": (
        "data_sharing",
        "glba/6802",
        "As a financial institution under the Gramm-Leach-Bliley Act we share nonpublic personal information with "
        "affiliates.",
        [US],
    ),
    "FCRA": (
        "data_collection",
        "fcra/1681b",
        "We obtain background checks on drivers from a consumer reporting agency.",
        [US],
    ),
    "VPPA": (
        "data_sharing",
        "vppa/2710",
        "We share which videos you watch with advertising partners under the Video Privacy Protection Act.",
        [US],
    ),
    "P2B": (
        "unilateral_change",
        "p2b/3(2)",
        "We may change these terms towards sellers with 15 days' notice.",
        [EEA, SELLERS],
    ),
    "DMA": (
        "termination_by_user",
        "dma/6(13)",
        "You can cancel your account at any time in the settings.",
        [
            EEA,
            "These Terms are a contract between you and Microsoft Ireland Operations Limited (“Microsoft”).",
        ],
    ),
    "DSA 17": (
        "suspension",
        "dsa/17",
        "We may suspend your account if you publish content that breaks our rules.",
        [EEA, SHARED],
    ),
    "DSA 14": (
        "content_moderation",
        "dsa/14",
        "We may remove content that breaks our rules.",
        [EEA, SHARED],
    ),
    "Data Act 13": (
        "liability_cap",
        "data_act/13",
        "Our total liability for loss of data will not exceed the fees paid.",
        [EEA, BUSINESS],
    ),
    "Data Act 25": (
        "data_return",
        "data_act/25",
        "After termination Customer may export its data for thirty days.",
        [EEA, BUSINESS, "Larkspur is provided as software as a service."],
    ),
    "Unfair terms": (
        "liability_exclusion",
        "uctd/annex-1-b",
        "Larkspur will not be liable for any indirect or consequential damages.",
        [EEA, CONSUMER],
    ),
    "Consumer Rights Act": (
        "liability_exclusion",
        "cra_2015/57",
        "Larkspur will not be liable for any indirect or consequential damages.",
        [EEA, CONSUMER],
    ),
    "German rules for consumers": (
        "unilateral_change",
        "bgb/308",
        "We may change these terms at any time.",
        ["This agreement is under the law of Germany: German law governs.", EEA, CONSUMER],
    ),
    "McGill": (
        "public_injunction",
        "ca_mcgill/rule",
        "Claims for public injunctive relief are waived in every forum.",
        [CALIFORNIA, CONSUMER],
    ),
    "AI Act 26": (
        "acceptable_use",
        "ai_act/26",
        "Customer must not use output for employment or credit decisions without review by a person.",
        [EEA, BUSINESS, "You accept on behalf of a company."],
    ),
    "DSM 4(3)": (
        "scraping",
        "copyright_dsm/4(3)",
        "You may not scrape the service or use text and data mining on it.",
        [EEA],
    ),
    "DSM 4": (
        "ai_training",
        "copyright_dsm/4",
        "We train our models on publicly available data that we crawl from the internet.",
        [EEA],
    ),
    "DMCA 512(c)": (
        "takedown",
        "dmca/512(c)",
        "Send a notice of claimed copyright infringement to our copyright agent.",
        [US],
    ),
    "DMCA 512(i)": (
        "repeat_infringer",
        "dmca/512(i)",
        "We close the accounts of repeat infringers.",
        [US],
    ),
    "CAN-SPAM": (
        "marketing",
        "can_spam/7704(a)",
        "You can unsubscribe from marketing e-mails by the link in each of them.",
        [US],
    ),
    "CCPA beside a class waiver": (
        "class_action_waiver",
        "ccpa/1798.192",
        "You may bring claims only in your individual capacity and not as a member of a class.",
        [US],
    ),
    "GDPR 46": (
        "transfers",
        "gdpr/46",
        "We transfer personal data to the United States under standard contractual clauses.",
        [EEA],
    ),
    "ROSCA": (
        "auto_renewal",
        "rosca/8403",
        "Your subscription renews automatically until you cancel it online.",
        [US, CONSUMER],
    ),
    "FTC Act, changed policies": (
        "unilateral_change",
        "ftc_act/45(a)",
        "We may change this privacy policy at any time.",
        [US],
    ),
    "EFAA": (
        "arbitration",
        "efaa/402",
        "You and Larkspur agree that disputes are resolved by binding arbitration.",
        [US],
    ),
}

IN_PRIVACY = {"ftc_act/45(a)"}  # of a privacy policy only


@pytest.mark.parametrize(
    ("line", "clause"), [(line, clause) for line, case in MUST_NOT.items() for clause in case[2]]
)
def test_what_must_not_be_mapped_is_not(line: str, clause: str) -> None:
    type_name, laws, _, beside = MUST_NOT[line]
    found = [mapping for mapping in mapped(type_name, clause, *beside) if mapping.rule != "cites"]
    assert not laws & articles(found)
    assert not laws & instruments(found)


@pytest.mark.parametrize("line", TWINS)
def test_its_twin_is_mapped(line: str) -> None:
    type_name, article, clause, beside = TWINS[line]
    found = mapped(type_name, clause, *beside, kind="privacy" if article in IN_PRIVACY else "terms")
    assert article in articles([mapping for mapping in found if mapping.rule != "cites"])


def test_rights_of_californians_are_never_certain() -> None:
    """Thresholds are not known: the condition stands beside each mapping to the act."""
    found = mapped(
        "data_rights",
        "You have the right to know what we collect and to have it deleted.",
        CALIFORNIA,
        kind="privacy",
    )
    of_act = [mapping for mapping in found if mapping.instrument.id == "ccpa"]
    assert of_act
    for mapping in of_act:
        unknown = [one.says for one in mapping.conditions if one.answer.value == "unknown"]
        assert "the company is a business above the thresholds of the act" in unknown
