"""Packs written anew: nothing lost, what was removed left out, and readers and backups not disturbed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from conductatlas.archive import blobs as blobs_module
from conductatlas.archive import packs, repack
from conductatlas.archive.models import (
    LooseObject,
    Pack,
    PackMember,
    RemovedSnapshot,
    Snapshot,
    Tombstone,
)
from conductatlas.archive.pack_lock import PACKS, may_delete, packs_stay
from conductatlas.archive.packs import RUN, prepare, read_snapshot, seal
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.errors import (
    NotFoundError,
    RemovedError,
    SnapshotDamagedError,
    StalePreparationError,
    StoreUnavailableError,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True, params=["file://snapshots", "memory://"])
def _place(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.CONFIG = replace(settings.CONFIG, data_dir=tmp_path, blob_url=request.param)
    packs.recent.clear()
    yield
    packs.recent.clear()
    blobs_module._at.cache_clear()


@pytest.fixture
def source() -> Source:
    platform = Platform.objects.create(slug="quill", name="Quill")
    document = Document.objects.create(platform=platform, slug="terms", kind="terms")
    return Source.objects.create(document=document, url="https://quill.example/terms")


def pages(count: int, seed: int = 0) -> list[bytes]:
    chance = random.Random(seed)
    clauses = [f"<p>Clause {n}. Either side may leave with {n} days' notice.</p>" for n in range(200)]
    made = []
    for turn in range(count):
        clauses[chance.randrange(200)] = f"<p>Clause of turn {turn}, {chance.random()}.</p>"
        made.append("\n".join(clauses).encode())
    return made


def keep(source: Source, *bodies: bytes) -> None:
    for body in bodies:
        with transaction.atomic():
            packs.store(prepare(source, body), source, AT, "text/html")


def sealed(source: Source, *bodies: bytes) -> Pack:
    """The bodies in one pack that is sealed however few they are."""
    keep(source, *bodies)
    pack = Pack.objects.get(key="")
    assert seal(pack)
    return Pack.objects.get(pk=pack.pk)


def removed(body: bytes) -> None:
    snapshot = Snapshot.objects.get(digest=packs.digest(body))
    stone = Tombstone.objects.create(document=Document.objects.get(), reason="An order.", at=AT)
    RemovedSnapshot.objects.create(tombstone=stone, snapshot=snapshot)


def afresh(body: bytes) -> bytes:
    packs.recent.clear()
    return read_snapshot(packs.digest(body))


def has(key: str) -> bool:
    try:
        blobs_module.blobs().get_range(key, 0, 1)
    except StoreUnavailableError:
        return False
    return True


# ── what is rewritten ────────────────────────────────────────────────────────────────────────────────


def test_short_packs_become_full_ones_and_their_objects_go(source: Source) -> None:
    bodies = pages(20)
    old = [sealed(source, *bodies[n : n + 5]) for n in range(0, 20, 5)]
    done = repack.repack(source)
    assert (done.packs_before, done.packs_after, done.left_out) == (4, 2, 0)
    assert done.bytes_before == sum(pack.length for pack in old)
    assert 0 < done.bytes_after < done.bytes_before  # two keyframes instead of four
    assert [afresh(body) for body in bodies] == bodies
    assert all(has(pack.key) for pack in old)
    assert repack.sweep() == 0
    assert not any(has(pack.key) for pack in old)
    assert [afresh(body) for body in bodies] == bodies
    assert list(Pack.objects.order_by("pk").values_list("length", flat=True)) == [
        sum(PackMember.objects.filter(pack=pack).values_list("length", flat=True))
        for pack in Pack.objects.all()
    ]


def test_what_gains_nothing_stays_as_it_is(source: Source) -> None:
    full, short = sealed(source, *pages(RUN)), sealed(source, *pages(3, seed=1))
    keep(source, *pages(2, seed=2))  # an open pack
    assert repack.plans(source) == []
    assert repack.repack(source) == repack.Repacked()
    assert {full.key, short.key} == set(Pack.objects.exclude(key="").values_list("key", flat=True))
    assert not LooseObject.objects.exists()


def test_everything_can_be_rewritten_and_an_object_that_comes_out_the_same_stays(source: Source) -> None:
    bodies = pages(RUN)
    pack = sealed(source, *bodies)
    done = repack.repack(source, everything=True)
    assert (done.packs_before, done.packs_after, done.bytes_after) == (1, 1, pack.length)
    assert repack.sweep() == 0
    assert [afresh(body) for body in bodies] == bodies


@pytest.mark.parametrize("place", [0, 7, RUN - 1], ids=["keyframe", "middle", "last"])
def test_a_removed_member_is_left_out_and_those_that_rested_on_it_stay(source: Source, place: int) -> None:
    bodies = pages(RUN)
    old = sealed(source, *bodies)
    removed(bodies[place])
    assert repack.unfinished() == [source.pk]
    assert repack.repack(source).left_out == 1
    repack.sweep()
    assert not has(old.key)
    assert repack.unfinished() == []
    with pytest.raises(RemovedError):
        afresh(bodies[place])
    rest = bodies[:place] + bodies[place + 1 :]
    assert [afresh(body) for body in rest] == rest


def test_a_removed_member_of_an_open_pack_is_left_out(source: Source) -> None:
    bodies = pages(5)
    keep(source, *bodies)
    removed(bodies[2])
    assert repack.repack(source).left_out == 1
    rest = bodies[:2] + bodies[3:]
    assert [afresh(body) for body in rest] == rest
    assert not PackMember.objects.exclude(data=None).exists()
    more = pages(2, seed=4)
    keep(source, *more)
    assert [afresh(body) for body in (*rest, *more)] == [*rest, *more]


def test_a_pack_of_which_all_was_removed_leaves_nothing(source: Source) -> None:
    bodies = pages(2)
    old = sealed(source, *bodies)
    for body in bodies:
        removed(body)
    done = repack.repack(source)
    assert (done.packs_after, done.bytes_after, done.left_out) == (0, 0, 2)
    repack.sweep()
    assert not has(old.key)
    assert not Pack.objects.exists()


def test_finish_does_what_was_left_to_do(source: Source) -> None:
    bodies = pages(3)
    old = sealed(source, *bodies)
    removed(bodies[1])
    repack.finish()
    assert not has(old.key)
    assert not LooseObject.objects.exists()
    assert afresh(bodies[2]) == bodies[2]


# ── others at work ───────────────────────────────────────────────────────────────────────────────────


def test_a_reader_that_looked_up_the_old_object_finds_the_new_one(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = pages(6)
    sealed(source, *bodies[:3])
    sealed(source, *bodies[3:])
    found, overtaken = packs._chain_to, []

    def find_and_be_overtaken(address: str) -> list[packs.Place]:
        chain = found(address)
        if not overtaken:
            overtaken.append(address)
            repack.repack(source)
            repack.sweep()
            packs.recent.clear()
        return chain

    monkeypatch.setattr(packs, "_chain_to", find_and_be_overtaken)
    assert afresh(bodies[4]) == bodies[4]
    assert overtaken


def test_a_reader_of_rows_that_move_finds_them_in_the_object(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = pages(6)
    keep(source, *bodies)
    removed(bodies[1])
    found, overtaken = packs._chain_to, []

    def find_and_be_overtaken(address: str) -> list[packs.Place]:
        chain = found(address)
        if not overtaken:
            overtaken.append(address)
            repack.repack(source)
            packs.recent.clear()
        return chain

    monkeypatch.setattr(packs, "_chain_to", find_and_be_overtaken)
    assert afresh(bodies[4]) == bodies[4]


def test_a_writer_that_prepared_for_an_open_pack_prepares_anew(source: Source) -> None:
    bodies = pages(3)
    keep(source, *bodies[:2])
    mine = prepare(source, bodies[2])
    removed(bodies[0])
    repack.repack(source)
    with pytest.raises(StalePreparationError), transaction.atomic():
        packs.store(mine, source, AT, "text/html")
    keep(source, bodies[2])
    assert [afresh(body) for body in bodies[1:]] == bodies[1:]


def test_rows_that_moved_on_meanwhile_are_planned_anew(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = pages(4)
    keep(source, *bodies[:3])
    removed(bodies[1])
    write, turns = repack._write, []

    def write_and_be_overtaken(places: object) -> repack.Written:
        new = write(places)  # type: ignore[arg-type]
        if not turns:
            turns.append(1)
            keep(source, bodies[3])
        return new

    monkeypatch.setattr(repack, "_write", write_and_be_overtaken)
    assert repack.repack(source).left_out == 1
    rest = [bodies[0], *bodies[2:]]
    assert [afresh(body) for body in rest] == rest


@contextmanager
def backup_running() -> Iterator[None]:
    """Somebody else needs the packs to stay: another process on a file, another session on a server."""
    if connection.vendor == "sqlite":
        with packs_stay():
            yield
        return
    parameters = {**connection.get_connection_params()}
    parameters.pop("cursor_factory", None), parameters.pop("context", None)
    import psycopg

    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock_shared(%s)", [PACKS])
        yield
        other.execute("SELECT pg_advisory_unlock_shared(%s)", [PACKS])  # a lost session is noticed later


def test_while_a_backup_runs_no_object_goes(source: Source) -> None:
    bodies = pages(4)
    old = [sealed(source, *bodies[:2]), sealed(source, *bodies[2:])]
    repack.repack(source)
    with backup_running():
        assert repack.sweep() == 2
        assert all(has(pack.key) for pack in old)
    assert repack.sweep() == 0
    assert not any(has(pack.key) for pack in old)


def test_what_a_killed_process_left_half_written_goes(settings: Settings, source: Source) -> None:
    """obstore writes KEY beside its place as KEY#1; bytes that had to be removed may stand there."""
    if not settings.CONFIG.blob_url.startswith("file://"):
        return
    pack = sealed(source, *pages(2))
    folder = settings.CONFIG.data_dir / "snapshots/packs"
    (folder / "abc.zpack#1").write_bytes(b"half of a pack")
    (folder / "no#number").write_bytes(b"somebody else's")
    with backup_running():
        repack.finish()
        assert (folder / "abc.zpack#1").exists()
    repack.finish()
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        ["no#number", pack.key.rpartition("/")[2]]
    )


