"""Tables of the ledger: pending leaf, leaf, tile, ledger, ledger key, checkpoint, cosignature."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from conductatlas.clock import in_minutes


class PendingLeaf(models.Model):
    """A leaf that the transaction wrote which it tells of, without a place yet. Numbering takes it from here."""

    kind = models.CharField(max_length=20)
    subject = models.PositiveBigIntegerField()  # key of the row
    hash = models.BinaryField(
        max_length=32, null=True
    )  # None: of a row older than the ledger, made when numbered


class Leaf(models.Model):
    """A row's place in the ledger, and the hash of what stood in the row when it was written (RFC 9162, 2.1.1)."""

    append_only = True

    index = models.PositiveBigIntegerField(primary_key=True, db_column="place")  # "index" is a word of SQL
    kind = models.CharField(max_length=20)
    subject = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("kind", "subject"), name="one_leaf_a_row")
        ]

    def __str__(self) -> str:
        return f"{self.index}, {self.kind} {self.subject}"


class Tile(models.Model):
    """256 hashes of the tree, or as many as there are yet (archive.tiles). Made of the leaves, and could be again."""

    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("level", "number"), name="one_tile_a_place")
        ]


class Ledger(models.Model):
    """The one row that says how far leaves are numbered, and who holds the pen."""

    ONLY = 1

    size = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)


class LedgerKey(models.Model):
    """A key that signs checkpoints, or did: the public half of it. The newest one signs."""

    append_only = True

    origin = models.CharField(max_length=200)  # the log's name
    verifier = models.CharField(max_length=300, unique=True)  # NAME+ID+KEY (C2SP signed-note)
    reason = models.CharField(max_length=20)  # first, rotation, new log
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.verifier


class Checkpoint(models.Model):
    """A signed head of the ledger. `note` is it, whole (C2SP tlog-checkpoint); the columns say the same."""

    append_only = True

    key = models.ForeignKey(LedgerKey, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()  # by the operator's clock

    class Meta:
        ordering = ("size",)

    def __str__(self) -> str:
        return f"{self.size} leaves, {in_minutes(self.at)}"


class Cosignature(models.Model):
    """A witness's statement that it saw a checkpoint, and that the ledger had only grown until then."""

    append_only = True

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=300)  # its verifier key
    line = models.CharField(max_length=500)
    seen_at = models.DateTimeField()  # as the witness states

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("checkpoint", "witness"), name="one_cosignature_a_witness")
        ]
