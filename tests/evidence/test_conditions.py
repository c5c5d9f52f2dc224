"""Conditions: what this release records from now on, and what it says of a record that lacks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.evidence.test_statement import exhibit

from conductatlas.clock import SystemClock
from conductatlas.config import load
from conductatlas.evidence.conditions import NOT_RECORDED, conditions
from conductatlas.work.tools import make_tools

CAPTURE = exhibit().captures[0].record


def told(**fields: object) -> dict[str, str]:
    capture = replace(CAPTURE, **fields)  # type: ignore[arg-type]
    return {one.name: one.value for one in conditions(capture, "schedule", (("User-Agent", "x"),))}


def test_the_vantage_of_this_release_leaves_nothing_of_it_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDUCTATLAS_DATA_DIR", str(tmp_path))
    vantage = make_tools(load(), SystemClock()).vantage
    found = told(vantage={**vantage, "clock": "not synchronised"})
    names = ("Signed in", "Cookies", "Cache", "Proxy", "Name resolver", "Clock of the machine", "Viewport")
    assert {name: found[name] for name in names} == {
        "Signed in": "never",
        "Cookies": "none",
        "Cache": "none",
        "Proxy": "none",
        "Name resolver": "of the system",
        "Clock of the machine": "not synchronised",
        "Viewport": "none: no page was drawn",
    }
    assert len(found["Build (SHA-256 over its code)"]) == 64


def test_what_an_older_record_lacks_is_not_filled_in() -> None:
    found = told(vantage={}, tls=None, peer_address="", http_version="", software="")
    lacking = {name for name, value in found.items() if value == NOT_RECORDED}
    assert lacking >= {
        *("Signed in", "Cookies", "Cache", "Proxy", "Name resolver", "Clock of the machine", "TLS", "Client"),
        *("Viewport", "Address that answered", "Accept-Language sent", "Software"),
    }
    assert found["User-Agent sent"] == "x"


def test_whose_word_it_is() -> None:
    assert told()["Date and content rest on the word of"] == "the operator of this archive"
    assert told(claimed_by="archive.org")["Date and content rest on the word of"] == "archive.org"
    assert told(clock_given=True)["Clock of the machine"] == "set by a person for this run"


def test_the_second_vantage_and_plain_http_are_told() -> None:
    found = told(vantage={"place": "Oslo", "which": "second"}, tls=None, final_url="http://heron.example/")
    assert found["Place and network, as the operator states"] == "Oslo (second vantage)"
    assert found["TLS"] == found["Certificate of the server (SHA-256)"] == "none: plain HTTP"
