"""The provisions of what was recorded: looked for right after a check, and wherever that was left undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from conductatlas.catalogue.models import Document
from conductatlas.clock import Clock
from conductatlas.history.models import Change, Reading
from conductatlas.provisions import queries, services
from conductatlas.work.beside import tried
from conductatlas.writing import writing

log = structlog.get_logger("conductatlas.provisions")


def look(document: Document, clock: Clock) -> None:
    """What is due of one document. A fault is logged, since what is due stays so."""
    tried(lambda: look_all([document], clock), log, "provisions not looked for")


def look_all(
    documents: Iterable[Document] | None, clock: Clock, turns: Callable[[list[int]], Iterable[int]] = iter
) -> int:
    """Look for provisions wherever that is due, one text at a time; how many were looked at. `turns` may show a bar.

    documents: None for all; the named ones are settled in any case, since an earlier text may stand again. The first
    fault ends it, what was written before stays. Errors as of `services.look_for_provisions`.
    """
    rows = queries.due()
    named = {document.pk: document for document in documents or ()}
    if documents is not None:
        rows = rows.filter(version__document__in=named)
    keys = list(rows.values_list("pk", flat=True))
    for key in turns(keys):
        reading = Reading.objects.select_related("version__document").get(pk=key)
        services.look_for_provisions(reading, clock.now())
        named[reading.version.document_id] = reading.version.document
    for document in named.values():
        services.settle(document, clock.now())
    return len(keys)


def touch(document: Document) -> int:
    """Write which provisions a document's changes touch, where they were drawn after its texts were looked at."""
    with writing():
        return services.touch(Change.objects.filter(document=document, touched=None))
