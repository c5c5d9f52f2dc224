"""A repository of versions as Open Terms Archive publishes them: texts its curators' selectors extracted, in git.

`Service/Terms Type.md`, one file a commit; the author date is when the page was fetched; the subject says whether
the terms changed or only the declaration or the engine; trailers name the pages. Nothing of the pages is there.

A repository is as hostile as a page: git runs without hooks, pager, helpers, network and anybody's configuration
but the repository's own, of which everything that could start a program is overruled; only plumbing is used.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath

from conductatlas.archive.answer import Answer
from conductatlas.errors import AnswerTooLargeError, ImportSourceError

SUBJECTS_OF_OTHERS = re.compile(  # the terms are the same, what is made of them differs
    r"apply technical or declaration upgrade|refilter|update declaration|technical upgrade", re.IGNORECASE
)
REMEDY = "Name a folder that git takes for a repository of yours: `git -C FOLDER log` must answer."
_TRAILER = re.compile(r"^(X-[A-Za-z-]+):\s*(.+)$", re.MULTILINE | re.IGNORECASE)
_START = b"\0\0\1\0"  # of a commit: no message and no path holds a NUL, so none can imitate it
_FILE = re.compile(
    rb"\n?:\d{6} 100\d{3} [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*"
)  # no link, no module, none that is gone
_LAST_SECOND = 253_402_300_799  # of the year 9999
_LONGEST_COMMIT = 1 << 20  # bytes of one commit's message and list of files that are looked at


@dataclass(frozen=True, slots=True)
class RepositoryVersion:
    """One text. service, terms_type: as the path has them. at: when its page was fetched, as the commit claims.

    addresses: of the pages, as the trailers name them. digest, length: SHA-256 (hex) and bytes of the file.
    is_their_doing: the commit says that only their declaration or engine differs.
    """

    folder: Path
    commit: str
    blob: str
    service: str
    terms_type: str
    at: datetime
    addresses: tuple[str, ...]
    engine: str
    is_their_doing: bool
    digest: str
    length: int

    @property
    def name(self) -> str:
        return f"{self.service}/{self.terms_type}"


def versions(folder: Path) -> Iterator[RepositoryVersion]:
    """The texts in a repository, newest commits first. A file that was deleted is no text: its document's tracking
    ended. ImportSourceError if git does not take the folder for a repository, or it ends early."""
    objects = _objects(folder)
    for commit, seconds, message, changed in _commits(folder):
        trailers = [(name.lower(), value.strip()) for name, value in _TRAILER.findall(message)]
        said = dict(trailers)
        addresses = [value for name, value in trailers if name == "x-source-document-location"]
        for path, blob in changed:
            parts = PurePosixPath(path).parts
            if len(parts) != 2 or not path.endswith(".md"):
                continue
            sum_of, length = hashlib.sha256(), 0
            for piece in objects.pieces(blob):
                sum_of.update(piece)
                length += len(piece)
            yield RepositoryVersion(
                folder=folder,
                commit=commit,
                blob=blob,
                service=parts[0],
                terms_type=parts[1].removesuffix(".md"),
                at=datetime.fromtimestamp(seconds, UTC),
                addresses=tuple(one for value in addresses for one in re.split(r"[\s,]+", value) if one),
                engine=said.get("x-engine-version", ""),
                is_their_doing=bool(SUBJECTS_OF_OTHERS.search(message.partition("\n")[0])),
                digest=sum_of.hexdigest(),
                length=length,
            )


def answer(version: RepositoryVersion, max_body: int) -> Answer:
    """The text as a fetcher would answer it. AnswerTooLargeError, ImportSourceError."""
    is_small = version.length <= max_body
    body = b"".join(_objects(version.folder).pieces(version.blob)) if is_small else b""
    address = version.addresses[0] if version.addresses else ""
    made = Answer(
        url=address,
        final_url=address,
        status=0,
        http_version="",
        hops=(),
        request_headers=(),
        headers=(("Content-Type", "text/markdown; charset=utf-8"),),
        body=body,
        decoded=True,
        wire_digest=version.digest,
        wire_length=version.length,
        peer_address="",
        tls=None,
        started_at=version.at,
        finished_at=version.at,
    )
    if not is_small:
        fault = AnswerTooLargeError(f"the text is longer than {max_body} bytes")
        fault.answer = made
        raise fault
    return made


def _commits(folder: Path) -> Iterator[tuple[str, int, str, list[tuple[str, str]]]]:
    """(commit, author date in seconds, message, [(path, blob) of each file it added or altered])."""
    command = _git(
        folder,
        *(
            "log",
            "--format=%x00%x00%x01%x00%H%x00%at%x00%B%x00",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--root",
        ),
        *(
            "-m",
            "--first-parent",
            "-z",
            "--no-ext-diff",
            "--no-textconv",
            "--no-show-signature",
            "--no-mailmap",
        ),
        *("--no-notes", "--encoding=UTF-8", "HEAD"),
    )
    with _started(command, folder) as process:
        assert process.stdout is not None
        held = b""
        while data := process.stdout.read(1 << 16):
            *whole, held = (held + data).split(_START)
            for record in whole:
                if record:
                    yield _commit(record)
            if len(held) > 64 * _LONGEST_COMMIT:
                process.kill()
                raise ImportSourceError(f"{folder}: a commit is out of all proportion", remedy=REMEDY)
        if held:
            yield _commit(held)
    if process.returncode:
        raise ImportSourceError(f"git cannot read {folder} as a repository", remedy=REMEDY)


def _commit(record: bytes) -> tuple[str, int, str, list[tuple[str, str]]]:
    commit, seconds, message, *rest = (*record.split(b"\0"), b"", b"", b"")
    if not seconds.isdigit():  # before 1970, or none
        return commit.decode("ascii", "replace"), 0, "", []
    changed, pieces = [], iter(rest)
    for piece in pieces:
        if piece.lstrip(b"\n").startswith(b":"):
            path = next(pieces, b"")  # whatever it is called
            if match := _FILE.fullmatch(piece):
                changed.append((path.decode("utf-8", "replace"), match[1].decode()))
    said = message[:_LONGEST_COMMIT].decode("utf-8", "replace")
    return commit.decode(), min(int(seconds), _LAST_SECOND), said, changed


class _Objects:
    """The contents of a repository, from one `git cat-file` that runs as long as this process does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = _started(_git(folder, "cat-file", "--batch"), folder, stdin=subprocess.PIPE)

    def pieces(self, blob: str) -> Iterator[bytes]:
        """The content of a blob, however long; to be read to its end."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None and pipe_out is not None
        try:
            pipe_in.write(f"{blob}\n".encode())
            pipe_in.flush()
            _, kind, size = pipe_out.readline().split()
            left = int(size)
        except (OSError, ValueError) as fault:
            raise ImportSourceError(f"{self._folder}: the object {blob} is missing", remedy=REMEDY) from fault
        while left:
            piece = pipe_out.read(min(left, 1 << 16))
            if not piece:
                raise ImportSourceError(f"{self._folder}: the object {blob} is cut", remedy=REMEDY)
            left -= len(piece)
            yield piece
        pipe_out.read(1)  # the line break after it
        if kind != b"blob":
            raise ImportSourceError(f"{self._folder}: the object {blob} is no text", remedy=REMEDY)


@lru_cache(maxsize=1)
def _objects(folder: Path) -> _Objects:
    return _Objects(folder)


def _git(folder: Path, *words: str) -> list[str]:
    overruled = (
        *(
            "core.hooksPath=/dev/null",
            "core.fsmonitor=false",
            "core.pager=cat",
            "core.attributesFile=/dev/null",
        ),
        *(
            "core.alternateRefsCommand=false",
            "gpg.program=false",
            "log.showSignature=false",
            "protocol.allow=never",
        ),
    )
    options = [part for setting in overruled for part in ("-c", setting)]
    return ["git", "--no-pager", *options, "-C", str(folder), *words]


def _started(command: list[str], folder: Path, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent),
    }
    try:
        return subprocess.Popen(  # noqa: S603 - the words are ours, the folder is one argument after -C
            command, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as fault:
        raise ImportSourceError(
            "git cannot be started", remedy="Install git, which reads the repository."
        ) from fault
