"""Lists of revoked certificates: asked for with each stamp, kept as they came, and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.openssl_authority import OpensslAuthority, make_authority
from conductatlas.archive import revocation
from conductatlas.archive.certificates import path_to_root
from conductatlas.archive.memory import MemoryFetcher, Page
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
    require_not_revoked(chain_of(authority), found)


def test_a_list_that_cannot_be_had_is_recorded_as_that(authority: OpensslAuthority) -> None:
    found = asked(authority, {ROOT: Page(b"gone", 404)})
    assert [(one.data, one.fault) for one in found] == [(None, HostUnreachableError.code), (None, "status")]
    require_not_revoked(chain_of(authority), found)


def test_what_is_no_list_is_kept_and_says_nothing(
    authority: OpensslAuthority, other_authority: OpensslAuthority
) -> None:
    theirs = lists(other_authority)[ROOT]
    found = asked(authority, {ISSUING: Page(b"<html>"), ROOT: theirs})
    assert [(one.data, one.fault) for one in found] == [
        (b"<html>", revocation.NOT_A_LIST),
        (theirs.body, revocation.NOT_ITS_ISSUERS),
    ]
    require_not_revoked(chain_of(authority), found)


def test_a_list_beyond_bounds_is_not_kept(authority: OpensslAuthority) -> None:
    found = asked(authority, {ISSUING: Page(b"x" * (revocation.MAX_LIST + 1))})
    assert (found[0].data, found[0].fault) == (None, revocation.TOO_LARGE)


def test_an_old_list_says_that_it_is_old(authority: OpensslAuthority) -> None:
    later = SetClock(authority.certificate("signer").not_valid_after_utc)
    pages = lists(authority)
    found = ask_revocation(chain_of(authority), MemoryFetcher(later, dict(pages)), later)
    assert [one.fault for one in found] == [revocation.OUT_OF_DATE] * 2
    assert [one.data for one in found] == [page.body for page in pages.values()]


def test_a_certificate_may_name_no_list(authority: OpensslAuthority) -> None:
    """As a root does: it stands here for any such certificate."""
    root = authority.certificate("root")
    clock = SystemClock()
    found = ask_revocation((root, root), MemoryFetcher(clock), clock)
    assert [(one.url, one.data, one.fault) for one in found] == [("", None, revocation.NO_LIST)]


def test_a_revoked_signer_is_refused_and_the_others_are_not(tmp_path: Path) -> None:
    own = make_authority(tmp_path)
    require_not_revoked(chain_of(own), asked(own, lists(own)))
    own.revoke("signer")
    found = asked(own, lists(own))
    with pytest.raises(StampRevokedError, match=r"CN=Test Time Stamps was revoked at .* \(UTC\), says http"):
        require_not_revoked(chain_of(own), found)
    require_not_revoked(chain_of(own, "other_signer"), asked(own, lists(own), "other_signer"))
