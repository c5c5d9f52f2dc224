"""Each security header on each route, whatever the answer."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.web.provisions import look

from conductatlas.provisions.models import Provision
from conductatlas.reading.clauses.questions import questions
from conductatlas.urls import urlpatterns
from conductatlas.web.converters import TileName
from conductatlas.web.headers import DOWNLOAD_POLICY, HEADERS


def addresses(world: Any) -> dict[str, str]:
    """An address that answers, for every named route."""
    document = ["pigeon", "terms"]
    look(world.terms)
    provision = Provision.objects.filter(document=world.terms).values_list("slug", flat=True)[0]
    first, second = world.versions[0].public_id, world.versions[1].public_id
    arguments: dict[str, list[object]] = {
        "platform": document[:1],
        "document": [*document],
        "drift": document[:1],
        "versions": [*document],
        "version": [*document, first],
        "version_records": [*document, first],
        "compare_pick": [*document],
        "compare": [*document, first, second],
        "captures": [*document],
        "provision": [*document, provision],
        "type": ["arbitration"],
        "question": [next(iter(questions()))],
        "change": [world.confirmed.slug],
        "change_records": [world.confirmed.slug],
        "checkpoint_over": [1],
        "tile": [TileName(0, 0, 1)],
        "leaf": [0],
        "stamp_file": [1, "reply.tsr"],
        "by_id": [world.terms.public_id],
        "feed_platform": document[:1],
        "feed_document": [*document],
        "snapshot": ["0" * 64],
        "refused": [world.refused.pk],
        "refused_show": [world.refused.pk],
        "instrument": ["gdpr"],
        "comparison": ["arbitration"],
        "comparison_json": ["arbitration"],
        "entities": ["heron-vs-pigeon"],
        "entities_json": ["heron-vs-pigeon"],
        **{name: ["ai-platforms"] for name in ("report", "report_markdown", "report_pdf", "report_data")},
    }
    names = [str(pattern.name) for pattern in urlpatterns if getattr(pattern, "name", None)]
    routes = {name: reverse(name, args=arguments.get(name, [])) for name in names}
    return routes | {"admin": "/admin/", "admin login": "/admin/login/", "nothing": "/nothing/"}


def test_each_header_stands_on_each_route(world: Any, client: Client, operator: Client) -> None:
    routes = addresses(world)
    assert len(routes) > 25
    for name, address in routes.items():
        for browser in (client, operator):
            answer = browser.get(address)
            for header, value in HEADERS.items():
                if header == "Content-Security-Policy" and answer.get("Content-Disposition"):
                    value = DOWNLOAD_POLICY
                assert answer[header] == value, f"{name} {address}: {header}"
            assert "Strict-Transport-Security" not in answer


def test_the_policy_lets_nothing_inline_and_nothing_foreign_in() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'", "'self' data:"}


@pytest.mark.parametrize("address", ["/", "/healthz", "/feeds/changes.atom", "/nothing/", "/admin/login/"])
def test_hsts_stands_behind_tls_on_secure_answers_only(
    world: Any, client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    behind_tls = dataclasses.replace(settings.CONFIG, site_url="https://atlas.example")
    monkeypatch.setattr(settings, "CONFIG", behind_tls)
    assert client.get(address, secure=True)["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in client.get(address)


def test_static_files_carry_them_too(db: None, client: Client) -> None:
    answer = client.get("/static/atlas.css")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_no_page_has_inline_style_or_script(world: Any, client: Client) -> None:
    for name, address in addresses(world).items():
        if name.startswith("admin"):
            continue
        # A block of data is no script: no browser runs it.
        page = client.get(address).content.replace(b'<script type="application/ld+json">', b"")
        for inline in (b"<script", b"<style", b" style=", b" onclick=", b"javascript:"):
            assert inline not in page, f"{name}: {inline!r}"
