"""Defined terms, and the clauses that use them."""

from __future__ import annotations

import pytest

from conductatlas.reading.clauses.definitions import definitions, is_definition
from conductatlas.reading.clauses.segment import segment
from conductatlas.reading.text.marks import Reading


def found(text: str, language: str = "en") -> list[tuple[str, int, tuple[int, ...]]]:
    reading = Reading(text, (), "", language)
    return [(d.term, d.place, d.used_in) for d in definitions(reading, segment(reading))]


@pytest.mark.parametrize(
    "line",
    [
        '"Content" means any text.',
        "“Input” and “Output” have the meaning given in the order form.",
        'An "Account" represents your place with us.',
        "“Affiliate” shall mean a company that controls a party.",
        "„Inhalte“ bezeichnet alle Texte, die Sie hochladen.",
        "“本服务”是指我们提供的各项服务。",
    ],
)
def test_a_line_that_begins_with_a_term_and_says_what_it_means_is_a_definition(line: str) -> None:
    assert is_definition(line)


@pytest.mark.parametrize(
    "line", ['Click "Accept" to go on.', '"Help!" she said.', "Content means little to us."]
)
def test_words_in_quotes_alone_are_none(line: str) -> None:
    assert not is_definition(line)


def test_a_term_is_found_where_it_is_used_as_written_or_in_the_plural() -> None:
    text = '"Order" means what you buy.\nOrders are final.\nPut it in order.\nAn Order may be sent back.'
    assert found(text) == [("Order", 0, (1, 3))]


def test_a_term_in_brackets_is_defined_by_the_clause_around_it() -> None:
    assert found('We let you use our tools (the "Services").\nServices cost money.') == [
        ("Services", 0, (1,))
    ]


def test_a_text_without_definitions_has_none() -> None:
    assert found("We sell shoes.\nYou pay.") == []
    assert found("") == []


def test_a_million_quotes_are_no_definition() -> None:
    assert found('"' * 1_000_000) == []
