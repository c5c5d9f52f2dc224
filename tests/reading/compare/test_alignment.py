"""Which clause is which: runs, likeness, splits, moves, and what a clause stands under."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare import runs
from conductatlas.reading.compare.likeness import Bag
from conductatlas.reading.compare.normal import clauses
from conductatlas.reading.compare.pairing import Pairing, pair
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.runs import Region, common_runs, gaps, intern, unique_matches
from conductatlas.reading.text.marks import Reading

ITEMS = st.lists(st.integers(0, 5), max_size=25)


def paired(old: list[str], new: list[str]) -> Pairing:
    return pair(*clauses("\n".join(old), "\n".join(new)))


def longest_common(old: list[int], new: list[int]) -> int:
    """The textbook table, as the oracle."""
    best = [0] * (len(new) + 1)
    for item in old:
        diagonal = 0
        for j, other in enumerate(new):
            diagonal, best[j + 1] = best[j + 1], diagonal + 1 if item == other else max(best[j + 1], best[j])
    return best[-1]


@given(ITEMS, ITEMS)
def test_runs_are_a_longest_common_subsequence(old: list[int], new: list[int]) -> None:
    found = common_runs(*intern(old, new))
    assert sum(run.size for run in found) == longest_common(old, new)
    _check_runs(found, old, new)


@given(ITEMS, ITEMS)
def test_runs_of_regions_beyond_the_limit_are_common_too(old: list[int], new: list[int]) -> None:
    limits = runs.CELLS, runs.PIECE
    runs.CELLS, runs.PIECE = 9, 3
    try:
        _check_runs(common_runs(*intern(old, new)), old, new)
    finally:
        runs.CELLS, runs.PIECE = limits


def _check_runs(found: list[runs.Run], old: list[int], new: list[int]) -> None:
    a = c = 0
    for run in found:
        assert run.size
        assert run.old >= a
        assert run.new >= c
        assert old[run.old : run.old + run.size] == new[run.new : run.new + run.size]
        a, c = run.old + run.size, run.new + run.size
    covered = sum(run.size for run in found) * 2 + sum(
        r.old_end - r.old_start + r.new_end - r.new_start for r in gaps(found, len(old), len(new))
    )
    assert covered == len(old) + len(new)


def test_unique_items_anchor() -> None:
    assert unique_matches(array("I", [1, 2, 9, 9, 3]), array("I", [9, 2, 1, 3])) == [(1, 1), (4, 3)]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Data location: Ireland.", "Data location: Ireland, United States.", True),
        ("We keep your messages for ninety days.", "We keep your messages and files for ninety days.", True),
        ("You may cancel at any time.", "The laws of Utopia govern these terms.", False),
        ("我们收集您的设备信息和日志信息", "我们收集您的设备信息、位置信息和日志信息", True),
        ("我们收集您的设备信息和日志信息", "争议应提交仲裁委员会解决", False),
    ],
)
def test_likeness(one: str, other: str, alike: bool) -> None:
    assert (Bag(one).likeness(Bag(other)) >= 0.5) is alike
    assert Bag(one).likeness(Bag(other)) == Bag(other).likeness(Bag(one))


def test_short_lines_anchor_nothing() -> None:
    old = [
        "None.",
        "Our partners receive invoices of the customer.",
        "None.",
        "Our auditors see the whole ledger.",
    ]
    new = [
        "Our auditors see the whole ledger.",
        "None.",
        "Our partners receive invoices of the customer.",
        "None.",
    ]
    found = paired(old, new)
    assert Region(1, 2, 2, 3) in found.kept or Region(3, 4, 0, 1) in found.kept


def test_one_long_clause_that_moved_does_not_move_all_others() -> None:
    others = [f"Clause {word} stays." for word in ("one", "two", "three", "four", "five")]
    traveller = "A clause that travels to the very end."
    assert paired([traveller, *others], [*others, traveller]).moved == ((0, 5),)


def test_a_clause_is_matched_with_its_own_version_among_many() -> None:
    old = [
        f"Partner {name} receives billing data for the purpose of {name} support."
        for name in ("Alba", "Bora", "Cora")
    ]
    new = [
        f"Partner {name} gets billing data for the purpose of {name} support." for name in ("Bora", "Cora")
    ]
    found = paired(["Start of the list.", *old], ["Start of the list.", *new])
    assert found.kept[1:] == (Region(2, 3, 1, 2), Region(3, 4, 2, 3))
    assert found.removed == (1,)


def test_two_lines_merged_are_one_pair() -> None:
    parts = [
        "You grant Pelican a licence to host your files.",
        "Pelican never sells the files that you have stored.",
    ]
    assert paired(["Start.", *parts], ["Start.", " ".join(parts)]).kept == (
        Region(0, 1, 0, 1),
        Region(1, 3, 1, 2),
    )
    assert paired(["Start.", " ".join(parts)], ["Start.", *parts]).kept == (
        Region(0, 1, 0, 1),
        Region(1, 2, 1, 3),
    )


@given(st.lists(st.text("abc ", max_size=6), max_size=9), st.lists(st.text("abc ", max_size=6), max_size=9))
def test_every_line_is_in_one_place(old: list[str], new: list[str]) -> None:
    before, after = clauses("\n".join(old), "\n".join(new))
    found = pair(before, after)
    old_seen = [n for r in found.kept for n in range(r.old_start, r.old_end)]
    new_seen = [n for r in found.kept for n in range(r.new_start, r.new_end)]
    assert old_seen == sorted(old_seen)
    assert new_seen == sorted(new_seen)
    assert sorted([*old_seen, *(i for i, _ in found.moved), *found.removed]) == list(range(len(before)))
    assert sorted([*new_seen, *(j for _, j in found.moved), *found.added]) == list(range(len(after)))
    assert found.mirrored().mirrored() == found


def test_what_a_clause_stands_under(make: Callable[..., Reading]) -> None:
    reading = make("# A", "Text.", "## B", "You may not:", "* steal", "** much", "* lie", "## C", "Text.")
    (lines,) = clauses(reading.text)
    assert parents(reading, lines) == [-1, 0, 0, 2, 3, 4, 3, 0, 7]
