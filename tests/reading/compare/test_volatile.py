"""Parts of a page that keep changing alone: learned from three changes, and never where they carry weight."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.volatile import is_only_volatile, learned, places
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]


def page(make: Make, teaser: str, fee: str = "10 euros", effective: str = "1 March 2024") -> Reading:
    return make(
        "# Terms of Pelican",
        f"Effective date: {effective}",
        "## Fees",
        f"You pay {fee} each month, and Pelican may not raise the fees within a year.",
        "## Read on",
        "* Birds of the coast",
        f"* {teaser}",
    )


def taught(make: Make) -> frozenset[str]:
    teasers = ("Herons in winter", "Terns in spring", "Gulls in summer", "Ducks in autumn")
    pages = [page(make, teaser) for teaser in teasers]
    return learned(places(compare(old, new)) for old, new in pairwise(pages))


def test_a_place_is_volatile_after_three_changes(make: Make) -> None:
    old, new = page(make, "Herons in winter"), page(make, "Terns in spring")
    own = places(compare(old, new))
    assert learned([own, own]) == frozenset()
    assert learned([own, own, own]) == frozenset(own)


def test_what_changed_among_many_says_nothing_of_itself(make: Make) -> None:
    assert learned([["a", "b", "c"]] * 3) == frozenset()


def test_another_teaser_does_not_count(make: Make) -> None:
    comparison = compare(page(make, "Herons in winter"), page(make, "Owls at night"))
    assert comparison.kind == "substantive"
    assert is_only_volatile(comparison, taught(make))
    assert not is_only_volatile(comparison, frozenset())


@pytest.mark.parametrize(
    "new",
    [
        {"teaser": "Owls at night", "fee": "20 euros"},
        {"teaser": "You may not opt out of arbitration"},
        {"teaser": "We will change these terms on 1 May 2030"},
        {"teaser": "Updating on 1 May 2030"},
    ],
)
def test_what_carries_weight_counts(make: Make, new: dict[str, str]) -> None:
    comparison = compare(page(make, "Herons in winter"), page(make, **new))
    assert not is_only_volatile(comparison, taught(make))


def test_the_date_from_which_a_text_applies_counts_however_often_it_moved(make: Make) -> None:
    days = ("1 March 2024", "2 April 2024", "3 May 2024", "4 June 2024", "5 July 2024")
    pages = [page(make, "Herons in winter", effective=day) for day in days]
    known = learned(places(compare(old, new)) for old, new in pairwise(pages))
    assert known
    assert not is_only_volatile(compare(pages[0], pages[1]), known)


def test_entries_of_a_register_count_however_often_they_came(make: Make) -> None:
    entries = ("XX11574120", "XX11610055", "XX11610056", "XX11636256", "XX11699033", "XX11636257")
    pages = [page(make, f"In Freedonia: {', '.join(entries[:n])}") for n in range(2, 7)]
    known = learned(places(compare(old, new)) for old, new in pairwise(pages))
    assert known
    assert not is_only_volatile(compare(pages[3], pages[4]), known)
    one = [page(make, f"Read entry {entry}") for entry in entries[:2]]  # ids that are drawn anew
    assert is_only_volatile(compare(*one), taught(make))
