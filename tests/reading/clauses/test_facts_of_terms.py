"""What invented terms state, and the traps: sentences that look like a fact and are none."""

from __future__ import annotations

import pytest
from tests.reading.clauses.document import facts_of, values_of

NOTHING = object()

DISPUTES = [
    (
        "arbitration.mandatory",
        "You and Lantern agree that disputes will be resolved by binding arbitration.",
        True,
    ),
    ("arbitration.mandatory", "These terms do not require arbitration.", False),
    ("arbitration.mandatory", "Either party may elect to have a dispute decided by arbitration.", NOTHING),
    (
        "arbitration.mandatory",
        "Under the Data Privacy Framework you may be entitled to have a claim resolved by binding arbitration.",
        NOTHING,
    ),
    (
        "arbitration.provider",
        "The arbitration will be administered by JAMS under its streamlined rules.",
        "JAMS",
    ),
    (
        "arbitration.provider",
        "Arbitration will be conducted by the American Arbitration Association (“AAA”).",
        "AAA",
    ),
    (
        "arbitration.rules",
        "Arbitration is held under the Consumer Arbitration Rules of that body.",
        "Consumer Arbitration Rules",
    ),
    ("arbitration.seat", "The seat of arbitration shall be Stockholm, Sweden.", "Stockholm, Sweden"),
    ("arbitration.seat", "The arbitration will be held in the county where you live.", NOTHING),
    (
        "arbitration.opt_out_days",
        "You may opt out of arbitration within thirty (30) days of first accepting these terms.",
        30,
    ),
    # thirty days to reject changes are no way out of arbitration
    (
        "arbitration.opt_out_days",
        "You may reject any change to this arbitration agreement within 30 days of the change.",
        NOTHING,
    ),
    (
        "arbitration.opt_out_from",
        "You can opt out of arbitration within 30 days of account creation.",
        "account creation",
    ),
    (
        "arbitration.opt_out_from",
        "You can opt out of arbitration within 30 days after first becoming subject to it.",
        "first acceptance",
    ),
    (
        "arbitration.opt_out_how",
        "You can opt out of arbitration by sending a letter to our office, postmarked within 30 days.",
        ["post"],
    ),
    (
        "arbitration.opt_out_email",
        "To opt out of arbitration write to OptOut@lantern.example within 30 days.",
        "optout@lantern.example",
    ),
    (
        "arbitration.small_claims",
        "Instead of arbitration either of us may bring an individual claim in small claims court.",
        "optional",
    ),
    (
        "arbitration.small_claims",
        "Consumer claims of up to $5,000 shall be brought in small claims court; arbitration is for others.",
        "required",
    ),
    (
        "arbitration.ip_carve_out",
        "The agreement to arbitrate does not apply to claims about intellectual property.",
        True,
    ),
    (
        "arbitration.injunctive_carve_out",
        "Nothing in this arbitration agreement keeps a party from court: it may seek injunctive relief there.",
        True,
    ),
    (
        "mass_arbitration.threshold",
        "If 25 or more claimants with the same counsel file similar demands for arbitration, they go in batches.",
        25,
    ),
    (
        "pre_dispute_procedure.days",
        "If we are unable to resolve the dispute within 60 days, either of us may start arbitration.",
        60,
    ),
    (
        "arbitration_costs.fees_user",
        "In arbitration you will pay the first US $250 of the filing fee.",
        {"amount": 250, "currency": "USD"},
    ),
    ("arbitration_costs.paid_by_platform", "In arbitration Lantern will pay all filing fees.", True),
    ("class_action_waiver.waived", "You waive the right to take part in a class action.", True),
    (
        "class_action_waiver.waived",
        "Claims may be brought only in an individual capacity and not as a class member.",
        True,
    ),
    (
        "class_action_waiver.waived",
        "If any part of this class action waiver is found to be unenforceable, this section falls away.",
        NOTHING,
    ),
    ("jury_waiver.waived", "Both of us waive any right to a trial by jury.", True),
    # a jury waiver is no class waiver
    ("class_action_waiver.waived", "Both of us waive any right to a trial by jury.", NOTHING),
    ("governing_law.law", "These terms are governed by the laws of the State of Delaware.", "US-DE"),
    ("governing_law.law", "Irish law governs these terms.", "IE"),
    (
        "governing_law.law",
        "They are governed by the federal laws of the United States of America and the laws of the State of Ohio.",
        "US-OH",
    ),
    ("governing_law.law", "Lantern is a company incorporated under the laws of France.", NOTHING),
    ("venue.place", "Disputes go to the exclusive jurisdiction of the courts of Dublin, Ireland.", "IE"),
    (
        "venue.court",
        "Disputes must be brought only in the state or federal courts located in Kent County, Delaware.",
        "state or federal courts located in Kent County, Delaware",
    ),
    ("venue.exclusive", "The courts of Sweden have exclusive jurisdiction over disputes.", True),
    ("venue.exclusive", "The courts of Sweden have non-exclusive jurisdiction over disputes.", False),
    (
        "venue.home_courts",
        "As a consumer you may also bring proceedings in the courts of the country where you live.",
        True,
    ),
    (
        "time_to_sue.period",
        "Any claim must be filed within one (1) year after it arose, or it is barred.",
        "P1Y",
    ),
    (
        "time_to_sue.period",
        "You may not bring a claim more than one (1) year and twenty-eight (28) days after it arose.",
        "P1Y28D",
    ),
    ("time_to_sue.period", "Claims for a refund must be made within 14 days of the purchase.", NOTHING),
    ("time_to_sue.fallback", "Where that is not allowed, the shortest period permitted by law holds.", True),
]

