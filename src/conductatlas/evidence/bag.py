"""BagIt bags (RFC 8493, version 1.0) in a zip file: written byte for byte the same each time, read with suspicion.

A bag is a folder: files that matter below `data/`, and beside it lists of their digests. Files are stored and not
compressed, because what deflate makes differs between its implementations.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import error as ZlibError  # noqa: N812

from conductatlas.errors import BundleError

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
PAYLOAD = "data/"

LARGEST = 2_000_000_000  # bytes of a bag that is read, unpacked
MOST = 20_000  # files in it
LONGEST = 1_000_000  # bytes of a list or of a tag file
_STEP = 1 << 20
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say: its dates tell nothing
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LINE = re.compile(r"([0-9a-f]{64})[ \t]+\*?(\S.*)")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\%]|[.\s]$|^\s')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def is_safe(path: str) -> bool:
    """Whether a path can be unpacked on every system to exactly one place below the bag: relative, without "..", in
    NFC, of names that Windows takes too. Percent signs are out: tools differ in how they read them in a manifest
    (RFC 8493, 2.1.3)."""
    parts = path.split("/")
    return (
        0 < len(path.encode("utf-8", "surrogatepass")) <= 240
        and unicodedata.is_normalized("NFC", path)
        and not any("\ud800" <= letter <= "\udfff" for letter in path)
        and not any(unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"} for letter in path)
        and all(part not in {"", ".", ".."} and not _UNSAFE.search(part) for part in parts)
        and not any(_DEVICES.fullmatch(part) for part in parts)
    )


def write(
    target: Path,
    name: str,
    payload: Iterable[tuple[str, bytes]],
    tags: Mapping[str, bytes],
    info: Mapping[str, str],
) -> None:
    """Write a bag to a file that does not exist yet, whole or not at all.

    name: of the one folder in the zip file. payload: paths below `data/` with their bytes, taken one at a time.
    tags: files beside `data/`. info: lines of bag-info.txt. ValueError for paths that are not safe, or equal but for
    capitals. BundleError where the file exists or cannot be written.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with aside.open("xb") as out:
            _write(zipfile.ZipFile(out, "w", zipfile.ZIP_STORED), name, payload, tags, info)
            out.flush()
            os.fsync(out.fileno())
        _put(aside, target)
    except FileExistsError:
        raise BundleError(f"{target} exists", remedy="Name a file that does not exist yet.") from None
    except OSError as fault:
        raise BundleError(
            f"{target} cannot be written: {fault.strerror}", remedy="Name another file, on a disk with room."
        ) from None
    finally:
        aside.unlink(missing_ok=True)


