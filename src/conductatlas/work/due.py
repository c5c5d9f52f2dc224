"""What is due and who holds it: rows, never messages (house rule 2).

Due moments are judged by the clock of the run; leases by the real clock. A moment that lies farther ahead than
the rule that set it allows was written before a clock was set back, and counts as due (or as over).
"""

from __future__ import annotations

import os
import random
import socket
import threading
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value

from conductatlas.archive.reasons import GONE
from conductatlas.catalogue.models import Document
from conductatlas.history.disappearing import gone
from conductatlas.history.models import Version
from conductatlas.work.models import Due

CONFIRM_AFTER = timedelta(hours=2)
CONFIRM_URGENT_AFTER = timedelta(minutes=30)
URGENT = timedelta(hours=6)  # a document that is watched at least so often is urgent
CONFIRM_RETRY = timedelta(hours=1)  # at most, while a change awaits confirmation
GONE_AGAIN = (
    timedelta(hours=6),
    timedelta(hours=18),
)  # a page that is not there is asked for after 6 and 24 hours, then at its cadence
DISAPPEARANCE = "disappearance"
FARTHEST_WISH = timedelta(hours=48)  # beyond the cadence: no Retry-After is followed for longer
FIRST_RETRY = timedelta(minutes=15)


def _started(pid: int) -> str:
    """What tells a process from a later one with the same number, where the system says it ("" elsewhere)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def holder_name() -> str:
    """Names this thread of this process on this machine, for leases."""
    pid = os.getpid()
    return f"{socket.gethostname()[:30]}:{pid}:{_started(pid)}:{threading.get_ident()}"


def ensure(now: datetime) -> int:
    """A row for every document that is watched; new ones are due at once. Returns how many were new."""
    missing = Document.objects.filter(retired_at__isnull=True, due__isnull=True)
    rows = [Due(document=document, due_at=now) for document in missing]
    Due.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def due(now: datetime) -> QuerySet[Due]:
    """Rows whose moment has come, soonest first."""
    watched = Due.objects.filter(document__retired_at__isnull=True)
    farthest = Value(now + FARTHEST_WISH, DateTimeField()) + F("document__cadence")
    return watched.filter(Q(due_at__lte=now) | Q(due_at__gt=farthest)).order_by("due_at", "pk")


def disappearing(documents: Collection[int]) -> set[int]:
    """Those of `documents` (keys) that were read once and whose page said it is gone, while that is not told yet."""
    read = Exists(Version.objects.filter(document=OuterRef("document")))
    looked_for = Due.objects.filter(read, document__in=documents, why=DISAPPEARANCE)
    return set(looked_for.values_list("document", flat=True)) - gone(documents)


def claim(documents: Iterable[int], holder: str, lease: timedelta) -> list[int]:
    """Take a lease on those of `documents` that nobody holds; returns the keys taken.

    One conditional UPDATE … RETURNING: of two runners that ask at once, exactly one gets a document.
    """
    keys = list(documents)
    if not keys:
        return []
    now = datetime.now(UTC)
    marks = ", ".join(["%s"] * len(keys))
    sql = (
        f"UPDATE work_due SET holder = %s, lease_until = %s WHERE document_id IN ({marks}) "  # noqa: S608
        "AND (holder = '' OR lease_until IS NULL OR lease_until < %s OR lease_until > %s) RETURNING document_id"
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, [holder, adapt(now + lease), *keys, adapt(now), adapt(now + 2 * lease)])
        return [row[0] for row in cursor.fetchall()]


def settle(document: Document, holder: str, *, due_at: datetime, why: str, failures: int) -> bool:
    """End a lease and set the next moment. False if the lease was lost: then the caller writes nothing."""
    sql = (
        "UPDATE work_due SET due_at = %s, why = %s, failures = %s, holder = '', lease_until = NULL "
        "WHERE document_id = %s AND holder = %s"
    )
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(due_at)
        cursor.execute(sql, [moment, why, failures, document.pk, holder])
        return bool(cursor.rowcount == 1)


def hold(document: Document, holder: str) -> bool:
    """Whether `holder` still has the lease on a document; true also of one that nobody checks any more."""
    rows = Due.objects.filter(document=document)
    return rows.filter(holder=holder).exists() or not rows.exists()


def renew(holder_prefix: str, lease: timedelta) -> int:
    """Prolong every lease whose holder's name begins with `holder_prefix`, as its process does while it lives."""
    held = Due.objects.filter(holder__startswith=holder_prefix)
    return held.update(lease_until=datetime.now(UTC) + lease)


def release(holder_prefix: str) -> int:
    """Give back every lease whose holder's name begins with `holder_prefix`, as at the end of a process."""
    return Due.objects.filter(holder__startswith=holder_prefix).update(holder="", lease_until=None)


def give_back(documents: Iterable[int], holder: str) -> int:
    """End the leases that `holder` has on these documents; when they are due next stays as it was."""
    held = Due.objects.filter(document__in=list(documents), holder=holder)
    return held.update(holder="", lease_until=None)


def release_dead() -> int:
    """Give back the leases of processes of this machine that are no more, as after a power cut or a kill."""
    here = f"{socket.gethostname()[:30]}:"
    freed = 0
    for holder in set(Due.objects.filter(holder__startswith=here).values_list("holder", flat=True)):
        _, pid, started, _ = holder.rsplit(":", 3)
        if not _alive(int(pid), started):
            freed += Due.objects.filter(holder=holder).update(holder="", lease_until=None)
    return freed


def next_moment(
    document: Document,
    now: datetime,
    *,
    outcome: str,
    failures: int,
    retry_after: float | None,
    reason: str = "",
    confirming: bool = False,
) -> tuple[datetime, str]:
    """When a document is due after a check, and why: at its cadence, for a confirmation, or for a retry.

    failures: of checks in a row before this one. retry_after: the least to wait in seconds, as a server asks for, even
    where the cadence is shorter. confirming: whether a change awaits confirmation.
    """
    cadence = document.cadence
    if outcome == "changed":
        wait = CONFIRM_URGENT_AFTER if cadence <= URGENT else CONFIRM_AFTER
        return now + min(wait, cadence), "confirmation"
    if reason in GONE:
        looks = failures if document.due.why == DISAPPEARANCE else 0  # it may have failed otherwise before
        wait = GONE_AGAIN[looks] if looks < len(GONE_AGAIN) else cadence
        return now + min(wait, cadence), DISAPPEARANCE
    if outcome == "unchanged" or (retry_after is None and not confirming):
        return now + cadence, "schedule"
    longest = min(CONFIRM_RETRY, cadence) if confirming else cadence
    backoff = FIRST_RETRY * 2 ** min(failures, 10) * random.uniform(0.9, 1.1)  # noqa: S311
    return now + max(timedelta(seconds=retry_after or 0), min(backoff, longest)), "retry"


def _alive(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, and is another user's
        pass
    return _started(pid) == started
