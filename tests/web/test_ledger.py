"""The ledger on the site: its page, and the files by which anyone checks it without us."""

from __future__ import annotations

import base64
import json
import os
import re
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.web.sealing import enter_captures, seal

from conductatlas.archive import ledger, ledger_queries, tiles
from conductatlas.archive.checkpoint import new_signer
from conductatlas.archive.ledger_models import Cosignature, Leaf, PendingLeaf, Tile
from conductatlas.history.models import ChangeEvent, Reading, Version
from conductatlas.ids import public_id
from conductatlas.web.converters import TileKey, TileName


@pytest.fixture(autouse=True)
def copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that run tests side by side share the folder of the blobs."""
    monkeypatch.setattr(ledger, "COPY", f"ledger/{uuid4()}")


@pytest.fixture
def sealed(world: Any) -> Any:
    enter_captures()
    seal()
    return world


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def index_of(kind: str, subject: int) -> int:
    return int(Leaf.objects.get(kind=kind, subject=subject).pk)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────
def test_before_the_first_checkpoint_the_page_says_how_many_leaves_wait(world: Any, client: Client) -> None:
    waiting = PendingLeaf.objects.count()
    said = text_of(client.get("/ledger/").content)
    assert "No checkpoint has been signed yet." in said
    assert f"{waiting} leaves are pending: written, and not yet under a checkpoint." in said
    assert client.get("/ledger/checkpoint").status_code == 404
    assert client.get("/ledger/tile/0/000").status_code == 404


def test_the_page_shows_the_newest_checkpoint_and_every_key(sealed: Any, client: Client) -> None:
    newest = ledger_queries.newest()
    assert newest is not None
    page = client.get("/ledger/")
    said = text_of(page.content)
    assert newest.root in said and newest.verifier in said
    assert f"{newest.size} leaves" in said and "0 pending" in said
    assert "22 November 2026, 11:30 UTC (by the operator’s clock)" in said
    assert "nobody outside has signed this checkpoint" in said
    for column in ("Proven by mathematics", "Witnessed by others, where present", "Stated by the operator"):
        assert column in said
        assert column in text_of(client.get("/methodology/").content)
    assert "No authority has stamped this checkpoint" in said


def test_what_is_written_after_a_checkpoint_is_pending(sealed: Any, client: Client) -> None:
    version = sealed.versions[0]
    ledger.enter(
        ChangeEvent.objects.create(change=sealed.candidate, state="confirmed", at=version.at, who="x")
    )
    assert "1 pending" in text_of(client.get("/ledger/").content)
    seal()
    assert "0 pending" in text_of(client.get("/ledger/").content)
    assert text_of(client.get("/ledger/").content).count("22 November 2026, 11:30 UTC") == 3


def test_a_witness_stands_on_the_page_and_in_the_note(sealed: Any, client: Client) -> None:
    head = ledger_queries.newest()
    assert head is not None
    witness = new_signer("witness.example/w", os.urandom)
    seen = sealed.versions[2].at
    text = head.note.partition("\n\n")[0] + "\n"
    line = witness.cosign(text, seen)
    Cosignature.objects.create(checkpoint_id=head.pk, witness=str(witness.public), line=line, seen_at=seen)
    said = text_of(client.get("/ledger/").content)
    assert "witness.example/w states that it saw this checkpoint" in said
    assert "witnessed by witness.example/w" in said
    assert client.get("/ledger/checkpoint").content.decode().endswith(f"{line}\n")


def test_checkpoints_come_fifty_a_page(sealed: Any, client: Client) -> None:
    for n in range(52):
        ledger.enter(
            ChangeEvent.objects.create(
                change=sealed.candidate, state="candidate", at=sealed.versions[0].at, who=f"n{n}"
            )
        )
        seal()
    first = client.get("/ledger/").content.decode()
    older = re.search(r'href="\?before=(\d+)"', first)
    assert older is not None
    rest = client.get(f"/ledger/?before={older[1]}").content.decode()
    listed = re.compile(r'<th scope="row"[^>]*><a href="/ledger/checkpoint/(\d+)"')
    sizes = [int(size) for size in listed.findall(first) + listed.findall(rest)]
    assert len(listed.findall(first)) == 50 and len(sizes) == 53
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 53
    assert "53 checkpoints" in text_of(rest.encode())


# ── files ────────────────────────────────────────────────────────────────────────────────────────
def test_a_checkpoint_is_a_signed_note(sealed: Any, client: Client) -> None:
    head = ledger_queries.newest()
    assert head is not None
    for address in ("/ledger/checkpoint", f"/ledger/checkpoint/{head.size}"):
        answer = client.get(address)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.content.decode() == head.note
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Robots-Tag"] == "noindex"
    for size in (head.size + 1, head.size - 1, 0, 10**30):
        assert client.get(f"/ledger/checkpoint/{size}").status_code == 404


def root_of(hashes: list[bytes]) -> bytes:
    """The root over hashes of leaves, straight from RFC 9162, 2.1.1: a verifier that shares no code with the ledger."""
    if len(hashes) == 1:
        return hashes[0]
    cut = 1
    while cut * 2 < len(hashes):
        cut *= 2
    return sha256(b"\x01" + root_of(hashes[:cut]) + root_of(hashes[cut:])).digest()


def test_the_tiles_give_the_root_that_was_signed(sealed: Any, client: Client) -> None:
    for n in range(700):  # more than two tiles, so that there is a second level
        event = ChangeEvent(
            change=sealed.candidate, state="candidate", at=sealed.versions[0].at, who=f"n{n}", pk=90_000 + n
        )
        event.save(force_insert=True)
        ledger.enter(event)
    seal()
    _, size, root = client.get("/ledger/checkpoint").content.decode().split("\n")[:3]
    whole, rest = divmod(int(size), 256)
    hashes: list[bytes] = []
    for number in range(whole):
        full = client.get(f"/ledger/tile/0/{number:03}")
        assert full["Content-Type"] == "application/octet-stream"
        assert "immutable" in full["Cache-Control"]
        hashes += [full.content[n : n + 32] for n in range(0, 256 * 32, 32)]
    part = client.get(f"/ledger/tile/0/{whole:03}.p/{rest}")
    assert "immutable" not in part["Cache-Control"]
    hashes += [part.content[n : n + 32] for n in range(0, rest * 32, 32)]
    assert len(hashes) == int(size)
    assert root_of(hashes) == base64.b64decode(root)
    above = client.get(f"/ledger/tile/1/000.p/{whole}").content
    assert above == b"".join(root_of(hashes[n * 256 : n * 256 + 256]) for n in range(whole))


def test_no_tile_is_given_out_that_no_checkpoint_has_signed(sealed: Any, client: Client) -> None:
    head = ledger_queries.newest()
    assert head is not None and head.size < 256
    assert client.get(f"/ledger/tile/0/000.p/{head.size}").status_code == 200
    assert len(client.get("/ledger/tile/0/000.p/3").content) == 96  # as an earlier checkpoint needs it
    wrong = ("0/000", f"0/000.p/{head.size + 1}", "0/000.p/0", "0/000.p/03", "0/000.p/256", "0/001.p/1")
    wrong += ("1/000.p/1", "00/000.p/1", "8/000.p/1", "0/x000/000.p/1", "0/0.p/1", "-1/000", "entries/000")
    for place in wrong:
        assert client.get(f"/ledger/tile/{place}").status_code == 404, place
    # Numbered, and not signed: the process was ended between the two.
    ledger.enter(ChangeEvent.objects.create(change=sealed.candidate, state="confirmed", at=head.at, who="x"))
    assert ledger._take_pen("test") and ledger._number("test") == 1
    assert tiles.width_at(head.size + 1, 0, 0) * 32 == len(bytes(Tile.objects.get(level=0, number=0).hashes))
    assert client.get(f"/ledger/tile/0/000.p/{head.size + 1}").status_code == 404
    told = client.get(f"/ledger/leaf/{head.size}.json").json()
    assert told["leaf"] and told["path"] is None and told["checkpoint"] is None
    assert "1 pending" in text_of(client.get("/ledger/").content)


@given(
    st.builds(
        TileName, st.integers(0, 7), st.integers(0, 10**18 - 1), st.integers(min_value=1, max_value=256)
    )
)
def test_an_address_of_a_tile_says_which_it_is(name: TileName) -> None:
    written = TileKey().to_url(name)
    assert re.fullmatch(TileKey.regex, written)
    assert TileKey().to_python(written) == name


# ── leaves ───────────────────────────────────────────────────────────────────────────────────────
def test_the_printed_script_checks_every_leaf_that_is_told(
    sealed: Any, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script on the page is the independent verifier: it shares nothing with the ledger."""
    script = files("conductatlas.web").joinpath("static", "check_leaf.py").read_text("utf-8")
    assert "conductatlas." not in script
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "check_leaf.py", "exec"), space)
    head = ledger_queries.newest()
    assert head is not None
    checked = 0
    for index in range(head.size):
        told = client.get(f"/ledger/leaf/{index}.json").json()
        if "leaf" in told:
            space["check"](told, head.verifier)
            checked += 1
    assert checked > 10
    assert capsys.readouterr().out.count("the checkpoint is signed by") == checked

    told = client.get(f"/ledger/leaf/{index_of('version', sealed.versions[0].pk)}.json").json()
    other = str(new_signer(head.origin, os.urandom).public)
    note = told["checkpoint"]["note"]
    faults = {
        "another hash": told | {"leaf": told["leaf"].replace('"v":1', '"v":2')},
        "not under": told | {"index": told["index"] + 1},
        "too short": told | {"path": told["path"][:-1]},
        "too long": told | {"path": [*told["path"], told["path"][0]]},
        "not signed": told | {"checkpoint": {"note": note.replace("\n\n", "\nmore\n\n", 1)}},
    }
    for words, faulty in faults.items():
        with pytest.raises(SystemExit, match=words):
            space["check"](faulty, head.verifier)
    with pytest.raises(SystemExit, match="not signed by this key"):
        space["check"](told, other)


