"""The severity rubric: its worked examples in invented words, the gate, what is missing, conflicts and audiences."""

from __future__ import annotations

import pytest
from tests.reading.clauses.document import clauses_of, reading_of

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.facts import find_facts
from conductatlas.reading.clauses.finding import Rating, Scope, Span
from conductatlas.reading.clauses.rubric import FACTORS, rubric, wanted
from conductatlas.reading.clauses.severity import rate, rate_each
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.compare.scales import Severity

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW

# number of the worked example -> types, invented clause, points (R, E, D, W, B), score, severity
EXAMPLES = {
    "1 all liability excluded": (
        ["liability_exclusion"],
        "Lantern will not be liable for any direct, indirect, incidental or consequential damages of any kind.",
        (3, 3, 0, 3, 3),
        12,
        HIGH,
    ),
    "2 arbitration and class waiver, no opt-out, fees": (
        ["arbitration", "class_action_waiver", "arbitration_costs"],
        "If you live in the United States, you and Lantern agree that every dispute will be resolved by binding "
        "arbitration. If you live in the United States, you may bring claims only in your individual capacity and "
        "not as a plaintiff or class member in a class action. If you live in the United States, you will pay the "
        "first US $250 of the arbitration fees.",
        (3, 2, 0, 3, 2),
        10,
        HIGH,
    ),
    "3 the same for all users, opt-out by e-mail, costs if frivolous": (
        ["arbitration", "class_action_waiver"],
        "You and Lantern agree that every dispute will be resolved by binding arbitration. You waive any right to "
        "take part in a class action. You may opt out of this arbitration agreement within 30 days of first "
        "accepting these terms by e-mailing optout@lantern.example. If your claim is frivolous, you will reimburse "
        "the fees.",
        (3, 1, 0, 1, 3),
        8,
        HIGH,
    ),
    "4 the same in two countries only": (
        ["arbitration", "class_action_waiver"],
        "If you reside in the United States or Canada, you and Lantern agree that disputes will be resolved by "
        "binding arbitration. If you reside in the United States or Canada, you waive any right to take part in a "
        "class action. You may opt out of arbitration within thirty (30) days of account creation, and again after "
        "each update, by filling out this form.",
        (3, 0, 0, 1, 2),
        6,
        MEDIUM,
    ),
    "5 perpetual irrevocable licence for any purpose": (
        ["content_licence"],
        "You grant Lantern a perpetual, worldwide, royalty-free, irrevocable copyright license to use what you "
        "submit for any purpose. This license survives the end of these terms.",
        (3, 1, 2, 3, 3),
        12,
        HIGH,
    ),
    "6 licence that ends with deletion": (
        ["content_licence"],
        "You grant us a license to use your content to operate, improve, promote and provide the service. The "
        "license is irrevocable for so long as your content is stored with us.",
        (2, 1, 1, 1, 3),
        8,
        MEDIUM,
    ),
    "7 improvement with inputs, opt-out without a route": (
        ["ai_training"],
        "We may use inputs and outputs to improve and develop our models, but you can opt out of this training.",
        (2, 3, 1, 2, 3),
        11,
        HIGH,
    ),
    "8 no training unless flagged or agreed": (
        ["ai_training"],
        "We will not train our models on your content unless it is flagged for safety review or you have explicitly "
        "agreed to it.",
        (1, 1, 1, 0, 1),
        4,
        LOW,
    ),
    "9 one year to sue": (
        ["time_to_sue"],
        "Any claim under these terms must be commenced within one (1) year after the cause of action arises, or it "
        "is permanently barred.",
        (2, 1, 0, 3, 3),
        6,
        MEDIUM,
    ),
    "10 ban at will, nothing paid back": (
        ["termination"],
        "Lantern may terminate or ban your account at any time and for any reason. On termination you will not be "
        "refunded for the current period.",
        (1, 2, 3, 3, 3),
        12,
        HIGH,
    ),
    "11 change with thirty days of notice": (
        ["unilateral_change"],
        "We may change these terms. We will give you thirty (30) days advance notice of material changes by e-mail. "
        "Your continued use after that means that you accept the changed terms.",
        (1, 1, 1, 2, 3),
        6,
        MEDIUM,
    ),
    "11b change on posting, a region excepted": (
        ["unilateral_change"],
        "For users in the United States, we may change these terms at any time, and changes to the terms are "
        "effective immediately upon posting.",
        (1, 1, 3, 3, 2),
        10,
        MEDIUM,
    ),
    "12 feedback is assigned": (
        ["feedback_licence"],
        "All feedback that you send becomes the sole and exclusive property of Lantern.",
        (1, 0, 0, 0, 1),
        2,
        LOW,
    ),
    "brief 1 automated monitoring for named purposes": (
        ["monitoring"],
        "We use automated systems to monitor prompts and outputs for abuse, and we may review your conversations to "
        "enforce our usage policy.",
        (1, 2, 1, 3, 3),
        8,
        MEDIUM,
    ),
}


