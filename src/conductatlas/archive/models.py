"""Tables: check, capture, provenance, reservation, robots answer, snapshot, pack, pack member, loose object,
tombstone, removed snapshot, erasure, refused body, host slot. Those of the ledger: ledger_models.py; of its stamps:
stamp_models.py."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models

from conductatlas.append_only import Erasable
from conductatlas.archive import ledger_models, stamp_models  # noqa: F401 (Django looks for tables here)
from conductatlas.catalogue.models import Document, Source, VisibleQuerySet
from conductatlas.clock import in_minutes


class CheckOutcome(models.TextChoices):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"


class CaptureOutcome(models.TextChoices):
    KEPT = "kept"
    SAME = "same"
    REFUSED = "refused"
    FAILED = "failed"


IMPORTED = "import"  # `started_by` of a check that took in what another archive holds; its date is a claim


def new_salt() -> str:
    """What hides the fields of one row that may be personal, in the ledger (32 hexadecimal digits)."""
    return secrets.token_hex(16)


class Check(models.Model):
    """One attempt on a document. Written once, whole, when the attempt has ended."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="checks")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=CheckOutcome)
    reason = models.CharField(max_length=60, blank=True)
    started_by = models.CharField(max_length=20)  # schedule, person, confirmation, sample world, import
    clock_given = models.BooleanField(default=False)
    software = models.CharField(max_length=60)

    objects = VisibleQuerySet["Check"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("document", "-started_at"), name="check_of_document"),
            models.Index(fields=("-started_at",), name="check_latest"),
        ]

    def __str__(self) -> str:
        return f"{in_minutes(self.started_at)}, {self.outcome}"


class Snapshot(models.Model):
    """Exact bytes, addressed by their SHA-256. Where they lie is the pack store's secret."""

    append_only = True

    digest = models.CharField(max_length=64, unique=True)
    length = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=120, blank=True)
    first_kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.digest[:16]}…"


class RobotsAnswer(models.Model):
    """What a host's /robots.txt answered, as each decision that rests on it can be traced to it."""

    append_only = True

    origin = models.CharField(max_length=300)  # scheme://host[:port]
    fetched_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("origin", "-fetched_at"), name="robots_latest")
        ]

    def __str__(self) -> str:
        return f"{self.origin}, {in_minutes(self.fetched_at)}"


class CaptureQuerySet(VisibleQuerySet["Capture"]):
    document_path = "source__document__"


class ReservationQuerySet(VisibleQuerySet["Reservation"]):
    document_path = "source__document__"


class Capture(models.Model):
    """One request for one source and all that a later proof about it will need.

    What may be personal can be erased, once an erasure keeps what the ledger needs of it. `salt`: None in rows older
    than the ledger, "" once erased.
    """

    append_only = True
    erasable = Erasable(
        blank={
            "peer_address": "",
            "requested_url": "",
            "final_url": "",
            "hops": "[]",
            "request_headers": "[]",
            "headers": "[]",
            "detail": "",
            "salt": "",
        },
        permit="archive_erasure",
        condition="permit.kind = 'capture' AND permit.subject = OLD.id",
    )

    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="captures")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="captures")
    outcome = models.CharField(max_length=12, choices=CaptureOutcome)
    reason = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    retry_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=20, default="observed")
    claimed_by = models.CharField(max_length=300, blank=True)

    requested_url = models.CharField(max_length=2000)
    final_url = models.CharField(max_length=2000, blank=True)
    hops = models.JSONField(default=list)
    request_headers = models.JSONField(default=list)
    status = models.PositiveSmallIntegerField(null=True)
    http_version = models.CharField(max_length=10, blank=True)
    headers = models.JSONField(default=list)
    peer_address = models.CharField(max_length=60, blank=True)
    tls = models.JSONField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    vantage = models.JSONField(default=dict)
    clock_given = models.BooleanField(default=False)
    software = models.CharField(max_length=60)
    robots = models.ForeignKey(RobotsAnswer, on_delete=models.PROTECT, null=True, related_name="captures")
    robots_decision = models.CharField(max_length=300, blank=True)

    media_type = models.CharField(max_length=200, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    encoding_source = models.CharField(max_length=40, blank=True)
    wire_digest = models.CharField(max_length=64, blank=True)
    wire_length = models.PositiveBigIntegerField(null=True)
    body_digest = models.CharField(max_length=64, blank=True)
    body_length = models.PositiveBigIntegerField(null=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="captures")
    salt = models.CharField(max_length=32, null=True)  # noqa: DJ001

    objects = CaptureQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("source", "-started_at"), name="capture_of_source"),
        ]

    def __str__(self) -> str:
        return f"{in_minutes(self.started_at)}, {self.outcome}, {self.requested_url}"


