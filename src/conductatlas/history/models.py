"""Tables: variant, version, version source, sighting, reading, reader log, change, hunk, summary, change event,
disappearance, withholding, removed version."""

from __future__ import annotations

import json
from typing import ClassVar

from django.conf import settings
from django.db import models

from conductatlas.append_only import Erasable
from conductatlas.archive.models import Capture, Check, Snapshot, Tombstone
from conductatlas.catalogue.models import Document, Source, VisibleQuerySet
from conductatlas.clock import in_minutes
from conductatlas.ids import public_id
from conductatlas.reading.text.marks import Mark
from conductatlas.reading.text.marks import Reading as TextReading


class ChangeKind(models.TextChoices):
    SUBSTANTIVE = "substantive"
    EDITORIAL = "editorial"
    REVERTED = "reverted"


class ChangeState(models.TextChoices):
    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    TWO_TEXTS = "two_texts"
    ANNOUNCED = "announced"
    ALIKE = "alike"
    REVIEW = "review"
    SUPERSEDED = "superseded"
    REVISED = "revised"
    CONTESTED = "contested"


class VersionQuerySet(VisibleQuerySet["Version"]):
    def main(self) -> VersionQuerySet:
        """Versions of the document itself, not of a variant such as another language."""
        return self.filter(variant__isnull=True)


class Variant(models.Model):
    """One of several texts in circulation beside the declared one: so far, another language."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="variants")
    language = models.CharField(max_length=20)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("document", "language"), name="variant_language_of_document")
        ]

    def __str__(self) -> str:
        return f"{self.document}, {self.language}"


class Version(models.Model):
    """An event in a document's life: the text differs from the last one. `at` is when it was first captured."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    check_row = models.OneToOneField(Check, on_delete=models.PROTECT, related_name="version")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="versions")
    at = models.DateTimeField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("document", "-at"), name="version_of_document"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("V", self.pk)


class VersionSource(models.Model):
    """The snapshot of one source that a version was read from."""

    append_only = True

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="parts")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="version_parts")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("version", "position")

    def __str__(self) -> str:
        return f"{public_id('V', self.version_id)}, part {self.position}"


class SightingQuerySet(VisibleQuerySet["Sighting"]):
    document_path = "version__document__"

    def current(self) -> SightingQuerySet:
        """Of each check the newest row, unless the check has made a version of its own since."""
        newer = Sighting.objects.filter(check_row=models.OuterRef("check_row"), pk__gt=models.OuterRef("pk"))
        return self.filter(~models.Exists(newer), check_row__version__isnull=True)


class Sighting(models.Model):
    """Which version a check found again, where the order of the record does not say it: the check was taken in from
    elsewhere, or it found another text than the check before it. One without a row found what that one found.

    A later row about the same check stands in place of an earlier one: what was found may turn out to be of a
    version that was not known yet.
    """

    append_only = True

    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="sightings")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="sightings")

    objects = SightingQuerySet.as_manager()


class ReadingQuerySet(VisibleQuerySet["Reading"]):
    document_path = "version__document__"


class Reading(models.Model):
    """The text and marks of a version as one reader version saw them. Quotes point here."""

    append_only = True
    erasable = Erasable(
        blank={"text": "", "marks": "[]", "title": ""},
        permit="history_removedversion",
        condition="permit.version_id = OLD.version_id",
    )

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="readings")
    reader_version = models.PositiveIntegerField()
    text = models.TextField()
    marks = models.TextField()  # JSON: [[kind, start, end, level, value], …]
    digest = models.CharField(max_length=64, db_index=True)
    normal_digest = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001
    links_digest = models.CharField(max_length=64, null=True)  # noqa: DJ001
    title = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=20, blank=True)
    words = models.PositiveIntegerField()
    stated_updated = models.DateField(null=True)
    stated_effective = models.DateField(null=True)
    read_at = models.DateTimeField()

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("version", "reader_version"), name="one_reading_a_reader")
        ]

    def __str__(self) -> str:
        return f"{public_id('V', self.version_id)}, reader {self.reader_version}"

    def value(self) -> TextReading:
        """The reading as the pure core knows it."""
        return TextReading(
            text=self.text,
            marks=tuple(Mark.from_row(row) for row in json.loads(self.marks)),
            title=self.title,
            language=self.language,
        )


class RenderedReading(models.Model):
    """A reading as HTML, kept so that a long page costs nothing to show again. Can be thrown away."""

    reading = models.OneToOneField(Reading, on_delete=models.CASCADE, related_name="rendered")
    html = models.TextField()
    made_by = models.CharField(max_length=60)


class ReaderLog(models.Model):
    """The first use of a reader version on this archive."""

    append_only = True

    reader_version = models.PositiveIntegerField(unique=True)
    first_used_at = models.DateTimeField()
    software = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"Reader {self.reader_version}"


