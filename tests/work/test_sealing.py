"""What seals asks its witnesses and its beacon, and goes on without one that fails."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.archive.witness_server import WitnessServer

from conductatlas.archive import ledger, ledger_keys, ledger_queries
from conductatlas.archive.beacon import Drand
from conductatlas.archive.ledger_models import Cosignature, PendingLeaf
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.archive.witness import HttpPost, Reply, Witness
from conductatlas.clock import SetClock
from conductatlas.config import load
from conductatlas.errors import ConfigurationError, HostUnreachableError
from conductatlas.work.sealing import Sealing, make_sealing

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
CLOCK = SetClock(AT)


@pytest.fixture(autouse=True)
def copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that run tests side by side share the folder of the blobs."""
    monkeypatch.setattr(ledger, "COPY", f"ledger/{uuid4()}")


@pytest.fixture
def server(db: None) -> WitnessServer:
    ledger_keys.ready(CLOCK)
    return WitnessServer(tuple(ledger_keys.public_keys()))


def witnessed_by(server: WitnessServer) -> Sealing:
    return Sealing(CLOCK, witnesses=(Witness(server.key, "http://witness.example"),), post=server)


def wait(*subjects: int) -> None:
    PendingLeaf.objects.bulk_create(
        PendingLeaf(kind="capture", subject=one, hash=bytes(32)) for one in subjects
    )


def test_a_head_is_witnessed_once_it_is_made(server: WitnessServer) -> None:
    sealing = witnessed_by(server)
    wait(1, 2)
    assert sealing.step() is not None
    newest = ledger_queries.newest()
    assert newest is not None and [one.name for one in newest.witnesses] == ["witness.example"]
    assert sealing.step() is None and server.asked == 1, "once is enough"
    wait(3)
    sealing.step()
    assert Cosignature.objects.count() == 2 and server.asked == 2


def test_a_witness_that_was_away_is_asked_later(server: WitnessServer) -> None:
    def away(_url: str, _body: bytes) -> Reply:
        raise HostUnreachableError("no route")

    wait(1)
    assert replace(witnessed_by(server), post=away).step() is not None
    wait(2)
    assert replace(witnessed_by(server), post=away).step() is not None
    assert not Cosignature.objects.exists()
    witnessed_by(server).step()
    assert Cosignature.objects.get().checkpoint.size == 3, "the newest; what is before it stands in it"


@pytest.mark.parametrize("hours, is_taken", [(-1, True), (2, False)])
def test_a_beacon_from_the_future_is_not_put_in(db: None, hours: int, is_taken: bool) -> None:
    info = {"hash": "ab" * 32, "genesis_time": int((AT + timedelta(hours=hours)).timestamp()), "period": 30}
    latest = {"round": 1, "randomness": "cd" * 32, "signature": ""}
    fetcher = MemoryFetcher(CLOCK)
    for path, value in (("info", info), ("public/latest", latest)):
        fetcher.pages[f"http://drand.example/{path}"] = Page(json.dumps(value).encode())
    wait(1)
    assert Sealing(CLOCK, beacon=Drand("http://drand.example", fetcher)).step() is not None
    newest = ledger_queries.newest()
    assert newest is not None and (newest.beacon is not None) == is_taken


def test_the_settings_name_witnesses(server: WitnessServer) -> None:
    config = replace(load(), sample_world=False)
    made = make_sealing(replace(config, witnesses=(f"{server.key} https://witness.example",)))
    assert made.witnesses == (Witness(server.key, "https://witness.example"),)
    assert isinstance(made.post, HttpPost)
    for line in (f"{server.key}", f"{server.key} ftp://x", "witness https://witness.example"):
        with pytest.raises(ConfigurationError, match="witnesses"):
            make_sealing(replace(config, witnesses=(line,)))