LIABILITY = [
    (
        "liability_exclusion.all_damages",
        "We will not be liable for any direct, indirect or consequential damages.",
        True,
    ),
    ("liability_exclusion.all_damages", "We will not be liable for any indirect damages.", NOTHING),
    (
        "liability_exclusion.all_damages",
        "We are not liable for any damages, except that our liability for direct damages shall not exceed $100.",
        NOTHING,
    ),
    (
        "liability_exclusion.heads",
        "In no event will we be liable for indirect or punitive damages or lost profits.",
        ["indirect", "punitive", "lost profits"],
    ),
    (
        "liability_exclusion.exceptions",
        "Nothing in these terms excludes liability for fraud, gross negligence or death.",
        ["gross negligence", "death or injury", "fraud"],
    ),
    (
        "liability_cap.cap",
        "Our total liability shall not exceed the lesser of the fees paid in the six months before and $500.",
        {"terms": [{"fees": "months", "months": 6}, {"amount": 500, "currency": "USD"}], "combine": "lesser"},
    ),
    ("liability_cap.cap", "For trials, our liability is limited to $10.", NOTHING),
    ("liability_cap.mutual", "Each party's total liability will not exceed $500.", True),
    ("warranty_disclaimer.as_is", "The service is provided “as is” and “as available”.", True),
    ("warranty_disclaimer.as_is", "You will return the goods as is reasonably possible.", NOTHING),
    (
        "indemnification.by_user",
        "You agree to defend, indemnify and hold harmless Lantern from all claims.",
        True,
    ),
    ("indemnification.by_user", "You hereby irrevocably agree to indemnify Lantern from all claims.", True),
    ("indemnification.by_user", "Lantern will defend and indemnify Customer against claims.", NOTHING),
    (
        "indemnification.control_of_defence",
        "You indemnify us; we reserve the right to assume the exclusive defense and control of the matter.",
        True,
    ),
    ("indemnification.legal_fees", "You will indemnify us, including for reasonable attorneys' fees.", True),
    (
        "platform_indemnity.given",
        "Lantern will defend and indemnify Customer against third-party claims.",
        True,
    ),
    ("platform_indemnity.given", "You will defend and indemnify us against third-party claims.", NOTHING),
    (
        "force_majeure.stated",
        "Neither party is liable for delays caused by events beyond its reasonable control.",
        True,
    ),
    (
        "force_majeure.mutual",
        "Neither party is liable for delays caused by events beyond its reasonable control.",
        True,
    ),
]

