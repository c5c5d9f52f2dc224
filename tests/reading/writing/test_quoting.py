"""Quotes: exact, cut at words, and never without the exception that follows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.writing.quoting import LONGEST, quoted


def whole(text: str) -> Span:
    return Span(0, len(text))


def test_a_short_sentence_is_quoted_whole() -> None:
    text = "We keep your data for 30 days."
    assert quoted(text, whole(text)).said == f"“{text}”"


def test_a_long_one_is_cut_at_a_mark_and_says_so() -> None:
    text = "We may share what you write with our partners, " + "and with everybody else who asks for it " * 8
    said = quoted(text, whole(text)).said
    assert said.startswith("“We may share")
    assert said.endswith("” …")
    assert len(said) < LONGEST + 10


def test_an_exception_behind_the_cut_is_quoted_too() -> None:
    text = (
        "We may use what you write "
        + "for this purpose and for that one " * 8
        + "unless you opt out in your settings."
    )
    assert "“unless you opt out in your settings.”" in quoted(text, whole(text)).said


def test_the_quote_is_about_its_focus() -> None:
    text = (
        "First of all many words stand here, " * 9
        + "and then data are kept for 90 days in total, "
        + "and so on " * 9
    )
    at = text.index("90 days")
    said = quoted(text, whole(text), Span(at, at + 7)).said
    assert "90 days" in said


def test_lines_are_never_joined() -> None:
    text = "We may end it:\nfor any reason"
    assert quoted(text, whole(text)).said == "“We may end it:”"


@given(st.text(alphabet="ab ,.;\n“”unless", min_size=1, max_size=700), st.data())
def test_what_is_quoted_is_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    at = data.draw(st.integers(0, len(text) - 1))
    focus = data.draw(st.sampled_from([None, Span(at, min(len(text), at + 9))]))
    quote = quoted(text, Span(start, end), focus)
    assert quote.spans
    for span in quote.spans:
        assert start <= span.start < span.end <= end
        assert f"“{span.of(text)}”" in quote.said
