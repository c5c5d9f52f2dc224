"""What one does who holds the database, the store or a key is found, and named."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from tests.archive.openssl_authority import OpensslAuthority, make_authority
from tests.evidence.conftest import Sealed
from tests.work.conftest import CLAUSES, policy

from conductatlas.archive import beacon, ledger, ledger_keys, packs, tiles
from conductatlas.archive.authority import MemoryAuthority
from conductatlas.archive.checkpoint import Head, Note, Signer, new_signer
from conductatlas.archive.leaves import KINDS, hash_of
from conductatlas.archive.ledger_models import (
    Checkpoint,
    Cosignature,
    Leaf,
    Ledger,
    LedgerKey,
    PendingLeaf,
    Tile,
)
from conductatlas.archive.models import Capture, Pack, PackMember, Provenance, Snapshot
from conductatlas.archive.stamp_models import Stamp
from conductatlas.archive.stamping import KnownAuthority
from conductatlas.clock import SetClock, SystemClock
from conductatlas.errors import CheckpointError
from conductatlas.evidence.audit import heads
from conductatlas.evidence.audit.findings import Area, Kind, Verdict
from conductatlas.evidence.audit.run import Audit
from conductatlas.history.models import Reading
from conductatlas.provisions import analysing
from conductatlas.provisions.language_model import ScriptedModel
from conductatlas.provisions.models import Analysis as MadeAnalysis
from conductatlas.provisions.models import Extraction, Finding, FoundFact, NamedDocument
from conductatlas.reading.clauses.finding import Finding as Found
from conductatlas.reading.writing import summary
from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, Part, PartKey, Sentence
from conductatlas.reading.writing.subject import Subject
from conductatlas.work.rewording import Rewording
from conductatlas.work.stamping import Stamping

Disarm = Callable[[], None]


def own_signer() -> Signer:
    row = LedgerKey.objects.order_by("-pk")[0]
    return ledger_keys._secret(row)


def tree_again() -> None:
    """Tiles and newest checkpoint as one makes them who has the key, over the leaves as they are."""
    grown: dict[tiles.Place, bytes] = {}
    hashes = [bytes(one) for one in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    size = tiles.grow(grown, 0, hashes)
    Tile.objects.all().delete()
    Tile.objects.bulk_create(Tile(level=level, number=n, hashes=one) for (level, n), one in grown.items())
    Ledger.objects.update(size=size)


# The store


def test_one_bit_in_a_sealed_pack(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "RUN", 2)
    source = sealed.document.sources.get()
    assert packs.seal_if_full(source)
    file = settings.CONFIG.data_dir / "snapshots" / Pack.objects.get().key
    assert sealed.audit().holds
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert sealed.found() == {Kind.SNAPSHOT_DAMAGED: f"pack {Pack.objects.get().pk}"}
    file.unlink()
    assert sealed.found() == {Kind.SNAPSHOT_LOST: f"pack {Pack.objects.get().pk}"}


def test_one_bit_in_an_open_pack(sealed: Sealed) -> None:
    member = PackMember.objects.order_by("-ordinal")[0]
    content = bytearray(bytes(member.data or b""))
    content[-5] ^= 1
    PackMember.objects.filter(pk=member.pk).update(data=bytes(content))
    found = Audit(sealed.file).run().tally.findings
    assert [one.kind for one in found] == [Kind.SNAPSHOT_DAMAGED]
    assert member.snapshot.digest in found[0].sentence


def test_a_snapshot_that_lies_nowhere(sealed: Sealed) -> None:
    member = PackMember.objects.order_by("-ordinal")[0]
    member.delete()
    assert sealed.found() == {Kind.SNAPSHOT_LOST: f"snapshot {member.snapshot.digest}"}


def test_other_bytes_under_a_digest_of_their_own(sealed: Sealed, in_the_database: Disarm) -> None:
    """Bytes, digest and length fit each other; what the captures said does not."""
    in_the_database()
    member = PackMember.objects.order_by("-ordinal")[0]
    base = packs.read_snapshot(PackMember.objects.order_by("ordinal")[0].snapshot.digest)
    body = policy("A text that nobody served.")
    frame = packs.encode(body, base)
    PackMember.objects.filter(pk=member.pk).update(data=frame, length=len(frame))
    Snapshot.objects.filter(pk=member.snapshot_id).update(digest=sha256(body).hexdigest(), length=len(body))
    found = sealed.found()
    assert set(found) == {Kind.ROW_EDITED}


# Rows


def test_a_swapped_text(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    reading = Reading.objects.order_by("pk")[0]
    Reading.objects.filter(pk=reading.pk).update(text=reading.text.replace("may suspend", "will not suspend"))
    place = reading.text.index("may suspend")
    quoted = Finding.objects.get(extraction__reading=reading, start__lte=place, end__gt=place)
    quote = f"{quoted.provision.public_id} in {reading.version.public_id}"
    assert sealed.found() == {Kind.TEXT_SWAPPED: f"reading {reading.pk}", Kind.QUOTE_DIFFERS: quote}
    text = Reading.objects.get(pk=reading.pk).text
    Reading.objects.filter(pk=reading.pk).update(digest=sha256(text.encode()).hexdigest())
    assert sealed.found() == {Kind.ROW_EDITED: f"reading {reading.pk}", Kind.QUOTE_DIFFERS: quote}


@pytest.mark.parametrize(
    "edit",
    [
        lambda row: Finding.objects.filter(pk=row.pk).update(end=row.end - 1),
        lambda row: Finding.objects.filter(pk=row.pk).update(digest=sha256(b"").hexdigest()),
        lambda row: FoundFact.objects.filter(finding=row).update(spans=[[row.start, 10**6]]),
        lambda row: FoundFact.objects.filter(finding=row).update(spans=[]),
    ],
)
def test_an_edited_quote(sealed: Sealed, in_the_database: Disarm, edit: Callable[[Finding], object]) -> None:
    in_the_database()
    row = FoundFact.objects.order_by("pk")[0].finding
    edit(row)
    version = row.extraction.reading.version.public_id
    assert sealed.found() == {Kind.QUOTE_DIFFERS: f"{row.provision.public_id} in {version}"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("It quotes “nothing of the kind”.", "It quotes what does not stand there: “nothing of the kind”."),
        ("It is unlawful.", "It has a word that is not used: “unlawful”."),
        ("There are 47 days.", "It has a figure that it does not rest on: “47”."),
        ("GDPR governs it.", "It names a law that it does not rest on: “GDPR”."),
    ],
)
def test_an_analysis_without_a_ground(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, said: str, sentence: str
) -> None:
    def broken(subject: Subject) -> Analysis:
        ground = Ground(GroundKind.SPAN, spans=(subject.finding.span,))
        return Analysis((Part(PartKey.WHAT, (Sentence(said, (ground,)),)),), 1)

    monkeypatch.setattr(analysing, "compose", broken)
    found = sealed.audit().tally.findings
    assert {one.kind for one in found} == {Kind.UNGROUNDED}
    assert {one.sentence for one in found} == {sentence}
    current = Finding.objects.filter(extraction__current__isnull=False).count()
    assert sealed.audit(anew=True).tally.counts[Area.ANALYSES][Verdict.FAILS] == current


def test_a_document_in_short_without_a_ground(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(findings: Sequence[Found], _platform: str) -> tuple[summary.Point, ...]:
        ground = Ground(GroundKind.SPAN, spans=(findings[0].span,))
        return (summary.Point(0, Sentence("It is unlawful.", (ground,))),)

    monkeypatch.setattr(summary, "for_a_person", broken)
    found = sealed.audit().tally.findings
    assert {one.kind for one in found} == {Kind.UNGROUNDED}
    assert all(one.subject.startswith("summary of CA-V-") for one in found)


def test_a_sentence_of_a_language_model_that_would_not_be_taken_in(
    sealed: Sealed, in_the_database: Disarm
) -> None:
    row = Finding.objects.filter(extraction__current__isnull=False, extraction__reading__language="en")[0]
    line = json.dumps({"sentences": [{"part": "what", "text": "Whatever it is.", "sources": [1]}]})
    by = Rewording(ScriptedModel([line]), "m", sealed.archive.clock, 1000, 10**6)
    (made,) = by.run([row.pk])
    assert sealed.audit().holds
    in_the_database()
    said = "The platform is endorsed by every regulator."
    stored = {
        "part": "what",
        "text": said,
        "sources": [1],
        "grounds": [],
        "is_inferred": True,
        "is_general": False,
    }
    MadeAnalysis.objects.filter(pk=made.pk).update(sentences=[stored])
    (found,) = sealed.audit(anew=True).tally.findings
    assert found.kind is Kind.UNGROUNDED
    assert said in found.sentence
    assert found.subject.endswith("put in other words by m")


def test_a_reference_that_lies_nowhere(sealed: Sealed) -> None:
    extraction = Extraction.objects.order_by("pk")[0]
    named = NamedDocument.objects.create(extraction=extraction, title="Rules", start=7, end=7)
    assert set(sealed.found()) == {Kind.QUOTE_DIFFERS}
    assert sealed.found()[Kind.QUOTE_DIFFERS].startswith(f"reference {named.pk} in ")


@pytest.mark.parametrize(
    "field, value",
    [
        ("peer_address", "192.0.2.1"),
        ("status", 404),
        ("headers", [["server", "another"]]),
        ("final_url", "http://else.example/"),
        ("salt", "0" * 32),
        ("salt", None),
        ("provenance", "imported"),
        ("outcome", "refused"),
    ],
)
def test_an_edited_row(sealed: Sealed, in_the_database: Disarm, field: str, value: object) -> None:
    in_the_database()
    capture = Capture.objects.order_by("pk")[1]
    Capture.objects.filter(pk=capture.pk).update(**{field: value})
    assert sealed.found()[Kind.ROW_EDITED] == f"capture {capture.pk}"


def test_a_row_that_is_gone(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    capture = Capture.objects.filter(version_parts=None, reservations=None).order_by("-pk")[0]
    key = capture.pk
    capture.refused_body.delete()
    capture.delete()
    assert sealed.found() == {Kind.ROW_GONE: f"capture {key}"}


def test_a_row_that_nobody_entered(sealed: Sealed) -> None:
    capture = Capture.objects.order_by("pk")[0]
    capture.pk = None
    capture.save(force_insert=True)
    assert sealed.found() == {Kind.ROW_WITHOUT_LEAF: f"capture {capture.pk}"}


# The log


def test_a_removed_leaf(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    leaf = Leaf.objects.get(index=4)
    leaf.delete()
    assert sealed.found() == {
        Kind.LEAF_MISSING: "leaf 4",
        Kind.ROW_WITHOUT_LEAF: f"{leaf.kind} {leaf.subject}",
    }


def test_a_removed_leaf_and_a_log_made_to_fit(sealed: Sealed, in_the_database: Disarm) -> None:
    """Rows, leaves and tiles agree again; the checkpoints that were signed do not."""
    in_the_database()
    last = Leaf.objects.order_by("-index")[0]
    gone = Leaf.objects.filter(kind="capture").order_by("-index")[1]
    Leaf.objects.filter(pk=gone.index).delete()
    for index in range(gone.index + 1, last.index + 1):
        Leaf.objects.filter(index=index).update(index=index - 1)
    tree_again()
    found = sealed.found()
    assert found[Kind.ROOT_DIFFERS].startswith("checkpoint ") and Kind.SET_BACK in found


def test_a_reordered_pair(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    one, two = Leaf.objects.get(index=3), Leaf.objects.get(index=6)
    Leaf.objects.filter(index__in=(3, 6)).delete()
    for index, leaf in ((6, one), (3, two)):
        Leaf.objects.create(index=index, kind=leaf.kind, subject=leaf.subject, hash=bytes(leaf.hash))
    found = Audit(sealed.file).run().tally.findings
    moved = {finding.subject: finding.sentence for finding in found if finding.kind == Kind.LEAF_MOVED}
    assert set(moved) == {"leaf 3", "leaf 6"} and "which stands at 6" in moved["leaf 3"]
    tree_again()
    assert Kind.LEAF_MOVED not in (found_again := sealed.found())
    assert found_again[Kind.ROOT_DIFFERS] == f"checkpoint {Checkpoint.objects.filter(size__gt=3)[0].size}"


def test_an_edited_row_with_a_leaf_to_fit(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    capture = Capture.objects.order_by("pk")[0]
    Capture.objects.filter(pk=capture.pk).update(status=404)
    leaf = Leaf.objects.get(kind="capture", subject=capture.pk)
    row = KINDS["capture"].rows([capture.pk])[capture.pk]
    Leaf.objects.filter(pk=leaf.pk).update(hash=hash_of(row))
    assert sealed.found()[Kind.LEAF_DIFFERS] == f"leaf {leaf.index}"
    tree_again()
    assert Kind.ROOT_DIFFERS in sealed.found()


def test_an_edited_tile(sealed: Sealed) -> None:
    tile = Tile.objects.get(level=0, number=0)
    content = bytearray(bytes(tile.hashes))
    content[40] ^= 1
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(content))
    assert {Kind.TILE_DIFFERS, Kind.LEAF_DIFFERS} == set(sealed.found())
    Tile.objects.all().delete()
    assert set(sealed.found()) == {Kind.TILE_MISSING}


def test_a_truncated_ledger(sealed: Sealed, in_the_database: Disarm) -> None:
    """The newest of everything is gone, as if it had never been; the copy beside the packs knows better."""
    in_the_database()
    cut(Checkpoint.objects.order_by("-size")[1].size)
    assert sealed.found() == {Kind.SET_BACK: "copy beside the packs"}


def cut(size: int) -> None:
    gone = Leaf.objects.filter(index__gte=size)
    captures = [leaf.subject for leaf in gone if leaf.kind == "capture"]
    for capture in Capture.objects.filter(pk__in=captures):
        capture.refused_body.delete()  # type: ignore[attr-defined]
        capture.delete()
    gone.delete()
    Checkpoint.objects.filter(size__gt=size).delete()
    tree_again()


def test_leaves_cut_off_under_their_checkpoint(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    newest = Checkpoint.objects.order_by("-size")[0]
    Leaf.objects.filter(index__gte=newest.size - 1).delete()
    assert sealed.found()[Kind.SET_BACK] == f"checkpoint {newest.size}"


# Heads


def test_a_forged_checkpoint(sealed: Sealed, in_the_database: Disarm) -> None:
    """One that another key signed, under the log's own name."""
    in_the_database()
    newest = Checkpoint.objects.order_by("-size")[0]
    note = Note.parse(newest.note)
    forger = new_signer(note.head.origin, secrets.token_bytes)
    head = replace(note.head, root=b"\1" * 32)
    forged = str(Note(head, (forger.sign(head.text),)))
    Checkpoint.objects.filter(pk=newest.pk).update(note=forged, root=head.root.hex())
    assert sealed.found()[Kind.CHECKPOINT_FORGED] == f"checkpoint {newest.size}"
    key = LedgerKey.objects.create(
        origin=head.origin, verifier=str(forger.public), reason="rotation", since=newest.at
    )
    Checkpoint.objects.filter(pk=newest.pk).update(key=key)
    found = sealed.found()
    assert found[Kind.KEY_UNKNOWN] == f"checkpoint {newest.size}"
    assert found[Kind.ROW_WITHOUT_LEAF] == f"key rotation {key.pk}"


