"""A report's data file: all that its sentences, tables and charts are made of. The same record gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from conductatlas.provisions.reports.made import Report
from conductatlas.provisions.tables import matrix_object


def data(report: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    return {
        "report": report.definition.slug,
        "title": report.title,
        "since": report.since.isoformat(timespec="seconds"),
        "until": report.until.isoformat(timespec="seconds"),
        "extractor": report.extractor,
        "readers": list(report.readers),
        "languages": list(report.languages),
        "vantages": [dict(one) for one in report.vantages],
        "licence": report.definition.licence,
        "findings": [
            {
                "question": one.headline.question,
                "values": None if one.headline.values is None else list(one.headline.values),
                "number": one.number,
                "of": one.read,
                "silent": one.silent,
                "conflicting": one.conflicting,
                "platforms": [platform.slug for platform in one.platforms],
            }
            for one in report.findings
        ],
        "matrix": matrix_object(report.matrix),
        "changes": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "change": one.id,
                "platform": one.platform.slug,
                "title": one.title,
                "how": one.how,
            }
            for one in report.changes
        ],
        "coverage": [
            {
                "platform": one.platform.slug,
                "read": [document.path for document in one.read],
                "unread": [{"document": row.document.path, "why": row.why} for row in one.unread],
            }
            for one in report.covered
        ],
    }


def data_file(report: Report) -> bytes:
    """The data file, UTF-8."""
    return (json.dumps(data(report), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def checksum(report: Report) -> str:
    """SHA-256 of the data file, hexadecimal."""
    return hashlib.sha256(data_file(report)).hexdigest()
