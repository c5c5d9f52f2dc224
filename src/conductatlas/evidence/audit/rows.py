"""Rows against their leaves: the leaf of each is made again, and has to be the one that was entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from conductatlas.archive.leaves import KINDS, hash_of
from conductatlas.archive.ledger_models import Leaf, PendingLeaf
from conductatlas.evidence.audit.findings import Area, Kind, Tally, Verdict
from conductatlas.history.models import Reading, RemovedVersion

AT_ONCE = {"reading": 20, "change": 50}  # rows that are large
USUALLY = 500

Rows = Sequence[tuple[Leaf, Any]]


def examine(leaves: Iterable[Leaf], tally: Tally) -> Iterator[tuple[str, Rows]]:
    """Looks at the rows of these leaves; what it has read of each kind, a part at a time."""
    by_kind: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        by_kind.setdefault(leaf.kind, []).append(leaf)
    for name, those in by_kind.items():
        if name not in KINDS:
            for leaf in those:
                _note(
                    leaf,
                    Kind.LEAF_UNKNOWN,
                    "What it says is not known to this release.",
                    tally,
                    Verdict.UNKNOWN,
                )
            continue
        for part in _parts(those, AT_ONCE.get(name, USUALLY)):
            found = KINDS[name].rows([leaf.subject for leaf in part])
            read = [(leaf, found.get(leaf.subject)) for leaf in part]
            for leaf, row in read:
                _examine(leaf, row, tally)
            yield name, [(leaf, row) for leaf, row in read if row is not None]


def examine_texts(readings: Rows, tally: Tally) -> None:
    """Whether the words of readings have the digest that their leaves hold. Removed ones have no words."""
    rows: list[tuple[Leaf, Reading]] = list(readings)
    removed = set(
        RemovedVersion.objects.filter(version__in=[row.version_id for _, row in rows]).values_list(
            "version", flat=True
        )
    )
    for leaf, row in rows:
        if row.version_id in removed and not row.text:
            continue
        if sha256(row.text.encode("utf-8", "surrogatepass")).hexdigest() == row.digest:
            tally.count(Area.TEXTS)
        else:
            tally.note(
                Area.TEXTS,
                Kind.TEXT_SWAPPED,
                f"reading {leaf.subject}",
                "Its text has another digest than it states.",
            )


def examine_without_leaf(
    kind: str, after: int, tally: Tally, *, batch: int = 5_000, told: Callable[[int], None] = lambda _: None
) -> int:
    """Names the rows of a kind, those with a key above `after`, that have neither a leaf nor wait for a place; the
    last key."""
    model: Any = KINDS[kind].model
    entered = Leaf.objects.filter(kind=kind, subject=models.OuterRef("pk"))
    keys = model._default_manager.order_by("pk")
    while part := list(
        keys.filter(pk__gt=after)
        .annotate(has_leaf=models.Exists(entered))
        .values_list("pk", "has_leaf")[:batch]
    ):
        after = part[-1][0]
        bare = {key for key, has_leaf in part if not has_leaf}
        if bare:  # what waits; and what was numbered between the two questions
            bare -= set(
                PendingLeaf.objects.filter(kind=kind, subject__in=bare).values_list("subject", flat=True)
            )
            bare -= set(Leaf.objects.filter(kind=kind, subject__in=bare).values_list("subject", flat=True))
        for key in sorted(bare):
            sentence = "The row is there, and the ledger knows nothing of it."
            tally.note(Area.ROWS, Kind.ROW_WITHOUT_LEAF, f"{kind} {key}", sentence)
        told(len(part))
    return after


def _examine(leaf: Leaf, row: models.Model | None, tally: Tally) -> None:
    if row is None:
        _note(leaf, Kind.ROW_GONE, "The ledger has its leaf, and the row is gone.", tally)
        return
    try:
        made = hash_of(row)
    except (ObjectDoesNotExist, AssertionError, ValueError, TypeError, KeyError) as fault:
        sentence = f"Its leaf cannot be made of the row as it is now ({type(fault).__name__})."
        _note(leaf, Kind.ROW_EDITED, sentence, tally)
        return
    if made == bytes(leaf.hash):
        tally.count(Area.ROWS)
    else:
        _note(leaf, Kind.ROW_EDITED, "The row, or what belongs to it, is not what was entered.", tally)


def _note(leaf: Leaf, kind: Kind, sentence: str, tally: Tally, verdict: Verdict = Verdict.FAILS) -> None:
    tally.note(Area.ROWS, kind, f"{leaf.kind} {leaf.subject}", sentence, verdict)


def _parts(leaves: list[Leaf], size: int) -> Iterator[list[Leaf]]:
    rest = iter(leaves)
    while part := list(islice(rest, size)):
        yield part
