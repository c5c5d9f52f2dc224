"""Comparisons as other programs read them: one shape for the site's JSON and CSV and for the commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conductatlas.provisions.comparison import Comparison, FactCell
from conductatlas.provisions.entities import AnswerCell, Beside
from conductatlas.provisions.matrix import Matrix, MatrixCell
from conductatlas.provisions.records import FindingRecord

SCOPE = "United States, consumers, where a text tells them apart"  # what an answer to a question is for


def matrix_rows(found: Matrix) -> Iterator[list[str]]:
    """A matrix as a table: for each column its words, its quote and where that stands; the first row names them."""
    yield [
        "platform",
        *(name for head in found.heads for name in (head.key, f"{head.key}.quote", f"{head.key}.at")),
    ]
    for row in found.rows:
        cells = ((cell.said, cell.quote, cell.provision_id or cell.version_id) for cell in row.cells)
        yield [row.platform.slug, *(text for cell in cells for text in cell)]


def matrix_object(found: Matrix) -> dict[str, Any]:
    """A matrix as JSON has it."""
    return {
        "columns": [
            {
                "key": head.key,
                "title": head.title,
                "is_question": head.is_question,
                "scope": SCOPE if head.is_question else None,
                "stated": head.stated,
                "not_stated": head.not_stated,
                "not_read": head.not_read,
            }
            for head in found.heads
        ],
        "rows": [
            {
                "platform": row.platform.slug,
                "name": row.platform.name,
                "cells": {head.key: _cell(cell) for head, cell in zip(found.heads, row.cells, strict=True)},
            }
            for row in found.rows
        ],
        "unread": [platform.slug for platform in found.unread],
    }


def comparison_object(found: Comparison) -> dict[str, Any]:
    """A comparison of platforms over a type as JSON has it."""
    names = [column.platform.slug for column in found.columns]
    return {
        "type": found.type.name,
        "title": found.type.title,
        "since": found.since.isoformat(),
        "share": {"number": found.share.number, "of": found.share.of},
        "sentences": list(found.sentences),
        "unstated": list(found.unstated),
        "platforms": [
            {
                "platform": column.platform.slug,
                "name": column.platform.name,
                "clauses": [_clause(finding) for finding in column.clauses],
                "more": column.more,
                "changes": [
                    {"at": one.at.isoformat(), "change": one.slug, "title": one.title, "how": one.how}
                    for one in column.changes
                ],
                "read": [document.path for document in column.read],
                "unread": [document.path for document in column.unread],
            }
            for column in found.columns
        ],
        "facts": [
            {
                "name": row.name,
                "title": row.title,
                "outcome": row.outcome.value,
                "cells": {name: _fact_cell(cell) for name, cell in zip(names, row.cells, strict=True)},
            }
            for row in found.rows
        ],
    }


def beside_object(found: Beside) -> dict[str, Any]:
    """Two platforms beside each other as JSON has it."""
    names = [side.platform.slug for side in found.sides]
    return {
        "scope": SCOPE,
        "sides": [
            {
                "platform": side.platform.slug,
                "name": side.platform.name,
                "only": {one.type.name: one.number for one in side.only},
                "read": [document.path for document in side.read],
                "unread": [document.path for document in side.unread],
            }
            for side in found.sides
        ],
        "both": found.both,
        "untold": [one.name for one in found.untold],
        "answers": [
            {
                "key": row.question.key,
                "title": row.question.title,
                "outcome": row.outcome.value,
                "cells": {name: _answer_cell(cell) for name, cell in zip(names, row.cells, strict=True)},
            }
            for row in found.rows
        ],
    }


def _cell(cell: MatrixCell) -> Mapping[str, Any]:
    return {
        "state": cell.state.value,
        "value": cell.value,
        "said": cell.said,
        "conflict": cell.is_conflict,
        "quote": cell.quote,
        "document": cell.document.path if cell.document else None,
        "provision": cell.provision_id or None,
        "version": cell.version_id or None,
    }


def _clause(finding: FindingRecord) -> Mapping[str, Any]:
    return {
        "provision": finding.public_id,
        "title": finding.title,
        "document": finding.document.path,
        "severity": finding.severity,
        "quote": finding.quote,
        "digest": finding.digest,
    }


def _fact_cell(cell: FactCell) -> Mapping[str, Any]:
    return {
        "state": cell.state.value,
        "said": cell.said,
        "stated": [
            {
                "value": one.raw,
                "quote": one.quote,
                "provision": one.finding.public_id,
                "scope": dict(zip(("audience", "region", "plan", "product"), one.scope, strict=True)),
                "condition": one.condition,
                "limit": one.limit,
            }
            for one in cell.stated
        ],
    }


def _answer_cell(known: AnswerCell) -> Mapping[str, Any]:
    cell = known.cell
    return {
        "state": known.state.value,
        "said": known.said,
        "value": cell.value if cell else None,
        "quote": cell.quote if cell else "",
        "document": cell.document.path if cell and cell.document else None,
        "searched": list(cell.searched) if cell else [],
    }
