"""Analyses that a language model put in other words, as rows: written, due, and read back for pages and the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from conductatlas.catalogue.models import PublishText
from conductatlas.errors import LanguageModelError
from conductatlas.history.withheld import withholdings
from conductatlas.ids import public_id
from conductatlas.provisions.analysis_records import MadeRecord, parts_of
from conductatlas.provisions.models import Analysis as Row
from conductatlas.provisions.models import CurrentExtraction, Finding
from conductatlas.provisions.rewriting import Rewritten, prompt
from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.law.register import register
from conductatlas.reading.writing.adopting import PARTS, Adopted, Kept, Said, adopt
from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, Part, Sentence
from conductatlas.reading.writing.compose import WRITER_VERSION
from conductatlas.reading.writing.sources import sources
from conductatlas.reading.writing.subject import Subject

MOST_FAILURES = 3  # of one finding with one model and prompt, after which it is left alone
_MILLION = 1_000_000
_ORDER = {Severity.HIGH.value: 0, Severity.MEDIUM.value: 1, Severity.LOW.value: 2}


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in one currency (ISO 4217)."""

    of_reading: Decimal
    of_writing: Decimal
    currency: str

    @classmethod
    def of(cls, setting: Mapping[str, str]) -> Prices | None:
        """From the setting `language_model_prices`; None where it is empty."""
        if not setting:
            return None
        return cls(Decimal(setting["in"]), Decimal(setting["out"]), setting["currency"])

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        """Of so many tokens, to a millionth."""
        total = (tokens_in * self.of_reading + tokens_out * self.of_writing) / _MILLION
        return total.quantize(Decimal("0.000001"))


def keep(
    finding: int, model: str, outcome: Rewritten | LanguageModelError, prices: Prices | None, now: datetime
) -> Row:
    """One attempt as a row, whatever came of it. model: the name that was asked for."""
    row = Row(
        finding_id=finding,
        prompt_version=prompt().version,
        writer_version=WRITER_VERSION,
        model_name=model,
        at=now,
        tokens_in=outcome.tokens_in,
        tokens_out=outcome.tokens_out,
        cost=prices.cost(outcome.tokens_in, outcome.tokens_out) if prices else None,
        currency=prices.currency if prices else "",
        sentences=[],
        dropped={},
    )
    if isinstance(outcome, Rewritten):
        row.outcome, row.answered_by = Row.WRITTEN, outcome.model
        row.sentences = [_stored(one) for one in outcome.adopted.kept]
        row.dropped = {why.value: number for why, number in outcome.adopted.dropped.items()}
    else:
        row.outcome = outcome.code
    row.save(force_insert=True)
    return row


def current(findings: Iterable[int]) -> dict[int, Row]:
    """Finding → what stands beside its analysis: the newest that was written, from what this writer composes."""
    rows = Row.objects.filter(finding__in=list(findings), outcome=Row.WRITTEN, writer_version=WRITER_VERSION)
    return {row.finding_id: row for row in rows.order_by("pk")}


def allowed(*, private: bool) -> QuerySet[Finding]:
    """The findings of what documents say now whose words a model may be given: of public documents whose texts are
    shown in full, and nowhere withheld or removed. private: those of private documents, too."""
    public = Q(provision__document__owner=None, provision__document__platform__publish_text=PublishText.FULL)
    owned = Q(provision__document__owner__isnull=False)
    rows = Finding.objects.filter(public | owned if private else public, extraction__current__isnull=False)
    withheld = withholdings(CurrentExtraction.objects.values_list("document", flat=True))
    return rows.exclude(provision__document__in=list(withheld.documents)).exclude(
        extraction__reading__version__in=list(withheld.versions)
    )


def due(model: str, rows: QuerySet[Finding]) -> list[int]:
    """Those of some findings that a model is still to be asked about: the most severe first. Not those it was asked
    about already with this prompt and writer, nor those with which it failed often."""
    asked = Row.objects.filter(
        model_name=model, prompt_version=prompt().version, writer_version=WRITER_VERSION
    ).values_list("finding", flat=True)
    written = asked.filter(outcome=Row.WRITTEN, finding=OuterRef("pk"))
    failures = Counter(asked.exclude(outcome=Row.WRITTEN))
    keys = rows.exclude(Exists(written)).values_list("severity", "extraction", "ordinal", "pk").distinct()
    wanted = sorted(keys, key=lambda one: (_ORDER.get(one[0] or "", len(_ORDER)), *one[1:]))
    return [key for *_, key in wanted if failures[key] < MOST_FAILURES]


def analysis_of_row(row: Row) -> Analysis:
    """The stored sentences as values, by part."""
    parts = [
        Part(key, tuple(_sentence(one) for one in row.sentences if one["part"] == key.value)) for key in PARTS
    ]
    return Analysis(tuple(part for part in parts if part.sentences), row.writer_version)


def checked(row: Row, subject: Subject, composed: Analysis) -> Iterator[tuple[str, str]]:
    """The stored sentences that would not be taken in today, as (why, sentence); none of a sound row. Why is of
    Refusal, or `ground` where what they rest on is not what their sources rest on."""
    given = sources(subject, composed)
    for stored in row.sentences:
        said = Said(stored["part"], stored["text"], tuple(stored["sources"]))
        adopted: Adopted = adopt([said], given, subject, register())
        for why in adopted.dropped:
            yield why.value, said.text
        if adopted.kept and _stored(adopted.kept[0]) != stored:
            yield "ground", said.text


def record(row: Row, subject: Subject) -> MadeRecord:
    """A stored analysis for pages and commands."""
    return MadeRecord(
        parts=parts_of(subject, analysis_of_row(row)),
        model=row.answered_by or row.model_name,
        prompt=row.prompt_version,
        writer=row.writer_version,
        at=row.at,
        tokens_in=row.tokens_in,
        tokens_out=row.tokens_out,
        cost=row.cost,
        currency=row.currency,
        dropped=dict(row.dropped),
    )


def as_row(row: Row) -> dict[str, Any]:
    """An attempt as commands print it. `row.finding.provision.document.platform` should have been selected along."""
    finding = row.finding
    return {
        "id": public_id("P", finding.provision_id),
        "document": finding.provision.document.path,
        "outcome": row.outcome,
        "model": row.answered_by or row.model_name,
        "prompt": row.prompt_version,
        "writer": row.writer_version,
        "at": row.at.isoformat(),
        "tokens_in": row.tokens_in,
        "tokens_out": row.tokens_out,
        "cost": None if row.cost is None else str(row.cost),
        "currency": row.currency or None,
        "sentences": [
            {"part": one["part"], "text": one["text"], "grounds": one["grounds"]} for one in row.sentences
        ],
        "dropped": row.dropped,
    }


def _stored(kept: Kept) -> dict[str, Any]:
    return {
        "part": kept.said.part,
        "text": kept.said.text,
        "sources": list(kept.said.numbers),
        "grounds": [
            {"kind": ground.kind.value, "ref": ground.ref, "spans": [list(span) for span in ground.spans]}
            for ground in kept.sentence.grounds
        ],
        "is_inferred": kept.sentence.is_inferred,
        "is_general": kept.sentence.is_general,
    }


def _sentence(stored: Mapping[str, Any]) -> Sentence:
    grounds = (
        Ground(GroundKind(one["kind"]), one["ref"], tuple(Span(*span) for span in one["spans"]))
        for one in stored["grounds"]
    )
    return Sentence(stored["text"], tuple(grounds), stored["is_inferred"], stored["is_general"])
