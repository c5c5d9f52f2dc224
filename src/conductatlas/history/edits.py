"""What a change puts in the place of what, so that the same change of two texts is known for one."""

from __future__ import annotations

from collections import Counter

from conductatlas.history.models import Change, ChangeKind, Hunk
from conductatlas.reading.compare.normal import clauses

Edit = tuple[str, str, str]  # the clause before, the clause after, where its link now leads


def are_alike(one: Change, other: Change) -> bool:
    """Whether two changes of substance have the same differences that matter: in each whole clauses are the same, in
    their normal form, before and after. Where they stand, and what only looks otherwise, does not count."""
    if {one.kind, other.kind} != {ChangeKind.SUBSTANTIVE}:
        return False
    edits = _edits(one)
    return bool(edits) and edits == _edits(other)


def _edits(change: Change) -> Counter[Edit]:
    """The edits of a stored change, each as often as it is made; none where its words had to be removed."""
    old, new = change.old_reading.text, change.new_reading.text
    if not (old and new):
        return Counter()
    hunks = change.hunks.filter(significance=ChangeKind.SUBSTANTIVE)
    return Counter(_edit(hunk, old, new) for hunk in hunks)


def _edit(hunk: Hunk, old: str, new: str) -> Edit:
    went = "" if hunk.old_start is None else _without_number(old[hunk.old_start : hunk.old_end])
    came = "" if hunk.new_start is None else _without_number(new[hunk.new_start : hunk.new_end])
    return went, came, hunk.new_target or ""


def _without_number(text: str) -> str:
    return "\n".join(clause.key for clause in clauses(text)[0])
