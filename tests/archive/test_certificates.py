"""Roots on disk, and paths to them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archive.openssl_authority import OpensslAuthority, openssl
from conductatlas.archive.certificates import path_to_root, read_certificates, to_pem
from conductatlas.clock import SystemClock
from conductatlas.errors import ConfigurationError, StampChainError, StampExpiredError

NOW = SystemClock().now()


def test_a_file_and_a_folder_are_read(authority: OpensslAuthority, tmp_path: Path) -> None:
    root, issuing = authority.certificate("root"), authority.certificate("issuing")
    (tmp_path / "both.pem").write_bytes(to_pem([root, issuing]))
    assert read_certificates(tmp_path / "both.pem") == (root, issuing)
    openssl("x509", "-in", authority.folder / "signer.pem", "-outform", "DER", "-out", tmp_path / "a.cer")
    (tmp_path / "notes.txt").write_text("no certificate")
    assert read_certificates(tmp_path) == (authority.certificate("signer"), root, issuing)


def test_nothing_there_is_nothing(tmp_path: Path) -> None:
    assert read_certificates(tmp_path) == ()
    assert read_certificates(tmp_path / "missing.pem") == ()


@pytest.mark.parametrize("data", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n?"])
def test_what_cannot_be_read_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_bytes(data)
    with pytest.raises(ConfigurationError, match=r"roots\.pem"):
        read_certificates(tmp_path)


def test_a_root_is_its_own_path(authority: OpensslAuthority) -> None:
    root = authority.certificate("root")
    assert path_to_root(root, [], [root], [NOW]) == (root,)


def test_the_path_goes_round_a_certificate_of_the_same_name(
    authority: OpensslAuthority, other_authority: OpensslAuthority
) -> None:
    ours, theirs = authority.certificate("issuing"), other_authority.certificate("issuing")
    path = path_to_root(authority.certificate("signer"), [theirs, ours], authority.roots, [NOW])
    assert path == (authority.certificate("signer"), ours, authority.certificate("root"))


def test_a_signer_may_not_issue(authority: OpensslAuthority) -> None:
    """A certificate that is no authority's would otherwise vouch for any other."""
    forged = authority.folder / "forged.pem"
    key, request = authority.folder / "forged.key", authority.folder / "forged.csr"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    named = ("-config", authority.folder / "openssl.cnf", "-key", key, "-subj", "/CN=Forged", "-out", request)
    openssl("req", "-new", *named)
    by = (
        "-CA",
        authority.folder / "signer.pem",
        "-CAkey",
        authority.folder / "signer.key",
        "-CAcreateserial",
    )
    openssl("x509", "-req", "-in", request, *by, "-days", "2", "-out", forged)
    beside = [authority.certificate("signer"), authority.certificate("issuing")]
    with pytest.raises(StampChainError):
        path_to_root(authority.certificate("forged"), beside, authority.roots, [NOW + timedelta(hours=1)])


def test_an_issuer_that_has_run_out_is_told_as_that(authority: OpensslAuthority) -> None:
    issuing = authority.certificate("issuing")
    late = issuing.not_valid_after_utc
    with pytest.raises(StampExpiredError):
        path_to_root(authority.certificate("signer"), [issuing], authority.roots, [late.replace(year=2099)])
