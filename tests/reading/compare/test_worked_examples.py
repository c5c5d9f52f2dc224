"""The worked examples of the rule book: kind and rules. Fragments of real clauses are short; the rest is invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

AROUND = (
    "# Terms of Pelican",
    "These terms are between you and Pelican Ltd.",
    "## 1. Service",
    "Pelican stores what you upload until you take it away.",
)


def told(comparison: Comparison, significance: str = "substantive") -> list[set[str]]:
    return [set(hunk.rules) for hunk in comparison.hunks if hunk.significance == significance]


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        pytest.param("Data location: Ireland.", "Data location: Ireland, United States.", {"S6"}, id="1a"),
        pytest.param(
            "We tell you of any changes to this list.",
            "We tell you of any addition or replacement of a Subprocessor.",
            {"S5", "S6"},
            id="1b",
        ),
        pytest.param(
            "Data that our users or crowd workers provide",
            "Data that our users or crowd workers provide, including Inputs and Outputs from our Services "
            "(unless users opt out)",
            {"S4", "S8"},
            id="2",
        ),
        pytest.param("Effective: December 14, 2023", "Effective: January 31, 2024", {"S2"}, id="3"),
        pytest.param(
            "Repeated offenses will result in account restriction.",
            "Repeated offenses can result in account restriction.",
            {"S3"},
            id="4",
        ),
        pytest.param(
            "You decline through your browser or through your mobile device settings, where available.",
            "You decline through your browser.",
            {"S8"},
            id="5",
        ),
        pytest.param("the greater of $100 and your fees", "the lesser of $100 and your fees", {"S5"}, id="6"),
        pytest.param(
            "Send the draft for Pelican's prior approval.", "Send the draft for review.", {"S5"}, id="8"
        ),
        pytest.param("a law enforcement contact process", "", {"S6", "S9"}, id="11, item"),
    ],
)
def test_tiny_and_it_matters(make: Make, old: str, new: str, rules: set[str]) -> None:
    before, after = (make(*AROUND, *filter(None, [text]), "## 2. End") for text in (old, new))
    for comparison in (compare(before, after), compare(after, before)):
        (found,) = told(comparison)
        assert found >= rules
        assert comparison.kind == "substantive"


def test_a_clause_that_comes_or_goes(make: Make) -> None:
    """7, 9, 10."""
    for clause in (
        "Pelican has the right to identify You or Your organization as Pelican's customer.",
        "We comply with the Data Privacy Framework and its principles.",
        "We retain Your Prompts and Outputs for a period of thirty (30) days.",
    ):
        for comparison in (
            compare(make(*AROUND), make(*AROUND, clause)),
            compare(make(*AROUND, clause), make(*AROUND)),
        ):
            (found,) = told(comparison)
            assert "S9" in found


def test_many_spellings_do_not_hide_what_is_gone(make: Make) -> None:
    """11: three hunks of substance among spellings, marks and serial commas."""
    old = make(
        "# Guide",
        "Mail it to our Help Center in the U.S.",
        "A violation ends your license upon expiration.",
        "We give records, names, and dates.",
        "Messages are end-to-end encrypted by default.",
        "We ask for:",
        "* a law enforcement contact process",
        "* the date",
    )
    new = make(
        "# Guide",
        "Mail it to our Help Centre in the US.",
        "A breach ends your licence upon expiry.",
        "We give records, names and dates.",
        "We ask for:",
        "* the date",
    )
    comparison = compare(old, new)
    assert told(comparison) == [{"S9"}, {"S6", "S7"}]
    assert told(comparison, "editorial") == [{"N2"}, {"N2"}, {"N2"}]


def test_a_new_template(make: Make) -> None:
    """12: a table of contents, other numbers, references that still resolve."""
    old = make(
        "# Terms", "## 1. Fees", "You pay.", "## 2. Ending", "See section 1. You may end it at any time."
    )
    new = make(
        "# Terms",
        "On this page",
        "* Fees",
        "* Ending",
        "## 3. Fees",
        "You pay.",
        "## 4. Ending",
        "See section 3. You may end it at any time.",
    )
    for comparison in (compare(old, new), compare(new, old)):
        assert comparison.kind == "editorial"
        assert {rule for hunk in comparison.hunks for rule in hunk.rules} == {"N3", "N8"}


def test_a_brand_and_an_entity(make: Make) -> None:
    """13."""
    old = make(
        "# Twitter Terms", "You use Twitter. Twitter serves you.", "Twitter International Company, Dublin"
    )
    brand = make("# Zed Terms", "You use Zed. Zed serves you.", "Twitter International Company, Dublin")
    entity = make("# Zed Terms", "You use Zed. Zed serves you.", "Zed Unlimited Company, Dublin")
    assert compare(old, brand).kind == "editorial"
    assert told(compare(old, brand), "editorial") == [{"N7"}, {"N7"}]
    assert told(compare(old, entity)) == [{"S6"}]


def test_another_language_is_another_text(make: Make) -> None:
    """14: history keeps variants apart; a comparison says that the whole was replaced."""
    english = tuple(f"You may use part {n} of the service, unless we tell you to stop." for n in range(20))
    german = tuple(f"Sie dürfen Teil {n} nutzen, wenn nichts anderes vereinbart ist." for n in range(20))
    comparison = compare(make(*english), make(*german, language="de"))
    assert comparison.is_replaced
    assert {hunk.rules for hunk in comparison.hunks} == {("S15",)}


def test_clauses_that_move_to_an_addendum_for_some(make: Make) -> None:
    """16: the same words under another scope."""
    moved = (
        "Claims are heard by the courts of your place.",
        "We answer within a week, whatever you ask.",
        "Fees are returned where the service was down for long.",
    )
    old = make("# Terms", "## General", *moved, "## Consumers", "This part is for consumers.")
    new = make("# Terms", "## General", "## Consumers", "This part is for consumers.", *moved)
    for comparison in (compare(old, new), compare(new, old)):
        assert all("S11" in found for found in told(comparison))
        assert comparison.kind == "substantive"


def test_a_rewrite_of_equal_facts_is_reworded(make: Make) -> None:
    """17: never editorial."""
    old = make(
        *AROUND, "When an account is closed, everything stored within it gets erased shortly afterwards."
    )
    new = make(*AROUND, "Once closed, your account and its contents get erased soon.")
    comparison = compare(old, new)
    assert comparison.kind == "substantive"
    assert {rule for found in told(comparison) for rule in found} <= {"U", "S9"}


def test_notices_and_printed_dates(make: Make) -> None:
    """The variant test's pairs: a notice that comes and goes is S14, a printed date alone is N9."""
    notice = "Une mise à jour de nos Conditions de service entrera en vigueur le 26 juillet 2022."
    french = ("# Conditions", "Nous hébergeons vos fichiers.")
    for old, new in (((), (notice,)), ((notice,), ())):
        comparison = compare(
            make(*french, *old, language="fr"),
            make(*french, *new, language="fr"),
        )
        assert "S14" in told(comparison)[0]
    old, new = (make(*AROUND, f"Last updated: {day} May 2024") for day in (1, 9))
    assert told(compare(old, new), "editorial") == [{"N9"}]
