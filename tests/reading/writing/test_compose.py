"""An analysis: what it says of invented clauses, that it never raises, and that every sentence is grounded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reading.writing.subjects import (
    ARBITRATION,
    MONITORING,
    ORPHAN,
    REGISTER,
    finding_of,
    garden_mapping,
    subject_of,
)

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.finding import Fact, Factor, Finding, Rating, Scope, Span, Typed, Value
from conductatlas.reading.clauses.rubric import rubric
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.law.entry import Relation
from conductatlas.reading.writing.analysis import Analysis, GroundKind, PartKey
from conductatlas.reading.writing.compose import WRITER_VERSION, compose
from conductatlas.reading.writing.grounding import check
from conductatlas.reading.writing.subject import Beside, Defined, Named, Subject, Surety


def said(analysis: Analysis, key: PartKey) -> str:
    return " ".join(sentence.text for sentence in analysis.part(key))


def test_facts_are_stated_with_their_words_and_asked_about() -> None:
    analysis = compose(subject_of(ARBITRATION))
    what = said(analysis, PartKey.WHAT)
    assert (
        "In Larkspur’s Terms of Service, the clause requires that disputes be decided by binding arbitration"
        in what
    )
    assert "“You may opt out of this arbitration agreement by e-mail" in what
    assert "There are 30 days to say no to arbitration" in said(analysis, PartKey.YOU)
    offered = (
        "The text offers opting out of arbitration within 30 days, by e-mail and post and by a message to"
    )
    assert said(analysis, PartKey.ACTIONS).startswith(offered)
    assert "Which fee schedule of JAMS" in said(analysis, PartKey.QUESTIONS)
    assert "Rights, 2 points: Court is given up." in said(analysis, PartKey.EXPOSURE)
    assert analysis.version == WRITER_VERSION


def test_a_clause_without_facts_is_told_by_its_own_words() -> None:
    subject = subject_of(MONITORING)
    analysis = compose(replace(subject, finding=replace(subject.finding, facts=())))
    assert "“We may monitor your use of the Service from time to time" in said(analysis, PartKey.WHAT)
    assert "reserves to Larkspur" in said(analysis, PartKey.WHAT)
    assert "how soon, is “from time to time” in practice?" in said(analysis, PartKey.QUESTIONS)
    assert any(sentence.is_inferred for sentence in analysis.part(PartKey.YOU))
    assert "no fact was found" in said(analysis, PartKey.NOTE)


def test_a_choice_that_is_offered_in_any_way_is_not_told_as_missing() -> None:
    said_so = said(compose(subject_of(MONITORING)), PartKey.YOU)
    assert "No choice, consent or way to object was found" in said_so
    for way in (
        "You may revoke it at any time.",
        "You can write to us to stop it.",
        "Delete the file to end it.",
    ):
        assert "No choice" not in said(compose(subject_of(f"{MONITORING} {way}")), PartKey.YOU)


def test_law_stands_with_its_conditions_and_the_day_it_was_checked() -> None:
    subject = subject_of(MONITORING, garden_mapping(MONITORING, "monitor your use"))
    analysis = compose(subject)
    law = said(analysis, PartKey.LAW)
    assert "Garden Act art. 7 may govern what has to be told here, on these conditions." in law
    assert "The text shows: use is recorded (“monitor your use”)" in law
    assert "Not known here: the visitor is in Sweden." in law
    assert "has had effect since 25 May 2019, as checked on 1 November 2026" in law
    assert said(analysis, PartKey.AUTHORITIES) == "Garden Act: Garden Authority."
    assert "on their conditions: Sweden" in said(analysis, PartKey.JURISDICTION)
    assert check(analysis, subject, REGISTER) == []
    cited = compose(subject_of(MONITORING, garden_mapping(MONITORING, "monitor", Relation.CITES)))
    assert "The clause cites Garden Act art. 7: “monitor”" in said(cited, PartKey.LAW)


def test_what_shows_a_condition_is_quoted_once() -> None:
    mapping = garden_mapping(MONITORING, "monitor your use")
    other = replace(mapping, rule="garden-7b", relation=Relation.GOVERNS_PRACTICE)
    law = said(compose(subject_of(MONITORING, mapping, other)), PartKey.LAW)
    assert law.count("“monitor your use”") == 1
    assert "use is recorded (as above)" in law


def test_two_values_of_one_fact_are_asked_about() -> None:
    subject = subject_of(ARBITRATION)
    days = next(fact for fact in subject.finding.facts if fact.name == "opt_out_days")
    twice = replace(subject.finding, facts=(*subject.finding.facts, replace(days, value=60)))
    asked = compose(replace(subject, finding=twice)).part(PartKey.QUESTIONS)
    assert asked[0].text.startswith("Stated twice: Days to opt out of arbitration, as 30 days, and 60 days.")


def test_what_another_clause_states_is_not_told_as_missing() -> None:
    subject = subject_of(ARBITRATION)
    seat = Fact("arbitration", "seat", "Oslo", (Span(0, 20),))
    assert "Where is the seat" in said(compose(subject), PartKey.QUESTIONS)
    analysis = compose(replace(subject, beside=(Beside(seat, "Place of hearings"),)))
    assert "Where is the seat" not in said(analysis, PartKey.QUESTIONS)
    assert "stated in “Place of hearings” of the same document" in said(analysis, PartKey.NOTE)


def test_a_text_in_another_language_is_quoted_and_nothing_is_said_to_be_missing() -> None:
    text = "本服务由我们提供，您同意遵守本条款的全部内容。"
    finding = Finding((Typed("scope", 0.9, "model"),), "Scope", Span(0, len(text)), (0,), "a", (), "")
    analysis = compose(Subject("Larkspur", "服务条款", text, finding, "zh"))
    every = " ".join(sentence.text for part in analysis.parts for sentence in part.sentences)
    assert text in every
    assert "does not state" not in every
    assert "Facts are looked for in English texts only" in every


def test_an_item_stands_with_what_introduces_it() -> None:
    text = f"You agree not to upload:\n{ORPHAN}\nMalware and viruses of all kinds"
    at = text.index(ORPHAN)
    finding = Finding(
        (Typed("restricted_content", 0.9, "model"),),
        "Restricted",
        Span(at, at + len(ORPHAN)),
        (1,),
        "a",
        (),
        "",
    )
    subject = Subject("Larkspur", "Terms of Service", text, finding)
    what = said(compose(subject), PartKey.WHAT)
    assert f"“{ORPHAN}”" in what
    assert "in a list introduced by “You agree not to upload:”" in what


def test_the_same_subject_gives_the_same_analysis() -> None:
    assert compose(subject_of(ARBITRATION)) == compose(subject_of(ARBITRATION))


def test_every_sentence_outside_the_note_has_a_ground() -> None:
    for text in (ARBITRATION, MONITORING):
        for part in compose(subject_of(text)).parts:
            for sentence in part.sentences:
                assert sentence.grounds or part.key is PartKey.NOTE
                assert sentence.is_general == all(g.kind is GroundKind.TYPE for g in sentence.grounds) or (
                    part.key in (PartKey.LAW, PartKey.NOTE)
                )


WORDS = st.sampled_from(
    [
        "we",
        "may",
        "you",
        "must",
        "not",
        "unless",
        "data",
        "30",
        "days",
        "law",
        "“Content”",
        "notice,",
        "Larkspur",
        "violate",
        "€5",
        "Norway",
        "the",
        "consent;",
        "safe.",
        "We",
        "will",
        "except",
        "(2)",
        "art.",
        "such as",
        "third parties",
        "\n",
    ]
)


def value_of(kind: str, values: tuple[str, ...]) -> st.SearchStrategy[Value]:
    match kind:
        case "boolean":
            return st.booleans()
        case "days" | "integer" | "hours":
            return (
                st.one_of(st.integers(0, 400), st.just("no fixed period"))
                if kind == "days"
                else st.integers(0, 99)
            )
        case "period":
            return st.sampled_from(["P30D", "P1Y", "P12M", "PT72H", "P2W"])
        case "money":
            return st.builds(lambda n: {"amount": n, "currency": "USD"}, st.integers(1, 10**7))
        case "share":
            return st.sampled_from([99.9, 99, 99.95])
        case "place":
            return st.sampled_from(["IE", "US-CA", "EU", "XX"])
        case "cap":
            term: list[Value] = [{"fees": "months", "months": 12}, {"amount": 100, "currency": "USD"}]
            return st.sampled_from(
                [{"terms": term, "combine": "greater"}, {"terms": term[:1], "combine": "single"}]
            )
        case "list":
            return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(list)
        case "one of":
            return st.sampled_from(values)
        case _:
            return st.sampled_from(["Rule 7 of Oslo", "legal@larkspur.example", "the courts of safe harbour"])


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """Any finding: any type, any facts with any values at any spans of any text."""
    text = " ".join(draw(st.lists(WORDS, min_size=4, max_size=120))) + "."
    end = len(text)

    def span() -> Span:
        start = draw(st.integers(0, end - 1))
        return Span(start, draw(st.integers(start + 1, end)))

    facts = []
    for key in draw(st.lists(st.sampled_from(sorted(attributes())), max_size=5)):
        attribute = attributes()[key]
        facts.append(
            Fact(
                *key,
                draw(value_of(attribute.kind, attribute.values)),
                tuple(span() for _ in range(draw(st.integers(1, 3)))),
                draw(
                    st.sampled_from(
                        [Scope(), Scope("consumer", "EEA,CH", "paid", "API"), Scope(region="US-CA")]
                    )
                ),
                draw(st.sampled_from(["", "unless law", "if you violate 30 rules"])),
                draw(st.sampled_from(["", "the law"])),
            )
        )
    rows = {factor: [row.id for row in some] for factor, some in rubric().rows.items()}
    points = {name: draw(st.sampled_from(rows[name])) for name in rows}
    factors = {name: Factor(int(row[1]), row, (span(),)) for name, row in points.items()}
    rating = Rating(
        draw(st.sampled_from(list(Severity))),
        draw(st.integers(0, 15)),
        **factors,
        is_partial=draw(st.booleans()),
        version="1",
    )
    type_ = draw(st.sampled_from(sorted(taxonomy())))
    finding = Finding(
        (Typed(type_, draw(st.floats(0, 1)), "model"),),
        draw(st.sampled_from(["Safe 7", "Use"])),
        span(),
        (0,),
        "a",
        draw(st.sampled_from([(), ("Terms", "Violations 9")])),
        "7",
        draw(st.sampled_from([None, rating])),
        tuple(facts[:3]),
    )
    return Subject(
        draw(st.sampled_from(["Larkspur", "Safe & Co 24"])),
        "Terms of Service",
        text,
        finding,
        draw(st.sampled_from(["en", "", "de"])),
        (),
        tuple(Beside(fact, "Other") for fact in facts[3:]),
        (Defined("Content", span()),),
        (Named("Safe Use Policy 3", span(), draw(st.booleans())),),
        draw(st.sampled_from([None, Surety("low", 50, 100), Surety("high")])),
    )


@settings(max_examples=300, deadline=None)
@given(subjects())
def test_any_finding_is_analysed_and_grounded(subject: Subject) -> None:
    analysis = compose(subject)
    assert check(analysis, subject, REGISTER) == []
    assert analysis.parts[0].key is PartKey.WHAT
    assert not any("{" in sentence.text for part in analysis.parts for sentence in part.sentences)


@pytest.mark.parametrize("name", sorted(taxonomy()))
def test_each_type_can_be_analysed(name: str) -> None:
    text = " ".join(taxonomy()[name].examples)
    finding = Finding((Typed(name, 0.9, "model"),), "Clause", Span(0, len(text)), (0,), "a", (), "")
    subject = Subject("Larkspur", "Terms of Service", text, finding)
    analysis = compose(subject)
    assert check(analysis, subject, {}) == []
    assert len(said(analysis, PartKey.WHAT)) > 60


def test_finding_of_is_a_finding_with_facts() -> None:
    assert finding_of(ARBITRATION).facts
