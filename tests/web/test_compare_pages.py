"""Pages that compare: choose, one type on some platforms, two platforms, all in one table; the same for programs."""

from __future__ import annotations

import csv
import json

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import NOW, START, policy
from tests.web.provisions import ARBITRATION, LAW, Told, asked, look, page, told, words

from conductatlas.catalogue.models import Platform
from conductatlas.history.services import withhold
from conductatlas.provisions import asking
from conductatlas.reading.clauses.taxonomy import taxonomy

__all__ = ["asked", "told"]

TWO = "/compare/arbitration/?p=pigeon,heron"
BESIDE = "/compare/entities/pigeon-vs-heron/"
TABLE = "/matrix/?questions=arbitration,governing_law&facts=arbitration.provider"
# Each is the count measured when the page was written; a higher one wants a reason.
MOST = {"/compare/": 4, TWO: 20, BESIDE: 16, TABLE: 16}


def test_a_choice_leads_to_its_page(asked: Told, client: Client) -> None:
    assert "Pigeon" in page(client, "/compare/")
    chosen = client.get("/compare/?type=arbitration&p=pigeon&p=heron")
    assert chosen.status_code == 302 and chosen["Location"] == TWO
    pair = client.get("/compare/?a=pigeon&b=heron")
    assert pair["Location"] == BESIDE
    assert "Choose 2 to 6 platforms" in page(client, "/compare/?type=arbitration&p=pigeon")
    assert "Choose two different platforms" in page(client, "/compare/?a=pigeon&b=pigeon")
    assert client.get("/compare/arbitration/?p=pigeon")["Location"] == "/compare/?type=arbitration"
    assert client.get("/compare/arbitration/?p=pigeon,nobody")["Location"] == "/compare/?type=arbitration"
    page(client, "/compare/nothing/?p=pigeon,heron", 404)


def test_facts_stand_aligned_and_clauses_verbatim(asked: Told, client: Client) -> None:
    shown = page(client, TWO)
    assert ARBITRATION in shown and ARBITRATION.replace("Pigeon", "Heron") in shown
    facts = shown.partition('id="facts"')[2].partition("</section>")[0]
    assert asked.address("arbitration") in facts and asked.address("arbitration", asked.heron) in facts
    assert "Arbitration provider" in words(facts)
    assert "Pigeon and Heron state the same, JAMS" in words(shown)
    assert "2 of 2 platforms" in words(shown)


def test_silence_is_drawn_otherwise_than_no(asked: Told, client: Client) -> None:
    shown = page(client, "/compare/governing_law/?p=heron,pigeon,stork")
    assert '<span class="unknown">not stated</span>' in shown
    assert '<span class="unknown unread">not read</span>' in shown
    assert "1 document could not be read" in words(shown)
    assert "Pigeon: not stated in what could be read" in words(shown)


def test_a_change_of_a_clause_is_told_beside_it(asked: Told, client: Client) -> None:
    shown = page(client, "/compare/unilateral_change/?p=pigeon,heron")
    clauses = shown.partition('id="clauses"')[2]
    assert f"/change/{asked.change.slug}/" in clauses and "reworded" in clauses
    assert "No clause of this type was found in the 1 document that could be read" in words(clauses)


def test_two_platforms_by_their_answers_and_types(asked: Told, client: Client) -> None:
    said = words(page(client, BESIDE))
    assert "Pigeon beside Heron" in said
    assert "One states it" in said and "Ireland" in said
    assert "Cap on liability" in said
    alone = said.partition("Types that one has and the other lacks")[2]
    assert taxonomy()["liability_cap"].title in alone.partition("Heron alone")[0]
    assert taxonomy()["governing_law"].title in alone.partition("Heron alone")[2]
    for address in (
        "/compare/entities/pigeon/",
        "/compare/entities/pigeon-vs-nobody/",
        "/compare/entities/pigeon-vs-pigeon/",
    ):
        page(client, address, 404)


