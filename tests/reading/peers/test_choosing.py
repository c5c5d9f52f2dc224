"""Which clauses are peers, and why: facts of one scope, words near enough, one a platform, the same readers first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.peers.choosing import WITHOUT_PEERS, Clause, Peer, Says, nearest, peers, shortlist
from conductatlas.reading.peers.facts import Outcome, StatedFact, compared
from conductatlas.reading.peers.vector import vector

AGE = "You must be at least thirteen years old to open an account and to use what we offer here with it."
LIKE = "You must be at least sixteen years of age to open an account with us and to use what we offer here."
FAR = "Fees are charged to the card that is on file on the first working day of every calendar month."
EU = ("", "EU", "", "")
US = ("", "US", "", "")


def clause(key: int, words: str = AGE, *facts: StatedFact, **other: Any) -> Clause:
    fields = {"platform": key, "kind": "terms", "audience": "", "region": "", "language": "en"}
    return Clause(key, confidence=0.9, vector=vector(words), facts=facts, **{**fields, **other})


def minimum(value: Any, scope: tuple[str, str, str, str] = ("", "", "", "")) -> StatedFact:
    return StatedFact("minimum", value, scope)


def found(subject: Clause, *others: Clause, type_: str = "age") -> list[Peer]:
    near = nearest(subject.vector, [other.vector for other in others])
    return peers(type_, subject, shortlist(subject, [(others[place], how) for place, how in near]))


def test_equal_values_say_the_same_and_others_otherwise() -> None:
    subject = clause(0, AGE, minimum(13))
    same, other = found(subject, clause(1, LIKE, minimum(13)), clause(2, LIKE + " Always.", minimum(16)))
    assert (same.says, same.same, same.otherwise) == (Says.SAME, ("minimum",), ())
    assert (other.says, other.same, other.otherwise) == (Says.OTHERWISE, (), ("minimum",))


def test_words_alone_have_to_be_near() -> None:
    subject = clause(0)
    assert [(peer.key, peer.says) for peer in found(subject, clause(1, LIKE), clause(2, FAR))] == [
        (1, Says.SIMILAR)
    ]


def test_facts_do_not_make_a_peer_of_other_words() -> None:
    assert found(clause(0, AGE, minimum(13)), clause(1, FAR, minimum(13))) == []


def test_a_label_is_compared_by_its_facts_alone() -> None:
    short = "Minimum age to open an account"
    assert found(clause(0, short), clause(1, short)) == []
    assert len(found(clause(0, short, minimum(13)), clause(1, short, minimum(13)))) == 1


def test_what_is_only_also_of_the_type_is_no_peer_by_words() -> None:
    assert found(clause(0), clause(1, LIKE, is_first=False)) == []


@pytest.mark.parametrize("why", [{"platform": 0}, {"language": "de"}, {"confidence": 0.5}])
def test_who_is_no_peer(why: dict[str, Any]) -> None:
    assert len(found(clause(0), clause(1, LIKE))) == 1
    assert found(clause(0), replace(clause(1, LIKE), **why)) == []


def test_a_clause_of_which_the_type_is_not_sure_has_no_peers() -> None:
    assert found(replace(clause(0), confidence=0.5), clause(1, LIKE)) == []


def test_one_a_platform_and_a_text_and_three_at_most() -> None:
    others = [
        clause(n, f"{LIKE} And {word} as well.", platform=n // 2)
        for n, word in enumerate(
            ("children", "parents", "schools", "teachers", "workers", "visitors", "guests", "owners"), start=2
        )
    ]
    keys = [peer.key // 2 for peer in found(clause(0), *others)]
    assert len(keys) == len(set(keys)) == 3
    assert [peer.key for peer in found(clause(0), clause(1, LIKE), clause(2, LIKE))] == [1]


def test_the_same_readers_come_before_nearer_words() -> None:
    subject = clause(0, audience="consumer", region="US")
    nearer = clause(1, AGE, audience="consumer", region="EU")
    first, second = found(subject, nearer, clause(2, LIKE, audience="consumer", region="US"))
    assert (first.key, first.is_same_scope) == (2, True)
    assert (second.key, second.is_same_scope) == (1, False)


def test_types_that_tell_who_and_when_have_no_peers() -> None:
    assert taxonomy().keys() >= WITHOUT_PEERS
    assert found(clause(0), clause(1, LIKE), type_="effective_date") == []


def test_only_facts_of_one_scope_compare() -> None:
    assert compared("age", [minimum(13, US)], [minimum(16, EU)]) == {}
    assert compared("age", [minimum(13, US)], [minimum(13)]) == {"minimum": Outcome.EQUAL}
    both = [minimum(13, US), minimum(16, EU)]
    assert compared("age", both, [minimum(16, EU), minimum(18, US)]) == {"minimum": Outcome.DIFFERENT}


def test_yes_beside_no_is_the_opposite_and_lists_may_share_values() -> None:
    uses = [StatedFact("uses", True)], [StatedFact("uses", False)]
    assert compared("ai_training", *uses) == {"uses": Outcome.OPPOSITE}
    what = [StatedFact("what", ["input", "output"])], [StatedFact("what", ["output", "uploads"])]
    assert compared("ai_training", *what) == {"what": Outcome.PARTLY}
    order = [StatedFact("what", ["input", "output"])], [StatedFact("what", ["output", "input"])]
    assert compared("ai_training", *order) == {"what": Outcome.EQUAL}


def test_words_of_a_text_and_what_is_no_news_do_not_compare() -> None:
    names = [StatedFact("court", "the courts of Dublin")], [StatedFact("court", "the courts of Oslo")]
    assert compared("venue", *names) == {}
    assert compared("export_control", [StatedFact("stated", True)], [StatedFact("stated", True)]) == {}


VALUES = st.sampled_from([True, False, 13, 16, "P30D", ["input"], ["input", "output"], None])
FACTS = st.lists(
    st.builds(
        StatedFact, st.sampled_from(["uses", "default", "what", "unknown"]), VALUES, st.sampled_from([US, EU])
    ),
    max_size=6,
)


@given(FACTS, FACTS)
def test_comparing_is_mutual(one: list[StatedFact], other: list[StatedFact]) -> None:
    assert compared("ai_training", one, other) == compared("ai_training", other, one)


@given(st.permutations(range(1, 7)))
def test_the_order_in_which_clauses_are_given_does_not_matter(order: list[int]) -> None:
    texts = {n: f"{LIKE} Number {'and ' * n}more." for n in order}
    given_ = found(clause(0), *(clause(n, texts[n]) for n in order))
    assert given_ == found(clause(0), *(clause(n, texts[n]) for n in sorted(order)))
