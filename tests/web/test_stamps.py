"""What is told of a checkpoint's time stamps, and the files by which anyone can check one."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from tests.archive.openssl_authority import POLICY, OpensslAuthority, make_authority

from conductatlas.archive import stamp_queries
from conductatlas.archive.authority import MemoryAuthority
from conductatlas.archive.ledger_models import Checkpoint, LedgerKey
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.archive.stamp_models import Stamp, StampDue
from conductatlas.archive.stamping import KnownAuthority
from conductatlas.clock import SystemClock
from conductatlas.work.stamping import Stamping

NOTE = "archive.example\n7\nAAAA\n\n— archive.example AAAA\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    return make_authority(tmp_path_factory.mktemp("shown-stamps"))


@pytest.fixture
def checkpoint(db: None, openssl: OpensslAuthority) -> Checkpoint:
    """Stamped by three authorities of different standing; of two lists about certificates one could be had."""
    now = datetime.now(UTC)
    key = LedgerKey.objects.create(origin="archive.example", verifier="x", reason="first", since=now)
    made = Checkpoint.objects.create(key=key, size=7, root="ab" * 32, note=NOTE, at=now)
    crl = Page((openssl.folder / "issuing.crl").read_bytes())
    known = tuple(
        KnownAuthority(MemoryAuthority(name, openssl.good, SystemClock()), standing, checked_on)
        for name, standing, checked_on in (
            ("Alder", "qualified", date(2026, 11, 2)),
            ("Birch", "not qualified", date(2026, 11, 3)),
            ("Cedar <b>", "", None),
        )
    )
    fetcher = MemoryFetcher(SystemClock(), {"http://crl.example/issuing.crl": crl})
    assert len(Stamping(known, openssl.roots, fetcher).step()) == 3
    return made


def told(checkpoint: Checkpoint) -> str:
    found = {
        "stamps": stamp_queries.stamps_of(checkpoint.pk),
        "awaited": stamp_queries.awaited([checkpoint.pk]).get(checkpoint.pk, []),
    }
    return " ".join(render_to_string("parts/stamps.html", found).split())


def test_who_says_which_moment_under_which_policy(checkpoint: Checkpoint) -> None:
    page = told(checkpoint)
    for stamp in Stamp.objects.all():
        assert f"{stamp.moment:%H:%M:%S} UTC" in page
    for words in ("Existed no later than", "Alder", "Birch", "Cedar &lt;b&gt;", "give or take 1.5 s"):
        assert words in page
    assert page.count(POLICY) == 3
    assert page.count("CN=Test Time Stamps") == 3 + 3


def test_standing_is_the_operators_statement_with_its_day(checkpoint: Checkpoint) -> None:
    page = told(checkpoint)
    assert 'qualified<span class="note">as the operator checked on <time datetime="2026-11-02">' in page
    assert 'not qualified<span class="note">as the operator checked on <time datetime="2026-11-03">' in page
    assert page.count("not determined") == 1


def test_revocation_data_is_told_as_it_could_be_had(checkpoint: Checkpoint) -> None:
    page = told(checkpoint)
    assert page.count("revocation data kept") == 3
    assert page.count("CN=Test Issuing Authority: no revocation data was to be had") == 3


def test_what_is_still_to_come_is_no_stamp(checkpoint: Checkpoint) -> None:
    for name, attempts in (("Dogwood", 0), ("Elm", 3)):
        StampDue.objects.create(
            checkpoint=checkpoint,
            authority=name,
            due_at=datetime.now(UTC) + timedelta(hours=1),
            attempts=attempts,
            code="stamp_nonce",
            message="secret words of the other side",
        )
    page = told(checkpoint)
    assert "Dogwood</th> <td" in page
    assert page.count("not stamped yet") == 2
    assert page.count("the authority gave no stamp that verifies") == 1
    assert "secret words" not in page


def test_without_stamps_it_is_said_whose_statement_the_moment_is(checkpoint: Checkpoint) -> None:
    page = render_to_string("parts/stamps.html", {"stamps": [], "awaited": []})
    assert "the operator’s statement alone" in page


def test_the_files_hold_up_to_openssl(
    checkpoint: Checkpoint, client: Client, openssl: OpensslAuthority, tmp_path: Path
) -> None:
    stamp = Stamp.objects.earliest("pk")
    kinds = {
        "request.tsq": "application/timestamp-query",
        "reply.tsr": "application/timestamp-reply",
        "chain.pem": "application/pem-certificate-chain",
        "revocation-1.crl": "application/pkix-crl",
    }
    for name, kind in kinds.items():
        answer = client.get(f"/ledger/stamps/{stamp.pk}/{name}")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Content-Disposition"] == f'attachment; filename="stamp-{stamp.pk}-{name}"'
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        (tmp_path / name).write_bytes(answer.content)
    (tmp_path / "note.txt").write_text(NOTE)
    for against in (("-data", "note.txt"), ("-queryfile", "request.tsq")):
        root = openssl.folder / "root.pem"
        done = subprocess.run(
            ["openssl", "ts", "-verify", *against, "-in", "reply.tsr", "-CAfile", root],
            cwd=tmp_path,
            capture_output=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["revocation-2.crl", "revocation-0.crl", "chain", "..", "reply.tsr "])
def test_what_is_not_there_is_404(name: str, checkpoint: Checkpoint, client: Client) -> None:
    stamp = Stamp.objects.earliest("pk")
    assert client.get(f"/ledger/stamps/{stamp.pk}/{name}").status_code == 404
    assert client.get(f"/ledger/stamps/{stamp.pk + 99}/reply.tsr").status_code == 404
    assert client.get(f"/ledger/stamps/{2**80}/reply.tsr").status_code == 404
