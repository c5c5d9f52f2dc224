"""The analysis on a provision's page: its parts, its sources, and what of it is shown of texts that are not."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal

import pytest
from django.test import Client
from tests.web.conftest import NOW, START, policy
from tests.web.provisions import ARBITRATION, CHANGES, LAW, Told, current, look, told

from conductatlas.catalogue.models import Platform, PublishText
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.clock import SetClock
from conductatlas.history.services import withhold
from conductatlas.provisions import analysing, made, queries, rewriting
from conductatlas.provisions.analysis_records import AnalysisRecord
from conductatlas.provisions.language_model import ScriptedModel
from conductatlas.provisions.models import CurrentExtraction
from conductatlas.provisions.records import FindingRecord
from conductatlas.reading.law.register import register
from conductatlas.reading.writing.grounding import check
from conductatlas.work.rewording import Rewording

__all__ = ["told"]
HEAVIEST = 60_000  # bytes of a page beside the text it shows


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page))).strip()


def finding(told: Told, type_: str) -> FindingRecord:
    return queries.full(None, current(told.pigeon, type_))


def analysis(told: Told, type_: str) -> AnalysisRecord:
    found = analysing.analysis_of(None, finding(told, type_))
    assert found is not None
    return found


def test_the_page_has_every_part_in_its_order(told: Told, client: Client) -> None:
    page = shown(client, told.address("arbitration"))
    order = (
        "clause",
        "what",
        "why",
        "you",
        "facts",
        "severity",
        "analysis",
        "law",
        "exposure",
        "jurisdiction",
    )
    order += ("contract", "questions", "note", "life", "others", "record", "faq", "cite")
    places = [page.index(f'id="{name}"') for name in order]
    assert places == sorted(places)
    said = words(page)
    assert "the clause requires that disputes be decided by binding arbitration" in said
    assert "Is this page affiliated with Pigeon? No. ConductAtlas" in said
    assert "1 published in the last 30 days" in said or "0 published in the last 30 days" in said
    assert len(page) < HEAVIEST


def test_each_sentence_shows_its_source_without_a_script(told: Told, client: Client) -> None:
    page = shown(client, told.address("arbitration"))
    what = page.partition('id="what"')[2].partition('id="why"')[0]
    assert what.count('<details class="ground">') == len(analysis(told, "arbitration").parts["what"])
    assert "Said of every clause of the type: Arbitration" in words(what)
    assert "Fact: Disputes go to binding arbitration" in words(what)
    assert f'<q lang="en">{ARBITRATION}</q>' in html.unescape(what)


def test_what_other_clauses_state_stands_beside(told: Told) -> None:
    """The first version names a law in a clause of its own; the second does not."""
    document = told.shelf.document("swift/law", title="Terms of Use")
    told.shelf.version(document, START, policy(ARBITRATION, LAW, CHANGES))
    look(document)
    found = analysing.analysis_of(None, queries.full(None, current(document, "arbitration")))
    assert found is not None
    elsewhere = " ".join(one.text for one in found.parts["jurisdiction"])
    assert "Stated elsewhere in the document: governing law, Ireland" in elsewhere
    here = " ".join(one.text for one in analysis(told, "arbitration").parts["jurisdiction"])
    assert "elsewhere" not in here


def test_a_withheld_text_has_no_analysis(told: Told, client: Client) -> None:
    withhold(told.pigeon, None, "The publisher asked for it.", at=NOW, by=None)
    record = finding(told, "arbitration")
    assert analysing.analysis_of(None, record) is None
    page = client.get(told.address("arbitration")).content.decode()
    assert 'class="told"' not in page
    assert ARBITRATION not in html.unescape(page)


@pytest.mark.parametrize("how", [PublishText.EXCERPTS, PublishText.SIGNED_IN])
def test_of_a_text_that_is_not_open_nothing_is_quoted(told: Told, client: Client, how: PublishText) -> None:
    document = told.shelf.document("swift/terms", title="Terms of Use")
    told.shelf.version(
        document, START, policy(*[ARBITRATION.replace("Pigeon", "Swift") + " It is so. " * 40], LAW, CHANGES)
    )
    look(document)
    Platform.objects.filter(slug="swift").update(publish_text=how)
    record = queries.full(None, current(document, "arbitration"))
    found = analysing.analysis_of(None, record)
    assert record.is_cut or not record.quote
    assert found is not None
    assert found.is_cut
    for part in found.parts.values():
        for sentence in part:
            assert "“" not in sentence.text
            assert not any(ground.quotes for ground in sentence.grounds)


def test_the_machine_readable_part_is_data_and_cannot_end_its_block(told: Told, client: Client) -> None:
    page = shown(client, told.address("arbitration"))
    block = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert "<" not in block
    graph = json.loads(block)["@graph"]
    assert [one["@type"] for one in graph] == ["WebPage", "BreadcrumbList", "FAQPage"]
    assert graph[0]["mainEntity"]["text"] == ARBITRATION
    assert graph[0]["identifier"].startswith("CA-P-")


def test_what_is_said_of_all_that_stands_is_grounded(told: Told) -> None:
    number = 0
    rows = CurrentExtraction.objects.select_related("document__platform", "extraction__reading")
    for row in rows.prefetch_related("extraction__findings__facts", "extraction__findings__types"):
        for one in analysing.written(row.extraction, DocumentRecord.of(row.document, None)):
            number += 1
            assert check(one.analysis, one.subject, register()) == []
    assert number > 5


def put_in_other_words(
    told: Told, *more: tuple[str, str, list[int]], prices: made.Prices | None = None
) -> None:
    said = "The clause requires that any dispute be resolved by “final and binding arbitration”."
    sentences = [("what", said, [1]), *more]
    line = json.dumps(
        {"sentences": [dict(zip(("part", "text", "sources"), one, strict=True)) for one in sentences]}
    )
    model = ScriptedModel([line], name="larkspur-1 <b>")
    by = Rewording(model, "larkspur-1 <b>", SetClock(NOW), 1000, 10**6, prices)
    list(by.run([current(told.pigeon, "arbitration").pk]))


def test_what_a_model_said_stands_beside_with_how_it_was_made(told: Told, client: Client) -> None:
    before = shown(client, told.address("arbitration"))
    assert 'id="made"' not in before
    put_in_other_words(
        told,
        ("you", "The clause requires a blue hat.", [1]),
        prices=made.Prices(Decimal(5), Decimal(5), "EUR"),
    )
    page = shown(client, told.address("arbitration"))
    block = words(page.partition('id="made"')[2].partition("</section>")[0])
    assert "the clause requires that any dispute be resolved by" in block.lower()
    assert (
        f"Model larkspur-1 <b>, prompt version {rewriting.prompt().version}, {NOW.day} {NOW:%B %Y}" in block
    )
    assert "EUR" in block
    assert "1 sentence was left out" in block
    assert "blue hat" not in page
    assert "larkspur-1 &lt;b&gt;" in page
    assert words(before.partition('id="what"')[2].partition('id="facts"')[0]) == words(
        page.partition('id="what"')[2].partition('id="facts"')[0]
    )
    assert len(page) < HEAVIEST


def test_of_a_withheld_text_nothing_a_model_said_is_shown(told: Told, client: Client) -> None:
    put_in_other_words(told)
    assert 'id="made"' in shown(client, told.address("arbitration"))
    withhold(told.pigeon, None, "The publisher asked for it.", at=NOW, by=None)
    assert 'id="made"' not in client.get(told.address("arbitration")).content.decode()
