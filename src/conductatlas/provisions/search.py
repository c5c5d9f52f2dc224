"""Full-text search over provisions and sections as they stand, on either database.

What is looked through are rows (`SearchEntry`); the index of their words is the database's own: FTS5 with Porter's
stemmer, or a `tsvector` with Snowball's, neither with stop words, for to a lawyer "as is" is a term. Both take a
question apart the same way: all words must occur, those in quotation marks in that order.

Entries are ranked by their own words only, so that many that match can't make it slow: of the matches so many are
looked at, in no stated order, and the best of these come first.
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
SNIPPET_WITHIN = 50_000  # characters of an entry that PostgreSQL looks through for it
RANKED = 1_000  # matches that are ranked

_TERM = re.compile(r'"([^"]{1,200})"|(\S{1,100})')
_WORD = re.compile(r"[^\W_]+")

# CROSS JOIN: SQLite keeps the order, the index of words first. Snippets are made of the chosen alone, not to be sorted.
_FTS5 = f"""
SELECT id FROM (
  SELECT e.id AS id, bm25(provisions_search, 4.0, 1.0) AS rank
  FROM provisions_search CROSS JOIN provisions_searchentry AS e ON e.id = provisions_search.rowid
  WHERE provisions_search MATCH %s AND e.document_id IN ({{visible}}) {{only}} LIMIT {RANKED}
) ORDER BY rank, id LIMIT %s
"""  # noqa: S608 (our own words)
_FTS5_SNIPPETS = f"""
SELECT rowid, snippet(provisions_search, 1, '{MARK}', '{END}', '…', {SNIPPET_WORDS})
FROM provisions_search WHERE provisions_search MATCH %s AND rowid IN ({{keys}})
"""  # noqa: S608 (our own words)
_TSVECTOR = f"""
SELECT id FROM (
  SELECT e.id, e.words FROM provisions_searchentry AS e
  WHERE e.words @@ websearch_to_tsquery('conductatlas', %s)
  AND e.document_id IN ({{visible}}) {{only}} LIMIT {RANKED}
) AS matching ORDER BY ts_rank(words, websearch_to_tsquery('conductatlas', %s), 1) DESC, id LIMIT %s
"""  # noqa: S608 (our own words)
_TSVECTOR_SNIPPETS = f"""
SELECT id, ts_headline('conductatlas', left(body, {SNIPPET_WITHIN}), websearch_to_tsquery('conductatlas', %s),
  'StartSel={MARK}, StopSel={END}, MaxFragments=1, MaxWords={SNIPPET_WORDS}, MinWords=12')
FROM provisions_searchentry WHERE id IN ({{keys}})
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
    """The entries of documents that the viewer may see in which all the words occur, the best first.

    among: only provisions that have one of these findings (as of `queries.chosen`). Nothing is an error: a question
    without a word finds nothing. Withheld and removed texts are left out.
    """
    asked = _asked(question)
    if not asked:
        return []
    keys = _best(viewer, asked, limit, provisions_only, among)
    snippets = _snippets(asked, keys)
    entries = SearchEntry.objects.select_related("document__platform", "provision", "reading__version")
    rows = entries.defer("reading__text", "reading__marks").in_bulk(keys)
    hidden = withholdings({row.document_id for row in rows.values()})
    return [
        Hit(rows[key], _parts(snippets[key]))
        for key in keys
        if key in rows
        and key in snippets
        and not hidden.of(rows[key].document_id, rows[key].reading.version_id)
    ]


def _best(
    viewer: Viewer, asked: str, limit: int, provisions_only: bool, among: QuerySet[Finding] | None
) -> list[int]:
    """Keys of the entries that match, the best first."""
    sql, parameters = Document.objects.visible_to(viewer).values("pk").order_by().query.sql_with_params()
    only = "AND e.provision_id IS NOT NULL" if provisions_only else ""
    if among is not None:
        chosen, more = among.order_by().values("provision").query.sql_with_params()
        only, parameters = f"AND e.provision_id IN ({chosen})", (*parameters, *more)
    is_fts5 = connection.vendor == "sqlite"
    query = (_FTS5 if is_fts5 else _TSVECTOR).format(visible=sql, only=only)
    with connection.cursor() as cursor:
        cursor.execute(query, [asked, *parameters, *([] if is_fts5 else [asked]), limit])
        return [key for (key,) in cursor.fetchall()]


def _snippets(asked: str, keys: Sequence[int]) -> dict[int, str]:
    """Key → the words around what was asked for, that in MARK and END."""
    if not keys:
        return {}
    query = (_FTS5_SNIPPETS if connection.vendor == "sqlite" else _TSVECTOR_SNIPPETS).format(
        keys=", ".join(["%s"] * len(keys))
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [asked, *keys])
        return dict(cursor.fetchall())


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
