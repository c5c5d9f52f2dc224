"""What a document comes to: what weighs most first, each sentence of one fact and with its source."""

from __future__ import annotations

from dataclasses import replace

from tests.reading.writing.subjects import ARBITRATION, MONITORING, REGISTER, finding_of

from conductatlas.reading.clauses.finding import Finding, Scope
from conductatlas.reading.writing.analysis import Analysis, Part, PartKey
from conductatlas.reading.writing.grounding import check
from conductatlas.reading.writing.subject import Subject
from conductatlas.reading.writing.summary import MOST_OF_GROUP, by_group, for_a_person

LAW = "These Terms are governed by the laws of Ireland."


def test_what_weighs_most_comes_first_and_leads_to_its_clause() -> None:
    found = [finding_of(LAW, "governing_law"), finding_of(ARBITRATION)]
    points = for_a_person(found, "Larkspur")
    assert [point.place for point in points] == [1, 0]
    assert points[0].sentence.text.startswith("A dispute with Larkspur goes to an arbitrator")
    assert "Ireland" in points[1].sentence.text


def test_one_sentence_a_type_and_a_few_a_group() -> None:
    found = [
        finding_of(ARBITRATION),
        finding_of(ARBITRATION),
        finding_of(LAW, "governing_law"),
        finding_of("You and Larkspur waive any right to a jury trial.", "jury_waiver"),
    ]
    points = for_a_person(found, "Larkspur")
    assert len(points) == MOST_OF_GROUP
    assert len({found[point.place].type for point in points}) == len(points)


def test_a_clause_without_facts_says_nothing() -> None:
    empty = replace(finding_of(MONITORING), facts=())
    assert for_a_person([empty], "Larkspur") == ()
    assert by_group([empty], "Larkspur") == ()


def test_for_whom_and_that_there_is_a_condition_is_said() -> None:
    finding = finding_of(LAW, "governing_law")
    (fact,) = (one for one in finding.facts if one.name == "law")
    said = replace(fact, scope=Scope(audience="consumer"), condition="if you live there")
    (point,) = for_a_person([replace(finding, facts=(said,))], "Larkspur")
    assert point.sentence.text.startswith("For consumers: ")
    assert point.sentence.text.endswith("(on a condition).")


def test_what_is_stated_stands_by_group_each_once_and_with_its_source() -> None:
    found = [finding_of(ARBITRATION), finding_of(ARBITRATION), finding_of(LAW, "governing_law")]
    ((group, points),) = by_group(found, "Larkspur")
    assert group == "disputes"
    texts = [point.sentence.text for point in points]
    assert len(texts) == len(set(texts))
    assert "The text requires that disputes be decided by binding arbitration." in texts
    for one in points:
        assert not faults(found[one.place], Part(PartKey.CONTRACT, (one.sentence,)))


def faults(finding: Finding, part: Part) -> list[object]:
    text = ARBITRATION if finding.type == "arbitration" else LAW
    return list(check(Analysis((part,), 1), Subject("Larkspur", "Terms of Use", text, finding), REGISTER))
