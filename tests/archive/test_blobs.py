"""One contract for every place that objects lie in; what only a folder can get wrong follows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from conductatlas.archive import blobs as module
from conductatlas.archive.blobs import Blobs, blobs
from conductatlas.errors import ConfigurationError, StoreUnavailableError


@pytest.fixture(params=["file://snapshots", "memory://", "bucket"])
def place(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Blobs:
    """A folder, the twin in memory, and a real S3 API."""
    url = request.getfixturevalue("bucket") if request.param == "bucket" else request.param
    return _open(settings, tmp_path, url)


@pytest.fixture(autouse=True)
def _forget_places() -> Iterator[None]:
    yield
    module._at.cache_clear()


def _open(settings: Settings, folder: Path, url: str) -> Blobs:
    settings.CONFIG = replace(settings.CONFIG, data_dir=folder, blob_url=url)
    return blobs()


def test_what_was_put_can_be_read_in_parts(place: Blobs) -> None:
    place.put("packs/one.zpack", BytesIO(b"keyframe and delta"))
    assert place.get_range("packs/one.zpack", 0, 8) == b"keyframe"
    assert place.get_range("packs/one.zpack", 13, 5) == b"delta"


def test_a_range_beyond_the_end_is_cut_there(place: Blobs) -> None:
    place.put("packs/one.zpack", BytesIO(b"short"))
    assert place.get_range("packs/one.zpack", 2, 100) == b"ort"


def test_putting_the_same_object_again_is_harmless(place: Blobs) -> None:
    for _ in range(2):
        place.put("packs/one.zpack", BytesIO(b"same"))
    assert place.get_range("packs/one.zpack", 0, 4) == b"same"


def test_a_large_object_arrives_whole(place: Blobs) -> None:
    content = os.urandom(6_000_000)  # beyond obstore's chunk: sent in parts
    place.put("packs/large.zpack", BytesIO(content))
    assert place.get_range("packs/large.zpack", 0, len(content)) == content


def test_an_object_that_was_deleted_is_gone_and_may_be_deleted_again(place: Blobs) -> None:
    place.put("ledger/checkpoint", BytesIO(b"one"))
    place.put("ledger/checkpoint", BytesIO(b"another"))
    assert place.get("ledger/checkpoint") == b"another"
    for _ in range(2):
        place.delete("ledger/checkpoint")
    assert place.get("ledger/checkpoint") is None


@pytest.mark.parametrize(("start", "length"), [(0, 4), (50, 1)])
def test_missing_bytes_are_a_typed_error(place: Blobs, start: int, length: int) -> None:
    if start:
        place.put("packs/one.zpack", BytesIO(b"short"))
    with pytest.raises(StoreUnavailableError, match=r"cannot read packs/one\.zpack") as caught:
        place.get_range("packs/one.zpack", start, length)
    assert caught.value.transient
    assert "\n" not in caught.value.message


def test_the_same_settings_open_the_same_place(place: Blobs) -> None:
    assert blobs() is place


def test_a_folder_is_relative_to_the_data_folder(settings: Settings, tmp_path: Path) -> None:
    _open(settings, tmp_path, "file://kept/here").put("packs/one", BytesIO(b"x"))
    assert (tmp_path / "kept/here/packs/one").read_bytes() == b"x"


def test_an_absolute_folder_stays_absolute(settings: Settings, tmp_path: Path) -> None:
    _open(settings, tmp_path / "elsewhere", f"file://{tmp_path}/mount").put("one", BytesIO(b"x"))
    assert (tmp_path / "mount/one").read_bytes() == b"x"


def test_an_object_is_forced_to_the_disk_before_put_returns(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    monkeypatch.setattr(module.os, "fsync", lambda fd: forced.append(os.readlink(f"/proc/self/fd/{fd}")))
    _open(settings, tmp_path, "file://snapshots").put("packs/one", BytesIO(b"x"))
    folder = tmp_path / "snapshots"
    assert forced == [str(folder / "packs/one"), str(folder / "packs"), str(folder)]


def test_a_place_that_cannot_be_written_is_a_typed_error(settings: Settings, tmp_path: Path) -> None:
    place = _open(settings, tmp_path, "file://snapshots")
    (tmp_path / "snapshots/packs").write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailableError, match="cannot write packs/one"):
        place.put("packs/one", BytesIO(b"x"))


def test_a_folder_that_cannot_be_made_is_a_typed_error(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "snapshots").write_text("in the way")
    with pytest.raises(StoreUnavailableError, match="snapshots"):
        _open(settings, tmp_path, "file://snapshots").put("packs/one", BytesIO(b"x"))


def test_a_bucket_is_opened_by_the_same_setting(settings: Settings, tmp_path: Path) -> None:
    place = _open(settings, tmp_path, "s3://archive/snapshots")
    assert place.folder is None
    assert "archive" in repr(place.store)


@pytest.mark.parametrize("url", ["", "snapshots", "file://", "s3://", "https://example.com/", "gs://bucket"])
def test_an_unknown_place_names_the_setting(settings: Settings, tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="blob_url"):
        _open(settings, tmp_path, url)
