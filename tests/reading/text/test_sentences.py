"""Sentences of legal texts."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.sentences import sentences


def split(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "We may end it. You may too.", ["We may end it.", "You may too."]),
        ("en", "See Art. 6(1)(f) and No. 5. Acme Inc. may, e.g. Sundays, close.",
         ["See Art. 6(1)(f) and No. 5.", "Acme Inc. may, e.g. Sundays, close."]),
        ("en", "Under 9 U.S.C. § 1 it holds. Yes!", ["Under 9 U.S.C. § 1 it holds.", "Yes!"]),
        ("en", "12.3. Fees are due.", ["12.3. Fees are due."]),
        ("de", "Gem. Art. 6 Abs. 1 lit. f gilt das, z. B. hier. Es gilt ggf. nicht.",
         ["Gem. Art. 6 Abs. 1 lit. f gilt das, z. B. hier.", "Es gilt ggf. nicht."]),
        ("pl", "Zgodnie z art. 6 ust. 1 RODO działamy. Tak.", ["Zgodnie z art. 6 ust. 1 RODO działamy.", "Tak."]),
        ("zh", "我们收集信息。您同意。", ["我们收集信息。", "您同意。"]),
        ("en", "A cell\tAnother. One\nA line", ["A cell", "Another.", "One", "A line"]),
        ("xx", "One. Two.", ["One.", "Two."]),
        ("", "", []),
    ],
)  # fmt: skip
def test_sentences(language: str, text: str, expected: list[str]) -> None:
    assert split(text, language) == expected


@given(
    st.text(st.sampled_from("aB1. !?()\n\t§é。"), max_size=80), st.sampled_from(["en", "de", "zh", "", "q"])
)
def test_spans_are_in_order_trimmed_and_complete(text: str, language: str) -> None:
    spans = sentences(text, language)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end] and "\t" not in text[start:end]
        position = end
    assert not text[position:].strip()


def test_the_list_of_abbreviations_is_well_formed() -> None:
    source = resources.files("conductatlas.reading.text").joinpath("abbreviations.toml").read_text("utf-8")
    for language, groups in tomllib.loads(source).items():
        assert language == "any" or len(language) == 2
        assert set(groups) <= {"always", "within", "before_number"}
        for words in groups.values():
            assert len(words) == len(set(words)) and all(
                word.strip().endswith((".", "o.o.")) for word in words
            )
