"""Tables: provision, extraction, finding, finding type, found fact, named document, analysis, touched provision; and
what can be made of them anew: current extraction, search entry, peer entry, answer sheet.

No words of a document stand here that its reading does not hold: quotes are cut from the reading at the offsets. The
few words that are kept beside them (titles, conditions) go when the text has to go.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from conductatlas.append_only import Erasable
from conductatlas.catalogue.models import Document, Platform, VisibleQuerySet
from conductatlas.history.models import Change, Reading
from conductatlas.ids import public_id

_OF_EXTRACTION = (
    "permit.version_id = (SELECT r.version_id FROM provisions_extraction AS e "
    "JOIN history_reading AS r ON r.id = e.reading_id WHERE e.id = OLD.extraction_id)"
)
_OF_FINDING = (
    "permit.version_id = (SELECT r.version_id FROM provisions_finding AS f "
    "JOIN provisions_extraction AS e ON e.id = f.extraction_id "
    "JOIN history_reading AS r ON r.id = e.reading_id WHERE f.id = OLD.finding_id)"
)


class Continuity(models.TextChoices):
    """How a provision came from the version before into this one."""

    NEW = "new"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    RETURNED = "returned"


class Provision(models.Model):
    """A clause followed through the versions of its document. `type` and `slug` are those it was first found with."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="provisions")
    type = models.CharField(max_length=40, db_index=True)
    slug = models.SlugField(max_length=100)
    made_at = models.DateTimeField()

    objects = VisibleQuerySet["Provision"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("document", "slug"), name="provision_address")
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("P", self.pk)


class ExtractionQuerySet(VisibleQuerySet["Extraction"]):
    document_path = "reading__version__document__"


class Extraction(models.Model):
    """That the provisions of a reading were looked for, by which version of the extractor, and how far it saw."""

    append_only = True

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="extractions")
    extractor_version = models.PositiveIntegerField()
    at = models.DateTimeField()
    clauses = models.PositiveIntegerField()
    words = models.PositiveIntegerField()
    typed_words = models.PositiveIntegerField()

    objects = ExtractionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("reading", "extractor_version"), name="one_extraction_an_extractor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reading}, extractor {self.extractor_version}"


class FindingQuerySet(VisibleQuerySet["Finding"]):
    document_path = "provision__document__"


class Finding(models.Model):
    """A provision as one reading has it. start, end: code points of the reading's text.

    severity, score, factors: null where the text was not rated. factors: {rights: [points, row, [[start, end], …]],
    exposure: …, discretion: …, way_out: …, breadth: …}.
    """

    append_only = True
    erasable = Erasable(
        blank={"title": "", "path": "[]"}, permit="history_removedversion", condition=_OF_EXTRACTION
    )

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="findings")
    provision = models.ForeignKey(Provision, on_delete=models.PROTECT, related_name="findings")
    ordinal = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    confidence = models.FloatField()
    title = models.CharField(max_length=300, blank=True)
    number = models.CharField(max_length=40, blank=True)
    anchor = models.CharField(max_length=100)
    path = models.TextField()  # JSON: titles of the sections above, outermost first
    start = models.PositiveIntegerField(db_column="start_at")  # "end" is a word of SQL
    end = models.PositiveIntegerField(db_column="end_at")
    digest = models.CharField(max_length=64)  # SHA-256 of the quote in UTF-8
    continuity = models.CharField(max_length=10, choices=Continuity)
    severity = models.CharField(max_length=6, null=True)  # noqa: DJ001
    score = models.PositiveSmallIntegerField(null=True)
    factors = models.JSONField(null=True)
    is_partial = models.BooleanField(null=True)
    rubric = models.CharField(max_length=20, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ("extraction", "ordinal")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("extraction", "provision"), name="one_finding_a_provision"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="quote_not_empty"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("type", "severity"), name="finding_of_type")
        ]

    def __str__(self) -> str:
        return f"{public_id('P', self.provision_id)} in {self.extraction}"


class FindingType(models.Model):
    """A type that a finding has; position 0 is the one it is called by. basis: rule, model or both."""

    append_only = True

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="types")
    position = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=40, db_index=True)
    confidence = models.FloatField()
    basis = models.CharField(max_length=200)

    class Meta:
        ordering = ("finding", "position")

    def __str__(self) -> str:
        return self.type


