"""The ledger as checks feed it: every row of the record has a leaf, leaves have places, heads are signed and proven."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker
from tests.work.conftest import CLAUSES, Archive

from conductatlas.archive import erasing, ledger, ledger_keys, ledger_queries, merkle, tiles
from conductatlas.archive.blobs import blobs
from conductatlas.archive.checkpoint import Note, PublicKey
from conductatlas.archive.leaves import KINDS, commitment, field_salt, hash_of, leaf_bytes
from conductatlas.archive.ledger_models import Checkpoint, Leaf, Ledger, LedgerKey, PendingLeaf, Tile
from conductatlas.archive.models import Capture, Erasure, Tombstone
from conductatlas.clock import SetClock
from conductatlas.errors import (
    CheckpointError,
    LeaseLostError,
    LedgerRolledBackError,
    NotFoundError,
    StoreUnavailableError,
)
from conductatlas.history.models import Change, ChangeEvent, Reading, Version

CLOCK = SetClock(datetime(2026, 11, 26, 12, tzinfo=UTC))
Policy = Callable[..., bytes]


@pytest.fixture(autouse=True)
def copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that run tests side by side share the folder of the blobs."""
    monkeypatch.setattr(ledger, "COPY", f"ledger/{uuid4()}")


@pytest.fixture
def changed(archive: Archive, policy: Policy) -> Archive:
    """An archive that has seen a change and confirmed it, beside a page that was refused and a host that failed."""
    document, gone = archive.document(), archive.document(slug="gone")
    archive.serve(policy())
    archive.check(document)
    archive.check(gone)
    archive.later(days=1)
    archive.serve(policy(*CLAUSES[:3], CLAUSES[3].replace("may suspend", "must suspend"), *CLAUSES[4:]))
    archive.check(document)
    archive.later(hours=3)
    archive.check(document)
    archive.serve(b"<title>Log in</title><form><input type=password></form>")
    archive.later(days=1)
    archive.check(document)
    return archive


def sealed() -> Checkpoint:
    made = ledger.seal("test", CLOCK)
    assert made is not None
    return made


def subjects(kind: str) -> set[int]:
    return set(Leaf.objects.filter(kind=kind).values_list("subject", flat=True))


def test_every_row_of_the_record_enters_the_ledger(changed: Archive) -> None:
    assert {"kept", "same", "refused", "failed"} == set(Capture.objects.values_list("outcome", flat=True))
    sealed()
    for kind, model in {
        "capture": Capture,
        "version": Version,
        "reading": Reading,
        "change": Change,
        "change event": ChangeEvent,
        "key rotation": LedgerKey,
    }.items():
        rows = set(model._default_manager.values_list("pk", flat=True))
        assert rows and subjects(kind) == rows, kind
    assert not PendingLeaf.objects.exists()


def test_a_leaf_is_made_of_its_row_again(changed: Archive) -> None:
    sealed()
    for leaf in Leaf.objects.all():
        row = KINDS[leaf.kind].rows([leaf.subject])[leaf.subject]
        assert hash_of(row) == bytes(leaf.hash), leaf


def test_a_leaf_holds_no_free_text_and_nothing_personal(changed: Archive) -> None:
    for row in (*Capture.objects.all(), *Change.objects.all(), *ChangeEvent.objects.all()):
        said = leaf_bytes(row).decode()
        assert "heron" not in said.lower() and "http" not in said.replace("http_version", "")
        assert json.loads(said)["v"] == 1
    assert "found" in ChangeEvent.objects.filter(state="confirmed").get().why


def test_free_text_in_a_leaf_is_a_defect(changed: Archive) -> None:
    capture = Capture.objects.filter(outcome="failed").first()
    assert capture is not None
    capture.reason = "the page says: call 555-0100"
    with pytest.raises(AssertionError, match="free text"):
        leaf_bytes(capture)


def test_the_head_is_signed_and_every_leaf_is_proven(changed: Archive) -> None:
    made = sealed()
    note = Note.parse(made.note)
    assert note.head.size == made.size == Leaf.objects.count()
    assert note.signed_by(PublicKey.parse(LedgerKey.objects.get().verifier))
    for leaf in Leaf.objects.all():
        place = ledger_queries.position(leaf.kind, leaf.subject)
        assert place is not None
        proof = ledger_queries.prove(place)
        assert proof is not None
        path = [bytes.fromhex(step) for step in proof.path]
        assert merkle.is_included(merkle.leaf_hash(proof.leaf), leaf.index, made.size, path, note.head.root)


