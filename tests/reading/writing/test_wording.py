"""Who a sentence is about, and in which mode."""

from __future__ import annotations

import pytest

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.writing.wording import Mode, lead, wordings


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ("You may not copy the Service.", Mode.BANS),
        ("Do not share your password.", Mode.BANS),
        ("You agree that you will not resell the Service.", Mode.BANS),
        ("Customers must keep keys to themselves.", Mode.BINDS),
        ("You are solely responsible for your prompts.", Mode.BINDS),
        ("You can delete your account in the settings.", Mode.LETS),
        ("We may suspend your access.", Mode.RESERVES),
        ("Larkspur reserves the right to change prices.", Mode.RESERVES),
        ("We do not sell your data.", Mode.DENIES),
        ("We will notify you by e-mail.", Mode.UNDERTAKES),
        ("We will share your data with partners.", Mode.DOES),
        ("We collect what you type.", Mode.DOES),
        ("Larkspur is not liable for lost profits.", Mode.DISCLAIMS),
        ("Neither party may assign this contract.", Mode.PARTIES),
        ("We may share data if you consent to it.", Mode.RESERVES),
        ("We recommend that you do not send secrets.", Mode.DOES),
        ("These terms are a contract.", Mode.TELLS),
        ("Spam, malware and phishing", Mode.NAMES),
    ],
)
def test_modes(said: str, mode: Mode) -> None:
    assert [one.mode for one in wordings(said, Span(0, len(said)), "Larkspur", "en")] == [mode]


def test_lines_and_sentences_are_parted() -> None:
    text = "We collect data. You may object.\n• Names\n• Addresses"
    found = wordings(text, Span(0, len(text)), "Larkspur", "en")
    assert [one.span.of(text) for one in found] == [
        "We collect data.",
        "You may object.",
        "Names",
        "Addresses",
    ]


def test_what_introduces_an_item() -> None:
    text = "You agree not to:\ncopy it\nsell it"
    at = text.index("sell")
    found = lead(text, Span(at, len(text)))
    assert found is not None
    assert found.of(text) == "You agree not to:"
    assert lead("A sentence ends here.\nsell it", Span(22, 29)) is None
