"""A bundle of a change that was seen, confirmed, sealed, co-signed and stamped; and ways to tamper with it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from tests.archive.openssl_authority import OpensslAuthority
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.archive import ledger
from conductatlas.archive.authority import MemoryAuthority
from conductatlas.archive.checkpoint import COSIGNATURE, PublicKey, Signer
from conductatlas.archive.ledger_models import Checkpoint, Cosignature
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.archive.stamping import KnownAuthority
from conductatlas.clock import SetClock, SystemClock
from conductatlas.evidence import bundle, exhibit, proofs
from conductatlas.evidence.exhibit import Exhibit
from conductatlas.evidence.proofs import Proofs
from conductatlas.work.stamping import Stamping

LISTS = ("http://crl.example/issuing.crl", "http://crl.example/root.crl")
REFUSED = b"<title>Log in</title><form><input type=password></form>"
Files = dict[str, bytes]


@contextmanager
def copy_of_its_own() -> Iterator[None]:
    """Processes that run tests side by side share the folder of the blobs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "COPY", f"ledger/{uuid4()}")
        yield


def seal() -> Checkpoint:
    made = ledger.seal("test", SetClock(SystemClock().now()))
    assert made is not None
    return made


def witness(checkpoint: Checkpoint) -> None:
    signer = Signer("witness.example", bytes(range(32)))
    at = SystemClock().now()
    key = PublicKey(signer.name, signer.public.key, COSIGNATURE)
    line = signer.cosign(checkpoint.note.partition("\n\n")[0] + "\n", at)
    Cosignature.objects.create(checkpoint=checkpoint, witness=str(key), line=line, seen_at=at)


def stamp(authority: OpensslAuthority) -> None:
    lists = {url: Page((authority.folder / url.rsplit("/", 1)[1]).read_bytes()) for url in LISTS}
    clock = SetClock(SystemClock().now())
    known = KnownAuthority(
        MemoryAuthority("one", authority.good, SystemClock(), url="https://one.example/tsa")
    )
    puts = Stamping((known,), authority.roots, MemoryFetcher(clock, dict(lists)), clock).step()
    assert all(put.stamp for put in puts) and puts


def watched(authority: OpensslAuthority) -> tuple[Exhibit, Proofs]:
    """Two versions, a login wall between and after them; the first version under a checkpoint that was not stamped."""
    archive = Archive()
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    first = seal()
    archive.later(days=1)
    archive.serve(REFUSED)
    archive.check(document)
    archive.later(days=1)
    archive.serve(policy(*CLAUSES[:3], CLAUSES[3].replace("may suspend", "must suspend"), *CLAUSES[4:]))
    archive.check(document)
    archive.later(hours=3)
    archive.check(document)
    newest = seal()
    witness(newest)
    stamp(authority)
    first.stamps.all()  # stamped too: both checkpoints were due
    shown = exhibit.gather(
        "CA-C-" + str(newest_change()),
        site="https://archive.example/",
        operator_name="Test <Archive>",
        viewer=exhibit.operator(),
    )
    return shown, proofs.prove(shown)


def newest_change() -> int:
    from conductatlas.history.models import Change

    return Change.objects.latest("pk").pk


@dataclass(frozen=True)
class Made:
    """The bundle, and what it was made of."""

    file: Path
    shown: Exhibit
    proven: Proofs
    authority: OpensslAuthority


def make(folder: Path, authority: OpensslAuthority) -> Made:
    shown, proven = watched(authority)
    bundle.make(folder / "bundle.zip", shown, proven)
    return Made(folder / "bundle.zip", shown, proven, authority)


def files_of(file: Path) -> Files:
    """Path below the bag's folder → bytes."""
    with zipfile.ZipFile(file) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def tampered(file: Path, target: Path, change: Callable[[Files], None], *, listed: bool) -> Path:
    """The bundle with other files; `listed`: by someone who makes its lists right again."""
    files = files_of(file)
    change(files)
    if listed:
        payload = {path: content for path, content in files.items() if path.startswith("data/")}
        files["manifest-sha256.txt"] = _manifest(payload)
        beside = {path for path in files if not path.startswith("data/")} - {"tagmanifest-sha256.txt"}
        files["tagmanifest-sha256.txt"] = _manifest({path: files[path] for path in beside})
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files.items():
            archive.writestr(f"bag/{path}", content)
    return target


def _manifest(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items()))
    return "".join(lines).encode()
