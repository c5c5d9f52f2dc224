"""What is said of provisions against what it rests on: each quote, figure, law and word of every sentence."""

from __future__ import annotations

from collections.abc import Iterator

from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.evidence.audit.findings import Area, Kind, Tally
from conductatlas.history.models import RemovedVersion
from conductatlas.ids import public_id
from conductatlas.provisions import analysing, made
from conductatlas.provisions.models import Analysis as MadeAnalysis
from conductatlas.provisions.models import CurrentExtraction
from conductatlas.reading.law.register import register
from conductatlas.reading.writing import summary
from conductatlas.reading.writing.analysis import Analysis, Part, PartKey
from conductatlas.reading.writing.compose import WRITER_VERSION
from conductatlas.reading.writing.grounding import Fault, FaultKind, check
from conductatlas.reading.writing.subject import Subject

AT_ONCE = 10  # documents, each with a whole text
_SAYS = {
    FaultKind.QUOTE: "It quotes what does not stand there",
    FaultKind.NUMBER: "It has a figure that it does not rest on",
    FaultKind.CITATION: "It names a law that it does not rest on",
    FaultKind.WORD: "It has a word that is not used",
    FaultKind.GROUND: "It rests on nothing that is there",
}


def left(key: int) -> int:
    """How many documents that say something now have an extraction above `key`."""
    return CurrentExtraction.objects.filter(extraction__gt=key).count()


def parts_after(key: int) -> Iterator[list[CurrentExtraction]]:
    """What documents say now, by extractions above `key`, a part at a time."""
    rows = CurrentExtraction.objects.select_related(
        "document__platform", "extraction__reading"
    ).prefetch_related("extraction__findings__facts", "extraction__findings__types")
    while part := list(rows.filter(extraction__gt=key).order_by("extraction")[:AT_ONCE]):
        key = part[-1].extraction_id
        yield part


def examine(part: list[CurrentExtraction], tally: Tally) -> None:
    """Whether every sentence of the analyses of what documents say now is grounded. Removed texts have no words."""
    versions = [row.extraction.reading.version_id for row in part]
    removed = set(RemovedVersion.objects.filter(version__in=versions).values_list("version", flat=True))
    for row in part:
        if row.extraction.reading.version_id in removed:
            continue
        document = DocumentRecord.of(row.document, None)
        stored = made.current(finding.pk for finding in row.extraction.findings.all())
        version = public_id("V", row.extraction.reading.version_id)
        written = list(analysing.written(row.extraction, document))
        for one in written:
            faults = check(one.analysis, one.subject, register())
            subject = f"analysis of {public_id('P', one.provision)} in {version}"
            if not faults:
                tally.count(Area.ANALYSES)
            for fault in faults:
                tally.note(Area.ANALYSES, Kind.UNGROUNDED, subject, _sentence(fault))
            if one.finding in stored:
                _examine_made(stored[one.finding], one, subject, tally)
        for fault in _in_summary([one.subject for one in written]):
            tally.note(Area.ANALYSES, Kind.UNGROUNDED, f"summary of {version}", _sentence(fault))


def _examine_made(row: MadeAnalysis, one: analysing.Written, subject: str, tally: Tally) -> None:
    """The same of what a language model put in other words, by all that it was held to when it was written."""
    faults = list(made.checked(row, one.subject, one.analysis))
    if not faults:
        tally.count(Area.ANALYSES)
    for why, words in faults:
        said = f"A sentence of a language model would not be taken in ({why}): “{words}”."
        tally.note(Area.ANALYSES, Kind.UNGROUNDED, f"{subject}, put in other words by {row.model_name}", said)


def _in_summary(subjects: list[Subject]) -> Iterator[Fault]:
    """The faults of what stands on the page of a document, each sentence beside the clause that it is of."""
    if not subjects:
        return
    findings = [subject.finding for subject in subjects]
    told = list(summary.for_a_person(findings, subjects[0].platform))
    for _, points in summary.by_group(findings, subjects[0].platform):
        told.extend(points)
    for point in told:
        part = Part(PartKey.CONTRACT, (point.sentence,))
        yield from check(Analysis((part,), WRITER_VERSION), subjects[point.place], register())


def _sentence(fault: Fault) -> str:
    return f"{_SAYS[fault.kind]}: “{fault.words or fault.sentence}”."