def _put(aside: Path, target: Path) -> None:
    """A link, unlike a rename, does not replace what stands there; sticks and some shares have none."""
    try:
        os.link(aside, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError(target) from None
        aside.rename(target)


def _write(
    archive: zipfile.ZipFile,
    name: str,
    payload: Iterable[tuple[str, bytes]],
    tags: Mapping[str, bytes],
    info: Mapping[str, str],
) -> None:
    if not is_safe(name) or "/" in name:
        raise ValueError(f"no name for a bag: {name!r}")
    taken: set[str] = set()

    def put(path: str, content: bytes) -> str:
        if not is_safe(f"{name}/{path}") or path.casefold() in taken:
            raise ValueError(f"no path for a file in a bag: {path!r}")
        taken.add(path.casefold())
        entry = zipfile.ZipInfo(f"{name}/{path}", _WHEN)
        entry.create_system = 3  # whose attributes the next line gives
        entry.external_attr = (stat.S_IFREG | 0o644) << 16
        archive.writestr(entry, content)
        return sha256(content).hexdigest()

    with archive:
        tagged = {"bagit.txt": put("bagit.txt", DECLARATION)}
        digests, size = {}, 0
        for path, content in payload:
            digests[PAYLOAD + path] = put(PAYLOAD + path, content)
            size += len(content)
        lines = {**info, "Payload-Oxum": f"{size}.{len(digests)}"}
        text = "".join(f"{label}: {_one_line(value)}\n" for label, value in lines.items())
        listed = {**tags, "bag-info.txt": text.encode(), MANIFEST: _manifest(digests)}
        for path, content in sorted(listed.items()):
            tagged[path] = put(path, content)
        put(TAG_MANIFEST, _manifest(tagged))


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one file of a bag, as a sentence."""

    path: str
    sentence: str


@dataclass
class Bag:
    """A bag that is read from a zip file. Opening it looks at names and sizes only; `faults` compares digests."""

    name: str
    sizes: Mapping[str, int]  # path below the bag's folder → bytes, as the zip file states
    _archive: zipfile.ZipFile = field(repr=False)

    @classmethod
    def open(cls, file: Path) -> Self:
        """BundleError for what is no zip file with one bag in it, or would do harm when unpacked."""
        try:
            archive = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
            raise BundleError(f"{file} is no zip file that can be read: {fault}") from None
        try:
            name, sizes = _looked_at(archive.infolist())
        except BundleError:
            archive.close()
            raise
        return cls(name, sizes, archive)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def read(self, path: str) -> bytes:
        """The bytes of one file. BundleError if there is none, or it cannot be unpacked."""
        return b"".join(self._chunks(path))

    def digest(self, path: str) -> str:
        """SHA-256 of one file, which is never in memory as a whole. BundleError as `read`."""
        found = sha256()
        for chunk in self._chunks(path):
            found.update(chunk)
        return found.hexdigest()

    def manifest(self, name: str = MANIFEST) -> dict[str, str]:
        """Path → SHA-256 as a list of the bag states. BundleError where it is none."""
        found: dict[str, str] = {}
        for line in self.text(name).splitlines():
            match = _LINE.fullmatch(line)
            if not match or match[2] in found:
                raise BundleError(f"{name} has a line that names no file, or one twice: {line[:120]!r}")
            found[match[2]] = match[1]
        return found

    def text(self, path: str) -> str:
        """A list or tag file. BundleError where it is too long, or no UTF-8."""
        if self.sizes.get(path, 0) > LONGEST:
            raise BundleError(f"{path} is longer than {LONGEST} bytes")
        try:
            return self.read(path).decode("utf-8")
        except UnicodeDecodeError:
            raise BundleError(f"{path} is no UTF-8") from None

    def faults(self) -> Iterator[Fault]:
        """All in which the bag is not what its lists say (RFC 8493, 3): files missing, added, or other than listed."""
        if self.sizes.get("bagit.txt", 0) > LONGEST or self.read("bagit.txt") != DECLARATION:
            yield Fault("bagit.txt", "it does not declare a BagIt 1.0 bag in UTF-8")
        payload = {path for path in self.sizes if path.startswith(PAYLOAD)}
        beside = self.sizes.keys() - payload - {TAG_MANIFEST}
        yield from self._compared(MANIFEST, payload)
        yield from self._compared(TAG_MANIFEST, beside)

    def _compared(self, name: str, present: set[str]) -> Iterator[Fault]:
        listed = self.manifest(name)
        for path in sorted(listed.keys() - present):
            yield Fault(path, f"{name} lists it, and it is not there")
        for path in sorted(present - listed.keys()):
            yield Fault(path, f"it was added: {name} does not list it")
        for path in sorted(present & listed.keys()):
            try:
                if self.digest(path) != listed[path]:
                    yield Fault(path, f"it is not the file that {name} lists: its SHA-256 differs")
            except BundleError as fault:
                yield Fault(path, fault.message)

    def _chunks(self, path: str) -> Iterator[bytes]:
        if path not in self.sizes:
            raise BundleError(f"{path} is missing")
        left = self.sizes[path]
        try:
            with self._archive.open(f"{self.name}/{path}") as file:
                while chunk := file.read(_STEP):
                    left -= len(chunk)
                    if left < 0:
                        raise BundleError(f"{path} unpacks to more than its entry states")
                    yield chunk
        except (OSError, EOFError, RuntimeError, NotImplementedError, ZlibError, zipfile.BadZipFile) as fault:
            raise BundleError(f"{path} cannot be unpacked: {fault}") from None


def _looked_at(entries: list[zipfile.ZipInfo]) -> tuple[str, dict[str, int]]:
    if len(entries) > MOST or sum(entry.file_size for entry in entries) > LARGEST:
        raise BundleError(f"the file unpacks to more than {MOST} files or {LARGEST} bytes")
    sizes: dict[str, int] = {}
    folders: set[str] = set()
    seen: set[str] = set()
    for entry in entries:
        is_folder = entry.filename.endswith("/")
        path = entry.filename.removesuffix("/")
        if entry.orig_filename != entry.filename or not is_safe(path):
            raise BundleError(
                f"the file holds a name that is not safe to unpack: {entry.orig_filename[:120]!r}"
            )
        if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFDIR if is_folder else stat.S_IFREG}:
            raise BundleError(f"{path} is neither a file nor a folder")
        if entry.flag_bits & 0x1 or entry.compress_type not in _METHODS:
            raise BundleError(f"{path} is encrypted, or compressed in a way that is not read here")
        if path.casefold() in seen:
            raise BundleError(f"the file holds {path} twice")
        seen.add(path.casefold())
        folder, _, below = path.partition("/")
        folders.add(folder)
        if not is_folder:
            sizes[below] = entry.file_size
    if len(folders) != 1 or "" in sizes or "bagit.txt" not in sizes:
        raise BundleError("the file does not hold one folder that is a bag")
    return folders.pop(), sizes