def test_a_checkpoint_whose_row_says_other_than_it(sealed: Sealed, in_the_database: Disarm) -> None:
    in_the_database()
    first, second = Checkpoint.objects.order_by("size")[:2]
    Checkpoint.objects.filter(pk=first.pk).update(root="0" * 64)
    assert sealed.found()[Kind.CHECKPOINT_DIFFERS] == f"checkpoint {first.size}"
    Checkpoint.objects.filter(pk=first.pk).update(note="none", root=first.root)
    assert sealed.found()[Kind.CHECKPOINT_FORGED] == f"checkpoint {first.size}"
    Checkpoint.objects.filter(pk=first.pk).update(note=first.note, at=second.at + timedelta(days=9))
    assert sealed.found()[Kind.CHECKPOINT_OUT_OF_ORDER] == f"checkpoint {second.size}"


def test_a_stale_checkpoint(sealed: Sealed, in_the_database: Disarm) -> None:
    """What somebody kept is ahead of the ledger: it was set back, and has gone on from there."""
    newest = Checkpoint.objects.order_by("-size")[0]
    kept = heads.told_by(newest.note)
    assert Audit(sealed.file, kept).run().holds
    in_the_database()
    cut(Checkpoint.objects.order_by("-size")[1].size)
    ledger.blobs().delete(ledger.COPY)
    sealed.file.unlink()
    assert sealed.audit().holds, "whoever holds everything, and shows it to nobody, can set it back"
    found = {one.kind: one.subject for one in Audit(sealed.file, kept).run().tally.findings}
    assert found == {Kind.SET_BACK: "checkpoint given"}
    for _ in range(2):
        sealed.check()
    found = {one.kind: one.subject for one in Audit(sealed.file, kept).run(since_last=True).tally.findings}
    assert found == {Kind.ANOTHER_LOG: "checkpoint given"}, "two logs were shown"