CONTROL = [
    ("unilateral_change.by_platform", "We may change these terms from time to time.", True),
    ("unilateral_change.by_platform", "We reserve the right, at our discretion, to amend these terms.", True),
    (
        "unilateral_change.by_platform",
        "This agreement may be amended only in writing signed by both parties.",
        NOTHING,
    ),
    (
        "notice_of_change.days",
        "We will give you at least thirty (30) days' notice of changes to these terms.",
        30,
    ),
    ("notice_of_change.days", "We may change these terms with or without notice.", 0),
    ("notice_of_change.days", "Changes to these terms are effective immediately upon posting.", 0),
    (
        "notice_of_change.days",
        "We may modify these terms and will provide you notice of material changes.",
        "no fixed period",
    ),
    ("notice_of_change.days", "We will notify you of any changes to these terms.", "no fixed period"),
    # notice of prices is no notice of terms
    ("notice_of_change.days", "We will give you 30 days' notice of changes to our fees.", NOTHING),
    ("notice_of_change.days", "We may change features of the service without notice.", NOTHING),
    (
        "notice_of_change.how",
        "We will notify you of changes to these terms by e-mail or in the product through your account.",
        ["e-mail", "in the product"],
    ),
    ("notice_of_change.takes_effect", "Changes to these terms take effect when posted.", "on posting"),
    ("notice_of_change.material_only", "If changes to these terms are material, we will notify you.", True),
    (
        "consent_by_use.continued_use",
        "By continuing to use the service after changes to these terms you accept them.",
        True,
    ),
    ("termination.without_cause", "We may terminate your account at any time for any reason.", True),
    ("termination.without_cause", "Both you and Lantern may terminate these terms at any time.", True),
    (
        "termination.without_cause",
        "Lantern may terminate the use of betas at any time for any reason.",
        NOTHING,
    ),
    ("termination.without_cause", "You may terminate your account at any time for any reason.", NOTHING),
    ("termination.without_cause", "We may terminate your account if you breach these terms.", NOTHING),
    ("termination.notice_days", "We may terminate these terms by giving you at least 30 days' notice.", 30),
    ("termination.notice_days", "We may terminate your account at any time without notice.", 0),
    ("termination.notice_days", "You may terminate by giving us 30 days' notice.", NOTHING),
    (
        "termination.notice_days",
        "Either party may terminate if a breach is not cured within 30 days of notice.",
        NOTHING,
    ),
    ("termination.sole_discretion", "Lantern may, in its sole discretion, terminate your account.", True),
    ("termination.refund", "On termination we will refund prepaid fees for the unused term.", "pro rata"),
    ("termination.refund", "If we terminate your account, no refunds are due.", "none"),
    ("suspension.by_platform", "We may suspend your access to the service.", True),
    ("suspension.any_reason", "We may suspend your access for any reason.", True),
    ("suspension.notice_days", "We may suspend your access without prior notice.", 0),
    ("assignment.by_platform", "We may assign these terms to anyone.", True),
    ("assignment.by_platform", "We shall have the right to assign any part of these terms.", True),
    ("assignment.by_platform", "Neither party may assign this agreement without consent.", NOTHING),
    ("assignment.by_user", "You may not assign these terms.", True),
]

CONTENT = [
    ("content_licence.granted", "You grant us a license to your content to provide the service.", True),
    ("content_licence.granted", "We grant you a license to use the service.", NOTHING),
    (
        "content_licence.granted",
        "You warrant that you have all licenses and rights to your content that are needed to grant what you grant us.",
        NOTHING,
    ),
    ("content_licence.perpetual", "You grant us a perpetual license to use your content.", True),
    # a licence without the word is not perpetual
    ("content_licence.perpetual", "You grant us an irrevocable, worldwide license to your content.", NOTHING),
    ("content_licence.perpetual", "You grant us a perpetual license to use your feedback.", NOTHING),
    ("content_licence.irrevocable", "You grant us an irrevocable, worldwide license to your content.", True),
    ("content_licence.worldwide", "You grant us an irrevocable, worldwide license to your content.", True),
    ("content_licence.sublicensable", "You grant us a sublicensable license to your content.", True),
    ("content_licence.sublicensable", "You grant us a non-sublicensable license to your content.", NOTHING),
    ("content_licence.transferable", "You grant us a non-transferable license to your content.", NOTHING),
    ("content_licence.royalty_free", "You grant us a royalty-free license to your content.", True),
    (
        "content_licence.purposes",
        "You grant us a license to your content to operate, improve and promote the service.",
        ["operate", "improve", "promote"],
    ),
    ("content_licence.any_purpose", "You grant us a license to use your content for any purpose.", True),
    ("content_licence.duration", "You can end the license by deleting your content.", "until deletion"),
    ("content_licence.duration", "This license ends when you delete your content.", "until deletion"),
    (
        "content_licence.duration",
        "You grant us a license to use your content during the term of this agreement.",
        "term of the contract",
    ),
    ("content_licence.survives", "The license that you grant will survive the end of these terms.", True),
    ("content_ownership.user_owns", "You retain all ownership rights in your content.", True),
    ("output_ownership.owner", "You own the output that you generate.", "user"),
    (
        "output_ownership.owner",
        "We hereby assign to you all our right, title and interest in output.",
        "assigned to user",
    ),
    ("output_ownership.owner", "Lantern owns all output.", "platform"),
    ("output_ownership.owner", "You own the output only if you have a paid plan.", NOTHING),
    ("feedback_licence.mode", "You hereby assign to us all rights in your feedback.", "assigned"),
    ("feedback_licence.mode", "You grant us a license to use your feedback.", "licensed"),
    ("feedback_licence.mode", "We may use your feedback without any obligation to you.", "used freely"),
    ("publicity.by_platform", "We may use your name and logo on our website as a customer reference.", "yes"),
    (
        "publicity.by_platform",
        "With your prior written consent, we may use your name and logo in our marketing.",
        "with consent",
    ),
    ("publicity.by_platform", "You grant Lantern the right to identify you as Lantern's customer.", "yes"),
    (
        "content_licence.granted",
        "You grant Lantern the right to identify you as Lantern's customer.",
        NOTHING,
    ),
    ("publicity.by_platform", "You may not use our name or logo in your marketing.", NOTHING),
    ("competing_use.banned", "You may not use output to develop models that compete with ours.", True),
    ("competing_use.banned", "Competition law governs this section.", NOTHING),
    ("reverse_engineering.banned", "You may not reverse engineer or decompile the service.", True),
    ("scraping.banned", "You may not use robots, spiders or scrapers on the site.", True),
    ("export_control.stated", "You must comply with all export control laws.", True),
    ("benchmarking_ban.banned", "You may not use the service for benchmarking.", True),
]

