"""`/matrix/`: all platforms by chosen questions or facts; `matrix.json` and `matrix.csv` beside it.

Query: `questions` and `facts` (keys, several or joined by commas, 12 at most), `sort` (a key, with - before it the
other way round), `category`, `p` (slugs), `with` (keys: only platforms that state them), `from` (rows left out at the
start), `choose` (anything: the choice of columns instead of the table).

Template `matrix_show.html`:
    found           Matrix: .heads .unread; rows: list[(PlatformRecord, list[(Head, MatrixCell)])]
                    of this page; total: of all
    columns         list[(Head, query string that sorts by it, whether it is sorted by: "" up down)]
    asked           matrix.Asked; query: query string of this table without `from`; scope: whom answers are for
    newer, older    query strings of the neighbouring pages, "" where there is none
    questions       list[(key, title)]; fact_groups: list[(type title, list[(key, title)])], to choose from; [] where
                    the table is shown
    categories      list[(slug, title)]; problem: fields ignored, as words
"""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.provisions import matrix as made
from conductatlas.provisions.tables import SCOPE, matrix_object, matrix_rows
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.questions import questions
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.web.filtering import problem
from conductatlas.web.headers import DOWNLOAD_POLICY
from conductatlas.web.pages.compare_pick import slugs

SIZE = 40  # rows a page


def show(request: HttpRequest) -> HttpResponse:
    asked, ignored = asked_of(request)
    found = made.matrix(asked)
    start, is_choice = _start(request), "choose" in request.GET
    total = len(found.rows)
    return render(
        request,
        "matrix_show.html",
        {
            "found": found,
            "rows": [
                (row.platform, list(zip(found.heads, row.cells, strict=True)))
                for row in found.rows[start : start + SIZE]
            ],
            "total": total,
            "columns": [
                (head, _query(asked, sort=_turned(asked, head.key)), _way(asked, head.key))
                for head in found.heads
            ],
            "by_name": (_query(asked, sort="-platform" if not asked.sort else ""), _way(asked, "platform")),
            "asked": asked,
            "scope": SCOPE,
            "query": _query(asked),
            "newer": f"{_query(asked)}&from={max(0, start - SIZE)}" if start else "",
            "older": f"{_query(asked)}&from={start + SIZE}" if start + SIZE < total else "",
            "questions": [(key, one.title) for key, one in questions().items()] if is_choice else [],
            "fact_groups": _fact_groups() if is_choice else [],
            "is_choice": is_choice,
            "categories": catalogue.categories(None),
            "most": made.MOST,
            "problem": problem(ignored),
        },
    )


def as_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        matrix_object(made.matrix(asked_of(request)[0])), json_dumps_params={"ensure_ascii": False}
    )


def as_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="matrix.csv"'
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    csv.writer(response).writerows(matrix_rows(made.matrix(asked_of(request)[0])))
    return response


def asked_of(request: HttpRequest) -> tuple[made.Asked, list[str]]:
    """The table that the address asks for, and the fields that could not be understood."""
    ignored = []
    columns = []
    for field in ("questions", "facts"):
        for key in slugs(request.GET.getlist(field)):
            if made.known_column(key):
                columns.append(key)
            else:
                ignored.append(field)
    columns = columns[: made.MOST] or list(made.USUAL)
    sort = request.GET.get("sort", "")
    if sort and sort.removeprefix("-") not in {*columns, "platform"}:
        ignored.append("sort")
        sort = ""
    category = request.GET.get("category", "")
    if category and category not in dict(catalogue.categories(None)):
        ignored.append("category")
        category = ""
    only = [key for key in slugs(request.GET.getlist("with")) if key in columns]
    asked = made.Asked(tuple(columns), sort, category, tuple(slugs(request.GET.getlist("p"))), tuple(only))
    return asked, list(dict.fromkeys(ignored))


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _query(asked: made.Asked, sort: str | None = None) -> str:
    query = QueryDict(mutable=True)
    parts = {
        "questions": ",".join(key for key in asked.columns if "." not in key),
        "facts": ",".join(key for key in asked.columns if "." in key),
        "sort": asked.sort if sort is None else sort,
        "category": asked.category,
        "p": ",".join(asked.platforms),
        "with": ",".join(asked.with_),
    }
    for name, value in parts.items():
        if value:
            query[name] = value
    return f"?{query.urlencode(safe=',')}"


def _turned(asked: made.Asked, key: str) -> str:
    return f"-{key}" if asked.sort == key else key


def _way(asked: made.Asked, key: str) -> str:
    if asked.sort.removeprefix("-") != key:
        return "ascending" if key == "platform" and not asked.sort else ""
    return "descending" if asked.sort.startswith("-") else "ascending"


def _fact_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for (type_, name), one in attributes().items():
        groups.setdefault(taxonomy()[type_].title, []).append((f"{type_}.{name}", one.title))
    return list(groups.items())
