"""Documents whose page says that it is not there any more (rule S15), and those that are there again.

Nothing is told before LOOKS looks over LASTING found the same pages gone, one after another, one of them from the
second vantage where there is one. What only shuts us out says nothing of the document: a wall, a refusal, an error of
the server, robots.txt, a broken connection. It ends the row of looks; if it was the second vantage that was shut out,
it counts for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from conductatlas.archive import ledger
from conductatlas.archive.models import IMPORTED, Capture, Check
from conductatlas.archive.reasons import GONE, VANTAGES_DIFFER
from conductatlas.archive.services import is_from_second
from conductatlas.catalogue.models import Document
from conductatlas.history.life import READ
from conductatlas.history.models import Disappearance, Version

LOOKS = 3
LASTING = timedelta(hours=24)
REMEMBERED = 100  # looks that are gone through


class Look(NamedTuple):
    """A check that did not read the document: of which pages, and whether all of them said that they are gone."""

    check: Check
    pages: frozenset[str]
    is_gone: bool
    is_from_second: bool


def gone(documents: Collection[int]) -> set[int]:
    """Those of `documents` (keys) of which it is told that they are gone."""
    newest = Disappearance.objects.filter(document=OuterRef("document")).order_by("-pk").values("pk")[:1]
    rows = Disappearance.objects.filter(document__in=documents, pk=Subquery(newest), returned=False)
    return set(rows.values_list("document", flat=True))


def follow(
    document: Document, check: Check, version: Version | None, *, vantages: int
) -> Disappearance | None:
    """What a check makes of it, within the transaction that records it; None where it is no news.

    version: of the text found last; of a check that read the document, the one that it found. vantages: how many there
    are to look from.
    """
    if check.outcome not in READ and check.reason not in GONE:
        return None
    known = Disappearance.objects.filter(document=document).order_by("-pk").first()
    is_told = known is not None and not known.returned
    if version is None or is_told != (check.outcome in READ):
        return None
    if known is not None and is_told:
        return _entered(
            Disappearance(
                document=document,
                returned=True,
                version=version,
                last_read_at=known.last_read_at,
                since=check.started_at,
                at=check.finished_at,
                check_row=check,
            )
        )
    last = _own(document).filter(outcome__in=READ).order_by("-pk").first()
    looks = _row_of_looks(document, last) if last else []
    seen_from = {look.is_from_second for look in looks}
    is_sure = len(looks) >= LOOKS and check.started_at - looks[-1].check.started_at >= LASTING
    if last is None or not is_sure or len(seen_from) < vantages:
        return None
    return _entered(
        Disappearance(
            document=document,
            version=version,
            last_read_at=last.started_at,
            since=looks[-1].check.started_at,
            at=check.finished_at,
            check_row=check,
            checks=len(looks),
            vantages=len(seen_from),
        )
    )


def _entered(row: Disappearance) -> Disappearance:
    row.save(force_insert=True)
    ledger.enter(row)
    return row


def _row_of_looks(document: Document, last: Check) -> list[Look]:
    """The newest looks that one after another found the pages gone that the document was read from, newest first."""
    looks = _looks(document, last)
    pages = frozenset(Capture.objects.filter(check_row=last).values_list("source__url", flat=True))
    row = []
    for look in looks:
        if look.is_gone and look.pages == pages:
            row.append(look)
        elif not look.is_from_second or look.check.reason == VANTAGES_DIFFER:
            break
    return row


def _looks(document: Document, last: Check) -> list[Look]:
    checks = list(_own(document).filter(pk__gt=last.pk).order_by("-pk")[:REMEMBERED])
    captures: dict[int, list[Capture]] = defaultdict(list)
    for capture in Capture.objects.filter(check_row__in=checks).select_related("source"):
        captures[capture.check_row_id].append(capture)
    return [
        Look(
            check,
            frozenset(capture.source.url for capture in captures[check.pk]),
            all(capture.reason in GONE for capture in captures[check.pk]),
            any(is_from_second(capture.vantage) for capture in captures[check.pk]),
        )
        for check in checks
    ]


def _own(document: Document) -> QuerySet[Check]:
    return Check.objects.filter(document=document).exclude(started_by=IMPORTED)
