"""A beacon's value in a checkpoint: it cannot be older, and one from the future is not taken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from conductatlas.archive import beacon
from conductatlas.archive.beacon import Chain, Drand
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.clock import SetClock
from conductatlas.errors import BrokenAnswerError, CheckpointError, HostUnreachableError

GENESIS = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "ab" * 32
INFO = {"hash": NAME, "genesis_time": int(GENESIS.timestamp()), "period": 30}
LATEST = {"round": 121, "randomness": "cd" * 32, "signature": "ef" * 48}
AT = GENESIS + timedelta(hours=1)


def drand(info: object = INFO, latest: object = LATEST) -> Drand:
    """The network's twin in memory."""
    fetcher = MemoryFetcher(SetClock(AT))
    for path, value in (("info", info), ("public/latest", latest)):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        fetcher.pages[f"http://drand.example/{NAME}/{path}"] = Page(body, content_type="application/json")
    return Drand(f"http://drand.example/{NAME}/", fetcher)


def test_a_value_stands_in_a_line_and_is_read_again() -> None:
    line = beacon.line_at(drand(), AT)
    assert line == f"beacon {NAME} 121 {'cd' * 32} {'ef' * 48}"
    assert beacon.stated(("other 1", line)) == (NAME, 121, "cd" * 32)
    assert beacon.stated(("beacon 1",)) is None


def test_a_value_from_the_future_is_refused() -> None:
    """Its clock is wrong or ours is: then nothing is stated about time."""
    assert drand().newest().at == AT
    beacon.line_at(drand(), AT - beacon.SKEW)
    with pytest.raises(CheckpointError, match="after the checkpoint"):
        beacon.line_at(drand(), AT - beacon.SKEW - timedelta(seconds=1))


@pytest.mark.parametrize(
    "info, latest",
    [
        (b"<html>", LATEST),
        ([], LATEST),
        (INFO | {"hash": "x"}, LATEST),
        (INFO | {"period": 0}, LATEST),
        (INFO, LATEST | {"round": -1}),
        (INFO, LATEST | {"round": "121"}),
        (INFO, LATEST | {"randomness": "cd\nforged 1"}),
        (INFO, LATEST | {"signature": "zz"}),
    ],
)
def test_an_answer_that_is_no_value_is_refused(info: object, latest: object) -> None:
    with pytest.raises(BrokenAnswerError):
        drand(info, latest).newest()


def test_a_beacon_that_does_not_answer() -> None:
    with pytest.raises(HostUnreachableError):
        Drand("http://gone.example", MemoryFetcher(SetClock(AT))).newest()


def test_the_chains_that_are_known_here() -> None:
    for name, chain in beacon.CHAINS.items():
        assert chain.name == name == Chain.of({"hash": name, "genesis_time": 1, "period": 1}).name
        assert chain.moment(1) == datetime.fromtimestamp(chain.genesis, UTC)
        assert chain.moment(11) - chain.moment(1) == timedelta(seconds=10 * chain.period)
