"""Pages of reports, and what is beside them: Markdown, PDF, the data file with its checksum."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import NOW, START, policy
from tests.web.provisions import ARBITRATION, LAW, Told, asked, look, page, told, words

from conductatlas.history.services import withhold
from conductatlas.provisions import asking
from conductatlas.provisions.reports.definition import definitions

__all__ = ["asked", "told"]
SLUG = "arbitration-and-class-waivers"
PAGE = f"/reports/{SLUG}/"


def test_the_list_leads_to_every_report(asked: Told, client: Client) -> None:
    shown = page(client, "/reports/")
    for slug in definitions():
        assert f'href="/reports/{slug}/"' in shown
        page(client, f"/reports/{slug}/")
    assert "2 platforms read" in words(shown)
    page(client, "/reports/nothing/", 404)


def test_a_report_counts_quotes_and_leads_to_the_words(asked: Told, client: Client) -> None:
    shown = page(client, PAGE)
    said = words(shown)
    assert (
        "2 of 2 platforms whose terms of service could be read require arbitration of some users: Heron and Pigeon."
        in said
    )
    assert ARBITRATION in shown
    assert re.search(r'<a href="/id/CA-V-\d{6}">Yes</a>', shown)
    assert '<span class="unknown">not stated</span>' in shown
    for part in ("In short", "What changed", "What was read", "How right the answers are", "Right of reply"):
        assert part in said
    assert "Owl" not in said


def test_the_data_file_has_the_checksum_that_is_printed(asked: Told, client: Client) -> None:
    body = client.get(f"/reports/{SLUG}.json").content
    assert hashlib.sha256(body).hexdigest() in page(client, PAGE)
    assert client.get(f"/reports/{SLUG}.json").content == body


def test_it_can_be_taken_along(asked: Told, client: Client) -> None:
    answer = client.get(f"/reports/{SLUG}.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer.content.decode().startswith("# Arbitration and class waivers\n")
    assert "](http://testserver/id/CA-V-" in answer.content.decode()
    pytest.importorskip("weasyprint", exc_type=ImportError)
    assert client.get(f"/reports/{SLUG}.pdf").content.startswith(b"%PDF-")


def test_before_anything_was_read_the_page_says_so(client: Client, db: None) -> None:
    assert "could not be made yet" in page(client, PAGE)
    assert "has been read yet" in words(page(client, "/reports/"))
    assert client.get(f"/reports/{SLUG}.json").status_code == 404


def test_what_is_withheld_is_gone_at_once(asked: Told, client: Client) -> None:
    assert LAW.removesuffix(".") in page(client, "/questions/governing_law/")
    withhold(asked.heron, None, "a notice", at=NOW, by=None)
    shown = page(client, PAGE)
    assert ARBITRATION.replace("Pigeon", "Heron") not in shown
    assert "Ireland" not in shown.partition('id="table"')[2].partition('id="coverage"')[0]


def test_a_page_costs_so_many_queries_however_much_there_is(asked: Told, client: Client) -> None:
    def cost() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    before = cost()
    assert before <= 48
    for n in range(3):
        more = asked.shelf.document(f"gull{n}/terms")
        asked.shelf.version(more, START, policy(ARBITRATION.replace("Pigeon", "Gull"), LAW))
        look(more)
    for platform in asking.stale():
        asking.fill(platform, NOW)
    assert cost() == before
