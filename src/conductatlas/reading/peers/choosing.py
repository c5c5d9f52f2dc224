"""The peers of a clause: what other platforms say of the same matter, the nearest first; none rather than noise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from conductatlas.reading.peers.facts import Outcome, StatedFact, compared
from conductatlas.reading.peers.vector import nearness, words_of

MOST = 3
NEAREST = 80  # clauses of which is asked whose they are
SHORTLIST = 24  # clauses of which the facts are looked at
# How near the words have to be, 0 to 1: chosen on pairs of clauses of the corpus, read by hand (ADR 0039).
LEAST_BY_WORDS = 0.4
LEAST_BY_FACTS = 0.25
FEWEST_WORDS = 9  # a label or a stump of a sentence is compared by its facts alone
ALIKE = 0.97  # two peers that are so near to each other are one text, as of one company's two products
# Clauses of these types tell who, when and what for, not what is agreed.
WITHOUT_PEERS = frozenset(
    {
        *("effective_date", "contact", "privacy_contact", "parties", "data_controller"),
        *("legal_representative", "service_description"),
    }
)
LEAST_SURE = 0.8  # of its type; a clause that is less so is no peer, and has none
OF_A_FACT, MOST_FACTS = 0.08, 4  # what an attribute that both state adds to the nearness, and how often


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of one type, to be compared. platform: any key. confidence: that it is of this type; is_first: that it
    is called by it, and not only also of it.

    kind, audience, region, language: of its document, "" where they are not declared. vector: see `vector`.
    """

    key: int
    platform: int
    kind: str
    audience: str
    region: str
    language: str
    confidence: float
    vector: bytes
    is_first: bool = True
    facts: tuple[StatedFact, ...] = ()


class Says(StrEnum):
    """What a peer says beside a clause: the same, by facts that both state; otherwise; or it has similar words."""

    SAME = "same"
    OTHERWISE = "otherwise"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Peer:
    """A clause of another platform. same, otherwise: names of the facts that both state, with the same values and with
    others. nearness: of the words, 0 to 1. is_same_scope: same kind of document, audience and region."""

    key: int
    says: Says
    same: tuple[str, ...]
    otherwise: tuple[str, ...]
    nearness: float
    is_same_scope: bool


def nearest(kept: bytes, others: Sequence[bytes], most: int = NEAREST) -> list[tuple[int, float]]:
    """Places and nearness of those of the others whose words are near enough for a peer, the nearest first."""
    near = nearness(kept, others)
    enough = np.flatnonzero(near >= LEAST_BY_FACTS)
    order = enough[np.lexsort((enough, -near[enough]))][:most]
    return [(int(place), float(near[place])) for place in order]


def shortlist(
    subject: Clause, others: Iterable[tuple[Clause, float]], limit: int = SHORTLIST
) -> list[tuple[Clause, float]]:
    """Of clauses and the nearness of their words those of other platforms in the same language that may be peers: same
    scope first, then the nearest. Their facts need not be known yet."""
    if subject.confidence < LEAST_SURE:
        return []
    possible = [
        (other, how_near)
        for other, how_near in others
        if other.platform != subject.platform
        and other.confidence >= LEAST_SURE
        and how_near >= LEAST_BY_FACTS
        and _same(subject.language, other.language)
    ]
    possible.sort(key=lambda pair: (_apart(subject, pair[0]), -pair[1], pair[0].key))
    return possible[:limit]


def peers(
    type_: str, subject: Clause, listed: Iterable[tuple[Clause, float]], limit: int = MOST
) -> list[Peer]:
    """The peers among those on a shortlist, their facts known: one a platform and a text, same scope first, then the
    nearest by words and by what both state; [] for the types WITHOUT_PEERS."""
    found: list[tuple[int, float, int, Clause, Peer]] = []
    for other, how_near in listed if type_ not in WITHOUT_PEERS else ():
        peer = _peer(type_, subject, other, how_near)
        if peer is not None:
            weight = how_near + OF_A_FACT * min(len(peer.same) + len(peer.otherwise), MOST_FACTS)
            found.append((_apart(subject, other), -round(weight, 4), other.key, other, peer))
    found.sort(key=lambda one: one[:3])
    chosen: list[tuple[Clause, Peer]] = []
    for *_, other, peer in found:
        if len(chosen) < limit and not any(_is_one(other, before) for before, _ in chosen):
            chosen.append((other, peer))
    return [peer for _, peer in chosen]


def _is_one(one: Clause, other: Clause) -> bool:
    """Whether two clauses would tell a reader the same: of one platform, or one text that states the same."""
    if one.platform == other.platform:
        return True
    return one.facts == other.facts and float(nearness(one.vector, [other.vector])[0]) >= ALIKE


def _peer(type_: str, subject: Clause, other: Clause, how_near: float) -> Peer | None:
    outcomes = compared(type_, subject.facts, other.facts)
    same = tuple(name for name, outcome in outcomes.items() if outcome is Outcome.EQUAL)
    otherwise = tuple(
        name for name, outcome in outcomes.items() if outcome in (Outcome.DIFFERENT, Outcome.OPPOSITE)
    )
    says = Says.OTHERWISE if otherwise else Says.SAME if same else Says.SIMILAR
    if says is Says.SIMILAR and not _have_like_words(subject, other, how_near):
        return None
    if how_near < LEAST_BY_FACTS:
        return None
    return Peer(other.key, says, same, otherwise, how_near, _apart(subject, other) == 0)


def _have_like_words(subject: Clause, other: Clause, how_near: float) -> bool:
    """Whether words alone make a peer. Those of a clause of several types may be near for another of them."""
    fewest = min(words_of(subject.vector), words_of(other.vector))
    return how_near >= LEAST_BY_WORDS and other.is_first and fewest >= FEWEST_WORDS


def _apart(one: Clause, other: Clause) -> int:
    """In how many respects the documents are for other readers: kind, audience, region."""
    return (
        (one.kind != other.kind)
        + (not _same(one.audience, other.audience))
        + (not _same(one.region, other.region))
    )


def _same(one: str, other: str) -> bool:
    """Whether two declared scopes are the same; what is not declared is like any other."""
    return not one or not other or one == other
