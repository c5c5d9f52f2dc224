"""A report made from what the record holds: counted, quoted, dated. The same record gives the same report.

Its only dates are those of the record; the window ends with the last check of the platforms that are in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from conductatlas.archive import queries as archive
from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.history import queries as history
from conductatlas.ids import public_id
from conductatlas.provisions import comparing
from conductatlas.provisions.comparison import State
from conductatlas.provisions.matrix import Asked, Matrix, matrix
from conductatlas.provisions.queries import read_documents
from conductatlas.provisions.reports.definition import Definition, Headline
from conductatlas.reading.clauses.extractor import EXTRACTOR_VERSION

MONTH = 30.4375  # days
EVER = datetime(9999, 1, 1, tzinfo=UTC)
NAMES = ("place", "network", "language", "client")  # of a vantage
WORDS = {"withheld": "its text is withheld", "removed": "its text was removed"}
NOT_YET = "no text of it has been captured"


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that could not be read, and why, as a sentence or a few words."""

    document: DocumentRecord
    why: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A platform of the set. read: documents whose text as it stands was read; unread: the others that are watched."""

    platform: PlatformRecord
    read: tuple[DocumentRecord, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A headline, counted: `platforms` of `read` state it; of `silent` of them no answer was found; the texts of
    `conflicting` state different things."""

    headline: Headline
    platforms: tuple[PlatformRecord, ...]
    read: int
    silent: int
    conflicting: int

    @property
    def number(self) -> int:
        return len(self.platforms)


@dataclass(frozen=True, slots=True)
class Told:
    """A published change in the window that touched a clause of one of the types."""

    at: datetime
    id: str
    platform: PlatformRecord
    title: str
    how: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report. since, until: the window. vantages: where and how the pages were asked for, as recorded. languages: of
    the documents read. unread: documents; extractor, readers: versions that read them."""

    definition: Definition
    since: datetime
    until: datetime
    covered: tuple[Covered, ...]
    matrix: Matrix
    findings: tuple[Finding, ...]
    changes: tuple[Told, ...]
    vantages: tuple[tuple[tuple[str, str], ...], ...]
    languages: tuple[str, ...]
    readers: tuple[int, ...]
    extractor: int = EXTRACTOR_VERSION

    @property
    def title(self) -> str:
        return self._counted(self.definition.title)

    @property
    def lead(self) -> str:
        return self._counted(self.definition.lead)

    @property
    def read(self) -> int:
        """Platforms of which a document could be read."""
        return len(self.matrix.rows)

    def _counted(self, text: str) -> str:
        return text.replace("{platforms} ", f"{self.read} " if self.read > 1 else "")


def make(definition: Definition) -> Report | None:
    """A report of public documents as they stand; None where no document of its platforms has been read yet."""
    platforms = _platforms(definition)
    found = matrix(Asked(definition.questions, platforms=tuple(one.slug for one in platforms) or ("",)))
    if not found.rows:
        return None
    covered, until, readers = _coverage(platforms)
    since = until - timedelta(days=round(definition.months * MONTH))
    documents = [document.pk for one in covered for document in one.read]
    return Report(
        definition=definition,
        since=since,
        until=until,
        covered=covered,
        matrix=found,
        findings=tuple(_finding(one, found) for one in definition.findings),
        changes=_changes(definition, platforms, since, until),
        vantages=_conditions(documents),
        languages=tuple(sorted({one.language for row in covered for one in row.read if one.language})),
        readers=readers,
    )


def _platforms(definition: Definition) -> Sequence[PlatformRecord]:
    if definition.platforms:
        return catalogue.platforms_named(None, definition.platforms)
    return catalogue.platforms(None, category=definition.category)


def _coverage(
    platforms: Sequence[PlatformRecord],
) -> tuple[tuple[Covered, ...], datetime, tuple[int, ...]]:
    """The platforms with what was read and what was not; when one of their documents was looked at last; versions of
    the reader that their texts are of."""
    documents = [
        one
        for one in catalogue.documents_of(None, [platform.pk for platform in platforms])
        if one.retired_at is None
    ]
    checked = [line.state.checked_at for line in history.document_states(documents, EVER)]
    until = max(filter(None, checked), default=EVER)
    read, versions = read_documents(None), set()
    rows: dict[int, tuple[list[DocumentRecord], list[Unread]]] = {one.pk: ([], []) for one in platforms}
    for line in history.document_states(documents, until):
        own, unread = rows[line.document.platform.pk]
        if line.document.pk in read:
            own.append(line.document)
            versions.add(line.state.version.reader_version if line.state.version else 0)
        else:
            unread.append(Unread(line.document, line.state.why or WORDS.get(line.state.name, NOT_YET)))
    covered = tuple(Covered(one, tuple(rows[one.pk][0]), tuple(rows[one.pk][1])) for one in platforms)
    return covered, until, tuple(sorted(versions - {0}))


def _finding(headline: Headline, found: Matrix) -> Finding:
    place = next(n for n, head in enumerate(found.heads) if head.key == headline.question)
    cells = [(row.platform, row.cells[place]) for row in found.rows]
    stating = [
        platform for platform, cell in cells if cell.state is State.STATED and _counts(headline, cell.value)
    ]
    head = found.heads[place]
    conflicting = sum(cell.is_conflict and cell.state is State.NOT_STATED for _, cell in cells)
    return Finding(headline, tuple(stating), head.read, head.not_stated - conflicting, conflicting)


def _counts(headline: Headline, value: Any) -> bool:
    if headline.values is None:
        return not _is_one_of(value, headline.but)
    return _is_one_of(value, headline.values)


def _is_one_of(value: Any, values: Sequence[Any]) -> bool:
    """Whether an answer is one of some values; 0 is not False, and 1 not True."""
    return any(type(value) is type(one) and value == one for one in values)


def _changes(
    definition: Definition, platforms: Sequence[PlatformRecord], since: datetime, until: datetime
) -> tuple[Told, ...]:
    """The newest first, each clause of a change once."""
    told: dict[tuple[int, int], Told] = {}
    for type_ in definition.types:
        for platform, several in comparing.changes_of(type_, platforms, since).items():
            for one in several:
                if one.at <= until:
                    told.setdefault(
                        (one.key, one.provision),
                        Told(one.at, public_id("C", one.key), platform, one.title, one.how),
                    )
    return tuple(sorted(told.values(), key=lambda one: (one.at, one.id, one.title), reverse=True))


def _conditions(documents: Sequence[int]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Where and how the pages were asked for: (name, value) pairs of each vantage, in a fixed order."""
    found = {
        tuple((name, str(vantage[name])) for name in NAMES if vantage.get(name))
        for vantage in archive.vantages_of(documents)
    }
    return tuple(sorted(found - {()}))