def test_a_leaf_says_what_was_entered(sealed: Any, client: Client) -> None:
    version = sealed.versions[1]
    told = client.get(f"/ledger/leaf/{index_of('version', version.pk)}.json").json()
    assert sha256(b"\0" + told["leaf"].encode()).hexdigest() == told["hash"]
    said = json.loads(told["leaf"])
    assert said["kind"] == "version" and said["document"] == public_id("D", sealed.terms.pk)
    assert client.get("/ledger/leaf/99999.json").status_code == 404
    assert client.get(f"/ledger/leaf/{10**30}.json").status_code == 404


def test_of_a_private_document_only_the_hash_is_told(sealed: Any, client: Client, member: Client) -> None:
    """Rows of each kind, asked for by someone who may see the document and by someone who may not."""
    secret = sealed.private_versions[0]
    reading = Reading.objects.get(version=secret)
    event = ChangeEvent.objects.filter(change=sealed.private_change).first()
    assert event is not None
    capture = secret.parts.get().capture_id
    rows = {
        "version": secret.pk,
        "reading": reading.pk,
        "change": sealed.private_change.pk,
        "change event": event.pk,
        "capture": capture,
    }
    for kind, subject in rows.items():
        address = f"/ledger/leaf/{index_of(kind, subject)}.json"
        assert client.get(address).json().keys() == {"index", "hash"}, kind
        told = member.get(address)
        assert json.loads(told.json()["leaf"])["kind"] == kind
        assert told["Cache-Control"] == "private"


