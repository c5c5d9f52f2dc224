from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from conductatlas.archive import blobs as blobs_module
from conductatlas.archive import packs
from conductatlas.archive.models import Pack, PackMember, Snapshot
from conductatlas.archive.packs import RUN, StalePreparationError, prepare, read_snapshot, seal, seal_if_full
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.errors import NotFoundError, SnapshotDamagedError, StoreUnavailableError

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
    return _source("terms")


def _source(slug: str) -> Source:
    platform, _ = Platform.objects.get_or_create(slug="quill", defaults={"name": "Quill"})
    document = Document.objects.create(platform=platform, slug=slug, kind="terms")
    return Source.objects.create(document=document, url=f"https://quill.example/{slug}")


def _pages(count: int, seed: int = 0) -> list[bytes]:
    """A page that changes by one clause each time."""
    chance = random.Random(seed)
    clauses = [f"<p>Clause {n}. Either side may leave with {n} days' notice.</p>" for n in range(300)]
    pages = []
    for turn in range(count):
        clauses[chance.randrange(300)] = f"<p>Clause of turn {turn}, {chance.random()}.</p>"
        pages.append("\n".join(clauses).encode())
    return pages


def _keep(source: Source, *bodies: bytes) -> list[Snapshot]:
    kept = []
    for body in bodies:
        prepared = prepare(source, body)
        with transaction.atomic():
            kept.append(packs.store(prepared, source, AT, "text/html"))
    return kept


def _read_afresh(body: bytes) -> bytes:
    packs.recent.clear()
    return read_snapshot(packs.digest(body))


