"""The passes over what is said of provisions: their quotes, and the sentences that rest on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conductatlas.evidence.audit import analyses, quotes
from conductatlas.evidence.audit.findings import Tally


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk over rows by their keys, a part at a time. name: under which progress keeps how far it came. title: of
    its bar. left: how many rows are above a key; parts_after: these; examine: looks at a part; last: its last key."""

    name: str
    title: str
    left: Callable[[int], int]
    parts_after: Callable[[int], Iterator[Sequence[Any]]]
    examine: Callable[[Any, Tally], None]
    last: Callable[[Sequence[Any]], int]


PASSES = (
    Pass(
        "extraction",
        "Comparing quotes",
        quotes.left,
        quotes.parts_after,
        quotes.examine,
        lambda part: int(part[-1].pk),
    ),
    Pass(
        "analysis",
        "Checking analyses",
        analyses.left,
        analyses.parts_after,
        analyses.examine,
        lambda part: int(part[-1].extraction_id),
    ),
)
