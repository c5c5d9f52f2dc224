"""The normal form, printed numbers and tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.normal import clauses, count_words, normal, prefixes, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the “Service”", 'the "Service"'),
        ("it’s yours", "it's yours"),
        ("A – B", "A - B"),
        ("30\u00a0days", "30 days"),
        ("co\u00adoperate", "cooperate"),
        ("ﬁle", "file"),
    ],
)
def test_what_looks_the_same_has_one_normal_form(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_case_punctuation_and_numbers_stay() -> None:
    assert normal("Not more than 30 Days, ever.") == "Not more than 30 Days, ever."


@pytest.mark.parametrize(
    ("line", "number", "key"),
    [
        ("12.3 Title of a clause", "12.3", "Title of a clause"),
        ("12.3. Title", "12.3", "Title"),
        ("1. you agree", "1", "you agree"),
        ("(iv) any other data", "iv", "any other data"),
        ("b) your name", "b", "your name"),
        ("§ 5 Haftung", "§ 5", "Haftung"),
        ("Section 7: Notices", "Section 7", "Notices"),
        ("第三条 数据", "第三条", "数据"),
        ("• (a) an item", "a", "an item"),
        ("30 days after notice", "", "30 days after notice"),
        ("1.5 million users", "", "1.5 million users"),
        ("30. Juni 2024", "", "30. Juni 2024"),
        ("2024 was a year", "", "2024 was a year"),
        ("7.", "", "7."),
    ],
)
def test_the_printed_number_stands_apart(line: str, number: str, key: str) -> None:
    ((clause,),) = clauses(line)
    assert (clause.number, clause.key) == (number, key)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pay 1,000.50 USD", ["pay", "1,000.50", "USD"]),
        ("a 30% share", ["a", "30%", "share"]),
        ("opt-out, non-exclusive", ["opt-out", ",", "non-exclusive"]),
        ("don’t", ["don't"]),
        ("write to me@pelican.example.", ["write", "to", "me@pelican.example", "."]),
        ("see https://pelican.example/a?b=1, then", ["see", "https://pelican.example/a?b=1", ",", "then"]),
        ("the U.S. law", ["the", "U.S.", "law"]),
        ("我们收集", ["我", "们", "收", "集"]),
        ("우리는 정보를", ["우리는", "정보를"]),
        ("हम साझा", ["हम", "साझा"]),
        ("2FA and 30th", ["2FA", "and", "30th"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [token.key for token in tokens(text)] == words


def test_words_are_counted_without_punctuation() -> None:
    assert count_words("We collect — and share — data; see § 5.") == 7


@given(st.text(max_size=80))
def test_tokens_are_in_order_and_cover_all_that_is_seen(text: str) -> None:
    found = tokens(text)
    end = 0
    for token in found:
        assert end <= token.start < token.end <= len(text)
        assert not normal(text[end : token.start])
        end = token.end
    assert not normal(text[end:])


@given(st.text(max_size=80).filter(lambda line: "\n" not in line))
def test_prefixes_leave_something(line: str) -> None:
    bullet, number = prefixes(line)
    assert 0 <= bullet <= number < max(1, len(line))


@given(st.lists(st.text(alphabet="ab Z9'’-.,:%@/\t法\n", max_size=12), max_size=5))
def test_words_of_several_passages_are_counted_at_once(passages: list[str]) -> None:
    assert count_words("\n".join(passages)) == sum(map(count_words, passages))
