"""What holds of a bundle, and what does not: looked at without a database, without a network, and without trusting it.

Each finding says in which of the three columns it belongs (`claims.Column`). What fails is never passed over for what
holds elsewhere. That a bundle holds together does not show who made it: for that its key is compared with one had
elsewhere, and the root of a stamp with the one that its authority publishes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from conductatlas.archive import merkle
from conductatlas.archive.checkpoint import ED25519, Note, PublicKey
from conductatlas.errors import BundleError, CheckpointError
from conductatlas.evidence.bag import Bag
from conductatlas.evidence.columns import Column, to_the_second
from conductatlas.evidence.stamped import stamp_findings

PROOFS = "data/proofs/"
MADE = (  # files that are made of the record for people, and stand in no leaf
    "statement.pdf",
    "redline.html",
    "certification-us-unsigned.txt",
    "certification-neutral-unsigned.txt",
)


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "does not hold"
    STATED = "stated"
    ABSENT = "not there"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a bundle, as a sentence. subject: the file or the row it is about."""

    column: Column
    verdict: Verdict
    subject: str
    sentence: str

    def to_dict(self) -> dict[str, str]:
        return {
            "column": self.column.value,
            "verdict": self.verdict.value,
            "subject": self.subject,
            "sentence": self.sentence,
        }


@dataclass
class _Read:
    """What is found so far, for what comes after it."""

    bag: Bag
    leaves: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name of the file
    notes: dict[int, Note] = field(default_factory=dict)  # by size


def check(file: Path, *, key: PublicKey | None = None, roots: Path | None = None) -> Iterator[Finding]:
    """All that can be said of a bundle, in the order of the columns. BundleError for what is none.

    key: of the log, had from elsewhere. roots: a file or folder of certificates of time stamp authorities (PEM), had
    from elsewhere.
    """
    with Bag.open(file) as bag:
        read = _Read(bag)
        for step in (_files, _checkpoints, _leaves, _growth, _contents, _openings):
            try:
                yield from step(read)
            except (BundleError, CheckpointError) as fault:
                yield _fails(step.__name__.strip("_"), fault.message)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as fault:
                yield _fails(
                    step.__name__.strip("_"), f"it is not as a bundle has it: {type(fault).__name__}"
                )
        yield from _signatures(read, key)
        yield from stamp_findings_of(read, roots)
        yield from _witnesses(read)
        yield from _stated(read)


def _files(read: _Read) -> Iterator[Finding]:
    faults = list(read.bag.faults())
    yield from (_fails(fault.path, fault.sentence) for fault in faults)
    if not faults:
        count = len(read.bag.sizes)
        yield _holds("files", f"all {count} files are those that the bag lists, and there is no other")


def _checkpoints(read: _Read) -> Iterator[Finding]:
    for path in _below(read, "checkpoints/", ".note"):
        note = Note.parse(read.bag.text(path))
        if path != f"{PROOFS}checkpoints/{note.head.size}.note" or note.head.size in read.notes:
            yield _fails(path, "it is a checkpoint of another size than its name says")
        read.notes[note.head.size] = note
    if not read.notes:
        yield _fails("checkpoints", "there is no checkpoint")
    if len({note.head.origin for note in read.notes.values()}) > 1:
        yield _fails("checkpoints", "the checkpoints are of different logs")


def _leaves(read: _Read) -> Iterator[Finding]:
    for path in _below(read, "leaves/", ".json"):
        name = path.removeprefix(f"{PROOFS}leaves/")
        content = read.bag.read(path)
        said = json.loads(content)
        if not isinstance(said, dict) or not isinstance(said.get("kind"), str):
            yield _fails(name, "it is no leaf")
            continue
        read.leaves[name] = said
        about = _json(read, f"{PROOFS}paths/{name}")
        note = read.notes.get(about["size"])
        steps = [bytes.fromhex(step) for step in about["path"]]
        leaf = merkle.leaf_hash(content)
        if note and merkle.is_included(leaf, about["index"], about["size"], steps, note.head.root):
            yield _holds(
                name, f"leaf {about['index']} stands under the checkpoint over {about['size']} leaves"
            )
        else:
            yield _fails(name, f"the leaf is not under the checkpoint over {about['size']} leaves")
    if not read.leaves:
        yield _fails("leaves", "there is no leaf: nothing here is in a ledger")