def test_the_audit_before_knows_how_far_the_ledger_was(sealed: Sealed, in_the_database: Disarm) -> None:
    assert sealed.audit().holds
    in_the_database()
    cut(Checkpoint.objects.order_by("-size")[1].size)
    ledger.blobs().delete(ledger.COPY)
    for _ in range(2):
        assert sealed.found(since_last=True) == {Kind.SET_BACK: "checkpoint of the last audit"}


def test_a_checkpoint_of_another_log_or_of_nobody(sealed: Sealed) -> None:
    note = Note.parse(Checkpoint.objects.order_by("size")[0].note)
    other = Head("other.example/ledger", 3, b"\0" * 32)
    signer = new_signer(other.origin, secrets.token_bytes)
    theirs = heads.told_by(str(Note(other, (signer.sign(other.text),))))
    assert [one.kind for one in Audit(sealed.file, theirs).run().tally.findings] == [Kind.ANOTHER_LOG]
    unsigned = heads.told_by(str(replace(note, head=replace(note.head, root=b"\0" * 32))))
    assert [one.kind for one in Audit(sealed.file, unsigned).run().tally.findings] == [Kind.CHECKPOINT_FORGED]
    with pytest.raises(CheckpointError):
        heads.told_by("a letter")


def test_a_copy_that_is_no_checkpoint(sealed: Sealed) -> None:
    ledger._put_copy("nothing of the kind")
    assert sealed.found() == {Kind.CHECKPOINT_FORGED: "copy beside the packs"}


