"""Restoring: from good files, and from cut, damaged and hostile ones; into empty folders and nowhere else."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductatlas.errors import BackupError
from conductatlas.work.restore import PART, restore

FILES: dict[str, bytes] = {
    "database.sqlite3": b"SQLite format 3\0" + bytes(range(256)) * 40,
    "config.toml": b'database_url = "sqlite:///conductatlas.sqlite3"\n',
    "keys/secret.key": b"secret\n",
    "snapshots/packs/0a.zpack": b"sealed" * 500,
}
Rows = list[dict[str, Any]]


def written(
    target: Path,
    files: Mapping[str, bytes] = FILES,
    *,
    rows: Callable[[Rows], object] = lambda rows: rows,
    manifest: bytes | None = None,
    more: tuple[tarfile.TarInfo, ...] = (),
    mode: str = "w",
) -> Path:
    """A backup of these files; `rows` changes what its manifest states, `more` are members that come before them."""
    stated: Rows = [
        {"name": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in files.items()
    ]
    text = manifest if manifest is not None else json.dumps({"format": 1, "members": rows(stated)}).encode()
    with tarfile.open(target, mode) as tar:  # type: ignore[call-overload]
        for info in more:
            tar.addfile(info)
        for name, body in {"manifest.json": text, **files}.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return target


@pytest.fixture(autouse=True)
def settings_of_the_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where these tests run on a server, the restored archive is none the less the one that its own settings name."""
    monkeypatch.delenv("CONDUCTATLAS_DATABASE_URL", raising=False)


def lying_in(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_good_one_is_brought_back_whole(tmp_path: Path) -> None:
    restore(written(tmp_path / "a.tar"), tmp_path / "data")
    assert lying_in(tmp_path / "data") == {
        ("conductatlas.sqlite3" if name.startswith("database") else name): body
        for name, body in FILES.items()
    }
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "data").rglob("*") if file.is_file())


# ── where something lies already ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["conductatlas.sqlite3", ".hidden", "backups/x.sqlite3", ".packs"])
def test_a_folder_that_holds_anything_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    there = tmp_path / "data" / name
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    with pytest.raises(BackupError, match="not empty") as caught:
        restore(written(tmp_path / "a.tar"), tmp_path / "data")
    assert name.split("/")[0] in caught.value.message
    assert lying_in(tmp_path / "data") == {name: b"mine"}


def test_what_a_killed_restore_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "data" / PART / "snapshots"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    restore(written(tmp_path / "a.tar"), tmp_path / "data")
    assert not (tmp_path / "data" / PART).exists()
    assert (tmp_path / "data" / "config.toml").exists()


def test_a_restore_that_was_killed_while_files_moved_says_so(tmp_path: Path) -> None:
    (tmp_path / "data" / PART).mkdir(parents=True)
    (tmp_path / "data" / "config.toml").write_bytes(b"")
    with pytest.raises(BackupError, match="killed") as caught:
        restore(written(tmp_path / "a.tar"), tmp_path / "data")
    assert "not finished" in caught.value.remedy


