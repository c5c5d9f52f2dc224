"""What is withheld or removed: which texts are not shown, and the public reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
    stays removed."""
    documents = list(documents)
    newest: dict[tuple[int, int | None], Withholding] = {}
    for row in Withholding.objects.filter(document__in=documents).order_by("pk"):
        newest[row.document_id, row.version_id] = row
    whole: dict[int, Withheld] = {}
    single: dict[int, Withheld] = {}
    for (document, version), row in newest.items():
        if row.lifted:
            continue
        if version is None:
            whole[document] = Withheld(row.reason, row.at, whole_document=True)
        else:
            single[version] = Withheld(row.reason, row.at, whole_document=False)
    removed = RemovedVersion.objects.filter(version__document__in=documents).select_related("tombstone")
    for gone in removed:
        stone = gone.tombstone
        single[gone.version_id] = Withheld(
            stone.reason, stone.at, whole_document=False, is_removed=True, ground=stone.ground
        )
    return Withholdings(whole, single)