class Change(models.Model):
    """The record between two versions. A correction is a new row whose `revises` points to the old one."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="changes")
    old_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="changes_after")
    new_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="changes_before")
    old_reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="+")
    new_reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="+")
    revises = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="revisions")
    returns_to = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=ChangeKind)
    old_last_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    sentences_added = models.PositiveIntegerField()
    sentences_removed = models.PositiveIntegerField()
    sentences_modified = models.PositiveIntegerField()
    words_added = models.PositiveIntegerField()
    words_removed = models.PositiveIntegerField()
    clauses_moved = models.PositiveIntegerField()
    links_changed = models.PositiveIntegerField()
    # Null in what was recorded before these were looked for.
    severity = models.CharField(max_length=6, null=True)  # noqa: DJ001
    direction = models.CharField(max_length=16, null=True)  # noqa: DJ001
    date_mismatch = models.BooleanField(null=True)

    drafted_summary: Summary | None = None  # saved with the change

    objects = VisibleQuerySet["Change"].as_manager()

    class Meta:
        ordering = ("-seen_at", "-pk")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("-seen_at",), name="change_latest"),
            models.Index(fields=("document", "-seen_at"), name="change_of_document"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("C", self.pk)

    @property
    def slug(self) -> str:
        """The last part of its address: date, platform, document, key."""
        document = self.document
        return f"{self.seen_at:%Y-%m-%d}-{document.platform.slug}-{document.slug}-{self.pk}"


class Hunk(models.Model):
    """One place in which two readings differ. Spans are code points into the change's two readings."""

    append_only = True

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="hunks")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    significance = models.CharField(max_length=12)
    rules = models.JSONField(
        default=list
    )  # of significance (S, N, U), then of severity (V) and direction (F)
    old_start = models.PositiveIntegerField(null=True)
    old_end = models.PositiveIntegerField(null=True)
    new_start = models.PositiveIntegerField(null=True)
    new_end = models.PositiveIntegerField(null=True)
    ops = models.JSONField(default=list)
    # Null in what was recorded before these were looked for.
    rank = models.PositiveIntegerField(null=True)  # 1 is what a reader should see first
    severity = models.CharField(max_length=6, null=True)  # noqa: DJ001
    direction = models.CharField(max_length=16, null=True)  # noqa: DJ001
    topics = models.JSONField(null=True)
    audience = models.JSONField(null=True)  # [[start, end], …]: where the text says for whom it holds
    place = models.CharField(max_length=16, null=True)  # noqa: DJ001
    old_target = models.TextField(null=True)  # noqa: DJ001
    new_target = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        ordering = ("change", "ordinal")

    def __str__(self) -> str:
        return f"{self.ordinal}, {self.kind}"


class Summary(models.Model):
    """What a change is, told by its hunks. A better one is a new row with a higher `made_by`.

    It holds places, never words, so that a text that must go takes its summary along. sentences: [{verb, hunk,
    old, new}, …], where `hunk` is an ordinal and `old`, `new` are [start, end] in the change's two readings or
    null. actions: [{route, hunk, new}, …], what the new text itself offers.
    """

    append_only = True

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="summaries")
    made_by = models.PositiveIntegerField()
    sentences = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("change", "made_by"), name="one_summary_a_maker")
        ]


class ChangeEvent(models.Model):
    """What became of a change. The latest row is its state."""

    append_only = True
    erasable = Erasable(
        blank={"who": "", "why": "", "salt": ""},
        permit="archive_erasure",
        condition="permit.kind = 'change event' AND permit.subject = OLD.id",
    )

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=12, choices=ChangeState)
    at = models.DateTimeField()
    who = models.CharField(max_length=200)
    why = models.CharField(max_length=500, blank=True)
    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, null=True, related_name="change_events")
    salt = models.CharField(max_length=32, null=True)  # noqa: DJ001 (see archive.leaves)
    # Of one that is alike: the change that tells it.
    told_by = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{in_minutes(self.at)}, {self.state}"


class Disappearance(models.Model):
    """The page that a document was captured from does not answer with it any more (rule S15); or, where `returned`,
    it does again. The newest row of a document says how it stands."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="disappearances")
    returned = models.BooleanField(default=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")  # of the text found last
    last_read_at = models.DateTimeField()  # start of the last check that read it before it went
    since = models.DateTimeField()  # start of the first check that found it gone; or, returned, there again
    at = models.DateTimeField()
    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="+")  # that decided it
    checks = models.PositiveIntegerField(default=0)  # that found it gone
    vantages = models.PositiveSmallIntegerField(default=0)  # from so many

    objects = VisibleQuerySet["Disappearance"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("document", "-id"), name="disappearance_of_document"),
            models.Index(fields=("-since",), name="disappearance_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.document}, {'there again' if self.returned else 'gone'} since {in_minutes(self.since)}"


class Withholding(models.Model):
    """A text that is not shown, and the public reason. One without `version` covers the whole document."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="withholdings")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="withholdings")
    reason = models.CharField(max_length=500)
    lifted = models.BooleanField(default=False)  # a later row with `lifted` ends it
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    def __str__(self) -> str:
        return f"{in_minutes(self.at)}, {self.reason}"


class RemovedVersion(models.Model):
    """A version whose text is no longer kept. Its readings keep their digest, length and dates, without words."""

    append_only = True

    tombstone = models.ForeignKey(Tombstone, on_delete=models.PROTECT, related_name="versions")
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="removed")
