"""Notices of a coming change (S14): what is one, what it says, and when a difference names it."""

from __future__ import annotations

import pytest

from conductatlas.reading.compare.announcing import notices
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.text.marks import Reading


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("These terms will take effect on March 1, 2026.", "en", "2026-03-01"),
        ("Updating on Dec 16, 2025", "en", "2025-12-16"),
        ("The new policy goes into effect on 3 May 2026. See the older one.", "en", "2026-05-03"),
        ("Our updated Terms of Service will apply from 2026-05-03.", "en", "2026-05-03"),
        ("These changes will become effective on July 26.", "en", "july 26"),
        ("We’re updating our Privacy Policy.", "en", ""),
        ("Diese Bedingungen treten am 1. März 2026 in Kraft.", "de", "2026-03-01"),
        ("Wir aktualisieren unsere Datenschutzerklärung.", "de", ""),
        (
            "Une mise à jour de nos Conditions de service entrera en vigueur le 26 juillet 2022.",
            "fr",
            "2022-07-26",
        ),
        ("Estos términos entrarán en vigor el 1 de marzo de 2026.", "es", "2026-03-01"),
    ],
)
def test_a_notice_says_its_date(text: str, language: str, value: str) -> None:
    assert notices(text, language, None) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Effective: March 1, 2026",
        "Last updated on March 1, 2026",
        "Changes take effect 30 days after we post them.",
        "We may update these terms. This version was published on March 1, 2026.",
        "Your choice will take effect within a day.",
    ],
)
def test_what_is_no_notice(text: str) -> None:
    assert notices(text, "en", None) == []


def test_a_notice_that_comes_goes_or_moves_is_named() -> None:
    plain = "You pay each invoice."
    first = f"{plain}\nUpdating on Dec 16, 2025"
    later = f"{plain}\nUpdating on Dec 30, 2025"
    spelled = f"{plain}\nUpdating on December 16, 2025"
    for old, new in ((plain, first), (first, plain), (first, later)):
        (hunk,) = compare(reading(old), reading(new)).hunks
        assert "S14" in hunk.rules
        assert hunk.significance == "substantive"
    (hunk,) = compare(reading(first), reading(spelled)).hunks
    assert "S14" not in hunk.rules


def test_the_table_holds_what_it_says() -> None:
    data = table("announcing")
    assert set(data) == {"dated", "bare"}
    for kind in data.values():
        assert {"en", "de", "fr", "es"} <= set(kind)
        for phrases in kind.values():
            assert len(phrases) == len(set(phrases))
            assert all(phrase == phrase.lower().strip() for phrase in phrases)


def reading(text: str) -> Reading:
    return Reading(text, (), "", "en")
