"""A witness signs a ledger that only grew, and refuses the second of two that it is shown. Over HTTP and in memory."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from uuid import uuid4

import pytest
from django.db import transaction

from archive.witness_server import WitnessServer, serving_witness
from conductatlas.archive import ledger, ledger_keys, witness
from conductatlas.archive.checkpoint import Note, new_signer
from conductatlas.archive.exchange import Limits
from conductatlas.archive.guard import Guard
from conductatlas.archive.ledger_models import Checkpoint, Cosignature, PendingLeaf
from conductatlas.archive.resolver import MappedResolver
from conductatlas.archive.witness import HttpPost, Post, Reply, Witness
from conductatlas.clock import SetClock, SystemClock
from conductatlas.errors import AddressRefusedError, WitnessError

CLOCK = SetClock(datetime(2026, 11, 26, 12, tzinfo=UTC))


@dataclass
class Asked:
    """A witness that knows this ledger, and how it is asked."""

    server: WitnessServer
    url: str
    post: Post

    def ask(self, checkpoint: Checkpoint, seen: int = 0) -> Cosignature:
        return witness.ask(Witness(self.server.key, self.url), checkpoint, seen, self.post)


@pytest.fixture(params=["network", "memory"])
def asked(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    monkeypatch.setattr(ledger, "COPY", f"ledger/{uuid4()}")
    ledger_keys.ready(CLOCK)
    server = WitnessServer(tuple(ledger_keys.public_keys()))
    if request.param == "memory":
        yield Asked(server, "http://witness.example/w", server)
        return
    with serving_witness(server) as url:
        yield Asked(server, url, over_http("127.0.0.1/32"))


def over_http(network: str) -> HttpPost:
    guard = Guard([ip_network(network)], MappedResolver({}))
    return HttpPost(guard, "ConductAtlas/test", SystemClock(), Limits(connect=5, read=10, total=20))


def grown(by: int, start: int = 0) -> Checkpoint:
    PendingLeaf.objects.bulk_create(
        PendingLeaf(kind="capture", subject=start + n, hash=bytes([start % 256]) * 32) for n in range(by)
    )
    made = ledger.seal("test", CLOCK)
    assert made is not None
    return made


def test_a_ledger_that_only_grew_is_witnessed(asked: Asked) -> None:
    first = grown(5)
    kept = asked.ask(first)
    assert kept.seen_at == asked.server.at and kept.witness == str(asked.server.key)
    assert Note(Note.parse(first.note).head, (kept.line,)).seen_by(asked.server.key) == kept.seen_at
    second = grown(300, start=1000)
    asked.ask(second, first.size)
    assert asked.server.seen == {first.key.origin: (second.size, bytes.fromhex(second.root))}
    assert asked.ask(second, second.size).pk == Cosignature.objects.get(checkpoint=second).pk


def test_one_that_saw_another_size_is_asked_once_more_from_there(asked: Asked) -> None:
    asked.ask(grown(5))
    second = grown(7, start=1000)
    asked.ask(second, 0)
    assert asked.server.asked == 3 and Cosignature.objects.count() == 2


def test_a_split_view_is_refused(asked: Asked) -> None:
    """Two ledgers under one name: the second is refused at the same size, and at any larger one."""
    base = grown(5)
    asked.ask(base)
    with Split(base):
        asked.ask(grown(3, start=1000), base.size)
    for by in (3, 9):
        with Split(base), pytest.raises(WitnessError) as caught:
            asked.ask(grown(by, start=2000), base.size + 3)
        assert caught.value.is_refusal
    assert Cosignature.objects.count() == 1
    assert asked.server.seen[base.key.origin][0] == base.size + 3, "it stays with what it saw first"


class Split:
    """What is done within has not happened, and the copy beside the packs does not tell."""

    def __init__(self, base: Checkpoint) -> None:
        self.base = base

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *fault: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        ledger._put_copy(self.base.note)


def test_a_ledger_that_was_set_back_is_refused(asked: Asked) -> None:
    base = grown(5)
    with Split(base):
        asked.ask(grown(9, start=1000))
    with pytest.raises(WitnessError, match="has seen a checkpoint over") as caught:
        asked.ask(grown(2, start=2000), base.size)
    assert caught.value.is_refusal


def test_a_log_that_it_does_not_know_is_refused(asked: Asked) -> None:
    made = grown(2)
    asked.server.logs = (new_signer(made.key.origin, secrets.token_bytes).public,)
    with pytest.raises(WitnessError) as caught:
        asked.ask(made)
    assert caught.value.is_refusal
    asked.server.logs = ()
    with pytest.raises(WitnessError) as caught:
        asked.ask(made)
    assert not caught.value.is_refusal


@pytest.mark.parametrize("body", ["", "no line\n", "— witness.example AAAA\n", "\0\n", "— a b\n" * 3])
def test_an_answer_that_is_no_signature_of_its_own_is_not_kept(asked: Asked, body: str) -> None:
    made = grown(2)
    asked.post = lambda _url, _body: Reply(200, body)
    with pytest.raises(WitnessError, match="no signature of its own"):
        asked.ask(made)
    asked.post = lambda _url, _body: Reply(409, "many")
    with pytest.raises(WitnessError, match="does not say which"):
        asked.ask(made)
    assert not Cosignature.objects.exists()


def test_a_witness_is_asked_under_the_guard(asked: Asked) -> None:
    post = over_http("192.0.2.0/24")
    with pytest.raises(AddressRefusedError):
        post("http://127.0.0.1:9/add-checkpoint", b"")
    asked.post = post
    asked.url = "http://127.0.0.1:9"
    with pytest.raises(WitnessError, match="cannot be asked"):
        asked.ask(grown(2))
