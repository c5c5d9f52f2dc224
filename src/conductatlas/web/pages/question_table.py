"""`/questions.csv`: every answer of every platform, a row a cell, for other programs."""

from __future__ import annotations

import csv
import json

from django.http import HttpRequest, HttpResponse

from conductatlas.ids import public_id
from conductatlas.provisions import asking
from conductatlas.web.found import viewer_of
from conductatlas.web.headers import DOWNLOAD_POLICY

COLUMNS = (
    *("platform", "key", "value", "stated", "conflict", "quote", "document", "version", "section"),
    *("scope", "confidence", "searched"),
)


def show(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="questions.csv"'
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    table = csv.writer(response)
    table.writerow(COLUMNS)
    for cell in asking.all_answers(viewer_of(request)):
        table.writerow(
            [
                cell.platform.slug,
                cell.key,
                "" if cell.value is None else json.dumps(cell.value, ensure_ascii=False),
                "yes" if cell.value is not None else "no",
                "yes" if cell.is_conflict else "no",
                cell.quote,
                cell.document.path if cell.document else "",
                public_id("V", cell.version) if cell.version else "",
                cell.section,
                json.dumps(cell.scope, ensure_ascii=False) if cell.scope else "",
                cell.confidence,
                " ".join(cell.searched),
            ]
        )
    return response
