"""`/reports/<slug>/`: one report; as Markdown, PDF and data file beside it.

Template `report_show.html`:
    report          Report: .title .lead .definition .since .until, or None where nothing has been read yet
    definition      Definition
    blocks          list[Block]: .kind heading, paragraph, items, table, chart, quotation (provisions.reports.blocks)
    contents        list[Heading] of the second level
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.evidence.report import report_pdf
from conductatlas.provisions.reports.blocks import Heading
from conductatlas.provisions.reports.compose import compose
from conductatlas.provisions.reports.data import data_file
from conductatlas.provisions.reports.definition import Definition, definitions
from conductatlas.provisions.reports.made import Report, make
from conductatlas.provisions.reports.markdown import markdown
from conductatlas.web.context import site_url
from conductatlas.web.headers import DOWNLOAD_POLICY


def show(request: HttpRequest, slug: str) -> HttpResponse:
    report = report_of(slug)
    blocks = compose(report) if report is not None else []
    return render(
        request,
        "report_show.html",
        {
            "report": report,
            "definition": definition_or_404(slug),
            "blocks": blocks,
            "contents": [one for one in blocks if isinstance(one, Heading) and one.level == 2],
        },
    )


def as_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    text = markdown(_made(slug), site_url(request))
    return _file(text.encode(), "text/markdown; charset=utf-8", f"{slug}.md")


def as_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(report_pdf(_made(slug), site_url(request)), "application/pdf", f"{slug}.pdf")


def as_json(_request: HttpRequest, slug: str) -> HttpResponse:
    return _file(data_file(_made(slug)), "application/json", f"{slug}.json")


def report_of(slug: str) -> Report | None:
    """A report, made anew each time, since a text may be withheld at any; None where nothing has been read yet. 404 for
    no report's slug."""
    return make(definition_or_404(slug))


def definition_or_404(slug: str) -> Definition:
    found = definitions().get(slug)
    if found is None:
        raise Http404
    return found


def _made(slug: str) -> Report:
    report = report_of(slug)
    if report is None:
        raise Http404
    return report


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
