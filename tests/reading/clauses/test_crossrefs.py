"""Cross-references: which clause a number names, and when none is told."""

from __future__ import annotations

import pytest

from conductatlas.reading.clauses.crossrefs import crossrefs
from conductatlas.reading.clauses.segment import segment
from conductatlas.reading.text.markdown import read_markdown

TEXT = """
# Terms

## 1. Fees

1.1 You pay each month.

1.2 We may:

(a) raise fees; or

(b) lower them.

## 2. Disputes

{words}
"""


def named(words: str) -> list[tuple[str, str | None]]:
    reading = read_markdown(TEXT.format(words=words))
    clauses = segment(reading)
    found = crossrefs(reading, clauses)
    assert all(reading.text[x.span.start : x.span.end].replace(" ", "").endswith(x.number) for x in found)
    return [
        (
            x.number,
            None if x.target is None else reading.text[clauses[x.target].start : clauses[x.target].end],
        )
        for x in found
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("As Section 1.1 says.", [("1.1", "You pay each month.")]),
        ("As section 1 says.", [("1", "Fees")]),
        ("See clause 1.2(b).", [("1.2(b)", "lower them.")]),
        ("See § 1.1 and Section 9.", [("1.1", "You pay each month."), ("9", None)]),
        ("Article 1 of the Civil Code applies.", [("1", None)]),
        ("Article 1 applies (GDPR).", [("1", None)]),
        ("Section 230 of that law.", [("230", None)]),
        ("The sections are short.", []),
        ("In this clause a word is missing.", []),
    ],
)
def test_a_number_names_the_clause_that_alone_has_it(
    words: str, expected: list[tuple[str, str | None]]
) -> None:
    assert named(words) == expected


def test_a_number_that_two_clauses_have_names_none() -> None:
    text = "# A\n\n## 1. Fees\n\nPay.\n\n## 1. Courts\n\nSee Section 1.\n"
    reading = read_markdown(text)
    assert [x.target for x in crossrefs(reading, segment(reading))] == [None]
