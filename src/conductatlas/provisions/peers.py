"""What other platforms say of the same matter: kept vectors of clauses, and the peers of one clause.

Entries are of public documents alone, so that no private one becomes a peer; which clauses are peers, and why, is
decided in `reading.peers`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conductatlas.catalogue.models import Document
from conductatlas.provisions.models import Extraction, Finding, FoundFact, PeerEntry
from conductatlas.provisions.queries import records
from conductatlas.provisions.records import FindingRecord
from conductatlas.provisions.values import fact_in_words
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.peers import choosing
from conductatlas.reading.peers.choosing import Clause, Says
from conductatlas.reading.peers.facts import StatedFact
from conductatlas.reading.peers.vector import VECTOR_VERSION, vector

LONGEST = 1200  # characters of a quote beside another platform's
SPARE = 1  # peers more than asked for, in place of those whose words are not shown


@dataclass(frozen=True, slots=True)
class Beside:
    """A fact that both clauses state: its title, and the values in words."""

    title: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class PeerRecord:
    """A clause of another platform beside one. same, otherwise: facts that both state, with the same values or with
    others. nearness: of the words, 0 to 1."""

    finding: FindingRecord
    says: Says
    same: tuple[Beside, ...]
    otherwise: tuple[Beside, ...]
    nearness: float
    is_same_scope: bool


def of(finding: FindingRecord, limit: int = choosing.MOST) -> list[PeerRecord]:
    """The peers of a clause, same scope first, then the nearest; at most `limit`, none rather than noise."""
    if finding.type in choosing.WITHOUT_PEERS or not finding.quote:
        return []
    document = finding.document
    subject = Clause(
        finding.pk,
        document.platform.pk,
        document.kind,
        document.audience,
        document.region,
        document.language,
        finding.confidence,
        vector(finding.quote),
    )
    listed = choosing.shortlist(subject, _near(finding.type, subject))
    stated = _facts(finding.type, [finding.pk, *(clause.key for clause, _ in listed)])
    subject = replace(subject, facts=_compared(stated.get(finding.pk, ())))
    found = choosing.peers(
        finding.type,
        subject,
        [(replace(clause, facts=_compared(stated.get(clause.key, ()))), near) for clause, near in listed],
        limit + SPARE,
    )
    rows = Finding.objects.filter(pk__in=[peer.key for peer in found])
    shown = {one.pk: one for one in records(None, rows, longest=LONGEST) if one.quote}
    return [_record(finding, peer, shown[peer.key], stated) for peer in found if peer.key in shown][:limit]


def _near(type_: str, subject: Clause) -> Iterable[tuple[Clause, float]]:
    """The clauses of a type in public documents as they stand whose words are near, and how near they are."""
    # No joins and no values to convert: these rows may be thousands, and are all that takes time.
    every = PeerEntry.objects.filter(type=type_, maker=VECTOR_VERSION, confidence__gte=choosing.LEAST_SURE)
    rows = list(every.order_by().values_list("finding", "document", "confidence", "position", "vector"))
    near = choosing.nearest(subject.vector, [bytes(row[-1]) for row in rows])
    public = Document.objects.visible_to(None).filter(retired_at=None)
    asked = public.filter(pk__in={rows[place][1] for place, _ in near}).order_by()
    scopes = asked.values_list("pk", "platform", "kind", "audience", "region", "language")
    documents = {key: (of, kind, who, where, language) for key, of, kind, who, where, language in scopes}
    for place, how_near in near:
        key, document, confidence, position, kept = rows[place]
        if document in documents:
            scope = documents[document]
            yield Clause(key, *scope, confidence, bytes(kept), is_first=position == 0), how_near


def _facts(type_: str, findings: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    """Finding → the facts of a type that it states, in the order in which they stand."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    rows = FoundFact.objects.filter(type=type_, finding__in=findings).order_by("finding", "pk")
    for row in rows.values_list("finding", "name", "value", "audience", "region", "plan", "product"):
        found[row[0]].append(row[1:])
    return found


def _compared(rows: Iterable[Any]) -> tuple[StatedFact, ...]:
    return tuple(StatedFact(name, value, tuple(scope)) for name, value, *scope in rows)


def _record(
    finding: FindingRecord, peer: choosing.Peer, record: FindingRecord, stated: Mapping[int, Sequence[Any]]
) -> PeerRecord:
    def beside(names: Iterable[str]) -> tuple[Beside, ...]:
        return tuple(
            Beside(
                attributes()[finding.type, name].title,
                _said(finding.type, name, stated[finding.pk]),
                _said(finding.type, name, stated[peer.key]),
            )
            for name in names
        )

    return PeerRecord(
        record, peer.says, beside(peer.same), beside(peer.otherwise), peer.nearness, peer.is_same_scope
    )


def _said(type_: str, name: str, rows: Iterable[Any]) -> str:
    """The values of a fact in words, each once."""
    said = [fact_in_words(type_, name, value) for stated, value, *_ in rows if stated == name]
    return ", ".join(dict.fromkeys(said))


def are_due(extraction: Extraction) -> bool:
    """Whether the entries of what a document says now are missing, or made by another version."""
    document = extraction.reading.version.document
    if document.owner_id is not None or not extraction.findings.exists():
        return False
    return not PeerEntry.objects.filter(document=document, maker=VECTOR_VERSION).exists()


def index(extraction: Extraction) -> None:
    """Make the entries of a document anew from one extraction; a private one has none. Runs inside the caller's
    transaction."""
    reading, document = extraction.reading, extraction.reading.version.document
    forget([document.pk])
    if document.owner_id is not None:
        return
    PeerEntry.objects.bulk_create(
        PeerEntry(
            document=document,
            finding=row,
            type=typed.type,
            position=typed.position,
            confidence=typed.confidence,
            maker=VECTOR_VERSION,
            vector=kept,
        )
        for row in extraction.findings.prefetch_related("types")
        for kept in (vector(reading.text[row.start : row.end]),)
        for typed in row.types.all()
        if typed.type not in choosing.WITHOUT_PEERS
    )


def forget(documents: Iterable[int]) -> None:
    """Take out what documents say, as when their words had to go."""
    PeerEntry.objects.filter(document__in=list(documents)).delete()
