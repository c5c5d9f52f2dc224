"""Changes with the words that tell what they are, for lists and feeds; and how those words are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from django.core.cache.backends.locmem import LocMemCache

from conductatlas.history import change_queries
from conductatlas.history.excerpts import Excerpt
from conductatlas.history.records import ChangeRecord
from conductatlas.history.withheld import withholdings

# In the memory of one process: some hundred bytes each.
_kept = LocMemCache("excerpts", {"TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": 4096}})


def quoted(changes: Sequence[ChangeRecord], places: int = 1) -> list[ChangeRecord]:
    """The changes, each with excerpts of its `places` most telling places; none where a text is withheld, or the
    viewer may read nothing of the document's texts."""
    if not changes:
        return []
    hidden = withholdings({change.document.pk for change in changes})
    shown = {
        _key(change, places): change.pk
        for change in changes
        if change.document.texts != "none"
        and not hidden.of(change.document.pk, change.new_version)
        and not hidden.of(change.document.pk, change.old_version)
    }
    found: dict[str, tuple[Excerpt, ...]] = _kept.get_many(shown)
    wanted = {key: change for key, change in shown.items() if key not in found}
    if wanted:
        made = change_queries.excerpts(list(wanted.values()), places)
        new = {key: made[change] for key, change in wanted.items()}
        _kept.set_many(new)
        found |= new
    return [replace(change, excerpts=found.get(_key(change, places), ())) for change in changes]


def quoted_lists(*lists: Sequence[ChangeRecord]) -> list[list[ChangeRecord]]:
    """The same for several lists of one page, at the price of one."""
    found = iter(quoted([change for changes in lists for change in changes]))
    return [list(islice(found, len(changes))) for changes in lists]


def _key(change: ChangeRecord, places: int) -> str:
    return f"{change.slug}-{change.seen_at.timestamp()}-{places}"
