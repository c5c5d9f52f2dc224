"""What a document as a whole says of the platform's liability, from the facts of all its clauses."""

from __future__ import annotations

from collections.abc import Iterable

from conductatlas.reading.clauses.finding import Fact

EXCLUDED, CAPPED, SOME_HEADS, UNLIMITED = (
    "excluded entirely",
    "capped",
    "some heads excluded, no cap",
    "stated unlimited",
)


def liability_mode(facts: Iterable[Fact]) -> tuple[str, Fact] | None:
    """The mode and the fact that it rests on; None where nothing of it is stated, which is not "unlimited".

    A cap counts before an exclusion: what is left of a liability that is excluded otherwise. Facts of one audience are
    told apart by who asks.
    """
    stated = list(facts)
    for type_name, name, mode in (
        ("liability_cap", "cap", CAPPED),
        ("liability_exclusion", "all_damages", EXCLUDED),
        ("liability_exclusion", "heads", SOME_HEADS),
        ("liability_cap", "unlimited", UNLIMITED),
    ):
        for fact in stated:
            if (fact.type, fact.name) == (type_name, name) and fact.value is not False:
                return mode, fact
    return None