def test_what_was_written_is_pending_until_it_is_sealed(changed: Archive) -> None:
    key = Change.objects.get().pk
    place = ledger_queries.position("change", key)
    assert place is not None and place.is_pending and place.index is None
    assert ledger_queries.prove(place) is None
    made = sealed()
    place = ledger_queries.position("change", key)
    assert place is not None and place.checkpoint is not None and place.checkpoint.size == made.size
    assert ledger_queries.position("change", key + 1000) is None


def test_the_log_only_grows(changed: Archive, policy: Policy) -> None:
    first = sealed()
    assert ledger.seal("test", CLOCK) is None, "nothing new, nothing signed"
    changed.later(days=1)
    changed.serve(policy())
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    second = sealed()
    assert second.size > first.size
    proof = merkle.consistency(first.size, second.size, tiles.nodes(ledger.tile))
    roots = [bytes.fromhex(one.root) for one in (first, second)]
    assert merkle.is_consistent(first.size, second.size, *roots, proof)


def test_positions_cost_a_few_queries_however_many(
    changed: Archive, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sealed()
    keys = list(Capture.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(5):
        assert set(ledger_queries.positions("capture", keys)) == set(keys)


def test_one_batch_more_or_less_makes_no_difference(
    changed: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "BATCH", 3)
    counts: list[int] = []
    made = ledger.seal("test", CLOCK, progress=counts.append)
    assert made is not None and len(counts) > 4 and sum(counts) == made.size
    leaves = [bytes(one) for one in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    assert merkle.root(
        made.size, lambda level, n: merkle.fold(leaves[n << level : (n + 1) << level])
    ).hex() == (made.root)


def test_whoever_does_not_hold_the_pen_does_not_write(changed: Archive) -> None:
    sealed()
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    Ledger.objects.update(holder="another", lease_until=datetime.now(UTC) + timedelta(minutes=1))
    assert ledger.seal("test", CLOCK) is None
    Ledger.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert ledger.seal("test", CLOCK) is not None, "a lease that ran out is one of a process that died"


def test_two_writers_cannot_go_on_from_one_size(changed: Archive) -> None:
    """Should the lease fail, the size that a batch moves and the keys of places still let only one through."""
    sealed()
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    size = Ledger.objects.get().size
    with pytest.raises(LeaseLostError):
        ledger._number("another")
    assert Ledger.objects.get().size == size
    with pytest.raises(IntegrityError), transaction.atomic():
        Leaf.objects.create(index=size - 1, kind="capture", subject=10**6, hash=b"0" * 32)
    with pytest.raises(IntegrityError), transaction.atomic():
        Checkpoint.objects.create(
            key=LedgerKey.objects.get(), size=size, root="0" * 64, note="x", at=CLOCK.now()
        )


def test_a_key_is_replaced_and_the_old_one_signs_for_the_new(changed: Archive) -> None:
    first = sealed()
    old = LedgerKey.objects.get()
    new = ledger_keys.rotate(CLOCK)
    second = sealed()
    note = Note.parse(second.note)
    assert note.head.origin == Note.parse(first.note).head.origin
    assert note.signed_by(PublicKey.parse(new.verifier)) and note.signed_by(PublicKey.parse(old.verifier))
    assert subjects("key rotation") == {old.pk, new.pk}
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    third = Note.parse(sealed().note)
    assert third.signed_by(PublicKey.parse(new.verifier)) and not third.signed_by(
        PublicKey.parse(old.verifier)
    )
    assert [str(key) for key in ledger_keys.public_keys()] == [old.verifier, new.verifier]


def test_a_key_lies_in_a_file_that_only_its_owner_reads(changed: Archive) -> None:
    sealed()
    file = key_file()
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_text()
    file.unlink()
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    with pytest.raises(CheckpointError, match="cannot be read"):
        ledger.seal("test", CLOCK)
    file.write_text(content.replace("PRIVATE", "PUBLIC"))
    with pytest.raises(CheckpointError):
        ledger.seal("test", CLOCK)
    ledger_keys.rotate(CLOCK)
    assert ledger.seal("test", CLOCK) is not None, "a lost key is replaced"


def key_file() -> Path:
    key = PublicKey.parse(LedgerKey.objects.order_by("-pk")[0].verifier)
    return Path(settings.CONFIG.data_dir) / "keys" / f"ledger-{key.key_id.hex()}.key"


def test_nothing_is_signed_over_a_ledger_that_was_set_back(changed: Archive) -> None:
    made = sealed()
    note = Note.parse(made.note)
    ahead = replace(note, head=replace(note.head, size=made.size + 50))
    ledger._put_copy(str(ahead))
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    with pytest.raises(LedgerRolledBackError, match="given out"):
        ledger.seal("test", CLOCK)
    assert Checkpoint.objects.count() == 1
    ledger_keys.rotate(CLOCK, new_log=True)
    again = Note.parse(sealed().note)
    assert again.head.origin == note.head.origin + "#2"
    assert LedgerKey.objects.order_by("-pk")[0].reason == "new log"


def test_a_copy_that_is_missing_or_older_is_put_back(changed: Archive) -> None:
    first = sealed()
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    second = sealed()
    ledger._put_copy(first.note)
    assert ledger.seal("test", CLOCK) is None
    assert str(ledger.stored_copy()) == second.note
    blobs().delete(ledger.COPY)
    assert ledger.seal("test", CLOCK) is None
    assert str(ledger.stored_copy()) == second.note


def test_a_tile_that_is_missing_stops_the_numbering(changed: Archive) -> None:
    sealed()
    changed.later(days=1)
    changed.check(Version.objects.first().document)  # type: ignore[union-attr]
    Tile.objects.filter(level=0).delete()
    with pytest.raises(StoreUnavailableError, match="tiles"):
        ledger.seal("test", CLOCK)


def test_rows_from_before_the_ledger_enter_it_without_commitments(changed: Archive) -> None:
    capture = Capture.objects.first()
    assert capture is not None
    PendingLeaf.objects.all().delete()
    capture.pk, capture.salt = None, None
    capture.save(force_insert=True)
    PendingLeaf.objects.create(kind="capture", subject=capture.pk)
    sealed()
    assert json.loads(leaf_bytes(capture))["commitments"] is None
    leaf = Leaf.objects.get(kind="capture", subject=capture.pk)
    assert bytes(leaf.hash) == hash_of(KINDS["capture"].rows([capture.pk])[capture.pk])


def test_what_may_be_personal_is_erased_and_the_tree_stays(changed: Archive) -> None:
    made = sealed()
    capture = Capture.objects.filter(outcome="kept").first()
    assert capture is not None and capture.salt
    before = leaf_bytes(KINDS["capture"].rows([capture.pk])[capture.pk])
    kept = json.loads(before)["commitments"]
    assert kept["headers"] == commitment(field_salt(capture.salt, "headers"), capture.headers)
    stone = erasing.erase_personal(capture, "an order", "Order 1", at=CLOCK.now(), by=None)
    bare = KINDS["capture"].rows([capture.pk])[capture.pk]
    assert erasing.held(bare) == [] and bare.salt == "" and bare.body_digest == capture.body_digest
    assert leaf_bytes(bare) == before
    place = ledger_queries.position("capture", capture.pk)
    assert place is not None
    proof = ledger_queries.prove(place)
    assert proof is not None and proof.checkpoint.size == made.size
    sealed()
    assert subjects("tombstone") == {stone.pk}
    with pytest.raises(NotFoundError, match="left to erase"):
        erasing.erase_personal(bare, "again", "", at=CLOCK.now(), by=None)


def test_a_commitment_says_nothing_once_the_salt_is_gone(changed: Archive) -> None:
    """Of two captures with equal headers each hides them under another salt, and each field under one of its own."""
    one, two = (
        json.loads(leaf_bytes(row))["commitments"] for row in Capture.objects.filter(outcome="kept")[:2]
    )
    rows = Capture.objects.filter(outcome="kept")[:2]
    assert rows[0].headers == rows[1].headers and one["headers"] != two["headers"]
    assert rows[0].detail == rows[0].claimed_by == "" and one["detail"] != one["claimed_by"]


def test_nothing_else_of_a_capture_can_be_changed(changed: Archive) -> None:
    capture = Capture.objects.filter(outcome="kept").first()
    assert capture is not None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Capture.objects.filter(pk=capture.pk).update(**erasing.BLANK)
    stone = Tombstone.objects.create(document=capture.source.document, reason="an order", at=CLOCK.now())
    Erasure.objects.create(tombstone=stone, kind="capture", subject=capture.pk, commitments={})
    for more in ({"status": 404}, {"peer_address": "192.0.2.1"}, {"headers": [["a", "b"]]}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Capture.objects.filter(pk=capture.pk).update(**erasing.BLANK | more)
    Capture.objects.filter(pk=capture.pk).update(**erasing.BLANK)


def test_a_checkpoint_is_forced_to_the_disk(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Outside any transaction: within one SQLite refuses to be told. A server forces each commit out by itself."""
    from conductatlas.writing import forced_to_disk

    def level() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0])

    with django_db_blocker.unblock():
        before = level()
        with forced_to_disk():
            assert level() == 2
        assert level() == before == 1
