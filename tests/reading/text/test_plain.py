"""Plain text: lines are paragraphs, wrapped lines are joined."""

from __future__ import annotations

from conductatlas.reading.text.plain import read_plain


def test_lines_are_paragraphs() -> None:
    assert read_plain("Terms\r\n\r\n1. Scope\n2. Fees\n\n\n  End  ").text == "Terms\n1. Scope\n2. Fees\nEnd"


def test_lines_wrapped_at_a_margin_are_one_paragraph() -> None:
    line = "These terms govern the use of the service and of all that is"
    assert read_plain(f"{line}\n{line}\nin it.\n\nBye").text == f"{line} {line} in it.\nBye"


def test_numbered_lines_are_not_joined() -> None:
    line = "1. These terms govern the use of the service and all of it is"
    assert read_plain(f"{line}\n{line}\n{line}").text == "\n".join([line] * 3)


def test_a_short_first_line_is_the_title() -> None:
    assert read_plain("Terms of use\n\nText.").title == "Terms of use"
    assert read_plain("x" * 200).title == ""
