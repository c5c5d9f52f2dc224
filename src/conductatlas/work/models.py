"""Tables: due, incident."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from conductatlas.archive.models import Capture, Check
from conductatlas.catalogue.models import Document, VisibleQuerySet
from conductatlas.clock import in_minutes


class Due(models.Model):
    """When a document is to be checked next, and who holds it meanwhile. One row a document."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="due")
    due_at = models.DateTimeField()
    why = models.CharField(max_length=20, default="schedule")  # schedule, retry, confirmation, disappearance
    failures = models.PositiveIntegerField(default=0)  # in a row; 0 after a check that read the document
    holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("due_at",), name="due_next")]

    def __str__(self) -> str:
        return f"{self.document}, due {in_minutes(self.due_at)}"


class Incident(models.Model):
    """A document that several checks in a row did not read: from the first of them until one reads it again.

    At most one is open for a document. It is opened, brought up to date and resolved in the transaction that
    records the check; one that was resolved is never written again.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="incidents")
    since = models.DateTimeField()  # start of the first of these checks
    last_read_at = models.DateTimeField(null=True)  # start of the last check before them that read it
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="incidents_opened")
    checks = models.PositiveIntegerField()  # in a row that did not read it
    last_check_at = models.DateTimeField()
    reason = models.CharField(max_length=60)  # of the newest of them
    host = models.CharField(max_length=260)  # that the reason is of
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, null=True, related_name="incidents")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        Check, on_delete=models.PROTECT, null=True, related_name="incidents_resolved"
    )

    objects = VisibleQuerySet["Incident"].as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("document",),
                condition=models.Q(resolved_at__isnull=True),
                name="one_open_incident_a_document",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document}, since {in_minutes(self.since)}"
