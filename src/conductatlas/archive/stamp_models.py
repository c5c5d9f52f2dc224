"""Tables of trusted time: stamp, stamp revocation, revocation data, failed stamp, stamp due."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from conductatlas.archive.ledger_models import Checkpoint
from conductatlas.clock import in_minutes


class Stamp(models.Model):
    """An authority's statement that a checkpoint existed no later than a moment (RFC 3161), verified when it came.

    `request` and `reply` are as they went over the wire; the digest in them is the SHA-256 of the checkpoint's note.
    What the columns say of the token is read from the reply, and can be read from it again.
    """

    append_only = True

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="stamps")
    authority = models.CharField(max_length=100)  # as the operator names it
    url = models.CharField(max_length=2000)
    request = models.BinaryField()  # DER
    reply = models.BinaryField()  # DER
    asked_at = models.DateTimeField()  # this and the next by the operator's clock
    received_at = models.DateTimeField()
    moment = models.DateTimeField()  # as the token states
    accuracy = models.PositiveBigIntegerField(null=True)  # microseconds, as the token states
    policy_oid = models.CharField(max_length=200)
    serial = models.CharField(max_length=60)  # of the token
    signer = models.TextField()  # subject of the certificate that signed (RFC 4514)
    chain = models.TextField()  # PEM: that certificate first, the root last
    standing = models.CharField(
        max_length=20, blank=True
    )  # qualified, not qualified; "" is not determined: the operator's statement of that time
    standing_checked_on = models.DateField(null=True)  # when the operator looked at the EU Trusted List

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("checkpoint", "authority"), name="one_stamp_an_authority")
        ]

    def __str__(self) -> str:
        return f"{self.authority}, {in_minutes(self.moment)}"


class RevocationData(models.Model):
    """What was said of revoked certificates as it came, once for all stamps that rest on it."""

    append_only = True

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of `data`
    data = models.BinaryField()
    first_kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest


class StampRevocation(models.Model):
    """What could be had, when a stamp was made, about one certificate of its chain."""

    append_only = True

    stamp = models.ForeignKey(Stamp, on_delete=models.PROTECT, related_name="revocations")
    certificate = models.CharField(max_length=64)  # SHA-256 of it (DER)
    subject = models.TextField()  # RFC 4514
    kind = models.CharField(max_length=4, blank=True)  # crl, ocsp; "": it names neither
    url = models.CharField(max_length=2000, blank=True)
    asked_at = models.DateTimeField()
    fault = models.CharField(max_length=30, blank=True)  # why that says nothing; "" if it does
    kept = models.ForeignKey(RevocationData, on_delete=models.PROTECT, null=True, related_name="uses")

    class Meta:
        ordering = ("pk",)


class FailedStamp(models.Model):
    """A reply that shows nothing, with why; never given out as proof."""

    append_only = True

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="failed_stamps")
    authority = models.CharField(max_length=100)
    url = models.CharField(max_length=2000)
    request = models.BinaryField()
    reply = models.BinaryField()
    received_at = models.DateTimeField()
    code = models.CharField(max_length=40)  # of the StampError
    message = models.CharField(max_length=500)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.authority}, {self.code}"


class StampDue(models.Model):
    """A checkpoint that an authority has yet to stamp: when it is asked, and who asks. Gone once it is stamped."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="stamps_due")
    authority = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)  # of this authority in a row that failed
    code = models.CharField(max_length=40, blank=True)  # of the newest of them
    message = models.CharField(max_length=500, blank=True)
    holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("checkpoint", "authority"), name="one_stamp_due_an_authority")
        ]

    def __str__(self) -> str:
        return f"{self.authority}, due {in_minutes(self.due_at)}"
