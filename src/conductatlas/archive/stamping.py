"""Stamps of checkpoints: which are due, who asks for them, and what is written of the answers.

    ensure      a row for each checkpoint that an authority has yet to stamp
    take        a lease on one of them
    keep        the stamp, and the row is gone; or
    put_off     why not, and later again: that of every row of the authority, since it is the authority that failed

The digest stamped is the SHA-256 of the checkpoint's note. A stamp on a checkpoint speaks for all before it, which it
holds in its tree; so the newest is asked for first, and an authority that is named late begins with the newest.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Max, Q

from conductatlas.archive.authority import Authority, Token
from conductatlas.archive.certificates import to_pem
from conductatlas.archive.ledger_models import Checkpoint
from conductatlas.archive.revocation import Revocation
from conductatlas.archive.stamp_models import FailedStamp, RevocationData, Stamp, StampDue, StampRevocation
from conductatlas.archive.timestamps import Verified
from conductatlas.errors import ConductAtlasError, LeaseLostError, StatusError
from conductatlas.writing import writing

LEASE = timedelta(minutes=10)  # longer than an authority and the lists of its chain may take
FIRST_RETRY = timedelta(minutes=5)  # doubled at each failure in a row
FIRST_RETRY_WHEN_WRONG = timedelta(hours=1)  # where someone has to change something first
LONGEST_RETRY = timedelta(hours=6)
LONGEST_WISH = timedelta(hours=24)  # of a Retry-After


@dataclass(frozen=True, slots=True)
class KnownAuthority:
    """An authority with what the operator states of it.

    standing: "qualified", "not qualified", or "" for not determined, as the EU Trusted List said on `checked_on`.
    """

    authority: Authority
    standing: str = ""
    checked_on: date | None = None


def digest_of(checkpoint: Checkpoint) -> bytes:
    """What is stamped: the SHA-256 of its note, in UTF-8, as the log signed it and without witnesses."""
    return hashlib.sha256(checkpoint.note.encode()).digest()


def ensure(authorities: Iterable[str], now: datetime) -> int:
    """A row for every checkpoint that these authorities have yet to stamp, since the first that each was asked for;
    how many are new. An authority that failed and is left alone for now is so for new ones too."""
    return sum(_ensure(name, now) for name in authorities)


def _ensure(authority: str, now: datetime) -> int:
    asked, stamped = (
        table.objects.filter(authority=authority).aggregate(size=Max("checkpoint__size"))["size"]
        for table in (StampDue, Stamp)
    )
    newest_first = Checkpoint.objects.order_by("-size")
    if asked is None and stamped is None:
        missing = list(newest_first[:1])
    else:
        missing = list(newest_first.filter(size__gt=max(asked or 0, stamped or 0)))
    if not missing:
        return 0
    put_off = StampDue.objects.filter(authority=authority, attempts__gt=0).order_by("-due_at").first()
    rows = [
        StampDue(
            checkpoint=checkpoint,
            authority=authority,
            due_at=max(now, put_off.due_at) if put_off else now,
            attempts=put_off.attempts if put_off else 0,
            code=put_off.code if put_off else "",
            message=put_off.message if put_off else "",
        )
        for checkpoint in missing
    ]
    with writing():
        StampDue.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def due(authority: str, now: datetime, limit: int) -> list[StampDue]:
    """What this authority is to be asked for now, the newest checkpoint first. A moment that lies farther ahead than
    any rule sets it was written before a clock was set back."""
    ripe = Q(due_at__lte=now) | Q(due_at__gt=now + 2 * LONGEST_WISH)
    rows = StampDue.objects.filter(ripe, authority=authority).select_related("checkpoint")
    return list(rows.order_by("-checkpoint__size")[:limit])


def take(row: StampDue, holder: str) -> bool:
    """A lease on a row: of two that ask at once, one gets it."""
    now = datetime.now(UTC)
    free = Q(holder="") | Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
    with writing():
        taken = StampDue.objects.filter(free, pk=row.pk).update(holder=holder, lease_until=now + LEASE)
    return bool(taken)


def keep(
    row: StampDue,
    holder: str,
    known: KnownAuthority,
    token: Token,
    shown: Verified,
    revocations: Sequence[Revocation],
) -> Stamp:
    """Write a verified stamp, and that it is no longer due, in one transaction. LeaseLostError: nothing is written."""
    with writing():
        gone, _ = StampDue.objects.filter(pk=row.pk, holder=holder).delete()
        if not gone:
            raise LeaseLostError("another process has this checkpoint stamped")
        if made := Stamp.objects.filter(checkpoint=row.checkpoint, authority=row.authority).first():
            return made
        stamp = Stamp.objects.create(
            checkpoint=row.checkpoint,
            authority=row.authority,
            url=known.authority.url,
            request=token.request,
            reply=token.reply,
            asked_at=token.asked_at,
            received_at=token.received_at,
            moment=shown.moment,
            accuracy=None if shown.accuracy is None else round(shown.accuracy / timedelta(microseconds=1)),
            policy_oid=shown.policy_oid,
            serial=shown.serial,
            signer=shown.signer,
            chain=to_pem(shown.chain).decode("ascii"),
            standing=known.standing,
            standing_checked_on=known.checked_on,
        )
        StampRevocation.objects.bulk_create(
            StampRevocation(
                stamp=stamp,
                certificate=one.certificate,
                subject=one.subject,
                kind=one.kind,
                url=one.url[:2000],
                asked_at=one.asked_at,
                fault=one.fault,
                kept=_kept(one),
            )
            for one in revocations
        )
        StampDue.objects.filter(authority=row.authority, attempts__gt=0).update(
            attempts=0, due_at=token.received_at, code="", message=""
        )
    return stamp


def put_off(
    row: StampDue, holder: str, url: str, fault: ConductAtlasError, token: Token | None, now: datetime
) -> datetime:
    """Write why an authority gave no stamp, with the reply if there was one; when it is asked again. LeaseLostError:
    nothing is written."""
    again = now + _pause(fault, row.attempts)
    with writing():
        held = StampDue.objects.filter(pk=row.pk, holder=holder)
        if not held.update(holder="", lease_until=None):
            raise LeaseLostError("another process has this checkpoint stamped")
        StampDue.objects.filter(authority=row.authority, holder="").update(
            due_at=again, attempts=row.attempts + 1, code=fault.code, message=fault.message[:500]
        )
        if token is not None:
            FailedStamp.objects.create(
                checkpoint=row.checkpoint,
                authority=row.authority,
                url=url,
                request=token.request,
                reply=token.reply,
                received_at=token.received_at,
                code=fault.code,
                message=fault.message[:500],
            )
    return again


def _pause(fault: ConductAtlasError, attempts: int) -> timedelta:
    first = FIRST_RETRY if fault.transient else FIRST_RETRY_WHEN_WRONG
    pause: timedelta = min(first * 2 ** min(attempts, 10), LONGEST_RETRY) * random.uniform(0.9, 1.1)  # noqa: S311
    wish = fault.retry_after if isinstance(fault, StatusError) else None
    asked_for = min(timedelta(seconds=wish or 0), LONGEST_WISH)
    return max(pause, asked_for)


def _kept(revocation: Revocation) -> RevocationData | None:
    if revocation.data is None:
        return None
    digest = hashlib.sha256(revocation.data).hexdigest()
    row, _ = RevocationData.objects.get_or_create(
        digest=digest, defaults={"data": revocation.data, "first_kept_at": revocation.asked_at}
    )
    return row
