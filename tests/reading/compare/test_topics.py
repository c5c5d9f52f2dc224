"""What clauses are about, the points of each topic, and the table behind it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.points import Points
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.compare.topics import NO_TOPICS, How, in_order, is_typed, topics, topics_of

GROUPS = {"disputes", "liability", "contract", "content", "data", "commerce", "conduct"}
LANGUAGES = {"en", "de", "fr", "es", "zh", "ja"}


@pytest.mark.parametrize(
    ("points", "score", "severity"),
    [  # the rows of the rubric
        ((3, 3, 0, 3, 3), 12, Severity.HIGH),
        ((3, 2, 0, 3, 2), 10, Severity.HIGH),
        ((3, 1, 0, 1, 3), 8, Severity.HIGH),
        ((3, 0, 0, 1, 2), 6, Severity.MEDIUM),
        ((3, 1, 2, 3, 3), 12, Severity.HIGH),
        ((2, 1, 1, 1, 3), 8, Severity.MEDIUM),
        ((2, 3, 1, 2, 3), 11, Severity.HIGH),
        ((1, 1, 1, 0, 1), 4, Severity.LOW),
        ((2, 1, 0, 3, 3), 6, Severity.MEDIUM),
        ((1, 2, 3, 3, 3), 12, Severity.HIGH),
        ((1, 1, 3, 3, 2), 10, Severity.MEDIUM),
        ((1, 0, 0, 0, 1), 2, Severity.LOW),
    ],
)
def test_points_come_to_a_score_and_a_severity(
    points: tuple[int, int, int, int, int], score: int, severity: Severity
) -> None:
    assert Points(*points).score == score
    assert Points(*points).severity is severity


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("You agree to binding arbitration.", "en", "arbitration"),
        ("You waive any class action.", "en", "class_waiver"),
        ("We may suspend you for any reason.", "en", "termination_at_will"),
        ("You grant us a perpetual, worldwide license.", "en", "content_licence_broad"),
        ("We use your inputs to train our models.", "en", "ai_training"),
        ("We sell your personal data.", "en", "data_sale"),
        ("We will not be liable for any damages.", "en", "liability_exclusion"),
        ("We collect biometric data.", "en", "sensitive"),
        ("Wir haften nicht für Schäden.", "de", "liability_exclusion"),
        ("Nous vendons vos données.", "fr", "data_sale"),
    ],
)
def test_a_clause_states_it(text: str, language: str, topic: str) -> None:
    found = topics_of(text, language)
    assert topic in found.stated
    assert found.weigh(topic) is Severity.HIGH


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("See our page on arbitration.", "arbitration"),
        ("We do not use your inputs to train our models.", "ai_training"),
        ("We do not sell your personal data.", "data_sale"),
        ("You may invoke binding arbitration under the framework.", "arbitration"),
    ],
)
def test_a_clause_only_speaks_of_it(text: str, topic: str) -> None:
    found = topics_of(text, "en")
    assert topic in found.named - found.stated
    assert found.weigh(topic) is Severity.MEDIUM


def test_prose_has_no_topic() -> None:
    assert topics_of("We like maps of the world.", "en") == NO_TOPICS
    assert not is_typed("We like maps of the world.", "en")
    assert not is_typed("", "")
    assert is_typed("You may opt out.", "")
    assert is_typed("双方同意仲裁。", "zh-CN")


def test_the_weightiest_topic_stands_first() -> None:
    assert in_order(frozenset({"feedback", "fees", "arbitration"})) == ("arbitration", "fees", "feedback")


def is_well_formed(phrase: str) -> bool:
    """Whether spellings stand for one word: "opt out|opting out" would be read as "opt", "out" or "opting", "out"."""
    slots = [set(slot.split("|")) for slot in phrase.removeprefix("! ").split()]
    apart = all(one.isdisjoint(other) for one, other in pairwise(slots))
    return bool(slots) and apart and slots[0] != {"..."} != slots[-1]


def test_every_phrase_of_every_table_is_well_formed() -> None:
    entries = [
        *table("directions")["rules"].values(),
        *table("audiences").values(),
        *table("routes").values(),
    ]
    for entry in entries:
        for language in LANGUAGES & entry.keys():
            assert [phrase for phrase in entry[language] if not is_well_formed(phrase)] == []


def test_every_topic_is_whole() -> None:
    for name, entry in table("topics").items():
        assert entry.keys() <= {"title", "group", "points", *How}, name
        assert entry["title"] and entry["group"] in GROUPS
        assert len(entry["points"]) == 5 and all(point in range(4) for point in entry["points"])
        assert entry.get("names", {}).get("en") or entry.get("states", {}).get("en"), name
        for how in How:
            for language, phrases in entry.get(how, {}).items():
                assert language in LANGUAGES
                assert len(set(phrases)) == len(phrases), (name, how, language)
                assert all(map(is_well_formed, phrases)), (name, how, language)
    high = {topic.name for topic in topics().values() if topic.severity is Severity.HIGH}
    assert {
        "arbitration",
        "class_waiver",
        "liability_exclusion",
        "content_licence_broad",
        "ai_training",
    } <= high
