"""Checkpoints are stamped by every authority, at once or later, and only what verifies counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.archive.openssl_authority import POLICY, OpensslAuthority, Reply, make_authority

from conductatlas.archive import stamp_queries, stamping
from conductatlas.archive.authority import MemoryAuthority
from conductatlas.archive.ledger_models import Checkpoint, LedgerKey
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.archive.stamp_models import FailedStamp, RevocationData, Stamp, StampDue
from conductatlas.archive.stamping import KnownAuthority
from conductatlas.archive.timestamps import verify
from conductatlas.clock import SetClock, SystemClock
from conductatlas.config import load
from conductatlas.errors import (
    ConfigurationError,
    FetchError,
    FetchTimeoutError,
    StatusError,
)
from conductatlas.work.stamping import Put, Stamping, make_stamping

LISTS = ("http://crl.example/issuing.crl", "http://crl.example/root.crl")


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    return make_authority(tmp_path_factory.mktemp("stamps"))


@dataclass
class Desk:
    """A ledger, two authorities that can be told what to answer, and what asks them."""

    openssl: OpensslAuthority
    clock: SetClock = field(default_factory=lambda: SetClock(SystemClock().now()))
    answers: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    lists: dict[str, Page] = field(default_factory=dict)
    size: int = 0

    def __post_init__(self) -> None:
        self.lists = {url: Page((self.openssl.folder / url.rsplit("/", 1)[1]).read_bytes()) for url in LISTS}

    def authority(self, name: str) -> MemoryAuthority:
        def answer(request: bytes) -> bytes:
            self.asked.append((name, request))
            return self.answers.get(name, self.openssl.good)(request)

        return MemoryAuthority(name, answer, SystemClock(), url=f"https://{name}.example/tsa")

    def stamping(self, *names: str) -> Stamping:
        known = (
            KnownAuthority(self.authority("one"), "qualified", date(2026, 11, 1)),
            KnownAuthority(self.authority("two")),
        )
        chosen = tuple(one for one in known if not names or one.authority.name in names)
        return Stamping(chosen, self.openssl.roots, MemoryFetcher(self.clock, dict(self.lists)), self.clock)

    def step(self, *names: str) -> list[Put]:
        return self.stamping(*names).step()

    def checkpoint(self) -> Checkpoint:
        self.size += 7
        key, _ = LedgerKey.objects.get_or_create(
            verifier="test+00000000+AA==",
            defaults={"origin": "test", "reason": "first", "since": self.clock.now()},
        )
        note = f"test\n{self.size}\nAAAA\n\n— test AAAA\n"
        return Checkpoint.objects.create(
            key=key, size=self.size, root="ab" * 32, note=note, at=self.clock.now()
        )

    def later(self, **time: float) -> None:
        self.clock.moment += timedelta(**time)


@pytest.fixture
def desk(openssl: OpensslAuthority) -> Desk:
    return Desk(openssl)


def down(request: bytes) -> bytes:
    raise FetchTimeoutError("nothing came for 30 s")


def who(puts: list[Put]) -> list[tuple[str, int, bool]]:
    return [(put.authority, put.checkpoint, put.stamp is not None) for put in puts]


@pytest.mark.django_db
def test_each_checkpoint_is_stamped_by_each_authority(desk: Desk) -> None:
    first = desk.checkpoint()
    assert who(desk.step()) == [("one", 7, True), ("two", 7, True)]
    assert desk.step() == []
    second = desk.checkpoint()
    assert who(desk.step()) == [("one", 14, True), ("two", 14, True)]
    for checkpoint in (first, second):
        assert [stamp.authority for stamp in stamp_queries.stamps_of(checkpoint.pk)] == ["one", "two"]
    assert StampDue.objects.count() == FailedStamp.objects.count() == 0


@pytest.mark.django_db
def test_what_is_kept_shows_the_same_to_anyone(desk: Desk) -> None:
    checkpoint = desk.checkpoint()
    desk.step("one")
    (stamp,) = stamp_queries.stamps_of(checkpoint.pk)
    assert ("one", stamp.request) in desk.asked
    shown = verify(stamp.token, stamping.digest_of(checkpoint), desk.openssl.roots, stamp.received_at)
    assert (shown.moment, shown.accuracy, shown.policy_oid) == (
        stamp.moment,
        stamp.accuracy,
        stamp.policy_oid,
    )
    assert (shown.serial, shown.signer) == (stamp.serial, stamp.signer)
    assert stamp.latest == stamp.moment + timedelta(seconds=1.5)
    assert stamp.policy_oid == POLICY
    assert (stamp.standing, stamp.standing_checked_on) == ("qualified", date(2026, 11, 1))
    assert stamp.url == "https://one.example/tsa"
    assert stamp.chain.count("BEGIN CERTIFICATE") == 3
    revocations = [(one.subject, one.url, one.fault, one.data) for one in stamp.revocations]
    assert revocations == [
        ("CN=Test Time Stamps", LISTS[0], "", desk.lists[LISTS[0]].body),
        ("CN=Test Issuing Authority", LISTS[1], "", desk.lists[LISTS[1]].body),
    ]


@pytest.mark.django_db
def test_a_list_is_kept_once_for_all_stamps_that_rest_on_it(desk: Desk) -> None:
    desk.checkpoint()
    desk.step()
    desk.checkpoint()
    desk.step()
    assert (Stamp.objects.count(), RevocationData.objects.count()) == (4, 2)


@pytest.mark.django_db
def test_lists_that_cannot_be_had_do_not_keep_a_stamp_away(desk: Desk) -> None:
    desk.lists = {LISTS[1]: Page(b"<html>")}
    checkpoint = desk.checkpoint()
    desk.step("two")
    (stamp,) = stamp_queries.stamps_of(checkpoint.pk)
    assert [(one.fault, one.data) for one in stamp.revocations] == [
        ("host_unreachable", None),
        ("cannot_be_read", b"<html>"),
    ]
    assert (stamp.standing, stamp.standing_checked_on) == ("", None)


@pytest.mark.django_db
def test_an_authority_that_is_down_delays_its_stamps_and_loses_none(desk: Desk) -> None:
    desk.answers["one"] = down
    first = desk.checkpoint()
    assert who(desk.step()) == [("one", 7, False), ("two", 7, True)]
    second, third = desk.checkpoint(), desk.checkpoint()
    assert who(desk.step()) == [("two", 21, True), ("two", 14, True)]  # "one" is left alone for a while
    (awaited,) = stamp_queries.awaited([second.pk])[second.pk]
    assert (awaited.authority, awaited.code, awaited.fault) == ("one", "timeout", "nothing came for 30 s")
    assert timedelta(minutes=4) < awaited.due_at - desk.clock.now() < timedelta(minutes=6)
    desk.later(minutes=6)
    assert who(desk.step()) == [("one", 21, False)]
    desk.later(minutes=12)
    del desk.answers["one"]
    assert who(desk.step()) == [("one", 21, True), ("one", 14, True), ("one", 7, True)]
    for checkpoint in (first, second, third):
        assert {stamp.authority for stamp in stamp_queries.stamps_of(checkpoint.pk)} == {"one", "two"}
    assert StampDue.objects.count() == FailedStamp.objects.count() == 0


@pytest.mark.django_db
def test_what_waited_for_an_authority_is_due_as_soon_as_it_is_back(desk: Desk) -> None:
    """Also what is more than can be asked for at once."""
    desk.answers["one"] = down
    for _ in range(25):
        desk.checkpoint()
        desk.step("one")
    del desk.answers["one"]
    desk.later(hours=7)
    assert [put.checkpoint for put in desk.step("one")] == [7 * n for n in range(25, 5, -1)]
    assert [put.checkpoint for put in desk.step("one")] == [7 * n for n in range(5, 0, -1)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (FetchTimeoutError("slow"), [5, 10, 20, 40, 80, 160, 320, 360, 360]),  # minutes
        (StatusError(403), [60, 120, 240, 360, 360]),
        (StatusError(503, retry_after=3 * 3600), [180, 180, 180, 180, 180, 180, 320]),
        (StatusError(429, retry_after=900 * 3600), [1440]),
    ],
)
def test_an_authority_that_fails_is_asked_less_and_less(
    fault: FetchError, waits: list[int], desk: Desk
) -> None:
    def fails(request: bytes) -> bytes:
        raise fault

    desk.answers["one"] = fails
    desk.checkpoint()
    for minutes in waits:
        assert len(desk.step("one")) == 1
        (row,) = StampDue.objects.all()
        pause = row.due_at - desk.clock.now()
        assert timedelta(minutes=0.89 * minutes) <= pause <= timedelta(minutes=1.11 * minutes)
        assert row.code == fault.code
        assert desk.step("one") == []
        desk.clock.moment = row.due_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("wrong_nonce", "stamp_nonce"),
        ("wrong_hash", "stamp_digest"),
        ("expired", "stamp_expired"),
        ("not_der", "stamp_unreadable"),
        ("not_granted", "stamp_refused"),
        ("bad_signature", "stamp_signature"),
    ],
)
def test_a_reply_that_shows_nothing_is_kept_and_is_no_stamp(way: str, code: str, desk: Desk) -> None:
    desk.answers["one"] = getattr(desk.openssl, way)
    checkpoint = desk.checkpoint()
    (put,) = desk.step("one")
    assert (put.stamp, put.fault.code if put.fault else "") == (None, code)
    (kept,) = FailedStamp.objects.all()
    assert (kept.code, kept.checkpoint, bytes(kept.request)) == (code, checkpoint, desk.asked[0][1])
    assert kept.message
    assert len(bytes(kept.reply)) > 10
    assert stamp_queries.stamps_of(checkpoint.pk) == []
    assert Stamp.objects.count() == 0
    del desk.answers["one"]
    desk.later(hours=2)
    assert who(desk.step("one")) == [("one", 7, True)]
    assert FailedStamp.objects.count() == 1


@pytest.mark.django_db
def test_a_stamp_by_a_revoked_key_is_none(tmp_path: Path) -> None:
    own = Desk(make_authority(tmp_path))
    own.openssl.revoke("signer")
    own = Desk(own.openssl)
    own.checkpoint()
    (put,) = own.step("one")
    assert put.fault is not None
    assert put.fault.code == "stamp_revoked"
    assert (Stamp.objects.count(), FailedStamp.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_a_fault_of_ours_does_not_end_the_stamping(desk: Desk) -> None:
    def breaks(request: bytes) -> bytes:
        raise ZeroDivisionError

    desk.answers["one"] = breaks
    desk.checkpoint()
    with pytest.raises(ZeroDivisionError):
        desk.step("one")
    desk.answers["two"] = breaks
    desk.stamping("two").step_or_log()
    assert StampDue.objects.exclude(holder="").count() == 2  # until the leases run out


@pytest.mark.django_db
def test_an_authority_that_is_named_late_begins_with_the_newest_checkpoint(desk: Desk) -> None:
    for _ in range(3):
        desk.checkpoint()
    assert who(desk.step("one")) == [("one", 21, True)]
    for _ in range(2):
        desk.checkpoint()
    assert who(desk.step()) == [("one", 35, True), ("one", 28, True), ("two", 35, True)]


@pytest.mark.django_db
def test_a_leaf_is_as_old_as_the_first_stamp_over_it(desk: Desk) -> None:
    desk.checkpoint()
    desk.step("one")
    desk.checkpoint()
    desk.step()
    first, second = Checkpoint.objects.order_by("size")
    assert [one.checkpoint for one in stamp_queries.first_over(3)] == [first.pk, second.pk]
    assert [one.checkpoint for one in stamp_queries.first_over(7)] == [second.pk, second.pk]
    assert stamp_queries.first_over(14) == []


@pytest.mark.django_db
def test_of_two_that_ask_at_once_one_gets_it(desk: Desk) -> None:
    desk.checkpoint()
    stamping.ensure(["one"], desk.clock.now())
    (row,) = stamping.due("one", desk.clock.now(), 5)
    assert [stamping.take(row, "here"), stamping.take(row, "there")] == [True, False]
    assert desk.step("one") == []
    assert desk.asked == []


@pytest.mark.django_db
def test_what_a_killed_process_had_taken_is_taken_over(desk: Desk) -> None:
    desk.checkpoint()
    stamping.ensure(["one"], desk.clock.now())
    (row,) = stamping.due("one", desk.clock.now(), 5)
    assert stamping.take(row, "dead")
    for lost in (datetime.now(UTC) - timedelta(seconds=1), datetime.now(UTC) + timedelta(days=400)):
        StampDue.objects.update(holder="dead", lease_until=lost)
        assert stamping.take(row, "here")
    StampDue.objects.update(holder="dead", lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert who(desk.step("one")) == [("one", 7, True)]


@pytest.mark.django_db
def test_whoever_lost_the_lease_writes_nothing(desk: Desk) -> None:
    def loses(answer: Reply) -> Reply:
        def reply(request: bytes) -> bytes:
            StampDue.objects.update(holder="another")
            return answer(request)

        return reply

    desk.checkpoint()
    for answer in (desk.openssl.good, desk.openssl.not_der, down):
        StampDue.objects.update(holder="")
        desk.answers["one"] = loses(answer)
        assert desk.step("one") == []
        (row,) = StampDue.objects.all()
        assert (row.holder, row.attempts) == ("another", 0)
    assert len(desk.asked) == 3
    assert Stamp.objects.count() == FailedStamp.objects.count() == 0


@pytest.mark.django_db
def test_a_checkpoint_is_not_stamped_twice_by_one_authority(desk: Desk) -> None:
    checkpoint = desk.checkpoint()
    (put,) = desk.step("one")
    StampDue.objects.create(checkpoint=checkpoint, authority="one", due_at=desk.clock.now())
    assert desk.step("one")[0].stamp == put.stamp
    assert (Stamp.objects.count(), StampDue.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_a_clock_set_back_does_not_put_a_stamp_off(desk: Desk) -> None:
    desk.answers["one"] = down
    desk.checkpoint()
    desk.step("one")
    del desk.answers["one"]
    desk.later(days=-40)
    assert who(desk.step("one")) == [("one", 7, True)]


@pytest.mark.django_db
def test_whoever_gives_a_wrong_reply_does_not_keep_the_other_waiting(desk: Desk) -> None:
    desk.answers["one"] = desk.openssl.wrong_nonce
    desk.checkpoint()
    assert who(desk.step()) == [("one", 7, False), ("two", 7, True)]


@pytest.mark.django_db
def test_no_transaction_is_open_while_an_authority_is_asked(desk: Desk) -> None:
    """Beyond those that the test itself runs in."""
    depth, seen = len(connection.savepoint_ids), list[int]()

    def looks(request: bytes) -> bytes:
        seen.append(len(connection.savepoint_ids))
        return desk.openssl.good(request)

    desk.answers["one"] = desk.answers["two"] = looks
    desk.checkpoint()
    assert len(desk.step()) == 2
    assert seen == [depth, depth]


def test_it_goes_on_until_it_is_told_to_stop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, steps = threading.Event(), list[int]()

    def step(self: Stamping) -> None:
        steps.append(1)
        if len(steps) == 3:
            stop.set()

    monkeypatch.setattr("conductatlas.work.stamping.TURN", 0.01)
    monkeypatch.setattr(Stamping, "step_or_log", step)
    thread = threading.Thread(target=desk.stamping().run, args=(stop,))
    thread.start()
    thread.join(20)
    assert len(steps) == 3


# ── as the settings want it ──────────────────────────────────────────────────────────────────────────

Settings = Callable[..., Stamping]


@pytest.fixture
def from_settings(tmp_path: Path, desk: Desk) -> Iterator[Settings]:
    def made(*, roots: bool = True, **environment: str) -> Stamping:
        if roots:
            (tmp_path / "timestamp-roots").mkdir(exist_ok=True)
            root = (desk.openssl.folder / "root.pem").read_bytes()
            (tmp_path / "timestamp-roots" / "root.pem").write_bytes(root)
        return make_stamping(load(tmp_path, environment))

    yield made


def test_the_settings_name_authorities_and_roots(from_settings: Settings, desk: Desk) -> None:
    named = (
        '{"one": {"url": "https://one.example/tsa", "policy": "1.2.3", "standing": "not qualified", '
        '"checked_on": "2026-11-20"}, "two": "http://two.example"}'
    )
    made = from_settings(CONDUCTATLAS_TIMESTAMP_AUTHORITIES=named)
    assert [(k.authority.name, k.authority.url, k.standing, k.checked_on) for k in made.authorities] == [
        ("one", "https://one.example/tsa", "not qualified", date(2026, 11, 20)),
        ("two", "http://two.example", "", None),
    ]
    assert [getattr(known.authority, "policy_oid", None) for known in made.authorities] == ["1.2.3", ""]
    assert list(made.roots) == desk.openssl.roots


def test_authorities_without_a_root_are_refused(from_settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no root certificate"):
        from_settings(roots=False, CONDUCTATLAS_TIMESTAMP_AUTHORITIES="one=https://one.example")


def test_roots_in_the_data_folder_go_with_a_backup(tmp_path: Path) -> None:
    from conductatlas.work.backup import _files

    (tmp_path / "data" / "timestamp-roots").mkdir(parents=True)
    (tmp_path / "data" / "timestamp-roots" / "root.pem").write_text("a root")
    (tmp_path / "elsewhere.pem").write_text("another")
    for setting, wanted in {
        "timestamp-roots": ["timestamp-roots/root.pem"],
        "timestamp-roots/root.pem": ["timestamp-roots/root.pem"],
        str(tmp_path / "elsewhere.pem"): [],
        ".": [],
    }.items():
        config = load(tmp_path / "data", {"CONDUCTATLAS_TIMESTAMP_ROOTS": setting})
        assert [name for name, _ in _files(config)] == wanted


def test_without_authorities_nobody_is_asked(from_settings: Settings) -> None:
    assert from_settings().step() == []
    sample = {
        "CONDUCTATLAS_SAMPLE_WORLD": "true",
        "CONDUCTATLAS_TIMESTAMP_AUTHORITIES": "one=https://one.example",
    }
    assert from_settings(roots=False, **sample).authorities == ()
