"""Lineage: the same provision keeps its key, and no key passes to something else."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.lineage import LEAST, How, Known, Matching, Met, follow

SUBJECTS = (
    ("arbitration", "Any dispute between us is settled by one arbitrator who sits in Freedonia City."),
    ("fees", "You pay the price of your plan on the first day of each calendar month by card."),
    ("termination", "We may close your account after ninety days in which nobody has signed in to it."),
    ("content_licence", "You allow us to host, copy and show what you upload while it is on our servers."),
    ("governing_law", "The law of Freedonia governs this agreement and everything that follows from it."),
    ("liability_cap", "What we owe you in total is never more than the fees of the last twelve months."),
    (
        "retention",
        "Logs are kept for thirty days, invoices for ten years and messages until you delete them.",
    ),
    ("age", "Nobody younger than sixteen years may open an account or use one that another has opened."),
)


def known(*places: int, removed: tuple[int, ...] = ()) -> list[Known]:
    return [
        Known(*SUBJECTS[n], (f"Title {n}",), str(n), key=f"P{n}", is_removed=n in removed) for n in places
    ]


def met(*places: int) -> list[Met]:
    return [Met(*SUBJECTS[n], (f"Title {n}",), str(n)) for n in places]


def keys(old: list[Known], matching: Matching) -> dict[int, tuple[str, How]]:
    return {pair.new: (old[pair.old].key, pair.how) for pair in matching.pairs}


def test_the_same_words_at_the_same_place_are_unchanged() -> None:
    old = known(0, 1, 2)
    assert follow(old, met(0, 1, 2)).pairs == tuple((n, n, How.UNCHANGED, 1.0) for n in range(3))


def test_what_is_not_there_any_more_is_removed_and_what_was_not_there_is_new() -> None:
    matching = follow(known(0, 1), met(1, 2))
    assert (matching.new, matching.removed) == ((1,), (0,))


def test_a_new_provision_does_not_take_the_key_of_the_one_whose_place_it_has() -> None:
    old = [Known("fees", SUBJECTS[1][1], ("Fees",), "4", key="P1")]
    new = [
        Met(
            "fees", "Refunds are paid within a fortnight to whoever asked for one in writing.", ("Fees",), "4"
        )
    ]
    matching = follow(old, new)
    assert (matching.pairs, matching.new, matching.removed) == ((), (0,), (0,))


def test_a_label_in_common_makes_no_lineage() -> None:
    old = [Known("scope", "Version: July 19th 2024", ("Top",), key="P1")]
    assert follow(old, [Met("scope", "Version: 15 January 2025", ("Top",))]).pairs == ()


def test_one_word_more_is_reworded() -> None:
    new = [Met("age", SUBJECTS[7][1].replace("sixteen", "eighteen"), ("Title 7",), "7")]
    matching = follow(known(7), new)
    assert [pair.how for pair in matching.pairs] == [How.REWORDED]
    assert 0.8 < matching.pairs[0].likeness < 1


def test_what_is_typed_otherwise_is_still_the_same_provision_if_its_words_are() -> None:
    new = [Met("inactivity", SUBJECTS[2][1], ("Title 2",), "2")]
    assert keys(known(2), follow(known(2), new)) == {0: ("P2", How.UNCHANGED)}


def test_under_another_title_it_has_moved_and_under_another_number_it_is_renumbered() -> None:
    new = [Met(*SUBJECTS[0], ("Courts",), "0"), Met(*SUBJECTS[1], ("Title 1",), "17")]
    assert [pair.how for pair in follow(known(0, 1), new).pairs] == [How.MOVED, How.RENUMBERED]


def test_in_another_order_under_one_title_the_one_that_changed_its_place_has_moved() -> None:
    old = [Known(*SUBJECTS[n], ("General",), key=f"P{n}") for n in (0, 1, 2, 3)]
    new = [Met(*SUBJECTS[n], ("General",)) for n in (3, 0, 1, 2)]
    how = dict(keys(old, follow(old, new)).values())
    assert how == {"P0": How.UNCHANGED, "P1": How.UNCHANGED, "P2": How.UNCHANGED, "P3": How.MOVED}


def test_what_was_removed_and_comes_back_keeps_its_key() -> None:
    old = known(0, 1, 2, removed=(1,))
    matching = follow(old, met(0, 1, 2))
    assert keys(old, matching)[1] == ("P1", How.RETURNED)
    assert matching.removed == ()


def test_what_was_removed_before_is_not_removed_again() -> None:
    assert follow(known(0, 1, removed=(1,)), met(0)).removed == ()


def test_one_that_was_divided_gives_its_key_to_one_of_the_two() -> None:
    text = f"{SUBJECTS[6][1]} {SUBJECTS[7][1]}"
    old = [Known("retention", text, ("Data",), key="P")]
    new = [Met("retention", SUBJECTS[6][1], ("Data",)), Met("retention", SUBJECTS[7][1], ("Data",))]
    matching = follow(old, new)
    assert (len(matching.pairs), len(matching.new), matching.removed) == (1, 1, ())


def test_twice_the_same_words_are_told_apart_by_their_titles() -> None:
    old = [Known("fees", "Fees are due at once.", (t,), key=t) for t in ("Pro", "Team")]
    new = [Met("fees", "Fees are due at once.", (t,)) for t in ("Team", "Pro")]
    assert {pair.new: old[pair.old].key for pair in follow(old, new).pairs} == {0: "Team", 1: "Pro"}


def test_nothing_follows_from_nothing() -> None:
    assert follow([], []) == Matching((), (), ())
    assert follow([], met(0)).new == (0,)
    assert follow(known(0), []).removed == (0,)


def test_thousands_of_one_type_are_followed_without_comparing_each_with_each() -> None:
    old = [Known("fees", f"Fee number {n} is due at once.", (), key=str(n)) for n in range(3_000)]
    new = [Met("fees", f"Fee number {n} is due tomorrow.", ()) for n in reversed(range(3_000))]
    same = [Met("fees", "Fees are due.", ()) for _ in range(3_000)]
    assert {old[pair.old].key for pair in follow(old, new).pairs} <= {str(n) for n in range(3_000)}
    before = [Known(m.type, m.text, m.path, key=str(n)) for n, m in enumerate(same)]
    assert [pair.old for pair in follow(before, same).pairs] == list(range(3_000))


def test_characters_of_a_script_without_spaces_are_its_words() -> None:
    old = [Known("age", "未满十八周岁的用户应当在监护人的陪同下使用本服务。", ("总则",), key="P")]
    new = [Met("age", "未满十六周岁的用户应当在监护人的陪同下使用本服务。", ("总则",))]
    assert [pair.how for pair in follow(old, new).pairs] == [How.REWORDED]


@given(st.permutations(range(len(SUBJECTS))), st.integers(0, 2**32))
def test_in_whatever_order_and_with_whatever_numbers_each_keeps_its_key(order: list[int], seed: int) -> None:
    old = known(*range(len(SUBJECTS)))
    numbers = random.Random(seed)
    new = [Met(*SUBJECTS[n], (f"Title {n}",), str(numbers.randrange(99))) for n in order]
    matching = follow(old, new)
    assert [old[pair.old].key for pair in matching.pairs] == [f"P{n}" for n in order]
    assert not matching.new and not matching.removed


_KEPT = st.lists(st.sampled_from(range(len(SUBJECTS))), unique=True)


@given(_KEPT, _KEPT, _KEPT)
def test_insertions_and_removals_leave_the_others_their_keys(
    before: list[int], after: list[int], gone: list[int]
) -> None:
    old = known(*before, removed=tuple(gone))
    matching = follow(old, met(*after))
    found = keys(old, matching)
    assert {n: key for n, (key, _) in found.items()} == {
        position: f"P{n}" for position, n in enumerate(after) if n in before
    }
    assert {after[n] for n in matching.new} == set(after) - set(before)
    assert {old[o].key for o in matching.removed} == {f"P{n}" for n in set(before) - set(after) - set(gone)}


_TEXTS = st.lists(
    st.builds(
        Met,
        st.sampled_from(["fees", "age", "venue"]),
        st.lists(
            st.sampled_from(["pay", "fee", "month", "court", "age", "year", "law", "data"]), max_size=12
        ).map(" ".join),
        st.sampled_from([(), ("A",), ("A", "B")]),
        st.sampled_from(["", "1", "2.1"]),
    ),
    max_size=8,
)


@given(_TEXTS, _TEXTS)
def test_no_key_is_given_twice_and_none_to_what_has_little_in_common(
    before: list[Met], after: list[Met]
) -> None:
    old = [
        Known(m.type, m.text, m.path, m.number, key=str(n), is_removed=n % 4 == 3)
        for n, m in enumerate(before)
    ]
    matching = follow(old, after)
    assert len({pair.old for pair in matching.pairs}) == len(matching.pairs)
    assert sorted([pair.new for pair in matching.pairs] + list(matching.new)) == list(range(len(after)))
    assert all(pair.likeness >= LEAST for pair in matching.pairs)
    assert not {pair.old for pair in matching.pairs} & set(matching.removed)
