"""Wording with gaps: what it finds, what it does not, and that no page can make it slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.patterns import LONGEST, TOKENS, PatternError, compiled


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("Page built on {date}", "Page built on 3 March 2026.", "Page built on 3 March 2026"),
        ("Page built on {date}", "Page built on March 3rd, 2026", "Page built on March 3rd, 2026"),
        ("Page built on {date}", "Page built on 2026-03-03", "Page built on 2026-03-03"),
        ("Stand der Seite {date}", "Stand der Seite 3. März 2026", "Stand der Seite 3. März 2026"),
        (
            "Página creada el {date}",
            "Página creada el 3 de marzo de 2026",
            "Página creada el 3 de marzo de 2026",
        ),
        ("页面生成时间：{date}", "页面生成时间：2026年3月3日", "页面生成时间：2026年3月3日"),
        ("{number} readers found this", "1,024 readers found this useful", "1,024 readers found this"),
        ("{number} lecteurs ont aimé", "1 024 lecteurs ont aimé", "1 024 lecteurs ont aimé"),
        ("server time {time}", "server time 10:04:59 pm UTC", "server time 10:04:59 pm UTC"),
        ("request {hex}", "no request", None),
        ("Ray ID: {hex}", "Ray ID: 7f3a9c01de", "Ray ID: 7f3a9c01de"),
        ("Request {hex}", "Request 7f3a9c01de", "Request 7f3a9c01de"),
        ("Request {hex}", "Request 3e1b0c52-9a4d-4c1e-8f3e-0c52", "Request 3e1b0c52-9a4d-4c1e-8f3e-0c52"),
        ("Session: {id}", "Session: a8-Zk_93x", "Session: a8-Zk_93x"),
        ("Session: {id}", "Session: forgotten", None),
        ("The reference {number}", "The reference 12b", None),
        ("a{{b}} reads as braces", "so a{b} reads as braces", "a{b} reads as braces"),
        ("Share this. (a|b)*", "Share this. (a|b)*", "Share this. (a|b)*"),
        ("share this page", "Share this page", None),
    ],
)
def test_what_a_pattern_finds(pattern: str, line: str, found: str | None) -> None:
    match = compiled(pattern).search(line)
    assert (match[0] if match else None) == found


@pytest.mark.parametrize(
    ("pattern", "message", "remedy"),
    [
        ("", "is empty", "Quote"),
        ("{number}", "is empty", "Quote"),
        ("{id}: go", "too little wording", "3 letters"),
        ("{number} days", "too little wording", "8 letters"),
        ("{date} {date}", "is empty", "Quote"),
        ("Updated on {dat}", "unknown token {dat}", "Did you mean {date}?"),
        ("Updated on {}", "unknown token {}", "Known: {number}"),
        ("Updated on {date", "single {", "{{"),
        ("Updated on date}", "single }", "}}"),
        ("Updated  on {date}", "not written as readings are", "Single spaces"),
        (" Updated on {date}", "not written as readings are", "neither end"),
        ("Mise a\u0300 jour {date}", "not written as readings are", "NFC"),
        ("x" * (LONGEST + 1), "301 characters", "At most 300"),
    ],
)
def test_what_makes_no_pattern(pattern: str, message: str, remedy: str) -> None:
    with pytest.raises(PatternError) as caught:
        compiled(pattern)
    assert message in caught.value.message
    assert remedy.replace("neither end", "none at either end") in caught.value.remedy


@given(st.text(max_size=40))
def test_text_without_braces_finds_itself_and_only_itself(text: str) -> None:
    try:
        expression = compiled(text.replace("{", "{{").replace("}", "}}"))
    except PatternError:
        return
    match = expression.search(f"x{text}y")
    assert match is not None
    assert match[0] == text


@given(st.text("{}nd umberat", max_size=60))
def test_a_text_is_a_pattern_or_says_why_not(text: str) -> None:
    try:
        compiled(text)
    except PatternError as fault:
        assert fault.message
        assert fault.remedy


def test_no_token_can_be_tried_twice() -> None:
    """Every repetition has an end, and every token is atomic: a search takes a bounded time a character."""
    for name, expression in TOKENS.items():
        assert "*" not in expression, name
        assert "+" not in expression.replace("[+-]", ""), name
        assert "(?>" in compiled(f"the words around {{{name}}}").pattern


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(
    "filling", ["1", "a1", "1.", "1-", "1,1 ", "a" * 127 + "-", "12 aaaaaaaaaaaa", "1:11"]
)
def test_a_hostile_line_of_a_megabyte_is_searched(token: str, filling: str) -> None:
    """It ends: with a token that gave back what it took, this would take hours."""
    pattern = " and ".join([f"built with {{{token}}}"] * 3) + " or what"
    line = ("built with " + filling * 20 + " and ") * 40 + filling * (200_000 // len(filling))
    assert compiled(pattern).search(line) is None
