"""A private document is not there for those who may not see it: no address, feed, count or name tells of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from conductatlas.accounts.models import User
from conductatlas.archive.models import CheckOutcome
from conductatlas.catalogue.models import Document
from conductatlas.django_settings import CONFIG
from conductatlas.web import measures

PUBLIC = [
    "/",
    "/platforms/",
    "/platforms/?q=owl",
    "/platforms/?q=night",
    "/changes/",
    "/changes/?platform=owl",
    "/status/",
    "/methodology/",
    "/feeds/changes.atom",
    "/sitemap.xml",
    "/robots.txt",
]
TELLTALES = (b"owl", b"Owl", b"Rules of the Night", b"secret hollow", b"Night Birds")


def private_addresses(world: Any) -> list[str]:
    first, second = (version.public_id for version in world.private_versions)
    page = "/platform/owl/rules/"
    return [
        "/platform/owl/",
        page,
        f"{page}?on=2026-11-08",
        f"{page}versions/",
        f"{page}captures/",
        f"{page}v/{first}/",
        f"{page}compare/{first}..{second}/",
        f"{page}compare/?old={first}&new={second}",
        f"/change/{world.private_change.slug}/",
        f"/change/guessed-{world.private_change.pk}/",
        f"/id/{world.private.public_id}",
        f"/id/{first}",
        f"/id/{world.private_change.public_id}",
        "/feeds/owl.atom",
        "/feeds/owl/rules.atom",
    ]


@pytest.mark.parametrize("address", PUBLIC)
def test_no_public_page_tells_of_it(world: Any, client: Client, address: str) -> None:
    content = client.get(address).content
    echoed = address.partition("=")[2].encode()  # the page may repeat what was searched for
    assert [word for word in TELLTALES if word != echoed and word in content] == []


def test_its_addresses_are_not_found(world: Any, client: Client) -> None:
    outsider = Client()
    outsider.force_login(User.objects.create_user("crow@day.example", "correct horse battery"))
    for address in private_addresses(world):
        for browser in (client, outsider):
            answer = browser.get(address)
            assert answer.status_code == 404, address
            assert b"secret hollow" not in answer.content


def test_its_change_cannot_be_reached_through_another_document(world: Any, client: Client) -> None:
    secret = world.private_versions[0].public_id
    assert client.get(f"/platform/pigeon/terms/v/{secret}/").status_code == 404
    public = world.versions[0].public_id
    assert client.get(f"/platform/pigeon/terms/compare/{secret}..{public}/").status_code == 404


def test_its_members_see_it(world: Any, member: Client) -> None:
    for address in private_addresses(world):
        assert member.get(address).status_code in (200, 301, 302), address
    assert b"Rules of the Night" in member.get("/feeds/changes.atom").content
    assert "owl" in [line.platform.slug for line in member.get("/platforms/").context["platforms"]]


def test_what_members_see_is_for_no_shared_cache(world: Any, member: Client, client: Client) -> None:
    answer = member.get("/platform/owl/rules/")
    assert answer["Cache-Control"] == "private"
    assert "Cookie" in client.get("/platform/pigeon/terms/")["Vary"]


def test_no_count_includes_it(world: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers() -> tuple[Any, ...]:
        cache.clear()  # figures are kept for a minute
        home, figures = client.get("/").context, client.get("/status/").context["figures"]
        return (
            home["counts"],
            figures,
            measures.exposition(),
        )

    before = numbers()
    shelf = world.shelf
    another = shelf.document("owl/privacy", owner=world.organisation)
    shelf.version(another, world.versions[2].at, b"<main><p>Another secret hollow.")
    shelf.check(another, world.versions[2].at, CheckOutcome.FAILED, reason="timeout")
    assert numbers() == before
    # The same rows, made public, count: the numbers above are not blind.
    Document.objects.filter(pk=another.pk).update(owner=None)
    assert [mine == other for mine, other in zip(numbers(), before, strict=True)] == [False, False, False]


def test_the_sitemap_is_the_same_for_members(world: Any, member: Client, client: Client) -> None:
    assert member.get("/sitemap.xml").content == client.get("/sitemap.xml").content


def test_settings_of_the_tests_are_those_of_the_site() -> None:
    assert settings.CONFIG is CONFIG
