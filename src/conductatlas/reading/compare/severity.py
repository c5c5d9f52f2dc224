"""How much is at stake where two texts differ, and the rule that says so.

| rule | says |
| --- | --- |
| V1 | High: a clause with a High gate appeared or disappeared |
| V2 | High: a fact moved that holds such a gate |
| V3 | Medium: a clause of Medium weight appeared or disappeared |
| V4 | Medium: a rule of substance (S), or a fact that moved, in a clause of Medium or High weight |
| V5 | Medium: the stated effective date moved, or a change to come is announced |
| V6 | Low: anything else, and what is only reworded (U) or editorial |

A change has the severity of its weightiest hunk, never that of the whole document.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from conductatlas.reading.compare.direction import Fact
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.compare.topics import Topics

APPEARS, GATE_MOVED, MEDIUM_APPEARS, TOUCHED, EFFECTIVE, REST = "V1", "V2", "V3", "V4", "V5", "V6"
ANNOUNCED = "coming_change"
_ANNOUNCING = frozenset({"S2", "S9", "S12", "S14"})


@dataclass(frozen=True, slots=True)
class Stake:
    """What is known of a hunk when its severity is asked.

    came, went: topics of whole sentences that were added or removed and not in the clause before or after.
    topics: of all the sentences that differ, and what they stand under.
    """

    rules: Collection[str]
    topics: Topics
    came: Topics
    went: Topics
    facts: Collection[Fact]
    moves_effective_date: bool


def severity_of(stake: Stake) -> tuple[Severity, str]:
    """The severity of a hunk, and the rule that says so."""
    appeared = stake.came | stake.went
    levels = {appeared.weigh(name) for name in appeared.all}
    if Severity.HIGH in levels:
        return Severity.HIGH, APPEARS
    high = {name for name in stake.topics.all if stake.topics.weigh(name) is Severity.HIGH}
    if any(fact.sign and gates().get(fact.rule, frozenset()) & high for fact in stake.facts):
        return Severity.HIGH, GATE_MOVED
    if stake.moves_effective_date or (
        ANNOUNCED in stake.topics.all and not _ANNOUNCING.isdisjoint(stake.rules)
    ):
        return Severity.MEDIUM, EFFECTIVE
    if Severity.MEDIUM in levels:
        return Severity.MEDIUM, MEDIUM_APPEARS
    weighty = any(stake.topics.weigh(name) is not Severity.LOW for name in stake.topics.all)
    moved = any(fact.sign is not None for fact in stake.facts)
    if weighty and (moved or any(rule.startswith("S") for rule in stake.rules)):
        return Severity.MEDIUM, TOUCHED
    return Severity.LOW, REST


@cache
def gates() -> dict[str, frozenset[str]]:
    """Rule of the signed table -> topics whose gate to High the fact holds."""
    return {name: frozenset(entry.get("gates", ())) for name, entry in table("directions")["rules"].items()}
