"""Repositories of versions: made by git in the test, with invented texts, some of them to do harm."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conductatlas.archive import versions_repository
from conductatlas.archive.answer import answer_of
from conductatlas.archive.versions_repository import RepositoryVersion, answer, versions
from conductatlas.errors import AnswerTooLargeError, ImportSourceError

START = datetime(2024, 1, 1, 10, tzinfo=UTC)
LIMIT = 1_000_000


@dataclass
class Repository:
    """A repository under test; `add` commits files under a subject, a day after the commit before."""

    folder: Path
    days: int = 0

    def git(self, *words: str, **more: str) -> str:
        who = {
            f"GIT_{role}_{name}": "engine@example.org"
            for role in ("AUTHOR", "COMMITTER")
            for name in ("NAME", "EMAIL")
        }
        environment = os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | more
        command = ["git", "-C", str(self.folder), *words]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def add(self, subject: str, files: dict[str, bytes | None], *trailers: str, sign: str = "") -> None:
        for name, body in files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            if body is None:
                path.unlink()
            else:
                path.write_bytes(body)
        self.git("add", "--all")
        self.commit(subject, *trailers, sign=sign)

    def commit(self, subject: str, *trailers: str, sign: str = "") -> None:
        at = f"{START + timedelta(days=self.days):%Y-%m-%dT%H:%M:%S+0000}"
        signing = ["-c", f"gpg.program={sign}"] if sign else []
        words = ["commit", "--quiet", *(["-S"] if sign else []), "-m", "\n".join([subject, "", *trailers])]
        later = f"{START + timedelta(days=900):%Y-%m-%dT%H:%M:%S+0000}"
        self.git(*signing, *words, GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=later)
        self.days += 1


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = Repository(tmp_path / "versions")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    yield made
    reader = versions_repository._objects(
        made.folder
    )  # stays as long as its process does; here that is a test
    reader._process.communicate()
    versions_repository._objects.cache_clear()


def found(repository: Repository) -> list[RepositoryVersion]:
    """Oldest first."""
    return list(versions(repository.folder))[::-1]


def test_each_text_is_found_with_what_its_commit_says(repository: Repository) -> None:
    page = "X-source-document-location: http://heron.example/terms"
    repository.add("First record of Heron Terms of Service", {"Heron/Terms of Service.md": b"# One\n"}, page)
    repository.add("First record of Osprey Privacy Policy", {"Osprey/Privacy Policy.md": b"# Two\n"})
    repository.add(
        "Record new changes of Heron Terms of Service",
        {"Heron/Terms of Service.md": b"# Three\n"},
        "X-engine-version: 11.0.0",
        page,
        "X-source-document-location: http://heron.example/more",
    )
    repository.add(
        "Apply technical or declaration upgrade on Heron Terms of Service",
        {"Heron/Terms of Service.md": b"# Four\n"},
    )
    rows = found(repository)
    assert [row.name for row in rows] == ["Heron/Terms of Service", "Osprey/Privacy Policy"] + [
        "Heron/Terms of Service"
    ] * 2
    assert [row.at - START for row in rows] == [
        timedelta(days=n) for n in range(4)
    ]  # not when it was committed
    assert [row.is_their_doing for row in rows] == [False, False, False, True]
    assert rows[2].addresses == ("http://heron.example/terms", "http://heron.example/more")
    assert [row.engine for row in rows] == ["", "", "11.0.0", ""]
    for row, body in zip(rows, (b"# One\n", b"# Two\n", b"# Three\n", b"# Four\n"), strict=True):
        seen = answer(row, LIMIT)
        assert (seen.body, seen.status, seen.content_type) == (body, 0, "text/markdown; charset=utf-8")
        assert row.digest == seen.wire_digest == hashlib.sha256(body).hexdigest()
        assert seen.started_at == row.at


def test_a_file_that_was_deleted_or_lies_elsewhere_is_no_text(repository: Repository) -> None:
    repository.add("First record", {"Heron/Terms.md": b"a", "README.md": b"b", "Heron/picture.png": b"c"})
    repository.add("Deeper", {"deep": b"x"})
    (repository.folder / "a" / "b").mkdir(parents=True)
    repository.add("Deeper still", {"a/b/Terms.md": b"d"})
    repository.add("Terms are gone", {"Heron/Terms.md": None})
    assert [(row.name, row.at) for row in found(repository)] == [("Heron/Terms", START)]


@pytest.mark.parametrize(
    "name",
    [b" ", b"\n", b"\t\n ", b"\1\1", b"\2", b":000000 100644", b"-c", b"\xff\xfe", "\u202emd.smret".encode()],
)
def test_no_name_of_a_file_hides_the_texts_beside_it(repository: Repository, name: bytes) -> None:
    (repository.folder / "Heron").mkdir()
    (Path(os.fsdecode(os.fsencode(repository.folder) + b"/" + name))).write_bytes(b"odd")
    repository.add(
        "First record", {"Heron/Privacy.md": b"p", "Heron/Terms.md": b"t", "Zander/Terms.md": b"z"}
    )
    assert {row.name for row in found(repository)} >= {"Heron/Privacy", "Heron/Terms", "Zander/Terms"}


def test_a_text_with_an_odd_name_is_named_without_breaking(repository: Repository) -> None:
    folder = os.fsencode(repository.folder) + b"/He\nron\xff"
    os.mkdir(folder)
    Path(os.fsdecode(folder + b"/\x1b[31mTerms.md")).write_bytes(b"t")
    repository.add("First record", {})
    assert [row.name for row in found(repository)] == ["He\nron\ufffd/\x1b[31mTerms"]


@pytest.mark.parametrize("message", ["\1\1", "a\2b", "\1\1\2 :000000 100644 0 1 A", "x" * 70_000])
def test_no_message_hides_the_commits_around_it(repository: Repository, message: str) -> None:
    repository.add("First record", {"Heron/Terms.md": b"a"})
    repository.add(message, {"Heron/Terms.md": b"b"})
    repository.add("Record new changes", {"Heron/Terms.md": b"c"})
    digests = [row.digest for row in found(repository)]
    assert digests[0] == hashlib.sha256(b"a").hexdigest()
    assert digests[-1] == hashlib.sha256(b"c").hexdigest()


def test_links_and_modules_are_no_texts_and_stop_nothing(repository: Repository) -> None:
    repository.add("First record", {"Heron/Terms.md": b"t"})
    (repository.folder / "Heron" / "Secret.md").symlink_to("/etc/hostname")
    repository.git("add", "--all")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},Heron/Module.md")
    repository.commit("Record new changes")
    assert [row.name for row in found(repository)] == ["Heron/Terms"]


def test_a_huge_text_is_refused_with_its_digest(repository: Repository) -> None:
    huge = b"You agree. " * 400_000
    repository.add("First record", {"Heron/Terms.md": huge})
    (row,) = found(repository)
    assert row.length == len(huge)
    with pytest.raises(AnswerTooLargeError) as raised:
        answer(row, LIMIT)
    known = answer_of(raised.value)
    assert known is not None
    assert (known.body, known.wire_length) == (b"", len(huge))
    assert known.wire_digest == hashlib.sha256(huge).hexdigest()


def a_trap(folder: Path) -> tuple[Path, Path]:
    """A program, and the file that is there once it has run."""
    program, sprung = folder / "trap.sh", folder / "sprung"
    program.write_text(f"#!/bin/sh\ntouch '{sprung}'\n")
    program.chmod(0o755)
    return program, sprung


def test_what_its_configuration_names_is_not_started(repository: Repository, tmp_path: Path) -> None:
    signer = tmp_path / "signer.sh"  # as git wants it answered: a signature, and that it was made
    signer.write_text(
        "#!/bin/sh\ncat >/dev/null\nprintf '[GNUPG:] SIG_CREATED \\n' >&2\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nAA==\\n-----END PGP SIGNATURE-----\\n'\n"
    )
    signer.chmod(0o755)
    repository.add("First record", {"Heron/Terms.md": b"t"}, sign=str(signer))
    program, sprung = a_trap(tmp_path)
    keys = (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "pager.log",
        "diff.x.textconv",
        "diff.x.command",
    )
    for key in (*keys, "diff.external", "filter.x.smudge", "gpg.program", "credential.helper"):
        repository.git("config", key, str(program))
    repository.git("config", "log.showSignature", "true")
    (repository.folder / ".git" / "info" / "attributes").write_text("*.md diff=x filter=x\n")
    (repository.folder / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in (
        "post-checkout",
        "reference-transaction",
        "pre-auto-gc",
        "fsmonitor-watchman",
        "post-index-change",
    ):
        (repository.folder / ".git" / "hooks" / hook).symlink_to(program)
    assert [answer(row, LIMIT).body for row in found(repository)] == [b"t"]
    assert not sprung.exists()
    repository.git("log", "-p")
    assert sprung.exists(), "git by itself starts it, so the trap was one"


def test_what_is_missing_is_not_fetched(repository: Repository, tmp_path: Path) -> None:
    repository.add("First record", {"Heron/Terms.md": b"t"})
    program, sprung = a_trap(tmp_path)
    blob = repository.git("rev-parse", "HEAD:Heron/Terms.md").strip()
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    settings = {"remote.origin.url": f"ext::{program}", "remote.origin.promisor": "true"}
    settings |= {"extensions.partialClone": "origin", "protocol.ext.allow": "always"}
    for key, value in {"core.repositoryFormatVersion": "1", **settings}.items():
        repository.git("config", key, value)
    with pytest.raises(ImportSourceError, match="missing"):
        found(repository)
    assert not sprung.exists()
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("cat-file", "-p", blob)
    assert sprung.exists(), "git by itself fetches it, so the trap was one"


@pytest.mark.parametrize("what", ["nothing", "file", "folder", "empty", "inside"])
def test_what_is_no_repository_with_commits_is_a_typed_error(repository: Repository, what: str) -> None:
    folder = repository.folder
    if what == "inside":  # of one: that it is part of another is not said to be meant
        repository.add("First record", {"Heron/Terms.md": b"t"})
        folder = folder / "Heron"
    elif what != "empty":
        folder = folder.parent / "other"
        if what == "folder":
            folder.mkdir()
        elif what == "file":
            folder.write_bytes(b"x")
    with pytest.raises(ImportSourceError) as raised:
        list(versions(folder))
    assert raised.value.remedy
    versions_repository._objects(folder)._process.communicate()