def test_the_leaf_of_a_row_that_is_not_there_is_nobodys(sealed: Any, client: Client) -> None:
    ledger.PendingLeaf.objects.create(kind="version", subject=987_654, hash=b"\1" * 32)
    made = seal()
    assert client.get(f"/ledger/leaf/{made.size - 1}.json").json().keys() == {"index", "hash"}


def test_leaves_of_the_archive_itself_are_for_everybody(sealed: Any, client: Client) -> None:
    key = Leaf.objects.filter(kind="key rotation").first()
    assert key is not None
    assert json.loads(client.get(f"/ledger/leaf/{key.pk}.json").json()["leaf"])["kind"] == "key rotation"


def test_every_kind_of_leaf_says_of_which_document_its_row_is(sealed: Any) -> None:
    assert ledger_queries.document_of(_place("version", sealed.versions[0])) == sealed.terms.pk
    for leaf in Leaf.objects.exclude(kind="key rotation"):
        place = ledger_queries.position(leaf.kind, leaf.subject)
        assert place is not None and ledger_queries.document_of(place)


def _place(kind: str, row: Version) -> ledger_queries.Position:
    found = ledger_queries.position(kind, row.pk)
    assert found is not None
    return found


# ── where it is named, what it costs ─────────────────────────────────────────────────────────────
def test_the_ledger_is_named_where_pages_are(sealed: Any, client: Client) -> None:
    assert b"/ledger/</loc>" in client.get("/sitemap.xml").content
    assert f'href="{reverse("ledger")}"'.encode() in client.get("/").content


def test_files_cost_few_queries(sealed: Any, client: Client) -> None:
    costs = {"/ledger/checkpoint": 2, "/ledger/tile/0/000.p/1": 3, "/ledger/leaf/0.json": 16}
    for address, most in costs.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= most, address
