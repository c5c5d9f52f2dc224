"""Checkpoints: the form of the standards, whose signatures hold, and what is no checkpoint at all."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.checkpoint import COSIGNATURE, Head, Note, PublicKey, Signer, new_signer
from conductatlas.errors import CheckpointError

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
# The example of the signed-note standard: a key, a text and its signature.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
STANDARD = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


@pytest.fixture
def signer() -> Signer:
    return Signer("atlas.example/ledger", bytes(range(32)))


@pytest.fixture
def head() -> Head:
    return Head("atlas.example/ledger", 482, b"r" * 32, ("beacon one",))


def test_a_key_of_the_standard_is_read_and_its_signature_holds() -> None:
    key = PublicKey.parse(PETER)
    assert str(key) == PETER
    text, _, line = STANDARD.partition("\n\n")
    raw = base64.b64decode(line.split()[-1])
    assert raw[:4] == key.key_id
    assert key.signed(f"{text}\n".encode(), raw[4:])
    assert not key.signed(text.encode(), raw[4:])


def test_the_text_of_a_checkpoint_has_a_line_each(head: Head) -> None:
    assert head.text == f"atlas.example/ledger\n482\n{base64.b64encode(b'r' * 32).decode()}\nbeacon one\n"


def test_a_note_that_is_written_is_read_again(head: Head, signer: Signer) -> None:
    note = Note(head, (signer.sign(head.text), signer.cosign(head.text, AT)))
    assert Note.parse(str(note)) == note
    assert note.signed_by(signer.public)


def test_another_key_or_another_name_has_not_signed(head: Head, signer: Signer) -> None:
    note = Note(head, (signer.sign(head.text),))
    assert not note.signed_by(Signer(signer.name, bytes(32)).public)
    assert not note.signed_by(PublicKey("other.example/ledger", signer.public.key))
    assert not note.signed_by(PublicKey(signer.name, signer.public.key, COSIGNATURE))


def test_a_forged_checkpoint_is_not_signed(head: Head, signer: Signer) -> None:
    line = signer.sign(head.text)
    for forged in (
        Head(head.origin, 481, head.root, head.extensions),
        Head(head.origin, 482, b"R" * 32, head.extensions),
        Head("atlas.example/other", 482, head.root, head.extensions),
        Head(head.origin, 482, head.root),
    ):
        assert not Note(forged, (line,)).signed_by(signer.public)


def test_a_witness_states_when_it_saw_a_checkpoint(head: Head, signer: Signer) -> None:
    witness = Signer("witness.example", b"w" * 32)
    key = PublicKey(witness.name, witness.public.key, COSIGNATURE)
    note = Note(head, (signer.sign(head.text), witness.cosign(head.text, AT)))
    assert note.seen_by(key) == AT
    assert note.seen_by(PublicKey(signer.name, signer.public.key, COSIGNATURE)) is None
    other = Note(Head(head.origin, 483, head.root, head.extensions), note.signatures)
    assert other.seen_by(key) is None


def test_a_secret_key_is_a_line_and_no_error_quotes_it(signer: Signer) -> None:
    assert Signer.parse(f"{signer}\n") == signer
    wrong = str(signer).replace("+" + signer.public.key_id.hex(), "+00000000")
    secret = str(signer).rsplit("+", 1)[1]
    for text in ("", "PRIVATE+KEY+a", wrong, str(signer)[:-3]):
        with pytest.raises(CheckpointError) as caught:
            Signer.parse(text)
        assert secret[:10] not in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n1\nAAAA\n\n— a AAAA\n",
        "a\n01\n" + base64.b64encode(bytes(32)).decode() + "\n\n— a AAAA\n",
        "a\n-1\n" + base64.b64encode(bytes(32)).decode() + "\n\n— a AAAA\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n- a AAAA\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n— a AAAA",
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n",
        "a" * 70_000,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        Note.parse(text)


@given(st.text())
def test_hostile_text_never_raises_anything_else(text: str) -> None:
    for parse in (Note.parse, PublicKey.parse, Signer.parse):
        with pytest.raises(CheckpointError):
            parse(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_a_name_that_no_note_can_carry_makes_no_key(name: str) -> None:
    with pytest.raises(CheckpointError):
        new_signer(name, lambda count: bytes(count))
