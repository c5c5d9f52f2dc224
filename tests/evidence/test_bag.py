"""Bags: an independent tool takes what is written, and what is hostile is refused before anything is unpacked."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.errors import BundleError
from conductatlas.evidence import bag
from conductatlas.evidence.bag import DECLARATION, Bag, is_safe, write

FILES = [("a.txt", b"one\n"), ("deep/er/b.bin", bytes(range(256))), ("empty", b"")]
TAGS = {"VERIFY.md": b"# Look\n"}
INFO = {"External-Identifier": "CA-V-000001", "External-Description": "Heron:\n Terms"}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    write(tmp_path / "bag.zip", "CA-V-000001", FILES, TAGS, INFO)
    return tmp_path / "bag.zip"


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    (inner,) = folder.iterdir()
    return inner


def changed(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The zip file with other files in it, and nothing else of it made right again."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def faults(file: Path) -> list[tuple[str, str]]:
    with Bag.open(file) as found:
        return [(fault.path, fault.sentence) for fault in found.faults()]


def test_an_independent_tool_takes_it(made: Path, tmp_path: Path) -> None:
    found = bagit.Bag(str(unpacked(made, tmp_path / "out")))
    assert found.validate()
    assert found.info["Payload-Oxum"] == "260.3"
    assert found.info["External-Description"] == "Heron: Terms"
    assert found.version_info == (1, 0)
    assert set(found.payload_files()) == {f"data/{path}" for path, _ in FILES}


def test_it_is_read_again(made: Path) -> None:
    assert faults(made) == []
    with Bag.open(made) as found:
        assert found.name == "CA-V-000001"
        assert found.read("data/deep/er/b.bin") == bytes(range(256))
        with pytest.raises(BundleError, match="is missing"):
            found.read("data/other")


def test_it_is_the_same_to_the_byte(made: Path, tmp_path: Path) -> None:
    write(tmp_path / "again.zip", "CA-V-000001", iter(FILES), TAGS, INFO)
    assert made.read_bytes() == (tmp_path / "again.zip").read_bytes()


def test_nothing_is_left_of_one_that_fails(made: Path, tmp_path: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(BundleError, match="exists"):
        write(made, "x", FILES, TAGS, INFO)
    with pytest.raises(ValueError, match="no path"):
        write(tmp_path / "other.zip", "x", [*FILES, ("A.TXT", b"")], TAGS, INFO)
    with pytest.raises(BundleError, match="cannot be written"):
        write(tmp_path / "no" / "folder.zip", "x", FILES, TAGS, INFO)
    assert made.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["bag.zip"]


def test_a_stick_that_knows_no_links_takes_it_too(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    write(tmp_path / "again.zip", "CA-V-000001", FILES, TAGS, INFO)
    assert (tmp_path / "again.zip").read_bytes() == made.read_bytes()
    with pytest.raises(BundleError, match="exists"):
        write(made, "x", FILES, TAGS, INFO)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["again.zip", "bag.zip"]


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(paths, st.binary(max_size=50), min_size=1, max_size=4))
def test_whatever_the_names_it_is_a_good_bag_or_refused(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("names")
    clash = len({path.casefold() for path in files}) < len(files) or any(
        one != other and other.startswith(f"{one}/") for one in files for other in files
    )
    if not all(map(is_safe, files)):
        with pytest.raises(ValueError, match="no path"):
            write(folder / "b.zip", "x", files.items(), {}, {})
    elif not clash:
        write(folder / "b.zip", "x", files.items(), {}, {})
        assert faults(folder / "b.zip") == []
        assert bagit.Bag(str(unpacked(folder / "b.zip", folder / "out"))).validate()


HARMFUL = [
    "",
    "/etc/passwd",
    "../up",
    "a/../../b",
    "a//b",
    "a/",
    "C:\\x",
    "a\\b",
    "nul",
    "aux.txt",
    "dot.",
    " a",
    "\xa0",
    "a\u3000",
    "\u2003a",
]
HIDDEN = ["a%0Ab", "a\nb", "a\x00b", "e\N{COMBINING ACUTE ACCENT}", "x" * 300, "\u202etxt", chr(0xD800)]


@pytest.mark.parametrize("path", HARMFUL + HIDDEN, ids=ascii)
def test_names_that_do_harm_are_not_safe(path: str) -> None:
    assert not is_safe(path)


def test_files_added_missing_and_altered_are_named(made: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["CA-V-000001/data/added"] = b"x"
        files["CA-V-000001/extra.txt"] = b"x"
        files["CA-V-000001/data/a.txt"] = b"two\n"
        del files["CA-V-000001/data/empty"]
        files["CA-V-000001/VERIFY.md"] += b"more"

    found = dict(faults(changed(made, change)))
    assert found.keys() == {"data/added", "extra.txt", "data/a.txt", "data/empty", "VERIFY.md"}
    assert "was added" in found["data/added"] and "was added" in found["extra.txt"]
    assert "SHA-256 differs" in found["data/a.txt"] and "not there" in found["data/empty"]


def test_one_flipped_bit_is_named(made: Path) -> None:
    raw = bytearray(made.read_bytes())
    raw[raw.index(b"one\n")] ^= 1
    made.write_bytes(raw)
    assert [path for path, _ in faults(made)] == ["data/a.txt"]


def hostile(
    file: Path, *entries: tuple[str, bytes], mode: int = stat.S_IFREG, method: int = zipfile.ZIP_STORED
) -> Path:
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("x/bagit.txt", DECLARATION)
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (mode | 0o644) << 16
            entry.compress_type = method
            archive.writestr(entry, content)
    return file


@pytest.mark.parametrize(
    "name", ["x/../../etc/cron", "/x/abs", "x/a\\b", "x/data/nul", "y/data/other", "x/" + "n" * 300]
)
def test_a_zip_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleError):
        Bag.open(hostile(tmp_path / "b.zip", (name, b"")))


def test_links_and_unknown_compressions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="neither a file"):
        Bag.open(hostile(tmp_path / "l.zip", ("x/data/link", b"/etc/passwd"), mode=stat.S_IFLNK))
    with pytest.raises(BundleError, match="compressed in a way"):
        Bag.open(hostile(tmp_path / "z.zip", ("x/data/b", b"b" * 99), method=zipfile.ZIP_BZIP2))


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        file = hostile(tmp_path / "b.zip", ("x/data/a", b"1"), ("x/data/a", b"2"))
    with pytest.raises(BundleError, match="twice"):
        Bag.open(file)
    with pytest.raises(BundleError, match="twice"):
        Bag.open(hostile(tmp_path / "c.zip", ("x/data/a", b"1"), ("x/data/A", b"2")))


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bag, "LARGEST", 1_000_000)
    bomb = hostile(tmp_path / "b.zip", ("x/data/zeros", bytes(2_000_000)), method=zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 10_000
    with pytest.raises(BundleError, match="unpacks to more"):
        Bag.open(bomb)
    monkeypatch.setattr(bag, "MOST", 3)
    with pytest.raises(BundleError, match="more than 3 files"):
        Bag.open(hostile(tmp_path / "m.zip", *((f"x/data/{n}", b"") for n in range(5))))


def test_what_lies_about_its_size_is_named(tmp_path: Path) -> None:
    """Its entry states ten bytes, and a megabyte comes out."""
    file = hostile(tmp_path / "b.zip", ("x/data/zeros", bytes(1_000_000)), method=zipfile.ZIP_DEFLATED)
    raw = file.read_bytes().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    file.write_bytes(raw)
    with Bag.open(file) as found, pytest.raises(BundleError):
        found.read("data/zeros")


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_bag_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(BundleError):
        Bag.open(tmp_path / "b.zip")
    with pytest.raises(BundleError, match="no zip file"):
        Bag.open(tmp_path / "missing.zip")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_broken_bytes_end_in_an_error_or_a_fault_that_is_named(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    write(folder / "b.zip", "x", FILES, TAGS, INFO)
    raw = bytearray((folder / "b.zip").read_bytes())
    raw[at % len(raw) : at % len(raw) + len(noise)] = noise
    (folder / "b.zip").write_bytes(raw)
    try:
        faults(folder / "b.zip")
    except BundleError as fault:
        assert fault.message