def test_a_slug_may_hold_what_stands_between_two(asked: Told, client: Client) -> None:
    Platform.objects.filter(slug="heron").update(slug="cat-vs-dog")
    assert "Pigeon beside" in words(page(client, "/compare/entities/pigeon-vs-cat-vs-dog/"))
    assert "beside Pigeon" in words(page(client, "/compare/entities/cat-vs-dog-vs-pigeon/"))


def test_the_table_leads_each_value_to_its_words(asked: Told, client: Client) -> None:
    shown = page(client, TABLE)
    assert asked.address("arbitration") in shown
    assert 'href="/questions/?platform=heron#governing_law"' in shown
    assert "2 of 2 state it" in words(shown) and "1 of 2 state it" in words(shown)
    assert "consumers in the United States" in words(shown)
    assert "Stork" in words(shown.partition("</header>")[0] + shown.partition("<main")[2])
    assert "not in it, since no document of it could be read: Stork" in words(shown)


def test_the_table_is_sorted_narrowed_and_says_what_it_ignored(asked: Told, client: Client) -> None:
    body = page(client, f"{TABLE}&sort=-platform").partition("<tbody>")[2]
    assert body.index(">Pigeon<") < body.index(">Heron<")
    only = page(client, f"{TABLE}&with=governing_law").partition("<tbody>")[2].partition("</tbody>")[0]
    assert ">Heron<" in only and ">Pigeon<" not in only
    ignored = words(page(client, f"{TABLE}&sort=nothing&category=nothing&questions=nothing"))
    assert "Ignored, since it names nothing that is known: questions, sort and category." in ignored
    choice = page(client, f"{TABLE}&choose=columns")
    assert 'value="arbitration.provider" checked' in choice and "<tbody>" not in choice


def test_programs_read_the_same(asked: Told, client: Client) -> None:
    answer = client.get(TABLE.replace("/matrix/", "/matrix.csv"))
    assert answer["Content-Security-Policy"].startswith("sandbox")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    assert [row["platform"] for row in rows] == ["heron", "pigeon"]
    assert rows[0]["governing_law.quote"] in LAW and rows[1]["governing_law"] == "not stated"
    table = json.loads(client.get(TABLE.replace("/matrix/", "/matrix.json")).content)
    assert table["unread"] == ["stork"]
    two = json.loads(client.get("/compare/arbitration.json?p=pigeon,heron").content)
    assert [one["platform"] for one in two["platforms"]] == ["pigeon", "heron"]
    both = json.loads(client.get("/compare/entities/pigeon-vs-heron.json").content)
    assert len(both["answers"]) == 50
    assert client.get("/compare/arbitration.json?p=pigeon").status_code == 404


def test_a_withheld_text_is_beside_nothing(asked: Told, client: Client) -> None:
    withhold(asked.heron, None, "a notice", at=NOW, by=None)
    for address in (TWO, BESIDE, TABLE):
        shown = page(client, address)
        assert ARBITRATION.replace("Pigeon", "Heron") not in shown and LAW not in shown


def test_private_documents_are_on_no_page(asked: Told, client: Client) -> None:
    for address in ("/compare/", TABLE):
        assert "Owl" not in page(client, address) and "Night" not in page(client, address)
    assert client.get("/compare/arbitration/?p=pigeon,owl").status_code == 302


def test_a_page_costs_so_many_queries_however_much_there_is(asked: Told, client: Client) -> None:
    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    before = {address: cost(address) for address in MOST}
    assert {address: number for address, number in before.items() if number > MOST[address]} == {}
    for n in range(3):
        more = asked.shelf.document(f"gull{n}/terms")
        asked.shelf.version(more, START, policy(ARBITRATION.replace("Pigeon", "Gull"), LAW))
        look(more)
    for platform in asking.stale():
        asking.fill(platform, NOW)
    assert {address: cost(address) for address in MOST} == before
