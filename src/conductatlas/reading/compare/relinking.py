"""Links that lead elsewhere, as hunks: of their own where no word of the clause differs, else told with the hunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from conductatlas.reading.compare.hunks import Hunk, HunkKind, Sentences
from conductatlas.reading.compare.marking import Relink
from conductatlas.reading.compare.normal import Clause, Span
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.compare.significance import ChangeKind, in_order

_RELINKED = "S13"


def with_relinked(
    hunks: Iterable[Hunk], relinked: Sequence[Relink], old: Sequence[Clause], new: Sequence[Clause]
) -> Iterator[Hunk]:
    """All hunks, in no order, and those of links that lead elsewhere."""
    found = {Span(old[r.clause.old_start].start, old[r.clause.old_end - 1].end): r for r in relinked}
    for hunk in hunks:
        relink = found.pop(hunk.old, None) if hunk.old is not None and hunk.new is not None else None
        if relink is None:
            yield hunk
            continue
        yield replace(
            hunk,
            significance=ChangeKind.SUBSTANTIVE,
            rules=in_order({*(rule for rule in hunk.rules if rule[0] != "U"), _RELINKED}),
            old_target=relink.old_target,
            new_target=relink.new_target,
        )
    for before, (clause, old_target, new_target) in found.items():
        after = Span(new[clause.new_start].start, new[clause.new_end - 1].end)
        yield Hunk(
            HunkKind.RELINKED,
            before,
            after,
            (Op("equal", *before, *after),),
            ChangeKind.SUBSTANTIVE,
            (_RELINKED,),
            Sentences(0, 0, 0),
            old_target=old_target,
            new_target=new_target,
        )
