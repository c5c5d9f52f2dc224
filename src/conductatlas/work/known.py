"""What the rows say of a document before it is checked, read for several documents at once.

It holds while the document's lease does: only checks write what stands here, and only who has the lease checks.
A query for eight documents costs hardly more than one for a single document, and of the time that a check needs
where nothing has changed, such queries were two thirds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from conductatlas.archive import services as archive
from conductatlas.archive.models import Capture
from conductatlas.catalogue.models import Document, Source
from conductatlas.history import services as history
from conductatlas.history import telling
from conductatlas.history.services import Standing


@dataclass(frozen=True, slots=True)
class Known:
    """sources: those that are declared, in order. before: the text found last. confirming: whether the change that led
    to it awaits confirmation. unsettled: whether finding it once more may decide something. earlier: source key → its
    capture in the last check that saw the whole document."""

    sources: tuple[Source, ...]
    before: Standing | None
    confirming: bool
    unsettled: bool
    earlier: Mapping[int, Capture]

    @classmethod
    def of(cls, document: Document, now: datetime) -> Self:
        """Of one document; its standing text is read anew where only an older reader has read it."""
        before = history.standing(document, now)
        return cls(
            sources=tuple(_sources([document])[document.pk]),
            before=before,
            confirming=before is not None and bool(history.open_candidates([before.version.pk])),
            unsettled=before is not None and bool(telling.unsettled([before])),
            earlier=archive.last_good(document),
        )


def known_of(documents: Sequence[Document]) -> dict[int, Known]:
    """Document key → what is known of it; without those whose standing text the newest reader has yet to read."""
    keys = [document.pk for document in documents]
    standings = history.standings(keys)
    last = [found for found in standings.values() if found]
    confirming, unsettled = history.open_candidates([one.version.pk for one in last]), telling.unsettled(last)
    earlier, sources = archive.last_good_of(keys), _sources(documents)
    return {
        key: Known(
            sources=tuple(sources[key]),
            before=before,
            confirming=before is not None and before.version.pk in confirming,
            unsettled=key in unsettled,
            earlier=earlier[key],
        )
        for key, before in standings.items()
    }


def _sources(documents: Sequence[Document]) -> dict[int, list[Source]]:
    found: dict[int, list[Source]] = {document.pk: [] for document in documents}
    whose = {document.pk: document for document in documents}
    declared = Source.objects.filter(document__in=found, retired_at__isnull=True)
    for source in declared.order_by("position", "pk"):
        source.document = whose[source.document_id]
        found[source.document_id].append(source)
    return found
