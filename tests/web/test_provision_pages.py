"""Pages of provisions: the clause, the document, the platform, the registry, the types, the change."""

from __future__ import annotations

import html
import json
import re
from importlib.resources import files

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import NOW, START, policy
from tests.web.provisions import ARBITRATION, CHANGES, LAW, SECRET, Told, current, look, told

from conductatlas.accounts.models import User
from conductatlas.catalogue.models import Platform, PublishText
from conductatlas.history.models import Reading
from conductatlas.history.services import withhold
from conductatlas.provisions import counts, queries
from conductatlas.provisions.models import Finding
from conductatlas.provisions.records import ProvisionFilter

__all__ = ["told"]


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return html.unescape(answer.content.decode())


def words(text: str) -> str:
    """What a reader reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()


def test_a_provision_shows_its_exact_words_and_what_they_state(told: Told, client: Client) -> None:
    shown = page(client, told.address("arbitration"))
    assert f"<p>{ARBITRATION}</p>" in shown
    said = words(shown)
    assert "Disputes go to binding arbitration yes" in said
    assert "Arbitration provider JAMS" in said
    assert "2 of 2 platforms" in said
    assert current(told.pigeon, "arbitration").digest[:16] in said
    second = told.versions[1]
    finding = current(told.pigeon, "arbitration")
    assert f"/v/{second.public_id}/#{finding.provision.public_id}" in shown


def test_what_a_clause_does_not_state_is_told_with_what_was_searched(told: Told, client: Client) -> None:
    said = words(page(client, told.address("arbitration")))
    missing = said.partition("Looked for, and not found in this clause")[2]
    assert "Days to opt out of arbitration" in missing
    assert "Arbitration provider" not in missing.partition("Searched:")[0]
    assert "Searched: this clause, and the other clauses of Terms of Use, version 2 of 2" in missing


def test_severity_shows_all_five_points_with_rows_and_words(told: Told, client: Client) -> None:
    finding = current(told.pigeon, "liability_cap")
    shown = page(client, told.address("liability_cap"))
    said = words(shown.partition('id="severity"')[2].partition("</section>")[0])
    assert f"Score {finding.score} of 15" in said
    for name in ("Rights given up", "Exposure", "Discretion of the platform", "No way out", "Breadth"):
        assert name in said
    for points, row, spans in finding.factors.values():
        assert f"{points} / 3" in said
        assert not spans or row in said


def test_a_reworded_provision_has_its_redline_and_only_its_own_changes(told: Told, client: Client) -> None:
    shown = page(client, told.address("unilateral_change"))
    life = shown.partition('id="life"')[2].partition("</section>")[0]
    assert f"/change/{told.change.slug}/" in life
    assert re.search(r"<del>.*30.*</del>", life)
    assert re.search(r"<ins>.*10.*</ins>", life)
    untouched = page(client, told.address("arbitration")).partition('id="life"')[2].partition("</section>")[0]
    assert "/change/" not in untouched
    assert untouched.count("<li>") == 1


def test_a_removed_provision_still_answers_with_its_last_words(told: Told, client: Client) -> None:
    shown = page(client, told.address("governing_law"))
    assert f"<p>{LAW}</p>" in shown
    said = words(shown)
    assert "The clause, as it last stood" in said
    assert "not in the text since 6 November 2026" in said
    assert "No longer in the text" in said


def test_peers_are_of_other_platforms_verbatim_and_never_private(told: Told, client: Client) -> None:
    others = page(client, told.address("arbitration")).partition('id="others"')[2].partition("</section>")[0]
    assert ARBITRATION.replace("Pigeon", "Heron") in others
    assert "Owl" not in others
    assert "2 of 2 platforms whose documents of this kind could be read" in words(others)


def test_an_id_leads_to_its_provision(told: Told, client: Client) -> None:
    finding = current(told.pigeon, "arbitration")
    answer = client.get(f"/id/{finding.provision.public_id}")
    assert answer.status_code == 301
    assert answer["Location"] == told.address("arbitration")


def test_a_document_shows_its_provisions_beside_its_text(told: Told, client: Client) -> None:
    answer = client.get("/platform/pigeon/terms/")
    shown = html.unescape(answer.content.decode())
    for finding in Finding.objects.filter(
        provision__document=told.pigeon, extraction__current__isnull=False
    ).select_related("provision", "extraction__reading"):
        name = finding.provision.public_id
        assert f'href="#{name}"' in shown
        marked = "".join(re.findall(rf'<mark [^>]*"{name}"[^>]*>(.*?)</mark>', shown))
        assert marked == finding.extraction.reading.text[finding.start : finding.end]
    assert "words lie in a clause whose type is known" in shown
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_platform_shows_facts_with_quote_date_and_link(told: Told, client: Client) -> None:
    quick = page(client, "/platform/pigeon/").partition('id="quick"')[2].partition("</section>")[0]
    said = words(quick)
    assert f"Binding arbitration Yes “{ARBITRATION}”".replace("“", "").replace("”", "") in said
    assert told.address("arbitration") in quick
    assert "captured 6 November 2026" in said
    assert "Notice of changes to the terms 10 days" in said
    assert "Governing law Not stated in: Terms of Use" in said


def test_a_platform_of_which_nothing_was_read_states_nothing(told: Told, client: Client) -> None:
    assert "Not stated" not in page(client, "/platform/stork/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"pigeon": 3, "heron": 2}),
        ("?platform=heron", {"heron": 2}),
        ("?type=arbitration", {"pigeon": 1, "heron": 1}),
        ("?group=liability", {"pigeon": 1}),
        ("?severity=medium", {"pigeon": 2}),
        ("?kind=terms", {"pigeon": 3, "heron": 2}),
        ("?state=removed", {"pigeon": 1}),
        ("?since=2026-11-05", {"pigeon": 1}),
        ("?since=2026-11-30", {}),
        ("?q=binding+arbitration", {"pigeon": 1, "heron": 1}),
        ("?q=arbitration&platform=heron", {"heron": 1}),
        ("?q=arbitration&group=liability", {}),
        ("?q=walrus", {}),
    ],
)
def test_the_registry_narrows_and_its_count_is_that_of_its_rows(
    told: Told, client: Client, query: str, found: dict[str, int]
) -> None:
    shown = page(client, f"/registry/{query}")
    rows = re.findall(r'<div class="what"><a href="/platform/(\w+)/', shown)
    assert {name: rows.count(name) for name in set(rows)} == found
    total = sum(found.values())
    assert re.search(rf'class="lead">{total} provision', shown)


def test_a_field_that_names_nothing_is_ignored_and_named(told: Told, client: Client) -> None:
    shown = page(client, "/registry/?type=walrus&since=yesterday")
    assert "Ignored, since it names nothing that is known: type and since." in words(shown)


def test_a_hostile_question_is_no_fault(told: Told, client: Client) -> None:
    for question in ('"', "a OR (", "*", "NEAR(", "'; DROP TABLE x; --", "\x00", "x" * 5000):
        assert client.get("/registry/", {"q": question}).status_code == 200


def test_a_type_says_on_how_many_platforms_it_is_and_draws_its_facts(told: Told, client: Client) -> None:
    shown = page(client, "/provisions/arbitration/")
    said = words(shown)
    assert "2 of 2 platforms" in said
    drawn = words(shown.partition('id="spread"')[2].partition("</section>")[0])
    assert "Arbitration provider 2 platforms state it. JAMS: 2" in drawn
    assert "Owl" not in said


def test_values_that_differ_are_drawn_with_their_table(told: Told, client: Client) -> None:
    document = told.shelf.document("finch/terms")
    told.shelf.version(document, START, policy(CHANGES))
    look(document)
    drawn = (
        page(client, "/provisions/notice_of_change/").partition('id="spread"')[2].partition("</section>")[0]
    )
    chart, table = (
        drawn.partition("<svg")[2].split("</svg>")[0],
        words(drawn.partition("<table")[2].split("</table>")[0]),
    )
    assert chart.count("<rect") == 2
    assert re.search(r"10 days 1 30 days 1", words(table))  # numbers in their order


def test_a_platform_is_once_in_a_bar_however_often_it_says_a_thing(told: Told, client: Client) -> None:
    more = told.shelf.document("pigeon/api-terms", title="API Terms")
    told.shelf.version(more, START, policy(ARBITRATION))
    look(more)
    (provider,) = [one for one in counts.distributions(None, "arbitration") if one.name == "provider"]
    assert provider.values == (("JAMS", 2),)


def test_the_index_of_types_counts_platforms_and_provisions(told: Told, client: Client) -> None:
    shown = page(client, "/provisions/")
    row = shown.partition("/provisions/arbitration/")[2].partition("</tr>")[0]
    assert re.findall(r">(\d+)<", row) == ["2", "2"]


def test_an_unknown_type_and_an_unknown_provision_are_not_found(told: Told, client: Client) -> None:
    for address in ("/provisions/walrus/", "/platform/pigeon/terms/walrus/", "/id/CA-P-009999"):
        assert client.get(address).status_code == 404


def test_a_change_names_the_provisions_it_touches_and_no_others(told: Told, client: Client) -> None:
    touched = (
        page(client, f"/change/{told.change.slug}/").partition('id="touched"')[2].partition("</section>")[0]
    )
    assert set(re.findall(r'<a href="([^"]+)"', touched)) == {
        told.address("unilateral_change"),
        told.address("governing_law"),
    }
    assert "no longer in the text" in touched


PUBLIC = (
    "/",
    "/registry/",
    "/registry/?q=secret",
    "/provisions/",
    "/provisions/arbitration/",
    "/sitemap.xml",
)


def test_what_a_private_document_says_is_nowhere(told: Told, client: Client) -> None:
    secret = told.address("arbitration", told.private)
    assert client.get(secret).status_code == 404
    finding = Finding.objects.get(provision__document=told.private)
    assert client.get(f"/id/{finding.provision.public_id}").status_code == 404
    for address in (*PUBLIC, told.address("arbitration")):
        shown = client.get(address).content.decode()
        assert "secret hollow" not in shown
        assert "Rules of the Night" not in shown
    assert counts.share("arbitration").number == 2


def test_its_members_see_it_and_counts_of_platforms_stay_those_of_all(told: Told, client: Client) -> None:
    user = User.objects.create_user("owl@night.example", "correct horse battery")
    user.organisations.add(told.organisation)
    client.force_login(user)
    shown = page(client, told.address("arbitration", told.private))
    assert SECRET in shown
    assert "2 of 2 platforms" in words(shown)


def test_a_withheld_text_is_quoted_nowhere(told: Told, client: Client) -> None:
    withhold(told.pigeon, None, "A notice of its owner.", at=NOW, by=None)
    shown = page(client, told.address("arbitration"), 451)
    for address in (
        *PUBLIC,
        "/registry/?q=arbitration",
        "/platform/pigeon/",
        "/platform/pigeon/terms/",
        told.address("arbitration", told.heron),
    ):
        shown += client.get(address).content.decode()
    for words_of_it in ("You and Pigeon agree", "at least 10 days", "aggregate liability will not"):
        assert words_of_it not in html.unescape(shown)


@pytest.mark.parametrize("how", [PublishText.EXCERPTS, PublishText.SIGNED_IN])
def test_texts_that_go_out_in_part_or_not_are_not_shown_whole(told: Told, client: Client, how: str) -> None:
    Platform.objects.filter(slug="pigeon").update(publish_text=how)
    answer = client.get("/platform/pigeon/terms/")
    assert b"<article" not in answer.content
    assert "X-Robots-Tag" not in answer
    shown = page(client, told.address("arbitration"))
    assert (ARBITRATION in shown) == (how == PublishText.EXCERPTS)  # it is shorter than an excerpt
    hits = page(client, "/registry/?q=arbitration&platform=pigeon")
    assert ("final" in words(hits)) == (how == PublishText.EXCERPTS)
    assert ("<del>" in page(client, told.address("unilateral_change"))) is False


def test_quotes_in_lists_end_at_a_word(told: Told) -> None:
    long = "We keep what you tell us. " * 40
    document = told.shelf.document("finch/privacy", kind="privacy")
    told.shelf.version(document, START, policy(long))
    look(document)
    for one in queries.listed(None, ProvisionFilter(platform="finch")):
        text = Reading.objects.get(pk=one.reading).text
        assert text[one.start :].startswith(one.quote)
        assert not one.is_cut or text[one.start + len(one.quote)] == " "


def test_the_sitemap_names_provisions_and_no_page_with_a_text(told: Told, client: Client) -> None:
    shown = client.get("/sitemap.xml").content.decode()
    assert told.address("arbitration") in shown
    assert "/registry/" in shown
    assert "/provisions/arbitration/" in shown
    assert "/platform/pigeon/terms/</loc>" not in shown


# Each is the count measured when the page was written; a higher one wants a reason.
MOST = {
    "provision": 37,  # its row with the text, types, facts of the text; changes of the platform, twice; peers
    "document": 33,  # three more: facts and ratings of what it says, facts of the platform’s other documents
    "platform": 26,
    "registry": 12,
    "words": 14,
    "type": 12,
    "types": 6,
    "change": 18,
}


def test_a_page_costs_so_many_queries_however_much_there_is(told: Told, client: Client) -> None:
    addresses = {
        "provision": told.address("arbitration"),
        "document": "/platform/pigeon/terms/",
        "platform": "/platform/pigeon/",
        "registry": "/registry/",
        "words": "/registry/?q=arbitration&kind=terms",
        "type": "/provisions/arbitration/",
        "types": "/provisions/",
        "change": f"/change/{told.change.slug}/",
    }

    def cost(address: str) -> int:
        client.get(address)  # what is rendered once is rendered here
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    before = {name: cost(address) for name, address in addresses.items()}
    assert {name: number for name, number in before.items() if number > MOST[name]} == {}
    for n in range(4):
        document = told.shelf.document(f"finch{n}/terms", title=f"Terms {n}")
        told.shelf.version(document, START, policy(ARBITRATION, LAW, CHANGES))
        more = told.shelf.document(f"pigeon/more-{n}", title=f"More {n}")
        told.shelf.version(more, START, policy(ARBITRATION, LAW, CHANGES))
        look(document, more)
    after = {name: cost(address) for name, address in addresses.items()}
    assert {name: (before[name], after[name]) for name in before if after[name] > before[name] + 1} == {}


@pytest.mark.django_db
def test_the_methodology_says_how_right_it_is(client: Client) -> None:
    page = client.get("/methodology/").content.decode()
    measured = json.loads(files("conductatlas.web").joinpath("accuracy.json").read_text("utf-8"))
    assert f"Of {measured['types']['clauses']} clauses" in page
    assert f"{measured['questions']['wrong']} were wrong" in page