class Provenance(models.Model):
    """Where a capture comes from that this archive did not make itself: beside `Capture.provenance` ("imported",
    "manual") and `Capture.claimed_by`, what whoever gave it to us states of it."""

    append_only = True

    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, related_name="origin")
    licence = models.CharField(max_length=300, blank=True)  # as its giver states it
    record_id = models.CharField(max_length=200, blank=True)  # WARC-Record-ID, commit: its own id over there
    file = models.CharField(max_length=300, blank=True)  # name of the file or repository it was taken from
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    note = models.CharField(max_length=500, blank=True)
    taken_in_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.file or self.record_id}, taken in {in_minutes(self.taken_in_at)}"


class Reservation(models.Model):
    """What a page states about robots, mining or archiving, where it was first seen to say so.

    It stops nothing (judgement is the operator's); what robots.txt says stands in the captures themselves.
    """

    append_only = True

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="reservations")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="reservations")
    place = models.CharField(max_length=12)  # header, meta, text
    kind = models.CharField(max_length=30)  # see reading.text.reservations
    evidence = models.CharField(max_length=600)  # the directive, or the exact words of the text
    at = models.DateTimeField()

    objects = ReservationQuerySet.as_manager()

    class Meta:
        ordering = ("source", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("source", "place", "kind", "evidence"), name="one_reservation_a_wording"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.place}"


class Rendering(models.Model):
    """What a browser made of the bytes of a capture. The capture's own snapshot stays the answer of the host;
    `snapshot` holds the rendered page (HTML, UTF-8) that its text is read from, None where that was refused."""

    append_only = True

    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, related_name="rendering")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="renderings")
    browser = models.CharField(max_length=120)
    viewport = models.CharField(max_length=20)  # CSS pixels
    requests = models.JSONField(default=list)  # connections: host, port, verdict, bytes sent and received
    left_for = models.CharField(max_length=2000, blank=True)  # where a script wanted to go; nobody went
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()


class Pack(models.Model):
    """A run of snapshots of one source: a keyframe and deltas, each against the one before. Answers and rendered
    pages ("dom") are runs of their own: a delta between the two would save nothing.

    Open while `key` is empty: its members' bytes are rows. Sealed: one immutable object in the store.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="packs")
    series = models.CharField(max_length=10, blank=True, default="")
    key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    length = models.PositiveBigIntegerField(default=0)
    opened_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("source", "series"), condition=models.Q(key=""), name="one_open_pack_a_series"
            )
        ]


class PackMember(models.Model):
    """Where one snapshot's bytes lie. Ordinal 0 is the keyframe; ordinal n is a delta against n - 1."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="members")
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="member")
    ordinal = models.PositiveSmallIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    length = models.PositiveBigIntegerField()
    data = models.BinaryField(null=True)

    class Meta:
        ordering = ("pack", "ordinal")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("pack", "ordinal"), name="member_place_in_pack")
        ]


class LooseObject(models.Model):
    """An object in the store that no pack names: noted before it is written and when a pack lets go of it, so that
    one that was left behind by a killed process is found and deleted."""

    key = models.CharField(max_length=120, unique=True)
    noted_at = models.DateTimeField()


class Tombstone(models.Model):
    """What stands in the place of words that had to be removed: the public reason. What was removed of the
    document are its rows in `removedsnapshot` and `removedversion`; of one that names a capture, its bytes."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="tombstones")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, null=True, related_name="tombstones")
    reason = models.CharField(max_length=500)
    ground = models.CharField(
        max_length=200, blank=True
    )  # the law, order or notice, as the operator names it
    whole_document = models.BooleanField(default=False)  # all that there was of it by then
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    def __str__(self) -> str:
        return f"{in_minutes(self.at)}, {self.reason}"


class RemovedSnapshot(models.Model):
    """A snapshot whose bytes are no longer kept anywhere in the archive. Its digest and length stay."""

    append_only = True

    tombstone = models.ForeignKey(Tombstone, on_delete=models.PROTECT, related_name="snapshots")
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="removed")


class Erasure(models.Model):
    """A row of which what may be personal had to go. Its commitments stay, so that the ledger's leaf can still be made
    of the row; they say nothing of what went, since the salt went too."""

    append_only = True

    tombstone = models.ForeignKey(Tombstone, on_delete=models.PROTECT, related_name="erasures")
    kind = models.CharField(max_length=20)  # of the leaf
    subject = models.PositiveBigIntegerField()  # key of the row
    commitments = models.JSONField(
        null=True
    )  # field → SHA-256, see archive.leaves; None: older than the ledger

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("kind", "subject"), name="erased_once")
        ]


class RefusedBody(models.Model):
    """The bytes of a refused or failed capture: for operators only, and only until `kept_until` (those of the newest
    capture of an open incident until it is resolved, and as many days more)."""

    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, related_name="refused_body")
    data = models.BinaryField()  # zstd
    kept_until = models.DateTimeField(db_index=True)


class HostSlot(models.Model):
    """The next moment at which a host may be asked, shared by all workers."""

    host = models.CharField(max_length=260, primary_key=True)
    free_at = models.DateTimeField()
