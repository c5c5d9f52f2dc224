"""Evidence bundles: what is in them, that independent tools take them, and that whatever is wrong with one is named."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pytest
from django.db import transaction
from tests.archive.openssl_authority import make_authority
from tests.evidence.made_bundle import REFUSED, Files, Made, copy_of_its_own, files_of, make, tampered

from conductatlas.archive.checkpoint import Note, PublicKey, Signer
from conductatlas.archive.timestamp_query import query
from conductatlas.clock import SystemClock
from conductatlas.errors import BundleError, NotFoundError
from conductatlas.evidence import bundle, exhibit
from conductatlas.evidence.checking import Finding, Verdict, check
from conductatlas.evidence.columns import Column
from conductatlas.history.models import Change, Version

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """The rows stay for the module, and go with it."""
    folder = tmp_path_factory.mktemp("bundle")
    with django_db_blocker.unblock(), copy_of_its_own(), transaction.atomic():
        authority = make_authority(tmp_path_factory.mktemp("authority"))
        request = query(bytes(32), 12345)
        ELSEWHERE.update({"request.tsq": request, "reply.tsr": authority.good(request)})
        yield make(folder, authority)
        transaction.set_rollback(True)


def fails(file: Path, **how: Any) -> list[Finding]:
    return [finding for finding in check(file, **how) if finding.verdict == Verdict.FAILS]


ELSEWHERE: dict[str, bytes] = {}  # the files of a stamp on something else


def only(paths: Files, start: str, end: str = "") -> list[str]:
    return sorted(path for path in paths if path.startswith(start) and path.endswith(end))


def test_it_holds_and_says_so_in_three_columns(made: Made) -> None:
    found = list(check(made.file))
    assert [finding for finding in found if finding.verdict not in {Verdict.HOLDS, Verdict.STATED}] == []
    assert [finding.column for finding in found] == sorted(
        (finding.column for finding in found), key=list(Column).index
    )
    sentences = "\n".join(f"{finding.subject}: {finding.sentence}" for finding in found)
    assert "stamp by one: the checkpoint over" in sentences and "existed no later than" in sentences
    assert "witness.example signed that it saw it at" in sentences
    assert "the ledger has only grown between the two checkpoints" in sentences
    assert sentences.count("a leaf names exactly these bytes") == 2
    assert sentences.count("a leaf names exactly this text") == 2
    stated = {finding.subject for finding in found if finding.verdict == Verdict.STATED}
    assert {"statement.pdf", "redline.html"} < stated
    assert {f"capture-{one.record.pk}.json" for one in made.shown.captures} < stated


def test_an_independent_tool_takes_the_bag(made: Made, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.file) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert folder.name == f"{made.shown.id}-evidence"
    assert bagit.Bag(str(folder)).validate()
    assert bagit.Bag(str(folder)).info["External-Identifier"] == made.shown.id


def test_what_is_in_it(made: Made) -> None:
    files = files_of(made.file)
    told = json.loads(files["data/exhibit.json"])
    assert told["permalink"] == f"https://archive.example/id/{made.shown.id}"
    old, new = told["versions"]
    assert b"may suspend" in files[f"data/{old['text']}"] and b"must suspend" in files[f"data/{new['text']}"]
    assert b"<ins>" in files["data/redline.html"] and b"&lt;Archive&gt;" not in files["data/statement.pdf"]
    assert len(only(files, "data/snapshots/")) == len(only(files, "data/captures/")) == 2
    for kind in ("capture", "version", "reading", "change", "change-event"):
        assert only(files, f"data/proofs/leaves/{kind}-"), kind
    stamp = only(files, "data/proofs/stamps/1/")
    assert [path.rpartition("/")[2] for path in stamp] == [
        *("about.json", "chain.pem", "reply.tsr", "request.tsq", "revocation-1.crl", "revocation-2.crl", "root.pem")
    ]  # fmt: skip
    about = json.loads(files["data/proofs/stamps/1/about.json"])
    assert about["standing"] == "not determined" and about["authority"] == "one"
    for form in ("us", "neutral"):
        text = files[f"data/certification-{form}-unsigned.txt"].decode()
        assert "Test <Archive>" in text and old["text_digest"] in text and about["policy_oid"] in text
        assert re.search(r"Signature _+\n", text)
    assert b"under penalty of perjury" in files["data/certification-us-unsigned.txt"]
    assert files["data/citation/bibtex.bib"].startswith(b"@misc{")


def test_conditions_are_told_and_what_is_not_recorded_says_so(made: Made) -> None:
    told = {one.name: one.value for one in made.shown.captures[0].conditions}
    assert told["Made by"] == "a person, by command"
    assert told["Place and network, as the operator states"] == "test"
    assert told["Clock of the machine"] == "set by a person for this run"
    assert told["Proxy"] == told["Signed in"] == "not recorded"


def test_refused_bytes_and_what_quotes_them_stay_out(made: Made) -> None:
    for path, content in files_of(made.file).items():
        assert REFUSED not in content, path
        if path.startswith(("data/captures/", "data/proofs/openings/")):
            assert b"detail" not in content, path


WORDS = (
    r"admissible|court-ready|certified|tamper-proof|verified|legally valid|guarantee|proves that .* published"
)


def test_words_that_claim_too_much_are_nowhere(made: Made) -> None:
    for path, content in files_of(made.file).items():
        if path.startswith(("data/snapshots", "data/texts")) or path.endswith((".pdf", ".tsr", ".crl")):
            continue
        assert not re.search(WORDS, content.decode(errors="replace"), re.IGNORECASE), path
    from conductatlas.evidence.statement import page_html

    page = page_html(made.shown, made.proven, bundle.cited(made.shown))
    assert not re.search(WORDS, page, re.IGNORECASE)
    assert "Test &lt;Archive&gt;" in page and "Test <Archive>" not in page


def test_made_again_it_is_the_same_to_the_byte(made: Made, tmp_path: Path) -> None:
    bundle.make(tmp_path / "again.zip", made.shown, made.proven)
    assert (tmp_path / "again.zip").read_bytes() == made.file.read_bytes()
    with pytest.raises(BundleError, match="exists"):
        bundle.make(made.file, made.shown, made.proven)


def test_a_version_has_one_too(made: Made, tmp_path: Path) -> None:
    from conductatlas.evidence import proofs

    key = Version.objects.earliest("pk").pk
    shown = exhibit.gather(f"CA-V-{key}", site="", operator_name="", viewer=exhibit.operator())
    bundle.make(tmp_path / "v.zip", shown, proofs.prove(shown))
    assert fails(tmp_path / "v.zip") == []
    assert "data/redline.html" not in files_of(tmp_path / "v.zip")


def test_what_is_under_no_checkpoint_has_none(made: Made, tmp_path: Path) -> None:
    bare = replace(made.proven, checkpoints=(), entered=())
    with pytest.raises(BundleError, match="under a checkpoint"):
        bundle.make(tmp_path / "none.zip", made.shown, bare)
    for wrong in ("CA-C-999", "CA-V-999", "CA-D-1", "x"):
        with pytest.raises(NotFoundError):
            exhibit.gather(wrong, site="", operator_name="", viewer=None)


def test_what_was_erased_of_a_capture_is_not_in_its_bundle_and_the_ledger_holds(
    made: Made, tmp_path: Path
) -> None:
    from conductatlas.archive import erasing
    from conductatlas.archive.models import Capture
    from conductatlas.evidence import proofs

    capture = Capture.objects.get(pk=made.shown.captures[0].record.pk)
    erasing.erase_personal(capture, "A request.", "", at=SystemClock().now(), by=None)
    shown = exhibit.gather(made.shown.id, site="", operator_name="", viewer=exhibit.operator())
    bundle.make(tmp_path / "erased.zip", shown, proofs.prove(shown))
    assert fails(tmp_path / "erased.zip") == []
    files = files_of(tmp_path / "erased.zip")
    assert f"data/proofs/openings/capture-{capture.pk}.json" not in files
    assert (
        b"heron.example/terms"
        not in files[f"data/captures/capture-{capture.pk}.json"].partition(b'"source_url"')[0]
    )


def test_a_row_that_is_not_what_was_entered_has_no_bundle(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conductatlas.archive import leaves
    from conductatlas.evidence import proofs

    def altered(row: Any) -> bytes:
        return leaves.leaf_bytes(row).replace(b'"status":200', b'"status":404')

    monkeypatch.setattr(proofs, "leaf_bytes", altered)
    with pytest.raises(BundleError, match="is not what was entered"):
        proofs.prove(made.shown)


# ── tampering ────────────────────────────────────────────────────────────────────────────────────


def flip_a_snapshot(files: Files) -> None:
    path = only(files, "data/snapshots/")[0]
    files[path] = files[path][:-1] + bytes([files[path][-1] ^ 1])


def swap_the_texts(files: Files) -> None:
    one, two = only(files, "data/texts/")
    files[one], files[two] = files[two], files[one]


def add_a_file(files: Files) -> None:
    files["data/snapshots/" + "0" * 64] = b"never captured"


def drop_a_text(files: Files) -> None:
    del files[only(files, "data/texts/")[0]]


def edit_a_leaf(files: Files) -> None:
    path = only(files, "data/proofs/leaves/capture-")[0]
    files[path] = files[path].replace(b'"status":200', b'"status":404')


def move_a_leaf(files: Files) -> None:
    path = only(files, "data/proofs/paths/version-")[0]
    about = json.loads(files[path])
    files[path] = json.dumps(about | {"index": about["index"] + 1}).encode()


def edit_an_address(files: Files) -> None:
    path = only(files, "data/captures/")[0]
    files[path] = files[path].replace(b"http://heron.example/terms", b"http://other.example/terms")


def edit_an_opening(files: Files) -> None:
    path = only(files, "data/proofs/openings/capture-")[0]
    files[path] = files[path].replace(b"http://heron.example/terms", b"http://other.example/terms")


def edit_the_differences(files: Files) -> None:
    files["data/proofs/hunks.json"] = files["data/proofs/hunks.json"].replace(b"substantive", b"editorial")


def forge_a_checkpoint(files: Files) -> None:
    """Another root under the old signature."""
    path = only(files, "data/proofs/checkpoints/", ".note")[-1]
    lines = files[path].decode().split("\n")
    lines[2] = ("A" if lines[2][0] != "A" else "B") + lines[2][1:]
    files[path] = "\n".join(lines).encode()


def sign_with_another_key(files: Files) -> None:
    path = only(files, "data/proofs/checkpoints/", ".note")[-1]
    note = Note.parse(files[path].decode())
    signer = Signer(note.head.origin, b"another key of thirty-two bytes!")
    files[path] = str(Note(note.head, (signer.sign(note.head.text),))).encode()


def break_the_growth(files: Files) -> None:
    (one,) = json.loads(files["data/proofs/growth.json"])
    one["path"] = [*one["path"][:-1], "00" * 32]
    files["data/proofs/growth.json"] = json.dumps([one]).encode()


def forget_the_growth(files: Files) -> None:
    files["data/proofs/growth.json"] = b"[]"


def stamp_another_checkpoint(files: Files) -> None:
    """A good stamp, on another digest."""
    files.update({f"data/proofs/stamps/1/{name}": content for name, content in ELSEWHERE.items()})


def date_a_stamp_back(files: Files) -> None:
    path = "data/proofs/stamps/1/about.json"
    about = json.loads(files[path])
    files[path] = json.dumps(about | {"moment": "2020-01-01T00:00:00.000000Z"}).encode()


def forge_a_witness(files: Files) -> None:
    (path,) = only(files, "data/proofs/checkpoints/", ".witnesses")
    line = files[path].decode().rstrip("\n")
    files[path] = (line[:-9] + ("A" if line[-9] != "A" else "B") + line[-8:] + "\n").encode()


def tell_another_text(files: Files) -> None:
    told = json.loads(files["data/exhibit.json"])
    told["versions"][0]["text_digest"] = "0" * 64
    files["data/exhibit.json"] = json.dumps(told).encode()


Change_ = Callable[[Files], None]
TAMPERING: dict[Change_, tuple[str, int]] = {
    # what is done → (subject of what fails, the block of VERIFY.md that sees it)
    flip_a_snapshot: ("snapshots/", 3),
    swap_the_texts: ("texts/", 3),
    add_a_file: ("snapshots/000", 3),
    drop_a_text: ("texts/", 3),
    edit_a_leaf: ("capture-", 4),
    move_a_leaf: ("version-", 4),
    edit_an_opening: ("capture-", 3),
    edit_the_differences: ("change-", 3),
    forge_a_checkpoint: ("checkpoint over", 5),
    sign_with_another_key: ("checkpoint over", 5),
    break_the_growth: (" leaves", 4),
    forget_the_growth: (" leaves", 4),
    stamp_another_checkpoint: ("stamp by one", 6),
    forge_a_witness: ("checkpoint over", 5),
    edit_an_address: ("capture-", 0),  # only the program compares what is told twice
    tell_another_text: ("exhibit.json", 0),
    date_a_stamp_back: ("stamp by one", 0),
}


@pytest.mark.parametrize("change", TAMPERING, ids=lambda change: change.__name__)
def test_who_makes_the_lists_right_again_is_found_by_the_ledger(
    made: Made, tmp_path: Path, change: Change_
) -> None:
    found = fails(tampered(made.file, tmp_path / "t.zip", change, listed=True))
    assert found and any(TAMPERING[change][0] in finding.subject for finding in found)
    assert "files" not in {finding.subject for finding in found}


@pytest.mark.parametrize("change", TAMPERING, ids=lambda change: change.__name__)
def test_whoever_leaves_the_lists_alone_is_found_by_them(made: Made, tmp_path: Path, change: Change_) -> None:
    found = fails(tampered(made.file, tmp_path / "t.zip", change, listed=False))
    assert any(re.search("SHA-256 differs|was added|not there", finding.sentence) for finding in found)


def test_a_key_had_from_elsewhere_tells_whose_ledger_it_is(made: Made) -> None:
    (own,) = files_of(made.file)["data/proofs/log-keys.txt"].decode().splitlines()
    assert fails(made.file, key=PublicKey.parse(own)) == []
    other = Signer(PublicKey.parse(own).name, bytes(32)).public
    assert {finding.sentence for finding in fails(made.file, key=other)} == {
        "the key that you gave has not signed it"
    }


def test_roots_had_from_elsewhere_tell_whose_stamps_they_are(made: Made, tmp_path: Path) -> None:
    from tests.archive.openssl_authority import make_authority as another

    root = made.authority.folder / "root.pem"
    assert fails(made.file, roots=root) == []
    told = [finding.sentence for finding in check(made.file, roots=root) if "stamp by" in finding.subject]
    assert all("a root that you gave" in sentence for sentence in told)
    (tmp_path / "other").mkdir()
    found = fails(made.file, roots=another(tmp_path / "other").folder / "root.pem")
    assert {finding.column for finding in found} == {Column.WITNESSES}


@pytest.mark.parametrize(
    "path",
    [
        "data/exhibit.json",
        "data/proofs/growth.json",
        "data/proofs/stamps/1/about.json",
        "leaf",
        "path",
        "note",
    ],
)
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"null", b"[[[[", b"\xff", b'{"size": "x", "kind": 1}']
)
def test_nonsense_is_a_finding_and_no_defect(made: Made, tmp_path: Path, path: str, content: bytes) -> None:
    def change(files: Files) -> None:
        names = {
            "leaf": only(files, "data/proofs/leaves/capture-")[0],
            "path": only(files, "data/proofs/paths/change-")[0],
            "note": only(files, "data/proofs/checkpoints/", ".note")[0],
        }
        files[names.get(path, path)] = content

    assert fails(tampered(made.file, tmp_path / "t.zip", change, listed=True))


# ── VERIFY.md ────────────────────────────────────────────────────────────────────────────────────


def blocks(folder: Path) -> list[str]:
    text = (folder / "VERIFY.md").read_text("utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    (inner,) = folder.iterdir()
    return inner


def run(block: str, folder: Path) -> int:
    done = subprocess.run(
        ["/bin/sh", "-c", block],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode


def test_each_block_of_the_commands_passes(made: Made, tmp_path: Path) -> None:
    folder = unpacked(made.file, tmp_path)
    assert len(blocks(folder)) == 6
    assert [run(block, folder) for block in blocks(folder)] == [0] * 6


def test_the_commands_need_nothing_but_three_tools(made: Made, tmp_path: Path) -> None:
    text = "\n".join(blocks(unpacked(made.file, tmp_path)))
    modules = set(re.findall(r"^import (.*)$", text, re.MULTILINE))
    assert {name for line in modules for name in line.split(", ")} == {
        "base64",
        "hashlib",
        "json",
        "pathlib",
        "sys",
    }
    first_words = {
        line.split()[0]
        for line in re.sub(r"<<'END'.*?^END$", "", text, flags=re.S | re.M).splitlines()
        if line
    }
    assert first_words <= {
        "sha256sum",
        "python3",
        "openssl",
        "set",
        "for",
        "key=${signature%.sig}",
        "done",
        "rm",
        "-in",
    } | {"work=$(mktemp"}


@pytest.mark.parametrize("change", TAMPERING, ids=lambda change: change.__name__)
def test_the_commands_see_it_too(made: Made, tmp_path: Path, change: Change_) -> None:
    number = TAMPERING[change][1]
    left = unpacked(tampered(made.file, tmp_path / "l.zip", change, listed=False), tmp_path / "left")
    assert run(blocks(left)[0], left) or run(blocks(left)[1], left)
    if number:
        folder = unpacked(tampered(made.file, tmp_path / "t.zip", change, listed=True), tmp_path / "out")
        assert run(blocks(folder)[0], folder) == run(blocks(folder)[1], folder) == 0
        assert run(blocks(folder)[number - 1], folder) != 0


def test_the_change_is_the_one_that_was_asked_for(made: Made) -> None:
    assert made.shown.change is not None
    assert made.shown.change.record.pk == Change.objects.latest("pk").pk
