"""Every page answers, says what it must, and says nothing it must not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conductatlas.archive.models import Capture
from conductatlas.catalogue.models import Document
from conductatlas.history import services
from conductatlas.history.models import ChangeEvent, RenderedReading
from conductatlas.web import texts

PIGEON = "/platform/pigeon/terms/"
BANNED = re.compile(r"\b(applied|in force|was bound|silently|secretly|quietly|backdated)\b", re.IGNORECASE)


def text_of(html: bytes) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/platforms/",
        "/platforms/?q=pigeon",
        "/platform/pigeon/",
        "/platform/pigeon/drift/",
        "/platform/pigeon/drift/?only=substantive",
        "/platform/stork/drift/",
        PIGEON,
        PIGEON + "?on=2026-11-08",
        PIGEON + "versions/",
        PIGEON + "captures/",
        "/platform/stork/terms/",
        "/platform/stork/terms/versions/",
        "/platform/stork/terms/captures/",
        "/platform/heron/privacy/captures/",
        "/changes/",
        "/status/",
        "/methodology/",
        "/legal/",
        "/privacy/",
    ],
)
def test_pages_answer(world: Any, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"{{" not in answer.content and b"{%" not in answer.content


@pytest.mark.parametrize("address", ["/", "/platforms/", "/changes/", "/status/", "/methodology/"])
def test_an_empty_archive_answers_too(db: None, client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


# ── documents ────────────────────────────────────────────────────────────────────────────────────
def test_a_document_says_when_it_was_last_confirmed(world: Any, client: Client) -> None:
    page = text_of(client.get(PIGEON).content)
    assert "Last confirmed 22 November 2026, 06:10 UTC" in page
    assert "Version 3 of 3" in page and world.versions[2].public_id in page


def test_a_stale_document_says_since_when_and_why(world: Any, client: Client) -> None:
    page = text_of(client.get("/platform/heron/privacy/").content)
    assert "1 November 2026, 06:10 UTC" in page
    assert "The address answered with a sign-in page." in page


def test_what_a_refused_page_said_is_for_operators_only(world: Any, client: Client, operator: Client) -> None:
    address = "/platform/heron/privacy/captures/"
    assert b"203.0.113.9" not in client.get(address).content
    page = operator.get(address).content
    assert b"203.0.113.9" in page
    assert f'href="/refused/{world.refused.pk}"'.encode() in page


def test_another_language_is_told_apart_and_confirms_nothing(world: Any, client: Client) -> None:
    world.shelf.version(
        world.terms,
        world.versions[2].at + timedelta(hours=1),
        b"<main><p>Tauben nur mittags.</p>",
        language="de",
    )
    page = text_of(client.get(PIGEON).content)
    assert "Version 3 of 3" in page
    assert "German" in page
    assert "another language" in page.lower()


# ── around a date ────────────────────────────────────────────────────────────────────────────────
def on(client: Client, date: str) -> str:
    return text_of(client.get(PIGEON, {"on": date}).content)


def test_a_date_between_captures_names_both_and_the_gap(world: Any, client: Client) -> None:
    page = on(client, "2026-11-08")
    assert "version 2 of 3" in page.lower()
    assert "7 November 2026, 06:10 UTC" in page and "22 November 2026, 06:10 UTC" in page
    assert "15 days" in page
    assert "test bench" in page


def test_a_stated_date_of_effect_that_lies_ahead_names_the_version_it_replaces(
    world: Any, client: Client
) -> None:
    answer = client.get(PIGEON, {"on": "2026-11-08"})
    assert "stated to take effect on 1 December 2026" in text_of(answer.content)
    assert f"/v/{world.versions[0].public_id}/".encode() in answer.content
    assert "stated to take effect" not in on(client, "2026-12-01")


def test_a_date_before_the_record_says_where_it_starts(world: Any, client: Client) -> None:
    page = on(client, "2026-10-08")
    assert "starts 1 November 2026, 06:10 UTC" in page


@pytest.mark.parametrize(
    ("date", "ordinal"),
    [
        ("2026-11-06", 2),
        ("2026-11-06T06:09:59", 1),
        ("2026-11-06T06:10", 2),
        ("2026-11-06T07:10+01:00", 2),
        ("2026-11-06T06:10:00Z", 2),
        ("2030-01-01", 3),
    ],
)
def test_a_day_means_its_end_and_a_moment_itself(world: Any, client: Client, date: str, ordinal: int) -> None:
    assert f"version {ordinal} of 3" in on(client, date).lower()


@pytest.mark.parametrize(
    "date", ["yesterday", "2026-13-01", "22.11.2026", "-1", "0001-01-01T00:00+14:00", "9999-12-31T24"]
)
def test_a_date_that_cannot_be_read_gets_400_and_the_remedy(world: Any, client: Client, date: str) -> None:
    answer = client.get(PIGEON, {"on": date})
    assert answer.status_code == 400
    assert "2026-11-22" in text_of(answer.content)


@pytest.mark.parametrize("date", ["2026-11-08", "2026-10-08", "2026-12-24"])
def test_a_page_about_a_date_never_says_what_applied(world: Any, client: Client, date: str) -> None:
    assert BANNED.search(on(client, date)) is None


# ── versions ─────────────────────────────────────────────────────────────────────────────────────
def version_address(world: Any, place: int) -> str:
    return f"{PIGEON}v/{world.versions[place].public_id}/"


def test_a_version_shows_its_text_escaped_and_is_not_to_be_indexed(world: Any, client: Client) -> None:
    answer = client.get(version_address(world, 1))
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    page = answer.content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert '<link rel="canonical" href="https://pigeon.example/terms">' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    assert "&lt;i&gt;songs&lt;/i&gt;" in page
    assert "This text belongs to Pigeon" in text_of(answer.content)


def test_a_version_says_how_it_was_captured(world: Any, client: Client) -> None:
    page = client.get(version_address(world, 1)).content
    capture = Capture.objects.get(check_row=world.versions[1].check_row)
    assert capture.snapshot is not None
    assert capture.snapshot.digest.encode() in page
    assert b"192.0.2.7" in page and b"ConductAtlas/test" in page


def test_a_text_is_rendered_once_and_again_by_newer_software(
    world: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(version_address(world, 0)).content
    kept = RenderedReading.objects.get(reading__version=world.versions[0])
    assert kept.made_by == f"{texts.MADE_BY}/0"
    RenderedReading.objects.filter(pk=kept.pk).update(html=kept.html.replace("pigeon", "dove"))
    assert b"dove" in client.get(version_address(world, 0)).content
    monkeypatch.setattr(texts, "MADE_BY", "newer")
    assert client.get(version_address(world, 0)).content == first
    assert RenderedReading.objects.get(pk=kept.pk).made_by == "newer/0"


def test_an_id_with_other_zeros_moves_to_the_address_of_the_version(world: Any, client: Client) -> None:
    answer = client.get(f"{PIGEON}v/CA-V-{world.versions[0].pk}/")
    assert (answer.status_code, answer["Location"]) == (301, version_address(world, 0))


def test_a_version_of_another_document_is_not_found(world: Any, client: Client) -> None:
    address = f"/platform/heron/privacy/v/{world.versions[0].public_id}/"
    assert client.get(address).status_code == 404


def test_a_long_text_comes_in_parts_that_break_at_sections(shelf: Any, client: Client) -> None:
    sections = "".join(
        f"<h2>Part {n}</h2><ul><li>{f'feather {n} ' * 40}</li><li>{'wing ' * 900}</li></ul>"
        for n in range(80)
    )
    document = shelf.document("ostrich/terms")
    version = shelf.version(document, world_start(), f"<main><h1>Long</h1>{sections}</main>".encode())
    address = f"/platform/ostrich/terms/v/{version.public_id}/"
    pages = [client.get(address, {"part": part}) for part in (1, 2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].context["parts"] == 2
    for page in pages:
        part = str(page.context["text"])
        assert part.count("<ul>") == part.count("</ul>") and part.count("<li") == part.count("</li>")
        assert len(part) < 310_000
    shown = "".join(str(page.context["text"]) for page in pages)
    assert [n for n in range(80) if f"feather {n} " not in shown] == []
    contents = pages[0].context["contents"]
    assert {entry.part for entry in contents} == {1, 2}
    for entry in contents:
        assert f'id="{entry.anchor}"' in str(pages[entry.part - 1].context["text"])
    for part in ("0", "3", "x", "-1", "٢"):
        assert client.get(address, {"part": part}).status_code == 404


def world_start() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 1, 6, 10, tzinfo=UTC)


# ── comparing ────────────────────────────────────────────────────────────────────────────────────
def compare_address(world: Any, old: int, new: int) -> str:
    return f"{PIGEON}compare/{world.versions[old].public_id}..{world.versions[new].public_id}/"


def test_any_two_versions_compare_whatever_their_order(world: Any, client: Client) -> None:
    forwards = client.get(compare_address(world, 0, 2))
    backwards = client.get(compare_address(world, 2, 0))
    assert forwards.status_code == backwards.status_code == 200
    assert forwards.context["redline"] == backwards.context["redline"]
    assert forwards.context["old"].ordinal == backwards.context["old"].ordinal == 1
    assert "60" in forwards.context["redline"] and "<ins>" in forwards.context["redline"]


def test_side_by_side_is_a_table(world: Any, client: Client) -> None:
    answer = client.get(compare_address(world, 0, 1), {"view": "side"})
    assert answer.context["redline"].startswith("<table")


def test_a_version_against_itself_differs_in_nothing(world: Any, client: Client) -> None:
    answer = client.get(compare_address(world, 1, 1))
    assert answer.status_code == 200
    assert answer.context["redline"] == ""


def test_picking_two_versions_moves_to_their_comparison(world: Any, client: Client) -> None:
    old, new = world.versions[0].public_id, world.versions[1].public_id
    answer = client.get(f"{PIGEON}compare/", {"old": new, "new": old})
    assert (answer.status_code, answer["Location"]) == (302, compare_address(world, 0, 1))
    same = client.get(f"{PIGEON}compare/", {"old": new, "new": new})
    assert same["Location"] == compare_address(world, 1, 1)


@pytest.mark.parametrize("query", [{}, {"old": "CA-V-000001"}, {"old": "x", "new": "CA-C-000001"}])
def test_picking_less_than_two_versions_gets_400(world: Any, client: Client, query: dict[str, str]) -> None:
    answer = client.get(f"{PIGEON}compare/", query)
    assert answer.status_code == 400
    assert "Pick an older and a newer one" in text_of(answer.content)


# ── changes ──────────────────────────────────────────────────────────────────────────────────────
def test_a_change_shows_its_redline_from_the_stored_hunks(
    world: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("compared again")

    monkeypatch.setattr(texts, "compare", never)
    answer = client.get(f"/change/{world.confirmed.slug}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert re.search(r"<del>.*?30.*?</del>", page) and re.search(r"<ins>.*?60.*?</ins>", page)
    assert "&lt;i&gt;songs&lt;/i&gt;" in page and "<i>songs" not in page
    words = text_of(answer.content)
    assert "Changed between 4 November 2026, 06:10 UTC" in words
    assert answer.context["change"].summary in words


def test_the_stored_redline_is_the_one_that_comparing_draws(world: Any, client: Client) -> None:
    stored = client.get(f"/change/{world.confirmed.slug}/").context["redline"]
    assert stored == client.get(compare_address(world, 0, 1)).context["redline"]


def test_a_change_answers_to_its_key_and_moves_to_its_address(world: Any, client: Client) -> None:
    answer = client.get(f"/change/2020-01-01-other-words-{world.confirmed.pk}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/change/{world.confirmed.slug}/")
    for slug in ("nothing", "2026-11-06-pigeon-terms-999999", "x-" + "9" * 19):
        assert client.get(f"/change/{slug}/").status_code == 404


def test_lists_hold_confirmed_changes_and_name_candidates_apart(world: Any, client: Client) -> None:
    for address in ("/", "/changes/", "/platform/pigeon/"):
        context = client.get(address).context
        assert [row.pk for row in context["changes"]] == [world.confirmed.pk]
        assert [row.pk for row in context["candidates"]] == [world.candidate.pk]


@pytest.mark.parametrize("state", ["withdrawn", "superseded", "revised"])
def test_what_was_taken_back_leaves_the_lists_and_keeps_its_address(
    world: Any, client: Client, state: str
) -> None:
    ChangeEvent.objects.create(
        change=world.confirmed, state=state, at=world.confirmed.seen_at, who="a person", why="seen wrongly"
    )
    assert client.get("/changes/").context["changes"] == []
    assert world.confirmed.slug.encode() not in client.get("/feeds/changes.atom").content
    answer = client.get(f"/change/{world.confirmed.slug}/")
    assert answer.status_code == 200
    assert "seen wrongly" in text_of(answer.content)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"platform": "pigeon"}, 1),
        ({"platform": "heron"}, 0),
        ({"kind": "terms"}, 1),
        ({"kind": "privacy"}, 0),
        ({"kind": "substantive"}, 1),
        ({"kind": "editorial"}, 0),
        ({"category": "bird-keeping"}, 1),
        ({"since": "2026-11-06", "until": "2026-11-06"}, 1),
        ({"since": "2026-11-07"}, 0),
        ({"until": "2026-11-05"}, 0),
    ],
)
def test_changes_are_filtered(world: Any, client: Client, query: dict[str, str], found: int) -> None:
    context = client.get("/changes/", query).context
    assert len(context["changes"]) == found
    assert context["problem"] == ""


@pytest.mark.parametrize("field", ["platform", "kind", "category", "since", "until"])
def test_a_filter_that_cannot_be_read_is_ignored_and_named(world: Any, client: Client, field: str) -> None:
    answer = client.get("/changes/", {field: "<nothing>"})
    assert answer.status_code == 200
    assert field in answer.context["problem"]
    assert len(answer.context["changes"]) == 1


def test_the_last_day_of_the_calendar_is_no_fault(world: Any, client: Client) -> None:
    assert client.get(PIGEON, {"on": "9999-12-31"}).status_code == 200
    assert "until" in client.get("/changes/", {"until": "9999-12-31"}).context["problem"]


# ── ids, search, errors ──────────────────────────────────────────────────────────────────────────
def test_ids_resolve(world: Any, client: Client) -> None:
    targets = {
        world.terms.public_id: PIGEON,
        world.versions[1].public_id: version_address(world, 1),
        f"ca-v-{world.versions[1].pk}": version_address(world, 1),
        world.confirmed.public_id: f"/change/{world.confirmed.slug}/",
    }
    for text, address in targets.items():
        answer = client.get(f"/id/{text}")
        assert (answer.status_code, answer["Location"]) == (301, address)
    for text in ("CA-P-000001", "CA-D-999999", "nothing", "CA-V-"):
        assert client.get(f"/id/{text}").status_code == 404


def test_platforms_are_searched_by_their_name_and_their_documents(world: Any, client: Client) -> None:
    def found(**query: str) -> list[str]:
        return [line.platform.slug for line in client.get("/platforms/", query).context["platforms"]]

    assert found() == ["heron", "pigeon", "stork"]
    assert found(q="PIG") == ["pigeon"]
    assert found(q="privacy") == ["heron"]
    assert found(q="heron privacy") == ["heron"]
    assert found(q="a\x00' OR 1=1 --") == []
    assert found(category="bird-keeping") == ["heron", "pigeon", "stork"]
    answer = client.get("/platforms/", {"category": "fish"})
    assert answer.context["problem"] and len(answer.context["platforms"]) == 3


@pytest.mark.parametrize(
    "address",
    ["/nothing/", "/platform/nothing/", "/platform/pigeon/nothing/", PIGEON + "v/CA-V-999999/",
     PIGEON + "compare/CA-V-000001..CA-V-999999/", "/feeds/nothing.atom", "/feeds/pigeon/nothing.atom"],
)  # fmt: skip
def test_what_is_not_there_gets_the_designed_404(world: Any, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Nothing answers at this address" in text_of(answer.content)


def test_a_foreign_host_gets_the_designed_400(db: None, client: Client) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"ConductAtlas" in answer.content and b"evil" not in answer.content


def test_a_fault_gets_the_designed_500(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault with a secret in it")

    monkeypatch.setattr(texts, "pages", broken)
    client = Client(raise_request_exception=False)
    answer = client.get(version_address(world, 0))
    assert answer.status_code == 500
    assert b"The page could not be made" in answer.content and b"secret" not in answer.content


# ── long lists ───────────────────────────────────────────────────────────────────────────────────
def test_long_lists_go_on_with_every_row_once(world: Any, client: Client) -> None:
    for hours in range(1, 121):
        world.shelf.check(
            world.never, world.versions[0].at + timedelta(hours=hours // 2), "failed", reason="timeout"
        )
    address, seen = "/platform/stork/terms/captures/", []
    query: str | None = ""
    pages = 0
    while query is not None:
        context = client.get(address + query).context
        seen += [check.pk for check in context["checks"]]
        query, pages = context["paging"].older, pages + 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 120
    moments = dict(world.never.checks.values_list("pk", "started_at"))
    assert seen == sorted(seen, key=lambda pk: (moments[pk], pk), reverse=True)


def test_filters_survive_paging_and_bad_keys_are_the_first_page(world: Any, client: Client) -> None:
    for hours in range(60):
        world.shelf.check(
            world.never, world.versions[0].at + timedelta(hours=hours), "failed", reason="timeout"
        )
    address = "/platform/stork/terms/captures/"
    context = client.get(address, {"outcome": "failed"}).context
    assert "outcome=failed" in context["paging"].older
    assert context["paging"].newest is None
    assert len(client.get(address + "?before=x").context["checks"]) == 50
    assert client.get(address, {"outcome": "unchanged"}).context["checks"] == ()


def test_versions_page_on_with_their_ordinals(shelf: Any, client: Client) -> None:
    document = shelf.document("swift/terms")
    for n in range(55):
        shelf.version(
            document, world_start() + timedelta(hours=n), f"<main><p>Swifts fly {n} miles.".encode()
        )
    first = client.get("/platform/swift/terms/versions/").context
    assert [line.version.ordinal for line in first["timeline"]] == list(range(55, 5, -1))
    rest = client.get("/platform/swift/terms/versions/" + first["paging"].older).context
    assert [line.version.ordinal for line in rest["timeline"]] == [5, 4, 3, 2, 1]
    assert rest["timeline"][-1].change is None


# ── withholding ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("whole", [True, False])
def test_a_withheld_text_is_nowhere_and_its_reason_is(world: Any, client: Client, whole: bool) -> None:
    reason = "The owner showed a mistake in the page."
    version = None if whole else world.versions[1]
    services.withhold(world.terms, version, reason, at=world.versions[2].at, by=None)
    for address in (
        version_address(world, 1),
        compare_address(world, 0, 1),
        f"/change/{world.confirmed.slug}/",
    ):
        answer = client.get(address)
        assert answer.status_code == 451
        assert b"songs" not in answer.content
        assert reason in text_of(answer.content)
    assert b"songs" not in client.get("/feeds/changes.atom").content
    assert client.get(version_address(world, 0)).status_code == (451 if whole else 200)
    document = client.get(PIGEON)
    assert document.status_code == 200
    if whole:
        assert reason in text_of(document.content)

    services.withhold(world.terms, version, "Settled.", at=world.versions[2].at, by=None, lift=True)
    assert client.get(version_address(world, 1)).status_code == 200


def test_lifting_one_version_leaves_the_document_withheld(world: Any, client: Client) -> None:
    at = world.versions[2].at
    services.withhold(world.terms, None, "All of it.", at=at, by=None)
    services.withhold(world.terms, world.versions[1], "This too.", at=at, by=None)
    services.withhold(world.terms, world.versions[1], "Not this.", at=at, by=None, lift=True)
    assert client.get(version_address(world, 1)).status_code == 451


def test_a_retired_document_still_answers(world: Any, client: Client) -> None:
    Document.objects.filter(pk=world.terms.pk).update(retired_at=world.versions[2].at)
    answer = client.get(PIGEON)
    assert answer.status_code == 200
    assert answer.context["state"].name == "retired"