def test_a_cosignature_that_the_witness_did_not_make(sealed: Sealed) -> None:
    row = Checkpoint.objects.order_by("size")[0]
    note, witness = Note.parse(row.note), new_signer("witness.example", secrets.token_bytes)
    verifier = str(replace(witness.public, kind=4))
    at = (row.at + timedelta(minutes=2)).replace(microsecond=0)
    good = Cosignature.objects.create(
        checkpoint=row, witness=verifier, line=witness.cosign(note.head.text, at), seen_at=at
    )
    assert sealed.audit().holds
    other = replace(note.head, size=note.head.size + 1).text
    second = new_signer("two.example", secrets.token_bytes)
    Cosignature.objects.create(
        checkpoint=row,
        witness=str(replace(second.public, kind=4)),
        line=second.cosign(other, at),
        seen_at=at,
    )
    assert sealed.found() == {Kind.COSIGNATURE_FORGED: f"checkpoint {good.checkpoint.size}"}


def test_a_checkpoint_that_was_seen_before_it_was_made(sealed: Sealed) -> None:
    row = Checkpoint.objects.order_by("size")[0]
    witness = new_signer("witness.example", secrets.token_bytes)
    at = (row.at - timedelta(days=2)).replace(microsecond=0)
    Cosignature.objects.create(
        checkpoint=row,
        witness=str(replace(witness.public, kind=4)),
        line=witness.cosign(Note.parse(row.note).head.text, at),
        seen_at=at,
    )
    assert sealed.found() == {Kind.SEEN_BEFORE_MADE: f"checkpoint {row.size}"}


