"""The page of a change that another text in circulation tells already: it says so, leads there, and is in no list."""

from __future__ import annotations

from typing import Any

from django.test import Client
from tests.web.conftest import NOW


def test_what_is_told_in_another_text_leads_there_and_stands_in_no_list(world: Any, client: Client) -> None:
    alike, told = world.candidate, world.confirmed
    page = f"/change/{alike.slug}/"
    assert told.public_id not in client.get(page).content.decode().partition("What became of it")[0]
    alike.events.create(state="alike", at=NOW, who="test", told_by=told)
    answer = client.get(page)
    said = answer.content.decode().partition('aria-labelledby="redline"')[0]
    assert "The same change in another text." in said
    assert f'<a href="/change/{told.slug}/">{told.public_id}, ' in said
    assert '<meta name="robots" content="noindex">' in said
    for address in ("/changes/", "/", "/feeds/changes.atom"):
        assert alike.slug not in client.get(address).content.decode()
    assert "the same change in another text" in client.get("/platform/pigeon/terms/").content.decode()