def _growth(read: _Read) -> Iterator[Finding]:
    sizes = sorted(read.notes)
    grown = {(one["old"], one["new"]): one["path"] for one in _json(read, f"{PROOFS}growth.json")}
    for old, new in pairwise(sizes):
        steps = [bytes.fromhex(step) for step in grown.get((old, new), [])]
        roots = read.notes[old].head.root, read.notes[new].head.root
        if merkle.is_consistent(old, new, *roots, steps):
            yield _holds(f"{old} to {new} leaves", "the ledger has only grown between the two checkpoints")
        else:
            yield _fails(f"{old} to {new} leaves", "the later checkpoint does not begin with the earlier one")


def _contents(read: _Read) -> Iterator[Finding]:
    """Snapshots, texts and differences against the leaves that name them."""
    captures = [leaf for leaf in read.leaves.values() if leaf["kind"] == "capture"]
    snapshots = {leaf[name] for leaf in captures for name in ("snapshot", "rendered")} - {None}
    texts = {leaf["version"]: leaf["digest"] for leaf in read.leaves.values() if leaf["kind"] == "reading"}
    paths = [path.removeprefix("data/") for path in read.bag.sizes if path.startswith("data/")]
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        if folder == "snapshots":
            good = name in snapshots and read.bag.digest(f"data/{path}") == name
            yield _judged(good, path, "a leaf names exactly these bytes", "no leaf names these bytes")
        elif folder == "texts":
            good = read.bag.digest(f"data/{path}") == texts.get(name.removesuffix(".txt"))
            yield _judged(good, path, "a leaf names exactly this text", "no leaf names this text")
    for digest in sorted(snapshots - {path.removeprefix("snapshots/") for path in paths}):
        yield _fails(f"snapshots/{digest}", "a leaf names these bytes, and they are not there")
    for version in sorted(texts.keys() - {path[6:-4] for path in paths if path.startswith("texts/")}):
        yield _fails(f"texts/{version}.txt", "a leaf names this text, and it is not there")
    for name, leaf in read.leaves.items():
        if leaf["kind"] == "change":
            good = read.bag.digest(f"{PROOFS}hunks.json") == leaf["hunks"]
            yield _judged(
                good, name, "the leaf names exactly these differences", "the differences are others"
            )
    for version in _json(read, "data/exhibit.json")["versions"]:
        good, said = version["text_digest"] == texts.get(version["id"]), f"{version['id']} is told with"
        yield _judged(good, "exhibit.json", f"{said} its own text", f"{said} another text")


def _openings(read: _Read) -> Iterator[Finding]:
    """What captures say of addresses, headers and vantage against what their leaves commit to."""
    for path in _below(read, "openings/", ".json"):
        name = path.removeprefix(f"{PROOFS}openings/")
        leaf = read.leaves[name]
        wrong = []
        opened = _json(read, path)
        for one in opened:
            said = leaf["said"] if leaf["kind"] == "import" else leaf["commitments"][one["field"]]
            if sha256(bytes.fromhex(one["salt"]) + one["value"].encode()).hexdigest() != said:
                wrong.append(one["field"])
        if leaf["kind"] == "capture":
            told = _json(read, f"data/captures/{name}")
            values = {one["field"]: json.loads(one["value"]) for one in opened}
            wrong += [key for key, value in values.items() if key in told and told[key] != value]
            wrong += [key for key in ("started_at", "finished_at", "status") if told[key] != leaf[key]]
        named = ", ".join(sorted(set(wrong)))
        yield _judged(
            not wrong,
            name,
            f"{len(opened)} fields are what the leaf commits to",
            f"not as in the ledger: {named}",
        )


