"""What is withheld: which texts are not shown, and the public reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from conductatlas.history.models import Withholding
from conductatlas.history.records import Withheld


class Withholdings(NamedTuple):
    """What is withheld of some documents: by document, and by version."""

    documents: Mapping[int, Withheld]
    versions: Mapping[int, Withheld]

    def of(self, document: int, version: int | None = None) -> Withheld | None:
        """What hides this version (or, without one, the document); the document's own comes first."""
        return self.documents.get(document) or (self.versions.get(version) if version else None)


NOT_WITHHELD = Withholdings({}, {})


def withholdings(documents: Iterable[int]) -> Withholdings:
    """What is withheld now: of each scope the newest row counts, and nothing if that row lifts it."""
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
    return Withholdings(whole, single)
