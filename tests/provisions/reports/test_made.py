"""A report: counted from the record alone, with every denominator and its list, and the same each time."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from tests.provisions.test_comparing import _platform, ask
from tests.provisions.test_counts import hide, owls, watched, wrens
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.catalogue.models import Document
from conductatlas.evidence.report import report_html, report_pdf
from conductatlas.history.services import withhold
from conductatlas.provisions.reports.blocks import Chart, Table, plain
from conductatlas.provisions.reports.compose import compose, sentence
from conductatlas.provisions.reports.data import checksum, data, data_file
from conductatlas.provisions.reports.definition import Definition, definitions, read
from conductatlas.provisions.reports.made import Report, make
from conductatlas.provisions.reports.markdown import markdown

__all__ = ["owls", "wrens"]

DEFINITION = read(
    "birds",
    """
title = "What {platforms} platforms say"
lead = "Of {platforms} platforms."
questions = ["min_age", "governing_law", "liability_cap", "sells_data"]
quotes = ["governing_law"]
types = ["age"]

[[findings]]
question = "governing_law"
values = ["IE"]
says = "state the law of Ireland"
says_one = "states the law of Ireland"

[[findings]]
question = "min_age"
says = "state a minimum age"
says_one = "states a minimum age"
""",
)


@pytest.fixture
def asked(archive: Archive, owls: Document, wrens: Document) -> None:
    ask(archive)


def made(definition: Definition = DEFINITION) -> Report:
    found = make(definition)
    assert found is not None
    return found


def test_headlines_have_numerator_denominator_and_list(asked: None) -> None:
    report = made()
    assert report.title == "What 2 platforms say"
    assert [sentence(one) for one in report.findings] == [
        "1 of 2 platforms whose terms of service could be read states the law of Ireland: Owl. "
        "In what could be read of 1 of the 2 no answer was found.",
        "2 of 2 platforms whose terms of service could be read state a minimum age: Owl and Wren.",
    ]


def test_numbers_of_charts_and_tables_add_up(asked: None) -> None:
    report = made()
    blocks = compose(report)
    charts = [block for block in blocks if isinstance(block, Chart)]
    assert len(charts) == len(DEFINITION.charts)
    for chart in charts:
        assert sum(number for _, number in (*chart.values, *chart.silence)) == report.read
    tables = [block for block in blocks if isinstance(block, Table) and block.is_of_chart]
    for table in tables:
        assert sum(int(plain(row[1])) for row in table.rows) == report.read


def test_every_value_leads_to_the_version_that_states_it(asked: None) -> None:
    text = markdown(made(), "https://atlas.example")
    assert re.search(r"\[Ireland\]\(https://atlas\.example/id/CA-V-\d{6}\)", text)
    assert CLAUSES[5].partition(",")[0][:40] in text
    assert "*not stated*" in text and "*not read*" in text


def test_what_changed_in_the_window_is_told(archive: Archive, asked: None, owls: Document) -> None:
    assert made().changes == ()
    for _ in range(2):
        archive.later(days=1)
        archive.serve(
            policy(*CLAUSES[:1], CLAUSES[1].replace("16", "21"), *CLAUSES[2:]), "http://owl.example/terms"
        )
        archive.check(owls)
    ask(archive)
    report = made()
    (told,) = report.changes
    assert (told.platform.slug, told.how, told.id[:5]) == ("owl", "reworded", "CA-C-")
    assert report.since == report.until - timedelta(days=365)
    assert "1 published change touched clauses" in markdown(report, "")


def test_the_same_record_gives_the_same_bytes(archive: Archive, asked: None) -> None:
    one, other = made(), made()
    archive.later(days=3)
    later = made()
    for report in (other, later):
        assert data_file(report) == data_file(one)
        assert markdown(report, "") == markdown(one, "")
        assert report_html(report, "") == report_html(one, "")
    assert checksum(one) in markdown(one, "")
    assert json.loads(data_file(one)) == data(one)


def test_a_pdf_is_the_same_to_the_byte(asked: None) -> None:
    pytest.importorskip("weasyprint", exc_type=ImportError)
    first = report_pdf(made(), "https://atlas.example")
    assert first.startswith(b"%PDF-") and first == report_pdf(made(), "https://atlas.example")


def test_what_was_not_read_is_named_with_why(archive: Archive, asked: None) -> None:
    unread = archive.document("http://tern.example/terms", slug="tern-terms")
    Document.objects.filter(pk=unread.pk).update(platform=_platform("tern"))
    report = made()
    tern = next(one for one in report.covered if one.platform.slug == "tern")
    assert [row.why for row in tern.unread] == ["no text of it has been captured"]
    assert report.read == 2
    assert "1 document that is watched could not be read; platforms without one that could: 1." in markdown(
        report, ""
    )


def test_what_others_may_not_read_is_in_no_report(
    archive: Archive, asked: None, owls: Document, wrens: Document
) -> None:
    withhold(owls, None, "a notice", at=archive.clock.now(), by=None)
    text = markdown(made(), "")
    assert "Ireland" not in text.partition("Question by question")[2].partition("## What was read")[0]
    hide(wrens)
    assert "Wren" not in markdown(made(), "")


def test_nothing_read_makes_no_report(archive: Archive) -> None:
    assert make(DEFINITION) is None
    archive.document()
    assert make(DEFINITION) is None


def test_words_of_a_text_are_not_read_as_markup(archive: Archive) -> None:
    from conductatlas.provisions.reports.markdown import _escaped

    assert _escaped("a_b [x](y) <script> | #1\n# two") == r"a\_b \[x\](y) \<script\> \| \#1 \# two"


@pytest.mark.parametrize("one", definitions().values(), ids=str)
def test_each_that_is_shipped_can_be_made(archive: Archive, asked: None, one: Definition) -> None:
    report = made(one)
    page = report_html(report, "https://atlas.example")
    for title in ("Question by question", "What was read", "How it was made", "How right the answers are"):
        assert title in page
    for said in (checksum(report), "Right of reply", one.licence, "consumer, US main rule", "Cite as"):
        assert said in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_several_products_of_one_platform_count_once(archive: Archive, asked: None) -> None:
    watched(archive, "owl", slug="business")
    ask(archive)
    assert made().findings[1].read == 2