def rated(types: list[str], words: str) -> dict[Scope, Rating]:
    reading = reading_of(f"# Terms\n{words}")
    clauses = clauses_of(reading)
    facts = find_facts(reading, clauses, {clauses[-1].place: tuple(types)}, "terms")
    held = [fact for found in facts.values() for fact in found]
    return rate_each(reading.text, [Span(clauses[-1].start, clauses[-1].end)], types, held)


@pytest.mark.parametrize(("types", "words", "points", "score", "severity"), EXAMPLES.values(), ids=EXAMPLES)
def test_worked_example(
    types: list[str], words: str, points: tuple[int, ...], score: int, severity: Severity
) -> None:
    rating = next(iter(rated(types, words).values()))
    found = (rating.rights, rating.exposure, rating.discretion, rating.way_out, rating.breadth)
    assert tuple(factor.points for factor in found) == points, found
    assert (rating.score, rating.severity) == (score, severity)
    assert all(factor.spans for factor in found if factor.points >= 2)
    assert rating.version == rubric().version


def test_a_reference_is_not_rated() -> None:
    assert rate("Connector Terms", [Span(0, 15)], [], []) is None
    assert rate("Connector Terms", [], ["third_party_services"], []) is None


def test_a_type_without_rows_is_low() -> None:
    rating = rate("These terms are the entire agreement.", [Span(0, 37)], ["entire_agreement"], [])
    assert rating is not None
    assert (rating.severity, rating.score) == (LOW, 0)


def test_missing_facts_make_a_rating_partial() -> None:
    ratings = rated(["indemnification"], "You are responsible for what others claim because of you.")
    assert [rating.is_partial for rating in ratings.values()] == [True]


def test_a_conflict_is_a_range_of_which_the_higher_counts() -> None:
    words = (
        "We may change these terms. We will give you 30 days advance notice of changes to these terms. "
        "We may change these terms without notice."
    )
    (rating,) = rated(["unilateral_change"], words).values()
    assert rating.discretion.points == 3
    assert rating.severity is MEDIUM


@pytest.mark.parametrize(
    ("types", "words"),
    [
        (["data_sale"], "We neither sell your personal information nor share it with anyone."),
        (["refunds"], "You may cancel a plan at any time, in your sole discretion; no fees are refunded."),
        (["refunds"], "If the account is terminated by you for any reason, fees paid are non-refundable."),
        (
            ["refunds"],
            "You may change your mind about your order for any reason and receive a refund of the fees.",
        ),
    ],
)
def test_what_is_denied_or_left_to_the_user_is_not_rated_high(types: list[str], words: str) -> None:
    (rating,) = rated(types, words).values()
    assert rating.severity is not HIGH
    assert rating.exposure.points < 3 and rating.discretion.points < 3


def test_two_audiences_are_rated_apart() -> None:
    words = (
        "You agree that we may terminate your account at any time and for any reason. If you are a consumer, we may "
        "terminate your account for any reason with 30 days' notice."
    )
    ratings = rated(["termination"], words)
    assert [scope.audience for scope in ratings] == ["", "consumer"]


def test_rows_are_written_soundly() -> None:
    known = {f"{type_name}.{name}": attribute for (type_name, name), attribute in attributes().items()}
    ids = [row.id for rows in rubric().rows.values() for row in rows]
    assert len(ids) == len(set(ids))
    for factor, rows in rubric().rows.items():
        for row in rows:
            assert FACTORS[row.id[0]] == factor and 0 <= row.points <= 3
            assert row.types <= taxonomy().keys(), row.id
            for want in (*row.all, *row.any, *row.none):
                attribute = known[f"{want.type}.{want.name}"]
                if attribute.values and want.how in ("=", "has") and not want.value.isdigit():
                    assert want.value in attribute.values, row.id
    for name, needs in rubric().needs.items():
        assert name in taxonomy()
        assert all(f"{want.type}.{want.name}" in known for want in needs)


def test_a_fact_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="no such thing"):
        wanted(["no such thing"])