def test_packs_in_a_bucket_are_read_and_what_was_altered_there_is_refused(
    bucket: str, source: Source, settings: Settings
) -> None:
    """Over a real S3 API: sealed, read back range by range, and never without looking at the digest."""
    settings.CONFIG = replace(settings.CONFIG, blob_url=bucket)
    pages = _pages(RUN)
    _keep(source, *pages)
    assert seal_if_full(source)
    assert [_read_afresh(page) for page in pages] == pages
    pack = Pack.objects.exclude(key="").get()
    content = bytearray(blobs_module.blobs().get(pack.key) or b"")
    content[len(content) // 2] ^= 1
    blobs_module.blobs().put(pack.key, BytesIO(bytes(content)))
    with pytest.raises(SnapshotDamagedError):
        for page in pages:
            _read_afresh(page)


# ── keeping and reading ──────────────────────────────────────────────────────────────────────────────


def test_kept_bytes_come_back_while_the_pack_is_open_and_after(source: Source) -> None:
    pages = _pages(RUN)
    _keep(source, *pages)
    assert [_read_afresh(page) for page in pages] == pages
    assert seal_if_full(source)
    assert [_read_afresh(page) for page in pages] == pages
    assert not PackMember.objects.exclude(data=None).exists()


def test_a_snapshot_says_what_was_kept_and_when(source: Source) -> None:
    (snapshot,) = _keep(source, b"We keep it for 30 days.")
    assert (snapshot.length, snapshot.media_type, snapshot.first_kept_at) == (23, "text/html", AT)
    assert snapshot.digest == packs.digest(b"We keep it for 30 days.")


def test_a_long_media_type_is_cut_to_its_column(source: Source) -> None:
    prepared = prepare(source, b"x")
    assert len(packs.store(prepared, source, AT, "text/html; " + "x" * 500).media_type) == 120


@pytest.mark.parametrize("body", [b"", b"\0", bytes(10_000_000), os.urandom(10_000_000)], ids=len)
def test_odd_sizes_are_kept_like_any_other(source: Source, body: bytes) -> None:
    later = body + b"one clause more"
    _keep(source, body, later)
    assert _read_afresh(body) == body
    assert _read_afresh(later) == later


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(
    bodies=st.lists(st.binary(max_size=60), min_size=1, max_size=3 * RUN), seals=st.sets(st.integers(0, 48))
)
def test_whatever_is_kept_in_whatever_order_is_readable(bodies: list[bytes], seals: set[int]) -> None:
    with transaction.atomic():
        source = _source(f"terms-{Document.objects.count()}")
        for turn, body in enumerate(bodies):
            _keep(source, body)
            if turn in seals:
                seal_if_full(source)
        assert [_read_afresh(body) for body in bodies] == bodies


def test_the_same_bytes_are_kept_once_whoever_sends_them(source: Source) -> None:
    other = _source("privacy")
    first, again, elsewhere = (_keep(of, b"One text.")[0] for of in (source, source, other))
    assert first == again == elsewhere
    assert PackMember.objects.count() == 1


def test_known_bytes_cost_one_query_and_write_nothing(source: Source) -> None:
    _keep(source, b"One text.")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        prepared = prepare(source, b"One text.")
        packs.store(prepared, source, AT, "text/html")
    assert len(queries) == 1


def test_deltas_are_small(source: Source) -> None:
    _keep(source, *_pages(RUN))
    sizes = list(PackMember.objects.values_list("length", flat=True))
    assert max(sizes[1:]) < sizes[0] / 10


def test_an_unknown_digest_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        read_snapshot("0" * 64)


# ── packs ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pack_is_one_object_named_by_its_own_digest(source: Source) -> None:
    pages = _pages(RUN + 3)
    for page in pages:
        _keep(source, page)
        seal_if_full(source)
    sealed, still_open = Pack.objects.order_by("pk")
    whole = blobs_module.blobs().get_range(sealed.key, 0, sealed.length + 1)
    assert packs.digest(whole) == sealed.digest
    assert sealed.key == f"packs/{sealed.digest}.zpack"
    assert len(whole) == sealed.length
    assert sealed.sealed_at is not None
    assert (still_open.key, still_open.members.count()) == ("", 3)


def test_no_chain_is_longer_than_a_run(source: Source) -> None:
    pages = _pages(2 * RUN + 1)
    _keep(source, *pages)  # never sealed: one pack with three keyframes
    for page in pages:
        assert len(packs._chain_to(packs.digest(page))) <= RUN
    assert _read_afresh(pages[-1]) == pages[-1]


def test_a_pack_that_is_not_full_stays_open(source: Source) -> None:
    _keep(source, *_pages(RUN - 1))
    assert not seal_if_full(source)
    assert Pack.objects.get().key == ""


def test_a_source_without_packs_has_nothing_to_seal(source: Source) -> None:
    assert not seal_if_full(source)


def test_a_long_pack_left_by_an_outage_is_sealed_whole(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _pages(RUN + 5)
    with monkeypatch.context() as outage:
        outage.setattr(packs, "blobs", _no_blobs)
        for page in pages:
            _keep(source, page)
            assert not seal_if_full(source)
        assert [_read_afresh(page) for page in pages] == pages
    assert seal_if_full(source)
    assert [_read_afresh(page) for page in pages] == pages


def test_packs_larger_than_the_spool_are_sealed_and_read_piece_by_piece(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "SPOOL", 1000)
    pages = _pages(RUN)
    _keep(source, *pages)
    assert seal_if_full(source)
    assert [_read_afresh(page) for page in pages] == pages


def test_sealing_twice_is_sealing_once(source: Source) -> None:
    _keep(source, *_pages(RUN))
    pack = Pack.objects.get()
    assert seal(pack)
    key = Pack.objects.get().key
    pack.key = ""  # what another worker still believes
    assert not seal(pack)
    assert Pack.objects.get().key == key


def test_killed_between_object_and_rows_it_is_sealed_again_to_the_same_key(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _pages(RUN)
    _keep(source, *pages)
    put: list[str] = []
    spied = blobs_module.Blobs.put
    monkeypatch.setattr(
        blobs_module.Blobs, "put", lambda self, key, content: (put.append(key), spied(self, key, content))
    )
    with monkeypatch.context() as death:
        death.setattr(packs, "check_readable", _die)
        with pytest.raises(KeyboardInterrupt):
            seal(Pack.objects.get())
    assert Pack.objects.get().key == ""
    assert [_read_afresh(page) for page in pages] == pages
    assert seal(Pack.objects.get())
    assert put == [Pack.objects.get().key] * 2


def test_a_member_added_while_sealing_keeps_the_pack_open(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _pages(RUN + 1)
    _keep(source, *pages[:RUN])
    check = packs.check_readable

    def check_and_be_overtaken(places: list[packs.Place]) -> None:
        check(places)
        _keep(source, pages[RUN])

    monkeypatch.setattr(packs, "check_readable", check_and_be_overtaken)
    assert not seal(Pack.objects.get())
    monkeypatch.undo()
    packs.recent.clear()
    assert [_read_afresh(page) for page in pages] == pages


def test_rows_are_kept_when_the_object_does_not_read_back(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _pages(RUN)
    _keep(source, *pages)
    good = blobs_module.Blobs.get_range
    monkeypatch.setattr(blobs_module.Blobs, "get_range", lambda *where: _flipped(good(*where)))
    with pytest.raises(SnapshotDamagedError):
        seal(Pack.objects.get())
    assert not seal_if_full(source)
    assert [_read_afresh(page) for page in pages] == pages


# ── two writers ──────────────────────────────────────────────────────────────────────────────────────


def test_two_sources_that_prepared_the_same_bytes_get_one_snapshot(source: Source) -> None:
    other = _source("privacy")
    mine, theirs = prepare(source, b"One text."), prepare(other, b"One text.")
    first = packs.store(mine, source, AT, "text/html")
    assert packs.store(theirs, other, AT, "text/html") == first
    assert Pack.objects.count() == 1


@pytest.mark.parametrize("before", [0, 3], ids=["no pack yet", "open pack"])
def test_a_place_taken_by_another_writer_is_reported_and_nothing_written(source: Source, before: int) -> None:
    _keep(source, *_pages(before))
    mine, theirs = prepare(source, b"Mine."), prepare(source, b"Theirs.")
    packs.store(theirs, source, AT, "text/html")
    with transaction.atomic(), pytest.raises(StalePreparationError) as caught:
        packs.store(mine, source, AT, "text/html")
    assert caught.value.transient
    assert not Snapshot.objects.filter(digest=mine.digest).exists()
    _keep(source, b"Mine.")
    assert _read_afresh(b"Mine.") == b"Mine."


def test_a_pack_sealed_while_it_is_read_is_read_from_the_object(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _pages(RUN)
    _keep(source, *pages)
    found = packs._chain_to

    def find_and_be_overtaken(address: str) -> list[packs.Place]:
        chain = found(address)
        seal_if_full(source)
        return chain

    monkeypatch.setattr(packs, "_chain_to", find_and_be_overtaken)
    assert _read_afresh(pages[-1]) == pages[-1]
    assert Pack.objects.get().key


def test_a_pack_sealed_by_another_writer_is_reported(source: Source) -> None:
    _keep(source, *_pages(RUN))
    mine = prepare(source, b"Mine.")
    seal_if_full(source)
    with transaction.atomic(), pytest.raises(StalePreparationError):
        packs.store(mine, source, AT, "text/html")
    assert not Snapshot.objects.filter(digest=mine.digest).exists()


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_damaged_row_is_found_out(source: Source) -> None:
    pages = _pages(3)
    _keep(source, *pages)
    member = PackMember.objects.get(ordinal=1)
    PackMember.objects.filter(pk=member.pk).update(data=_flipped(bytes(member.data or b"")))
    assert _read_afresh(pages[0]) == pages[0]
    for page in pages[1:]:
        with pytest.raises(SnapshotDamagedError, match=packs.digest(page)[:12]) as caught:
            _read_afresh(page)
        assert not caught.value.transient


def test_another_text_of_the_same_length_is_found_out(source: Source) -> None:
    _keep(source, b"within 30 days")
    PackMember.objects.update(data=packs.encode(b"within 90 days"))
    with pytest.raises(SnapshotDamagedError, match="another digest"):
        _read_afresh(b"within 30 days")


def test_a_damaged_pack_is_found_out(source: Source) -> None:
    pages = _pages(RUN)
    _keep(source, *pages)
    seal_if_full(source)
    pack = Pack.objects.get()
    place = blobs_module.blobs()
    whole = place.get_range(pack.key, 0, pack.length)
    keyframe = PackMember.objects.get(ordinal=0).length
    flipped = _flipped(whole[:keyframe]) + whole[keyframe:]
    for damaged, page in ((flipped, pages[0]), (whole[: pack.length // 2], pages[-1])):
        blobs_module.obstore.put(place.store, pack.key, damaged)
        with pytest.raises(SnapshotDamagedError):
            _read_afresh(page)


def test_a_missing_pack_is_the_store_not_answering(source: Source) -> None:
    pages = _pages(RUN)
    _keep(source, *pages)
    seal_if_full(source)
    blobs_module.obstore.delete(blobs_module.blobs().store, Pack.objects.get().key)
    with pytest.raises(StoreUnavailableError):
        _read_afresh(pages[3])


def _flipped(content: bytes) -> bytes:
    """One bit in the middle turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _no_blobs() -> blobs_module.Blobs:
    raise StoreUnavailableError("the disk is away")


def _die(_: object) -> None:
    raise KeyboardInterrupt