def test_two_restores_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    descriptor = os.open(tmp_path / "data", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(BackupError, match="another restore"):
        restore(written(tmp_path / "a.tar"), tmp_path / "data")
    os.close(descriptor)
    assert lying_in(tmp_path / "data") == {}


def test_packs_and_database_outside_the_folder_are_not_overwritten(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    files = FILES | {
        "config.toml": f'blob_url = "file://{elsewhere}"\ndatabase_url = "sqlite:///{elsewhere}/rows"\n'.encode()
    }
    (elsewhere / "packs").mkdir(parents=True)
    (elsewhere / "packs" / "0a.zpack").write_bytes(b"another")
    with pytest.raises(BackupError, match="another file"):
        restore(written(tmp_path / "a.tar", files), tmp_path / "data")
    assert lying_in(elsewhere) == {"packs/0a.zpack": b"another"}
    assert not (tmp_path / "data").exists()
    (elsewhere / "packs" / "0a.zpack").write_bytes(FILES["snapshots/packs/0a.zpack"])
    (elsewhere / "rows").write_bytes(b"mine")
    with pytest.raises(BackupError, match="exists already"):
        restore(written(tmp_path / "b.tar", files), tmp_path / "data")
    assert (elsewhere / "rows").read_bytes() == b"mine"
    (elsewhere / "rows").unlink()
    restore(tmp_path / "b.tar", tmp_path / "data")
    assert (elsewhere / "rows").read_bytes() == FILES["database.sqlite3"]


# ── hostile files ────────────────────────────────────────────────────────────────────────────────────


def special(kind: bytes, name: str = "config.toml", link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def renamed(name: str) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows, {"name": name, "size": 1, "sha256": "0" * 64}]


HOSTILE: dict[str, dict[str, Any]] = {
    "parent": {"rows": renamed("../evil")},
    "parent inside": {"rows": renamed("keys/../../evil")},
    "absolute": {"rows": renamed("/etc/evil")},
    "no name": {"rows": renamed("")},
    "dot": {"rows": renamed(".")},
    "zero byte": {"rows": renamed("a\0b")},
    "not there": {"rows": renamed("keys/missing.key")},
    "named twice": {"rows": lambda rows: rows + rows[:1]},
    "a name that is a number": {"rows": renamed(7)},  # type: ignore[arg-type]
    "larger than stated": {"rows": lambda rows: [row | {"size": 1} for row in rows]},
    "smaller than stated": {"rows": lambda rows: [row | {"size": 10**6} for row in rows]},
    "as large as a disk": {"rows": lambda rows: [row | {"size": 10**18} for row in rows]},
    "a size below nothing": {"rows": lambda rows: [row | {"size": -1} for row in rows]},
    "another digest": {"rows": lambda rows: [row | {"sha256": "0" * 64} for row in rows]},
    "no digest": {"rows": lambda rows: [{"name": "config.toml", "size": 1}]},
    "rows that are no rows": {"rows": lambda rows: 7},
    "no manifest": {"manifest": b""},
    "a manifest that is a list": {"manifest": b"[]"},
    "a manifest of another format": {"manifest": b'{"format": 2, "members": []}'},
    "a manifest of brackets": {"manifest": b"[" * 200_000},
    "a manifest in no encoding": {"manifest": b"\xff\xfe"},
    "packed": {"mode": "w:gz"},
}


@pytest.mark.parametrize("fault", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_one_puts_nothing_anywhere(tmp_path: Path, fault: dict[str, Any]) -> None:
    source = written(tmp_path / "a.tar", **fault)
    with pytest.raises(BackupError):
        restore(source, tmp_path / "deep" / "data")
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["a.tar", "deep"]


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE],
)
def test_links_and_devices_are_no_members(tmp_path: Path, kind: bytes) -> None:
    files = {name: body for name, body in FILES.items() if name != "config.toml"}
    stated = [
        {"name": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in files.items()
    ]
    stated.append({"name": "config.toml", "size": 0, "sha256": hashlib.sha256(b"").hexdigest()})
    source = tmp_path / "a.tar"
    with tarfile.open(source, "w") as tar:
        text = json.dumps({"format": 1, "members": stated}).encode()
        for name, body in {"manifest.json": text, **files}.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
        tar.addfile(special(kind, link="/etc/passwd"))
    with pytest.raises(BackupError, match="no plain file"):
        restore(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_link_instead_of_the_manifest_is_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "a.tar", more=(special(tarfile.SYMTYPE, "manifest.json", "config.toml"),))
    with pytest.raises(BackupError, match="manifest"):
        restore(source, tmp_path / "data")


def test_members_that_no_manifest_names_are_left_out(tmp_path: Path) -> None:
    source = written(
        tmp_path / "a.tar", FILES | {"../evil": b"x", "extra": b"y"}, rows=lambda rows: rows[:-2]
    )
    restore(source, tmp_path / "data")
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path / "data" / "extra").exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1, exclude_max=True))
def test_one_that_was_cut_puts_nothing_anywhere(tmp_path: Path, cut: float) -> None:
    """But for its last two blocks, which hold nothing."""
    whole = written(tmp_path / "whole.tar").read_bytes()
    with tarfile.open(tmp_path / "whole.tar") as tar:
        last = max(info.offset_data + info.size for info in tar)
    (tmp_path / "cut.tar").write_bytes(whole[: int(cut * last)])
    with pytest.raises(BackupError):
        restore(tmp_path / "cut.tar", tmp_path / "data")
    assert not (tmp_path / "data").exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 30_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_out_or_changes_nothing(tmp_path: Path, place: int, bit: int) -> None:
    import shutil

    damaged = bytearray(written(tmp_path / "a.tar").read_bytes())
    damaged[place % len(damaged)] ^= 1 << bit
    (tmp_path / "a.tar").write_bytes(damaged)
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
    try:
        restore(tmp_path / "a.tar", tmp_path / "data")
    except BackupError:
        assert not (tmp_path / "data").exists()
    else:
        assert sorted(lying_in(tmp_path / "data").values()) == sorted(FILES.values())


def test_no_file_at_all_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(BackupError):
        restore(tmp_path / "none.tar", tmp_path / "data")
    assert not (tmp_path / "data").exists()