def _signatures(read: _Read, key: PublicKey | None) -> Iterator[Finding]:
    try:
        own = [PublicKey.parse(line) for line in read.bag.text(f"{PROOFS}log-keys.txt").splitlines()]
    except (BundleError, CheckpointError) as fault:
        yield _fails("log-keys.txt", fault.message)
        return
    for size, note in sorted(read.notes.items()):
        signers = [
            one for one in own if one.name == note.head.origin and one.kind == ED25519 and note.signed_by(one)
        ]
        yield _judged(
            bool(signers),
            f"checkpoint over {size} leaves",
            f"signed by {', '.join(map(str, signers))}, a key that comes with the bundle",
            "no key of the log has signed it",
        )
        if key is not None:
            yield _judged(
                note.signed_by(key) and key.name == note.head.origin,
                f"checkpoint over {size} leaves",
                "signed by the key that you gave",
                "the key that you gave has not signed it",
            )


def stamp_findings_of(read: _Read, roots: Path | None) -> Iterator[Finding]:
    """The stamps, each against the checkpoint that it says it is on."""
    folders = sorted({path.split("/")[3] for path in read.bag.sizes if path.startswith(f"{PROOFS}stamps/")})
    for folder in folders:
        for is_good, subject, sentence in stamp_findings(
            read.bag, f"{PROOFS}stamps/{folder}/", read.notes, roots
        ):
            verdict = Verdict.HOLDS if is_good else Verdict.FAILS
            yield Finding(Column.WITNESSES, verdict, subject, sentence)
    if not folders:
        yield Finding(Column.WITNESSES, Verdict.ABSENT, "time stamps", "no time stamp is in this bundle")


def _witnesses(read: _Read) -> Iterator[Finding]:
    try:
        known = [PublicKey.parse(line) for line in read.bag.text(f"{PROOFS}witness-keys.txt").splitlines()]
        for size, note in sorted(read.notes.items()):
            path = f"{PROOFS}checkpoints/{size}.witnesses"
            if path not in read.bag.sizes:
                continue
            cosigned = Note.parse(f"{note}{read.bag.text(path)}")
            for line in cosigned.signatures[len(note.signatures) :]:
                alone = Note(note.head, (line,))
                seen = [(one, at) for one in known if (at := alone.seen_by(one))]
                subject = f"checkpoint over {size} leaves"
                told = [f"{one.name} signed that it saw it at {to_the_second(at)}" for one, at in seen]
                verdict = Verdict.HOLDS if seen else Verdict.FAILS
                sentence = told[0] if seen else f"a co-signature does not hold: {line[:80]}"
                yield Finding(Column.WITNESSES, verdict, subject, sentence)
    except (BundleError, CheckpointError) as fault:
        yield Finding(Column.WITNESSES, Verdict.FAILS, "witnesses", fault.message)
        return
    if not known:
        yield Finding(Column.WITNESSES, Verdict.ABSENT, "witnesses", "no co-signature is in this bundle")


def _stated(read: _Read) -> Iterator[Finding]:
    """What nothing here can show. Not as the bundle words it: as its leaves and captures say."""
    for name, leaf in sorted(read.leaves.items()):
        if leaf.get("kind") == "capture" and isinstance(leaf.get("started_at"), str):
            at = to_the_second(datetime.fromisoformat(leaf["started_at"]))
            sentence = f"that a server answered with these bytes at {at}, under the conditions told"
            yield Finding(Column.OPERATOR, Verdict.STATED, name, sentence)
    for name in MADE:
        if f"data/{name}" in read.bag.sizes:
            sentence = "made from the record when the bundle was; the ledger does not hold it"
            yield Finding(Column.OPERATOR, Verdict.STATED, name, sentence)


def _below(read: _Read, folder: str, ending: str) -> list[str]:
    return sorted(
        path for path in read.bag.sizes if path.startswith(PROOFS + folder) and path.endswith(ending)
    )


def _json(read: _Read, path: str) -> Any:
    return json.loads(read.bag.text(path))


def _judged(good: bool, subject: str, holds: str, fails: str) -> Finding:
    return _holds(subject, holds) if good else _fails(subject, fails)


def _holds(subject: str, sentence: str) -> Finding:
    return Finding(Column.MATHEMATICS, Verdict.HOLDS, subject, sentence)


def _fails(subject: str, sentence: str) -> Finding:
    return Finding(Column.MATHEMATICS, Verdict.FAILS, subject, sentence)