class FoundFact(models.Model):
    """A fact that a finding states. spans: [[start, end], …] in the reading, the first is the quote to show."""

    append_only = True
    erasable = Erasable(
        blank={"value": "null", "condition": "", "limit_words": ""},
        permit="history_removedversion",
        condition=_OF_FINDING,
    )

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="facts")
    type = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    spans = models.JSONField()
    audience = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=200, blank=True)
    plan = models.CharField(max_length=100, blank=True)
    product = models.CharField(max_length=100, blank=True)
    condition = models.TextField(blank=True)
    limit_words = models.TextField(blank=True)

    class Meta:
        ordering = ("finding", "pk")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("type", "name"), name="fact_of_type")]

    def __str__(self) -> str:
        return f"{self.type}.{self.name}"


class NamedDocument(models.Model):
    """A document that a reading only names: the label of a link, never a provision."""

    append_only = True
    erasable = Erasable(
        blank={"title": "", "target": ""}, permit="history_removedversion", condition=_OF_EXTRACTION
    )

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="named")
    title = models.CharField(max_length=500)
    target = models.TextField(blank=True)
    start = models.PositiveIntegerField(db_column="start_at")  # "end" is a word of SQL
    end = models.PositiveIntegerField(db_column="end_at")

    class Meta:
        ordering = ("extraction", "start")

    def __str__(self) -> str:
        return self.title


class AnalysisQuerySet(VisibleQuerySet["Analysis"]):
    document_path = "finding__provision__document"


class Analysis(models.Model):
    """One attempt to have a finding put in other words by a language model, whatever came of it.

    model_name: the one that was asked for; answered_by: what the server calls what answered. outcome: `written`, or the
    code of the error. sentences: [{part, text, sources, grounds: [{kind, ref, spans}], is_inferred, is_general}, …],
    checked before they were written; sources: numbers of what the model was given (`reading.writing.sources`). dropped:
    {why: number}. cost: null where no prices were set.
    """

    append_only = True
    erasable = Erasable(blank={"sentences": "[]"}, permit="history_removedversion", condition=_OF_FINDING)

    WRITTEN = "written"

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="analyses")
    prompt_version = models.PositiveIntegerField()
    writer_version = models.PositiveIntegerField()
    model_name = models.CharField(max_length=200)
    answered_by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)
    tokens_in = models.PositiveIntegerField()
    tokens_out = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True)
    outcome = models.CharField(max_length=40)
    sentences = models.JSONField()
    dropped = models.JSONField()

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        ordering = ("finding", "pk")

    def __str__(self) -> str:
        return f"{self.finding} by {self.model_name}: {self.outcome}"


class TouchedProvision(models.Model):
    """A provision that a change touches: the findings before and after it, null where there is none."""

    append_only = True

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="touched")
    provision = models.ForeignKey(Provision, on_delete=models.PROTECT, related_name="touches")
    before = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("change", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("change", "provision"), name="touched_once")
        ]

    def __str__(self) -> str:
        return f"{public_id('P', self.provision_id)} by {public_id('C', self.change_id)}"


class CurrentExtractionQuerySet(VisibleQuerySet["CurrentExtraction"]):
    pass


class CurrentExtraction(models.Model):
    """What a document says now: the extraction of the text that was found last. Can be made anew at any time."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="+")
    extraction = models.ForeignKey(Extraction, on_delete=models.CASCADE, related_name="current")

    objects = CurrentExtractionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.extraction)


class SearchEntryQuerySet(VisibleQuerySet["SearchEntry"]):
    pass


class SearchEntry(models.Model):
    """What full-text search looks through: the provisions and sections of documents as they stand. Can be made anew
    from the readings at any time; an index of its words lies beside it (FTS5, or a `tsvector`)."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="+")
    provision = models.ForeignKey(
        Provision, on_delete=models.CASCADE, null=True, related_name="+"
    )  # null: a section
    anchor = models.CharField(max_length=100)
    title = models.CharField(max_length=500, blank=True)
    body = models.TextField()

    objects = SearchEntryQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class PeerEntryQuerySet(VisibleQuerySet["PeerEntry"]):
    pass


class PeerEntry(models.Model):
    """What peers are chosen among: the provisions of public documents as they stand, once a type that they have.

    position: 0 of the type that it is called by. vector: of its words, made by `maker` (reading.peers.vector). Can be
    made anew at any time.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=40, db_index=True)
    position = models.PositiveSmallIntegerField()
    confidence = models.FloatField()
    maker = models.PositiveSmallIntegerField()
    vector = models.BinaryField()

    objects = PeerEntryQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.finding} as {self.type}"


class AnswerSheet(models.Model):
    """What a platform's public documents answer to the questionnaire. answers: key → a row as `questions --json`
    prints it. made_of: SHA-256 of what it was made of. Can be made anew at any time."""

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, related_name="+")
    made_of = models.CharField(max_length=64)
    at = models.DateTimeField()
    answers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Answers of {self.platform}"
