"""Lists of revoked certificates: asked for with each stamp, kept as they came, and read."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from archive.openssl_authority import OpensslAuthority, make_authority
from conductatlas.archive import revocation
from conductatlas.archive.certificates import path_to_root
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.archive.ocsp import question_url
from conductatlas.archive.revocation import Revocation, ask_revocation, require_not_revoked
from conductatlas.clock import SetClock, SystemClock
from conductatlas.errors import HostUnreachableError, StampRevokedError

ISSUING, ROOT = "http://crl.example/issuing.crl", "http://crl.example/root.crl"


def asked(
    authority: OpensslAuthority, pages: dict[str, Page], signer: str = "signer"
) -> tuple[Revocation, ...]:
    clock = SetClock(SystemClock().now())
    return ask_revocation(chain_of(authority, signer), MemoryFetcher(clock, dict(pages)), clock)


def chain_of(authority: OpensslAuthority, signer: str = "signer"):  # type: ignore[no-untyped-def]
    between = [authority.certificate("issuing")]
    return path_to_root(authority.certificate(signer), between, authority.roots, [SystemClock().now()])


def lists(authority: OpensslAuthority) -> dict[str, Page]:
    return {
        f"http://crl.example/{name}.crl": Page((authority.folder / f"{name}.crl").read_bytes())
        for name in ("issuing", "root")
    }


def test_each_list_is_kept_as_it_came(authority: OpensslAuthority) -> None:
    found = asked(authority, lists(authority))
    assert [(one.subject, one.url, one.fault) for one in found] == [
        ("CN=Test Time Stamps", ISSUING, ""),
        ("CN=Test Issuing Authority", ROOT, ""),
    ]
    assert [one.data for one in found] == [page.body for page in lists(authority).values()]
    require_not_revoked(found)


def test_a_list_that_cannot_be_had_is_recorded_as_that(authority: OpensslAuthority) -> None:
    found = asked(authority, {ROOT: Page(b"gone", 404)})
    assert [(one.data, one.fault) for one in found] == [(None, HostUnreachableError.code), (None, "status")]
    require_not_revoked(found)


def test_what_is_no_list_is_kept_and_says_nothing(
    authority: OpensslAuthority, other_authority: OpensslAuthority
) -> None:
    theirs = lists(other_authority)[ROOT]
    found = asked(authority, {ISSUING: Page(b"<html>"), ROOT: theirs})
    assert [(one.data, one.fault) for one in found] == [
        (b"<html>", revocation.CANNOT_BE_READ),
        (theirs.body, revocation.NOT_ITS_ISSUERS),
    ]
    require_not_revoked(found)


def test_a_list_beyond_bounds_is_not_kept(authority: OpensslAuthority) -> None:
    found = asked(authority, {ISSUING: Page(b"x" * (revocation.MAX_SIZE + 1))})
    assert (found[0].data, found[0].fault) == (None, revocation.TOO_LARGE)


def test_an_old_list_says_that_it_is_old(authority: OpensslAuthority) -> None:
    later = SetClock(authority.certificate("signer").not_valid_after_utc)
    pages = lists(authority)
    found = ask_revocation(chain_of(authority), MemoryFetcher(later, dict(pages)), later)
    assert [one.fault for one in found] == [revocation.OUT_OF_DATE] * 2
    assert [one.data for one in found] == [page.body for page in pages.values()]


def test_a_certificate_may_name_neither_list_nor_responder(authority: OpensslAuthority) -> None:
    """As a root does: it stands here for any such certificate."""
    root = authority.certificate("root")
    clock = SystemClock()
    found = ask_revocation((root, root), MemoryFetcher(clock), clock)
    assert [(one.url, one.data, one.fault) for one in found] == [("", None, revocation.NAMES_NONE)]


def test_a_revoked_signer_is_refused_and_the_others_are_not(tmp_path: Path) -> None:
    own = make_authority(tmp_path)
    require_not_revoked(asked(own, lists(own)))
    own.revoke("signer")
    found = asked(own, lists(own))
    with pytest.raises(StampRevokedError, match=r"CN=Test Time Stamps was revoked at .* \(UTC\), says http"):
        require_not_revoked(found)
    require_not_revoked(asked(own, lists(own), "other_signer"))


# ── OCSP ─────────────────────────────────────────────────────────────────────────────────────────────


def question(authority: OpensslAuthority) -> str:
    return question_url(authority.certificate("by_ocsp"), authority.certificate("issuing"))


def answered(authority: OpensslAuthority, data: bytes) -> Revocation:
    return asked(authority, lists(authority) | {question(authority): Page(data)}, "by_ocsp")[0]


@pytest.mark.parametrize("responder", ["issuing", "responder"])
def test_a_responder_is_asked_where_no_list_is_named(responder: str, authority: OpensslAuthority) -> None:
    """The issuer itself, or who has its certificate to answer."""
    data = authority.ocsp(question(authority), responder)
    found = answered(authority, data)
    assert (found.kind, found.url, found.fault, found.data) == ("ocsp", question(authority), "", data)
    assert found.url.startswith("http://ocsp.example/M")
    require_not_revoked([found])


def test_an_answer_by_anyone_else_says_nothing(
    authority: OpensslAuthority, other_authority: OpensslAuthority
) -> None:
    for data in (
        authority.ocsp(question(authority), "signer"),  # issued by the same, not to answer for it
        other_authority.ocsp(question(other_authority)),
    ):
        found = answered(authority, data)
        assert (found.fault, found.data) == (revocation.NOT_ITS_ISSUERS, data)


def test_an_answer_about_another_certificate_says_nothing(authority: OpensslAuthority) -> None:
    other = ocsp.OCSPRequestBuilder().add_certificate(
        authority.certificate("signer"), authority.certificate("issuing"), SHA1()
    )
    encoded = quote(base64.b64encode(other.build().public_bytes(Encoding.DER)).decode(), safe="")
    found = answered(authority, authority.ocsp(f"http://ocsp.example/{encoded}"))
    assert found.fault == revocation.NOT_ITS_ISSUERS


@pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"
)  # of odd certificates
def test_no_altered_answer_is_a_fault_of_ours(authority: OpensslAuthority) -> None:
    good = authority.ocsp(question(authority))
    faults = set()
    for place in range(0, len(good), 3):
        found = answered(authority, good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert found.revoked_at is None
        faults.add(found.fault)
    assert {revocation.CANNOT_BE_READ, revocation.NOT_ITS_ISSUERS} <= faults


@pytest.mark.parametrize("data", [b"", b"<html>", bytes.fromhex("30030a0106")])  # the last: unauthorized
def test_what_is_no_answer_is_kept_and_says_nothing(data: bytes, authority: OpensslAuthority) -> None:
    found = answered(authority, data)
    assert (found.fault, found.data) == (revocation.CANNOT_BE_READ, data)


def test_an_unknown_certificate_is_not_called_good(authority: OpensslAuthority) -> None:
    (authority.folder / "empty.txt").write_text("")
    found = answered(authority, authority.ocsp(question(authority), index="empty.txt"))
    assert found.fault == revocation.UNKNOWN


def test_an_old_answer_says_that_it_is_old(authority: OpensslAuthority) -> None:
    later = SetClock(authority.certificate("signer").not_valid_after_utc)
    pages = {question(authority): Page(authority.ocsp(question(authority)))}
    found = ask_revocation(chain_of(authority, "by_ocsp"), MemoryFetcher(later, dict(pages)), later)
    assert found[0].fault == revocation.OUT_OF_DATE


def test_a_responder_can_say_that_a_certificate_was_revoked(tmp_path: Path) -> None:
    own = make_authority(tmp_path)
    own.revoke("by_ocsp")
    found = answered(own, own.ocsp(question(own)))
    assert found.fault == ""
    with pytest.raises(StampRevokedError, match="CN=Test Time Stamps was revoked"):
        require_not_revoked([found])