AI = [
    ("ai_training.uses", "We do not use your content to train our models.", False),
    ("ai_training.uses", "We may use your content to train our models.", True),
    ("ai_training.uses", "You may not use output to train models.", NOTHING),
    ("ai_training.uses", "Is your content used to train models?", NOTHING),
    (
        "ai_training.uses",
        "We do not train models on your content without your explicit, opt-in consent.",
        NOTHING,
    ),
    ("ai_training.uses", "We may use anonymized data about users to train models.", NOTHING),
    # to improve services is not yet to train
    ("ai_training.uses", "We may use your content to improve our services.", NOTHING),
    ("ai_training.improvement_only", "We may use your content to improve our services.", True),
    ("ai_training.default", "You can opt out of the use of your content for training models.", "on, opt-out"),
    ("ai_training.default", "We do not train on your content unless you opt in.", "off, opt-in"),
    ("ai_training.uses", "We do not train on your content unless you opt in.", NOTHING),
    (
        "ai_training.default",
        "You can choose whether your content is used to train models.",
        "choice, default not stated",
    ),
    ("ai_training.what", "We may use prompts and uploads to train models.", ["input", "uploads"]),
    (
        "ai_training.opt_out_how",
        "You can opt out of training in your account settings.",
        ["account settings"],
    ),
    (
        "training_exceptions.what",
        "Even if you opt out of training, we use conversations that are flagged for safety review.",
        ["flagged for safety"],
    ),
    ("human_review.states", "Our employees may review your prompts.", "reserves the right"),
    ("human_review.states", "No human will read your conversations.", "no"),
    (
        "monitoring.interactions",
        "We reserve the right to monitor your use of the service.",
        "reserves the right",
    ),
    ("monitoring.automated_review", "We use automated classifiers to check prompts for abuse.", "yes"),
    ("accuracy_disclaimer.stated", "Output may be inaccurate or misleading.", True),
]


@pytest.mark.parametrize(("key", "sentence", "value"), [*DISPUTES, *LIABILITY, *CONTROL, *CONTENT, *AI])
def test_what_a_sentence_states(key: str, sentence: str, value: object) -> None:
    found = values_of(f"# Terms\n{sentence}", key.split(".")[0])
    assert found.get(key, NOTHING) == value


def test_two_periods_to_sue_are_two_facts() -> None:
    sentence = (
        "Claims under federal law must be filed within one year after they arose. Claims under state law must be "
        "filed within two years after they arose."
    )
    facts = facts_of(f"# Time\n{sentence}", "time_to_sue")
    assert [fact.value for fact in facts if fact.name == "period"] == ["P1Y", "P2Y"]


def test_how_to_opt_out_is_found_in_its_section() -> None:
    source = """
    # Arbitration
    You and Lantern agree that disputes will be resolved by binding arbitration.
    You may opt out within 30 days of first accepting these terms by writing to us.
    """
    assert values_of(source, "arbitration")["arbitration.opt_out_days"] == 30


def test_a_cap_in_a_list_is_read_whole() -> None:
    source = """
    # Liability
    Our total liability will not exceed the greater of:
    - the fees you paid in the twelve months before the claim; or
    - $100.
    """
    assert values_of(source, "liability_cap")["liability_cap.cap"] == {
        "terms": [{"fees": "months", "months": 12}, {"amount": 100, "currency": "USD"}],
        "combine": "greater",
    }


