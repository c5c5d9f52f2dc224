"""The engine: quotes, scopes, conditions, conflicts, other languages, hostile texts; and the data it works with."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reading.clauses.document import clauses_of, facts_of, reading_of

from conductatlas.reading.clauses.converting import CONVERTERS
from conductatlas.reading.clauses.fact_rules import FactRule, attributes, compiled, fact_rules, words
from conductatlas.reading.clauses.facts import conflicts, find_facts, quotes
from conductatlas.reading.clauses.statement import LONGEST, fold
from conductatlas.reading.clauses.taxonomy import taxonomy

KINDS = {
    "boolean",
    "days",
    "integer",
    "period",
    "money",
    "share",
    "place",
    "words",
    "list",
    "one of",
    "cap",
    "hours",
}


def test_the_quote_is_the_whole_sentence_and_then_the_words() -> None:
    source = (
        "# Changes\nWe may change these terms. "
        "We will give you 30 days' notice of changes, except to comply with law."
    )
    reading = reading_of(source)
    (found,) = find_facts(reading, clauses_of(reading), None, "terms").values()
    fact = next(fact for fact in found if fact.name == "days")
    assert quotes(fact, reading.text) == (
        "We will give you 30 days' notice of changes, except to comply with law.",
        "30 days",
    )
    assert fact.condition == "except to comply with law."[:-1]


def test_an_item_is_quoted_first_and_its_introduction_after_it() -> None:
    reading = reading_of("# Rules\nYou may not:\n- reverse engineer the service.")
    (found,) = find_facts(reading, clauses_of(reading), None, "terms").values()
    fact = next(fact for fact in found if fact.type == "reverse_engineering")
    assert quotes(fact, reading.text)[0] == "reverse engineer the service."


@pytest.mark.parametrize(
    ("sentence", "field", "value"),
    [
        (
            "If you live in the EEA, Switzerland or the UK, these terms are governed by Irish law.",
            "region",
            "EEA,CH,GB",
        ),
        ("If you do not live in the United States, these terms are governed by Irish law.", "region", ""),
        ("If you are outside of Canada, these terms are governed by Irish law.", "region", ""),
        ("If you are a consumer, these terms are governed by Irish law.", "audience", "consumer"),
        ("These terms are governed by Irish law.", "audience", ""),
        (
            "These terms follow Irish law, as agreements between California residents do; Irish law governs.",
            "region",
            "",
        ),
        ("California residents: these terms are governed by Irish law.", "region", "US-CA"),
    ],
)
def test_for_whom_a_fact_holds(sentence: str, field: str, value: str) -> None:
    (fact,) = (fact for fact in facts_of(f"# Law\n{sentence}", "governing_law") if fact.name == "law")
    assert getattr(fact.scope, field) == value


def test_what_refers_to_the_sentence_before_holds_for_the_same_people() -> None:
    source = (
        "# Law\nIf you live in the United States, disputes are settled here. These disputes go exclusively to the "
        "courts of Dublin, Ireland."
    )
    facts = [fact for fact in facts_of(source, "venue") if fact.name == "place"]
    assert [fact.scope.region for fact in facts] == ["US"]


def test_a_title_says_for_whom_if_the_sentence_does_not() -> None:
    source = "# Terms for users in the United Kingdom\nThese terms are governed by the laws of Scotland."
    (fact,) = (fact for fact in facts_of(source, "governing_law") if fact.name == "law")
    assert (fact.value, fact.scope.region) == ("GB-SCT", "GB")


def test_words_of_limit_and_condition_are_kept_as_written() -> None:
    source = "# Law\nTo the fullest extent permitted by law, you waive a trial by jury if you start the case."
    (fact,) = (fact for fact in facts_of(source, "jury_waiver") if fact.name == "waived")
    assert fact.limit == "To the fullest extent permitted by law"
    assert fact.condition == "if you start the case"


def test_one_document_that_says_two_things_is_in_conflict() -> None:
    source = "# Law\nThese terms are governed by Irish law.\nThese terms are governed by the laws of France."
    pairs = conflicts(facts_of(source, "governing_law"))
    assert [(one.value, other.value) for one, other in pairs] == [("IE", "FR")]


@pytest.mark.parametrize(
    "second",
    [
        "If you live in France, these terms are governed by the laws of France.",  # for others
        "These terms are governed by Irish law.",  # the same again
    ],
)
def test_no_conflict(second: str) -> None:
    source = f"# Law\nThese terms are governed by Irish law.\n{second}"
    assert conflicts(facts_of(source, "governing_law")) == ()


def test_vague_notice_does_not_conflict_with_days() -> None:
    source = (
        "# Changes\nWe will notify you of changes to these terms.\n"
        "We will give you 30 days' notice of changes to these terms."
    )
    assert conflicts(facts_of(source, "notice_of_change")) == ()


def test_other_languages_state_nothing() -> None:
    assert facts_of("# Recht\nYou waive a trial by jury.", language="de") == []


def test_types_decide_which_rules_speak() -> None:
    source = "# Terms\nThese terms are governed by Irish law; output may be inaccurate."
    assert {fact.type for fact in facts_of(source, "accuracy_disclaimer")} == {
        "accuracy_disclaimer",
        "governing_law",
    }
    assert {fact.type for fact in facts_of(source, "security")} == {"governing_law"}  # may stand anywhere


@given(st.text(max_size=400))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


_WORDS = ("you", "we", "may", "not", "grant", "license", "arbitration", "within", "30 days", "opt out", "train", "if",
          "liability", "exceed", "courts", "of", "(", ".", ",", "Ireland", "the", "A", "$100")  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=120), st.booleans())
def test_any_text_yields_exact_quotes(picked: list[str], as_items: bool) -> None:
    line = " ".join(picked) or "x"
    reading = reading_of(f"# T\nYou agree to this:\n{'- ' if as_items else ''}{line}")
    for place, found in find_facts(reading, clauses_of(reading), None).items():
        assert found, place
        for fact in found:
            assert fact.spans
            for span in fact.spans:
                assert 0 <= span.start < span.end <= len(reading.text)
                assert span.of(reading.text).strip()
            assert fact.condition in reading.text and fact.limit in reading.text


@pytest.mark.parametrize(
    "junk", ["arbitration ", "you grant us a license to ", "not liable for direct ", "a(", "30 days "]
)
def test_junk_without_end_is_read_to_the_end(junk: str) -> None:
    reading = reading_of("# T\n" + junk * (200_000 // len(junk)))
    find_facts(reading, clauses_of(reading), None)


def test_rules_are_written_soundly() -> None:
    known = attributes()
    for rule in fact_rules():
        attribute = known[rule.type, rule.name]
        assert {rule.type, *rule.among} <= taxonomy().keys(), rule.id
        assert rule.when and rule.patterns, rule.id
        assert all(word == fold(word) for word in rule.when), rule.id
        given_by = [rule.value is not None, bool(rule.convert), bool(rule.items), bool(rule.choices)]
        assert given_by.count(True) == 1, rule.id
        assert not rule.convert or rule.convert in CONVERTERS, rule.id
        assert bool(rule.items) == (attribute.kind == "list"), rule.id
        named = {*rule.items, *rule.choices} | ({rule.value} if isinstance(rule.value, str) else set())
        assert not attribute.values or named <= set(attribute.values), rule.id
        if attribute.kind == "boolean":
            assert isinstance(rule.value, bool), rule.id
        for pattern in rule.patterns:
            assert compiled(pattern).search("") is None, rule.id
        assert all(map(compiled, _forbidding(rule))), rule.id
        assert all(map(compiled, (*rule.items.values(), *rule.choices.values()))), rule.id


def _forbidding(rule: FactRule) -> tuple[str, ...]:
    return rule.unless, rule.context, rule.not_context, rule.not_after, rule.ignored


def test_attributes_are_written_soundly() -> None:
    told = {(rule.type, rule.name) for rule in fact_rules()}
    for key, attribute in attributes().items():
        assert attribute.type in taxonomy()
        assert attribute.kind in KINDS and attribute.title
        assert attribute.kind not in ("one of",) or attribute.values
        assert key in told, f"no rule states {key}"


def test_no_pattern_repeats_without_bound() -> None:
    """Repetitions of anything are bounded: a hostile sentence costs no more than its length allows."""
    of_classes = re.compile(r"\[(?:\\.|[^\]\\])*\]")
    unbounded = re.compile(r"(?<!\\)\.[*+]|(?<!\\)C[*+]")
    for rule in fact_rules():
        for pattern in (*rule.patterns, *_forbidding(rule)):
            assert not unbounded.search(of_classes.sub("C", compiled(pattern).pattern)), rule.id


def test_patterns_may_use_named_ones_only() -> None:
    assert "{actor}" not in compiled("{actor} may").pattern
    with pytest.raises(KeyError):
        compiled("{nobody} may")
    assert all(re.compile(pattern) for pattern in words().values())
    assert LONGEST > 0