@pytest.mark.parametrize("ahead, found", [(-1, set()), (10_000, {Kind.BEACON_AHEAD})])
def test_a_beacon_from_the_future(sealed: Sealed, ahead: int, found: set[Kind]) -> None:
    """A checkpoint that was dated back holds a value that nobody could know then."""
    chain = list(beacon.CHAINS.values())[1]
    sealed.archive.later(days=1)
    sealed.archive.check(sealed.document)
    at = sealed.archive.clock.now()
    number = int((at.timestamp() - chain.genesis) // chain.period) + ahead
    line = f"beacon {chain.name} {number} {'0' * 64}"
    assert ledger.seal("test", SetClock(at), extensions=lambda _: (line,)) is not None
    assert set(sealed.found()) == found


def test_a_beacon_that_is_not_known(sealed: Sealed) -> None:
    sealed.archive.later(days=1)
    sealed.archive.check(sealed.document)
    line = f"beacon {'0' * 64} 7 {'0' * 64}"
    ledger.seal("test", SetClock(sealed.archive.clock.now()), extensions=lambda _: (line,))
    report = sealed.audit()
    assert report.holds and [one.kind for one in report.tally.findings] == [Kind.BEACON_UNKNOWN]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    return make_authority(tmp_path_factory.mktemp("stamps"))


def test_a_stamp_on_something_else(
    sealed: Sealed, in_the_database: Disarm, authority: OpensslAuthority
) -> None:
    """A checkpoint was rewritten after it was stamped; then the stamp's row."""
    row = Checkpoint.objects.order_by("size")[0]
    Stamping((KnownAuthority(MemoryAuthority("one", authority.good, SystemClock())),), authority.roots).step()
    stamp = Stamp.objects.get()

    def found() -> dict[Kind, Verdict]:
        report = Audit(sealed.file, roots=authority.roots).run()
        return {one.kind: one.verdict for one in report.tally.findings}

    assert found() == {}
    assert Kind.STAMP_ROOT_UNKNOWN not in sealed.found(), "whose roots are not there cannot be told"
    in_the_database()
    Stamp.objects.update(moment=stamp.moment - timedelta(days=1))
    assert found() == {Kind.STAMP_FAILS: Verdict.FAILS}
    Stamp.objects.update(moment=stamp.moment, checkpoint=row)
    assert found() == {Kind.STAMP_FAILS: Verdict.FAILS}
    Stamp.objects.update(checkpoint=stamp.checkpoint)
    Checkpoint.objects.filter(pk=stamp.checkpoint_id).update(at=stamp.moment + timedelta(days=3))
    assert found() == {Kind.STAMPED_BEFORE_MADE: Verdict.FAILS}


# Moments


def test_an_import_that_says_it_was_observed(sealed: Sealed) -> None:
    """A text of today, as if it had been captured a month ago: everything is entered, and all hashes are good."""
    sealed.archive.clock.moment -= timedelta(days=30)
    sealed.archive.serve(policy(*CLAUSES[:2]))
    sealed.archive.check(sealed.document)
    sealed.archive.clock.moment += timedelta(days=31)
    sealed.seal()
    key = Capture.objects.order_by("-pk")[0].pk
    assert sealed.found() == {Kind.DATED_BACK: f"capture {key}"}


def test_a_capture_of_tomorrow(sealed: Sealed) -> None:
    sealed.archive.later(days=1)
    sealed.archive.check(sealed.document)
    key = Capture.objects.order_by("-pk")[0].pk
    ledger.seal("test", SetClock(sealed.archive.clock.now() - timedelta(hours=2)))
    assert sealed.found() == {Kind.DATED_AHEAD: f"capture {key}"}


def test_an_import_has_to_say_so(sealed: Sealed) -> None:
    """Each with a leaf of its own: rows that were written like that."""
    keys = []
    for provenance, is_named in (("imported", True), ("observed", True), ("imported", False)):
        capture = Capture.objects.order_by("pk")[0]
        capture.pk, capture.provenance = None, provenance
        capture.save(force_insert=True)
        ledger.enter(capture)
        if is_named:
            ledger.enter(Provenance.objects.create(capture=capture, taken_in_at=sealed.archive.clock.now()))
        keys.append(capture.pk)
    sealed.archive.later(days=1)
    sealed.seal()
    assert sealed.found() == {
        Kind.IMPORT_HIDDEN: f"capture {keys[1]}",
        Kind.IMPORT_UNSAID: f"capture {keys[2]}",
    }
    assert not PendingLeaf.objects.exists()
