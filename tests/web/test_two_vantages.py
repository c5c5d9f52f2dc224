"""That words changed while the printed date stayed is said after two captures, from both vantages if there are two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from tests.web.conftest import START, policy

from conductatlas.archive.services import SECOND
from conductatlas.history.models import Change

SAID = "the date printed on the page is the same"


@pytest.mark.parametrize(
    ("proxy", "vantage", "is_said"),
    [
        ("", {"place": "DE"}, True),
        ("http://proxy.example:3128", {"place": "DE"}, False),
        ("http://proxy.example:3128", {"place": "CH", **SECOND}, True),
    ],
    ids=["one vantage", "not yet the second", "both"],
)
def test_where_there_are_two_it_takes_both(
    shelf: Any, client: Client, settings: Any, proxy: str, vantage: dict[str, str], is_said: bool
) -> None:
    from dataclasses import replace

    document = shelf.document()
    clause = "You may keep a pigeon with us for {} days, and we may end that at any time."
    for days, hours in ((30, 0), (60, 24)):
        dates = "Last updated: October 1, 2026"
        shelf.version(document, START + timedelta(hours=hours), policy(clause.format(days), dates=dates))
    check, _ = shelf.check(document, START + timedelta(hours=26), vantage=vantage)
    change = Change.objects.get()
    change.events.create(state="confirmed", at=check.finished_at, who="test", check_row=check)
    assert change.date_mismatch
    with override_settings(CONFIG=replace(settings.CONFIG, second_vantage_proxy=proxy)):
        assert (SAID in client.get(f"/change/{change.slug}/").content.decode()) is is_said
