"""Tables: due."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from conductatlas.catalogue.models import Document


class Due(models.Model):
    """When a document is to be checked next, and who holds it meanwhile. One row a document."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="due")
    due_at = models.DateTimeField()
    why = models.CharField(max_length=20, default="schedule")  # schedule, retry, confirmation
    failures = models.PositiveIntegerField(default=0)  # in a row; 0 after a check that read the document
    holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("due_at",), name="due_next")]