def test_many_may_need_packs_to_stay_and_one_may_delete() -> None:
    with packs_stay(), packs_stay():
        pass
    with may_delete() as may:
        assert may


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_damaged_snapshot_leaves_its_pack_as_it_is(source: Source) -> None:
    bodies = pages(4)
    first, second = sealed(source, *bodies[:2]), sealed(source, *bodies[2:])
    place = blobs_module.blobs()
    whole = place.get_range(first.key, 0, first.length)
    middle = len(whole) // 2
    blobs_module.obstore.put(
        place.store, first.key, whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    )
    with pytest.raises(SnapshotDamagedError):
        packs.recent.clear()
        repack.repack(source)
    assert {first.key, second.key} == set(Pack.objects.values_list("key", flat=True))
    assert [afresh(body) for body in bodies[2:]] == bodies[2:]


def test_an_object_that_does_not_read_back_replaces_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = pages(4)
    old = [sealed(source, *bodies[:2]), sealed(source, *bodies[2:])]

    def damaged(_: object) -> None:
        raise SnapshotDamagedError("not what was written")

    with monkeypatch.context() as fault:
        fault.setattr(packs, "check_readable", damaged)
        with pytest.raises(SnapshotDamagedError):
            repack.repack(source)
    assert LooseObject.objects.exists()  # written and named by nobody: found again
    repack.sweep()
    assert not LooseObject.objects.exists()
    assert all(has(pack.key) for pack in old)
    assert [afresh(body) for body in bodies] == bodies


def test_what_sealing_left_behind_is_found_again(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = pages(3)
    keep(source, *bodies)

    def die(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as death:
        death.setattr(packs, "check_readable", die)
        with pytest.raises(KeyboardInterrupt):
            seal(Pack.objects.get())
    left = LooseObject.objects.get().key
    assert has(left)
    repack.sweep()
    assert not has(left)
    assert [afresh(body) for body in bodies] == bodies


def test_a_digest_nobody_kept_is_not_found_and_not_removed() -> None:
    with pytest.raises(NotFoundError) as caught:
        read_snapshot("0" * 64)
    assert not isinstance(caught.value, RemovedError)
