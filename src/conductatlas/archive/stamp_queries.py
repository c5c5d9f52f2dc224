"""Reads of trusted time: which moments are shown for a checkpoint, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from conductatlas.archive.authority import Token
from conductatlas.archive.stamp_models import Stamp, StampDue, StampRevocation


@dataclass(frozen=True, slots=True)
class RevocationRecord:
    """What was had about one certificate when the stamp was made. kind: "crl", "ocsp", "" if it names neither. data: as
    it came, None if nothing did. fault: why it says nothing, "" if it does. file: the name it is given out under, by
    its place in the chain."""

    file: str
    subject: str
    certificate: str  # SHA-256 (DER), hexadecimal
    kind: str
    url: str
    asked_at: datetime
    fault: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class StampRecord:
    """One authority's statement about a checkpoint: it existed no later than `moment`, give or take `accuracy`.

    authority, url: as the operator names them. policy_oid, serial, signer: as the token states. standing: as `Stamp`.
    received_at: by the operator's clock. request, reply: DER, as they went over the wire. chain: PEM, signer first.
    """

    pk: int
    checkpoint: int  # its key
    authority: str
    url: str
    moment: datetime
    accuracy: timedelta | None
    policy_oid: str
    serial: str
    signer: str
    standing: str
    standing_checked_on: date | None
    asked_at: datetime
    received_at: datetime
    request: bytes
    reply: bytes
    chain: str
    revocations: tuple[RevocationRecord, ...]

    @property
    def token(self) -> Token:
        """What `timestamps.verify` takes, to look at the reply once more: `at` is `received_at` then."""
        return Token(self.request, self.reply, self.asked_at, self.received_at)

    @property
    def latest(self) -> datetime:
        """The end of the span that the token leaves open."""
        return self.moment + (self.accuracy or timedelta(0))

    @classmethod
    def of(cls, row: Stamp) -> StampRecord:
        return cls(
            pk=row.pk,
            checkpoint=row.checkpoint_id,
            authority=row.authority,
            url=row.url,
            moment=row.moment,
            accuracy=None if row.accuracy is None else timedelta(microseconds=row.accuracy),
            policy_oid=row.policy_oid,
            serial=row.serial,
            signer=row.signer,
            standing=row.standing,
            standing_checked_on=row.standing_checked_on,
            asked_at=row.asked_at,
            received_at=row.received_at,
            request=bytes(row.request),
            reply=bytes(row.reply),
            chain=row.chain,
            revocations=tuple(_revocation(n, one) for n, one in enumerate(row.revocations.all(), 1)),
        )


@dataclass(frozen=True, slots=True)
class AwaitedStamp:
    """A stamp that is still to come. fault: why it is not there, "" if the authority was not asked yet."""

    checkpoint: int  # its key
    authority: str
    due_at: datetime
    attempts: int
    code: str
    fault: str


def stamp(key: int) -> StampRecord | None:
    """One stamp by its key; None if there is no such."""
    row = Stamp.objects.filter(pk=key).prefetch_related("revocations__kept").first()
    return StampRecord.of(row) if row else None


def stamps_of(checkpoint: int) -> list[StampRecord]:
    """The stamps on one checkpoint (its key), the earliest moment first."""
    return stamps_of_many([checkpoint]).get(checkpoint, [])


def stamps_of_many(checkpoints: Iterable[int]) -> dict[int, list[StampRecord]]:
    """Key of a checkpoint → its stamps, the earliest moment first; those without any are left out. Three queries."""
    found: dict[int, list[StampRecord]] = {}
    rows = Stamp.objects.filter(checkpoint__in=list(checkpoints)).order_by("moment", "pk")
    for row in rows.prefetch_related("revocations__kept"):
        found.setdefault(row.checkpoint_id, []).append(StampRecord.of(row))
    return found


def first_over(index: int) -> list[StampRecord]:
    """For each authority its earliest stamp on a checkpoint that holds the leaf at `index`: what shows how old the leaf
    is at least."""
    earliest: dict[str, Stamp] = {}
    rows = Stamp.objects.filter(checkpoint__size__gt=index).order_by("moment", "pk")
    names = rows.order_by().values_list("authority", flat=True).distinct()
    for name in sorted(names):
        row = rows.filter(authority=name).prefetch_related("revocations__kept").first()
        if row is not None:
            earliest[name] = row
    return [StampRecord.of(row) for row in earliest.values()]


def awaited(checkpoints: Iterable[int]) -> dict[int, list[AwaitedStamp]]:
    """Key of a checkpoint → the stamps on it that are still to come, by authority."""
    found: dict[int, list[AwaitedStamp]] = {}
    for row in StampDue.objects.filter(checkpoint__in=list(checkpoints)).order_by("authority"):
        record = AwaitedStamp(
            row.checkpoint_id, row.authority, row.due_at, row.attempts, row.code, row.message
        )
        found.setdefault(row.checkpoint_id, []).append(record)
    return found


def _revocation(number: int, row: StampRevocation) -> RevocationRecord:
    return RevocationRecord(
        file=f"revocation-{number}.{'ors' if row.kind == 'ocsp' else 'crl'}",
        kind=row.kind,
        subject=row.subject,
        certificate=row.certificate,
        url=row.url,
        asked_at=row.asked_at,
        fault=row.fault,
        data=None if row.kept is None else bytes(row.kept.data),
    )
