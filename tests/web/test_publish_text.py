"""`publish_text`: one sentence of a text is followed over every address, for each way to publish and each reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.web.provisions import look

from conductatlas.accounts.models import User
from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Platform, PublishText
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history import change_queries, version_queries
from conductatlas.provisions.models import Provision
from conductatlas.reading.clauses.questions import questions
from conductatlas.reading.law.register import register
from conductatlas.urls import urlpatterns
from conductatlas.web import texts
from conductatlas.web.quoted import quoted

# Stands in every version of the world's pigeon/terms, and no change touches it.
CANARY = b"read aloud"
# Came with the confirmed change: short enough to be quoted.
QUOTED = b"of your pigeon"
NAME = b"Pigeon"


@dataclass
class Addresses:
    """Every address on which something of pigeon/terms could stand, by the name of its route."""

    of: dict[str, list[str]]

    @property
    def all(self) -> list[str]:
        return [address for group in self.of.values() for address in group]


@pytest.fixture
def addresses(world: Any) -> Addresses:
    page = "/platform/pigeon/terms/"
    look(world.terms)
    provisions = Provision.objects.filter(document=world.terms).order_by("pk")
    first, second, third = (version.public_id for version in world.versions)
    return Addresses(
        {
            "home": ["/"],
            "platforms": ["/platforms/", "/platforms/?q=pigeon"],
            "platform": ["/platform/pigeon/"],
            "drift": ["/platform/pigeon/drift/", "/platform/pigeon/drift/?only=substantive"],
            "document": [page, f"{page}?on=2026-11-08", f"{page}?on=never"],
            "versions": [f"{page}versions/"],
            "version": [f"{page}v/{one}/" for one in (first, second, third)] + [f"{page}v/{first}/?part=1"],
            "version_records": [f"{page}v/{one}/records/" for one in (first, second, third)],
            "compare_pick": [f"{page}compare/?old={first}&new={second}"],
            "compare": [f"{page}compare/{first}..{second}/", f"{page}compare/{first}..{third}/?view=side"],
            "captures": [f"{page}captures/"],
            "provision": [f"{page}{one.slug}/" for one in provisions],
            "registry": [
                "/registry/",
                "/registry/?platform=pigeon",
                "/registry/?q=keep",
                "/registry/?state=removed",
            ],
            "types": ["/provisions/"],
            "type": [f"/provisions/{name}/" for name in {one.type for one in provisions}],
            "questions": ["/questions/"],
            "law": ["/law/"],
            "instrument": [f"/law/{name}/" for name in list(register())[:2]],
            "compare_choose": ["/compare/"],
            "comparison": ["/compare/arbitration/?p=pigeon,heron"],
            "comparison_json": ["/compare/arbitration.json?p=pigeon,heron"],
            "entities": ["/compare/entities/pigeon-vs-heron/"],
            "entities_json": ["/compare/entities/pigeon-vs-heron.json"],
            "matrix": ["/matrix/"],
            "matrix_json": ["/matrix.json"],
            "matrix_table": ["/matrix.csv"],
            "reports": ["/reports/"],
            "report": ["/reports/notice-of-change/"],
            "report_markdown": ["/reports/notice-of-change.md"],
            "report_pdf": ["/reports/notice-of-change.pdf"],
            "report_data": ["/reports/notice-of-change.json"],
            "question": [f"/questions/{key}/" for key in list(questions())[:5]],
            "question_table": ["/questions.csv"],
            "changes": ["/changes/", "/changes/?platform=pigeon&document=terms"],
            "change": [f"/change/{world.confirmed.slug}/", f"/change/{world.candidate.slug}/"],
            "change_records": [f"/change/{one.slug}/records/" for one in (world.confirmed, world.candidate)],
            "ledger": ["/ledger/"],
            "checkpoint": ["/ledger/checkpoint"],
            "checkpoint_over": ["/ledger/checkpoint/9"],
            "tile": ["/ledger/tile/0/000.p/9"],
            "leaf": [f"/ledger/leaf/{index}.json" for index in range(12)],
            "status": ["/status/"],
            "methodology": ["/methodology/"],
            "legal": ["/legal/"],
            "privacy": ["/privacy/"],
            "by_id": [f"/id/{second}", f"/id/{world.terms.public_id}"],
            "feed_all": ["/feeds/changes.atom"],
            "feed_platform": ["/feeds/pigeon.atom"],
            "feed_document": ["/feeds/pigeon/terms.atom"],
            "sitemap": ["/sitemap.xml"],
            "robots": ["/robots.txt"],
            "favicon": ["/favicon.ico"],
            "healthz": ["/healthz"],
            "readyz": ["/readyz"],
            "metrics": ["/metrics"],
            "snapshot": [f"/snapshot/{'0' * 64}"],
            "stamp_file": ["/ledger/stamps/1/reply.tsr"],
            "refused": [f"/refused/{world.refused.pk}"],
            "refused_show": [f"/refused/{world.refused.pk}/"],
        }
    )


def publish(how: str) -> None:
    Platform.objects.filter(slug="pigeon").update(publish_text=how)
    cache.clear()


def holding(client: Client, words: bytes, addresses: Addresses) -> set[str]:
    """The routes that answer with these words."""
    return {
        name
        for name, group in addresses.of.items()
        for address in group
        if words in client.get(address, follow=True).getvalue()
    }


@pytest.fixture
def reader(db: None) -> Client:
    """A browser of someone who signed in and is neither operator nor member of anything."""
    client = Client()
    client.force_login(User.objects.create_user("wren@day.example", "correct horse battery"))
    return client


WHOLE = {"version", "document", "change", "compare", "compare_pick", "by_id"}
OF_PROVISIONS = {"provision", "registry", "type", "question", "by_id"}  # by_id leads to the document
IN_LISTS = OF_PROVISIONS | {
    "home",
    "platform",
    "document",
    "changes",
    "change",
    "feed_all",
    "feed_platform",
    "feed_document",
}


def test_every_route_is_followed(addresses: Addresses) -> None:
    assert set(addresses.of) == {route.name for route in urlpatterns if hasattr(route, "name")}


def test_full_is_for_everyone(addresses: Addresses, client: Client) -> None:
    publish(PublishText.FULL)
    assert holding(client, CANARY, addresses) == WHOLE


def test_excerpts_quote_what_changed_and_nothing_else(
    addresses: Addresses, client: Client, reader: Client
) -> None:
    publish(PublishText.EXCERPTS)
    for browser in (client, reader):
        assert holding(browser, CANARY, addresses) == set()
        assert holding(browser, QUOTED, addresses) <= IN_LISTS
    page = client.get(addresses.of["change"][0]).content
    assert QUOTED in page
    assert page.count(b"<q ") <= 6 + 2  # with those of the changes beside it
    assert b"https://pigeon.example/terms" in page
    assert b"No word differs" not in page
    assert b"No word differs" not in client.get(addresses.of["compare"][0]).content


def test_signed_in_is_for_those_who_signed_in(addresses: Addresses, client: Client, reader: Client) -> None:
    publish(PublishText.SIGNED_IN)
    assert holding(client, CANARY, addresses) == set()
    assert holding(client, QUOTED, addresses) == set()
    assert holding(reader, CANARY, addresses) == WHOLE
    for address in (*addresses.of["version"], *addresses.of["change"], *addresses.of["compare"]):
        page = client.get(address)
        assert page.status_code == 200
        assert b"signed-in readers only" in page.content
    assert reader.get(addresses.of["version"][0])["Cache-Control"] == "private"


def test_private_is_for_operators(
    addresses: Addresses, client: Client, reader: Client, operator: Client, member: Client
) -> None:
    publish(PublishText.PRIVATE)
    for browser in (client, reader, member):
        assert holding(browser, NAME, addresses) == set()
        for address in ("/", "/platforms/", "/changes/", "/status/", "/feeds/changes.atom", "/sitemap.xml"):
            assert b"pigeon" not in browser.get(address).content, address
        for name in (
            "platform",
            "document",
            "version",
            "version_records",
            "compare",
            "captures",
            "change",
            "change_records",
            "by_id",
            "feed_document",
        ):
            assert {browser.get(address).status_code for address in addresses.of[name]} == {404}, name
    assert holding(operator, CANARY, addresses) == WHOLE
    assert b"Only operators see them" in operator.get("/platform/pigeon/terms/").content
    assert b"pigeon" not in operator.get("/sitemap.xml").content


@pytest.mark.parametrize("how", [PublishText.EXCERPTS, PublishText.SIGNED_IN])
def test_operators_read_all(addresses: Addresses, operator: Client, how: str) -> None:
    publish(how)
    assert holding(operator, CANARY, addresses) == WHOLE


def test_documents_of_an_organisation_are_its_own(world: Any, member: Client) -> None:
    Platform.objects.filter(slug="owl").update(publish_text=PublishText.PRIVATE)
    page = member.get(f"/platform/owl/rules/v/{world.private_versions[0].public_id}/")
    assert b"secret hollow" in page.content


def test_a_feed_that_may_say_less_is_another_feed(addresses: Addresses, client: Client) -> None:
    before = client.get("/feeds/pigeon.atom")["ETag"]
    publish(PublishText.SIGNED_IN)
    answer = client.get("/feeds/pigeon.atom", headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert QUOTED not in answer.content


def test_a_part_of_a_long_text_keeps_answering(addresses: Addresses, client: Client) -> None:
    publish(PublishText.SIGNED_IN)
    assert client.get(addresses.of["version"][0] + "?part=3").status_code == 200


def test_no_text_is_made_of_a_version_that_is_not_open(world: Any) -> None:
    """Below the templates: what they could show is not there."""
    publish(PublishText.SIGNED_IN)
    document = catalogue.document(None, "pigeon", "terms")
    assert document is not None
    old, new = version_queries.versions(None, document, [one.pk for one in world.versions[:2]]).values()
    change = change_queries.change(None, world.confirmed.pk)
    assert change is not None
    assert texts.pages(new) is texts.NOTHING
    assert texts.redline(change, old, new) == ""
    assert texts.comparison(old, new, "inline") is None
    assert quoted([change])[0].excerpts == ()


def test_a_record_that_was_made_for_nobody_is_closed(world: Any) -> None:
    publish(PublishText.EXCERPTS)
    world.terms.platform.refresh_from_db()
    assert DocumentRecord.of(world.terms).texts == "excerpts"
    publish(PublishText.SIGNED_IN)
    world.terms.platform.refresh_from_db()
    assert DocumentRecord.of(world.terms).texts == "none"
