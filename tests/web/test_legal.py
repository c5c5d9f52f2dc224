"""What /legal/ says about notices is what this copy can do."""

from __future__ import annotations

import dataclasses
import html
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


def legal(client: Client, monkeypatch: pytest.MonkeyPatch, contact: str) -> str:
    monkeypatch.setattr(settings, "CONFIG", dataclasses.replace(settings.CONFIG, contact_url=contact))
    return client.get("/legal/").content.decode()


@pytest.mark.parametrize("contact", ["desk@atlas.example", "mailto:desk@atlas.example?subject=x"])
def test_a_letter_begins_with_what_a_notice_needs(
    client: Client, monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    page = legal(client, monkeypatch, contact)
    address = html.unescape(page.split('class="button" href="')[1].split('"')[0])
    assert urlsplit(address).scheme == "mailto" and urlsplit(address).path == "desk@atlas.example"
    letter = parse_qs(urlsplit(address).query)
    assert letter["subject"] == ["Notice about a record"]
    for line in letter["body"][0].split("\r\n"):
        assert line.endswith(":") and line in html.unescape(page)


def test_a_contact_page_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = legal(client, monkeypatch, "https://atlas.example/desk")
    assert '<a href="https://atlas.example/desk">' in page and "mailto:" not in page


def test_without_a_contact_the_page_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = legal(client, monkeypatch, "")
    assert "has not stated an address for notices" in page and "mailto:" not in page