def test_what_a_licence_is_for_may_stand_in_a_list() -> None:
    source = """
    # Content
    You grant us a license to your content:
    - to operate the service; and
    - to train our models.
    """
    assert values_of(source, "content_licence")["content_licence.purposes"] == ["operate", "train"]


def test_exceptions_may_stand_in_a_list() -> None:
    source = """
    # Liability
    Nothing in these terms excludes or limits our liability for:
    - death or personal injury; and
    - fraud.
    """
    found = facts_of(source, "liability_exclusion")
    assert ["death or injury", "fraud"] in [fact.value for fact in found if fact.name == "exceptions"]


def test_an_item_is_read_with_what_introduces_it() -> None:
    source = """
    # Restrictions
    You may not:
    - reverse engineer the service;
    - use it to build a product that competes with ours.
    """
    found = values_of(source, "acceptable_use")
    assert found["reverse_engineering.banned"] is True
    assert found["competing_use.banned"] is True


def test_what_is_not_owed_may_stand_in_a_list() -> None:
    source = """
    # Liability
    In no event will we be liable for:
    - any indirect or consequential damages; or
    - any loss of profits.
    """
    found = [fact.value for fact in facts_of(source, "liability_exclusion") if fact.name == "heads"]
    assert found == [["indirect", "consequential"], ["lost profits"]]


TRAPS = [
    # changes of a service, of one section, or of what a link leads to
    (
        "notice_of_change.days",
        "We will tell you at least 30 days in advance if any change to our storage services affects your files; the "
        "terms change too.",
        NOTHING,
    ),
    ("notice_of_change.days", "We will give 30 days' notice of any changes to this section.", NOTHING),
    (
        "notice_of_change.days",
        "If we make a material change to this arbitration agreement, we will notify you.",
        NOTHING,
    ),
    # the end of a programme, for a breach, or of one kind of account
    (
        "termination.without_cause",
        "We may terminate the rewards programme at any time in our sole discretion.",
        NOTHING,
    ),
    (
        "termination.sole_discretion",
        "We may, in our sole discretion, terminate the account of anyone who violates these terms.",
        NOTHING,
    ),
    ("termination.notice_days", "We may terminate your account immediately and without notice for:", NOTHING),
    (
        "termination.notice_days",
        "We may terminate your account without prior notice if special circumstances justify it.",
        NOTHING,
    ),
    # somebody else's refunds, the time of paying them, things that are no fees
    ("refunds.rule", "You can request a refund from Apple; Apple may refund the price.", NOTHING),
    ("refunds.rule", "You agree that you will not make unjustified requests for a refund.", NOTHING),
    ("refunds.rule", "If your account is terminated for breach you will receive no refund of fees.", NOTHING),
    ("refunds.rule", "All subscription fees are non-refundable.", "none"),
    ("refunds.window", "The refund will be made within 14 days of us receiving your notice.", NOTHING),
    ("refunds.window", "You may ask for a refund within 30 days of buying a plan.", "P30D"),
    # ages for something else
    ("age.minimum", "You must be at least 21 years old to buy alcohol.", NOTHING),
    ("output_ownership.owner", "User content is generated and owned by the user who submitted it.", NOTHING),
    # one's own ban, and what is not used
    ("ai_training.uses", "You do not use our content or materials to train any AI model.", NOTHING),
    ("ai_training.uses", "Your content isn't used to train AI.", False),
    ("monitoring.interactions", "We may not monitor the content that others post.", NOTHING),
    ("monitoring.interactions", "We may monitor content; please review our usage policy.", NOTHING),
    ("monitoring.interactions", "We have the right to review the behaviour of users.", "reserves the right"),
    ("monitoring.automated_review", "We keep content flagged on automated abuse-detection systems.", "yes"),
    (
        "publicity.by_platform",
        "Provided that the customer gives its prior written consent, Lantern may use its name and logo on our website.",
        "with consent",
    ),
    ("assignment.by_platform", "Our rights under these terms are freely assignable by us.", True),
    (
        "indemnification.control_of_defence",
        "You indemnify us. We may assume the defence if you choose not to settle or defend.",
        NOTHING,
    ),
    ("governing_law.law", "The laws of Washington, DC will govern these terms.", "US-DC"),
    ("governing_law.law", "The validity of this paragraph shall be governed by the laws of Ohio.", NOTHING),
]


@pytest.mark.parametrize(("key", "sentence", "value"), TRAPS)
def test_what_is_said_of_something_else(key: str, sentence: str, value: object) -> None:
    found = values_of(f"# Changes, termination and fees\n{sentence}", key.split(".")[0])
    assert found.get(key, NOTHING) == value
