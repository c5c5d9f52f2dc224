"""PDF files through a document's whole check: versions, changes and refusals."""

from __future__ import annotations

from typing import Any

from tests.pdf_writer import Page as Sheet
from tests.pdf_writer import pdf

from conductatlas.archive.memory import Page
from conductatlas.archive.models import Capture


def served(clauses: tuple[str, ...]) -> Page:
    sheet = Sheet().text(60, 790, "Terms of Use", font="F2", size=18)
    y = 760.0
    for clause in clauses:
        y = sheet.paragraph(60, y, clause)
    return Page(pdf(sheet), content_type="application/pdf")


def test_a_pdf_makes_a_version_and_one_changed_clause_one_hunk(
    archive: Any, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    archive.serve(served(clauses))
    assert archive.check(document).reason == "first_version"
    archive.later(days=1)
    archive.serve(served(tuple(clause.replace("30 days", "10 days") for clause in clauses)))
    change = archive.check(document).change
    hunk = change.hunks.get()
    assert change.new_reading.text[hunk.new_start : hunk.new_end] == clauses[2].replace("30 days", "10 days")


def test_a_scan_is_refused_with_that_reason(archive: Any) -> None:
    document = archive.document()
    archive.serve(Page(pdf(Sheet().picture()), content_type="application/pdf"))
    result = archive.check(document)
    assert (result.outcome, result.reason, result.version) == ("held", "scanned_pdf", None)
    assert Capture.objects.get().detail == "1 of 1 pages are pictures without text"
