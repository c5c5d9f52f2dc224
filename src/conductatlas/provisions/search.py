"""Full-text search over provisions and sections as they stand, on either database.

What is looked through are rows (`SearchEntry`); the index of their words is the database's own: FTS5 with Porter's
stemmer, or a `tsvector` of the English configuration. Both take a question apart the same way: all words must occur,
those in quotation marks in that order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from conductatlas.catalogue.models import Document, Viewer
from conductatlas.history.models import Reading
from conductatlas.history.withheld import withholdings
from conductatlas.provisions.models import Extraction, Finding, SearchEntry
from conductatlas.reading.text.sections import sections

MOST_TERMS = 12
MARK, END = (
    "\ue000",
    "\ue001",
)  # around what was found, in a snippet: private characters, in no text of a reading
SNIPPET_WORDS = 24

_TERM = re.compile(r'"([^"]{1,200})"|(\S{1,100})')
_WORD = re.compile(r"\w+")

_FTS5 = f"""
SELECT e.id, snippet(provisions_search, 1, '{MARK}', '{END}', '…', {SNIPPET_WORDS})
FROM provisions_search JOIN provisions_searchentry AS e ON e.id = provisions_search.rowid
WHERE provisions_search MATCH %s AND e.document_id IN ({{visible}}) {{only}}
ORDER BY bm25(provisions_search, 4.0, 1.0) LIMIT %s
"""  # noqa: S608 (our own words)
_TSVECTOR = f"""
SELECT id, ts_headline('english', body, asked,
  'StartSel={MARK}, StopSel={END}, MaxFragments=1, MaxWords={SNIPPET_WORDS}, MinWords=12')
FROM (
  SELECT e.id, e.body, asked, ts_rank(e.words, asked) AS rank
  FROM provisions_searchentry AS e, websearch_to_tsquery('english', %s) AS asked
  WHERE e.words @@ asked AND e.document_id IN ({{visible}}) {{only}}
  ORDER BY rank DESC, e.id LIMIT %s
) AS best ORDER BY rank DESC, id
"""  # noqa: S608 (our own words)


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that answers a question. snippet: parts of its words, each with whether it was asked for."""

    entry: SearchEntry
    snippet: tuple[tuple[str, bool], ...]

    @property
    def is_provision(self) -> bool:
        return self.entry.provision_id is not None


def search(
    viewer: Viewer,
    question: str,
    limit: int = 50,
    *,
    provisions_only: bool = False,
    among: QuerySet[Finding] | None = None,
) -> list[Hit]:
    """The entries of documents that the viewer may see in which all the words occur, the best first; only the
    provisions of the findings `among`, if given.

    Nothing is an error: a question without a word finds nothing. Withheld and removed texts are left out.
    """
    asked = _asked(question)
    if not asked:
        return []
    sql, parameters = Document.objects.visible_to(viewer).values("pk").order_by().query.sql_with_params()
    only = "AND e.provision_id IS NOT NULL" if provisions_only else ""
    if among is not None:
        chosen, more = among.order_by().values("provision").query.sql_with_params()
        only, parameters = f"AND e.provision_id IN ({chosen})", (*parameters, *more)
    query = (_FTS5 if connection.vendor == "sqlite" else _TSVECTOR).format(visible=sql, only=only)
    with connection.cursor() as cursor:
        cursor.execute(query, [asked, *parameters, limit])
        found = cursor.fetchall()
    rows = SearchEntry.objects.select_related("document__platform", "provision", "reading__version").in_bulk(
        [key for key, _ in found]
    )
    hidden = withholdings({row.document_id for row in rows.values()})
    return [
        Hit(rows[key], _parts(snippet))
        for key, snippet in found
        if not hidden.of(rows[key].document_id, rows[key].reading.version_id)
    ]


def _asked(question: str) -> str:
    """The words of a question, each in quotation marks, so that no sign in it means anything to a database."""
    terms = []
    for phrase, word in _TERM.findall(question.replace("\0", " "))[:MOST_TERMS]:
        words = _WORD.findall(phrase or word)
        if words:
            terms.append('"' + " ".join(words) + '"')
    return " ".join(terms)


def _parts(snippet: str) -> tuple[tuple[str, bool], ...]:
    parts = []
    for piece in re.split(f"({MARK}[^{END}]*{END})", snippet):
        if piece:
            parts.append((piece.strip(MARK + END), piece.startswith(MARK)))
    return tuple(parts)


def index(extraction: Extraction) -> None:
    """Make the entries of a document anew from one extraction. Runs inside the caller's transaction."""
    reading = extraction.reading
    document = reading.version.document
    SearchEntry.objects.filter(document=document).delete()
    SearchEntry.objects.bulk_create([*_provisions(extraction, reading), *_sections(document, reading)])


def forget(documents: Iterable[int]) -> None:
    """Take out what documents say, as when their words had to go."""
    SearchEntry.objects.filter(document__in=list(documents)).delete()


def _provisions(extraction: Extraction, reading: Reading) -> Sequence[SearchEntry]:
    return [
        SearchEntry(
            document=reading.version.document,
            reading=reading,
            provision_id=row.provision_id,
            anchor=row.anchor,
            title=row.title,
            body=reading.text[row.start : row.end],
        )
        for row in extraction.findings.all()
    ]


def _sections(document: Document, reading: Reading) -> Sequence[SearchEntry]:
    return [
        SearchEntry(
            document=document,
            reading=reading,
            anchor=section.anchor,
            title=section.title[:500],
            body=reading.text[section.start : section.end],
        )
        for section in sections(reading.value())
    ]
