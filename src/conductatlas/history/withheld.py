"""What is withheld or removed: which texts are not shown, and the public reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import BooleanField, CharField, IntegerField, QuerySet, Value

from conductatlas.history.models import RemovedVersion, Withholding
from conductatlas.history.records import Withheld


class Withholdings(NamedTuple):
    """What is withheld of some documents: by document, and by version."""

    documents: Mapping[int, Withheld]
    versions: Mapping[int, Withheld]

    def of(self, document: int, version: int | None = None) -> Withheld | None:
        """What hides this version (or, without one, the document): that it was removed comes first, then what is
        withheld of the whole document."""
        own = self.versions.get(version) if version else None
        return own if own and own.is_removed else self.documents.get(document) or own


NOT_WITHHELD = Withholdings({}, {})


def withholdings(documents: Iterable[int]) -> Withholdings:
    """What is withheld now: of each scope the newest row counts, and nothing if that row lifts it. What was removed
    stays removed. One query, since every page asks."""
    whole: dict[int, Withheld] = {}
    single: dict[int, Withheld] = {}
    # What was removed comes last, and so stands whatever was withheld or lifted before.
    for _, _, document, version, reason, at, is_lifted, is_removed, ground in sorted(
        _rows(list(documents)), key=itemgetter(0, 1)
    ):
        place, key = (whole, document) if version is None else (single, version)
        if is_lifted:
            place.pop(key, None)
        else:
            place[key] = Withheld(reason, at, version is None, is_removed, ground)
    return Withholdings(whole, single)


def _rows(documents: list[int]) -> QuerySet[Any, Any]:
    """(rank, key, document, version, reason, at, is_lifted, is_removed, ground) of both tables."""
    no, yes = (Value(truth, output_field=BooleanField()) for truth in (False, True))
    rank = [Value(place, output_field=IntegerField()) for place in (0, 1)]
    nothing = Value("", output_field=CharField())
    withheld = Withholding.objects.filter(document__in=documents).values_list(
        rank[0], "pk", "document_id", "version_id", "reason", "at", "lifted", no, nothing
    )
    stone = ("tombstone__reason", "tombstone__at")
    removed = RemovedVersion.objects.filter(version__document__in=documents).values_list(
        rank[1], "pk", "version__document_id", "version_id", *stone, no, yes, "tombstone__ground"
    )
    return withheld.union(removed, all=True)
