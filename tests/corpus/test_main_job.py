"""The main job on real input: 141 documents of 38 platforms, checked by the command at fifteen moments.

What came of each platform stands in `expected.toml`. All between bytes and record is deterministic, so the numbers
are exact: another number means that reader, gate or comparison see something differently. Look at it; if it is
better than before, write it down there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.corpus

# Two before October 2025; then two to six weeks apart, with two pairs a few hours apart, between which many
# pages were captured anew.
MOMENTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        *("2024-03-01", "2025-08-02", "2025-10-03", "2025-10-31", "2025-11-20"),
        *("2025-12-10T04:00", "2025-12-10T11:00", "2026-01-20", "2026-02-28", "2026-04-07"),
        *("2026-05-18", "2026-06-24", "2026-07-24", "2026-08-22T17:00", "2026-08-22T23:30"),
    )
)
DOCUMENTS, PLATFORMS = 141, 38
Served = Callable[[str, str], str]  # address and moment → SHA-256, "" before the first capture
EXPECTED = tomllib.loads(Path(__file__).with_name("expected.toml").read_text("utf-8"))
REREAD = """
import hashlib, django
django.setup()
from conductatlas.archive.models import Snapshot
from conductatlas.archive.packs import read_snapshot
for digest in Snapshot.objects.values_list("digest", flat=True):
    print(digest, hashlib.sha256(read_snapshot(digest)).hexdigest())
"""
# What a fault of the replay server comes to: outcome of the check, and the reason.
FAULTS = {
    "status-403": ("failed", "status_403"),
    "status-404": ("failed", "status_404"),
    "status-500": ("failed", "status_500"),
    "status-503": ("failed", "status_503"),
    "retry-after-date": ("failed", "status_429"),
    "reset": ("failed", "broken_answer"),
    "close": ("failed", "broken_answer"),
    "hang": ("failed", "timeout"),
    "late-40": ("failed", "timeout"),
    "slow": ("failed", "timeout"),
    "truncated": ("failed", "broken_answer"),
    "chunked-cut": ("failed", "broken_answer"),
    "redirect-loop": ("failed", "redirect"),
    "private-redirect": ("held", "address_refused"),
    "gzip-bomb": ("failed", "too_large"),
    "huge": ("failed", "too_large"),
    "empty": ("held", "no_text"),
    "login-wall": ("held", "login_wall"),
    "bot-challenge": ("held", "bot_challenge"),
    "soft-404": ("held", "soft_404"),
    "cookie-wall": ("held", "cookie_wall"),
    "spa-shell": ("held", "empty_shell"),
    "wrong-type": ("held", "wrong_type"),
    "gzip": ("unchanged", ""),
    "no-type": ("unchanged", ""),
    "charset-undeclared": ("unchanged", ""),
    "charset-wrong": ("unchanged", ""),
    "utf-16-bom": ("unchanged", ""),
    "sid-links": ("unchanged", ""),
    "variants": ("unchanged", ""),  # asked once, it is the document as it stands
}


@dataclass(frozen=True)
class MainJob:
    """An archive of the corpus. `told`: what the command printed at each moment."""

    shell: Any
    replay: Any
    told: dict[datetime, list[dict[str, Any]]]

    def check(self, at: datetime, *documents: str, **settings: str) -> dict[str, dict[str, Any]]:
        """Move the server's clock and check `documents`, or all; the row printed for each, by its path."""
        self.replay.put("/_replay/clock", json.dumps({"now": at.isoformat()}).encode())
        rows = self.shell.check(*(documents or ("--all",)), "--now", at.isoformat(), **settings)
        self.told[at] = rows
        return {row["path"]: row for row in rows}

    def recorded(self) -> tuple[int, ...]:
        """How many snapshots, versions, readings, changes and hunks there are."""
        tables = (
            *("archive_snapshot", "history_version", "history_reading"),
            *("history_change", "history_hunk"),
        )
        return tuple(self.shell.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)


@pytest.fixture(scope="module")
def job(shell: Any, replay: Any) -> MainJob:
    """The archive after all moments."""
    done = MainJob(shell, replay, {})
    for moment in MOMENTS:
        done.check(moment)
    return done


@pytest.fixture
def later(job: MainJob, tmp_path: Path) -> MainJob:
    """A copy of that archive, to go on with."""
    shutil.copytree(job.shell.folder, tmp_path / "data")
    return MainJob(type(job.shell)(tmp_path / "data"), job.replay, {})


@pytest.fixture(scope="module")
def served(shared: Path, replay: Any, documents: list[dict[str, Any]]) -> Served:
    """SHA-256 of what the corpus has at an address at a moment, "" before its first capture."""
    addresses = {(d["platform"], d["document"]): replay.url + d["path"] for d in documents}
    captures = defaultdict(list)
    for line in (shared / "corpus" / "index.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        captures[addresses[row["platform"], row["document"]]].append((row["captured_at"], row["sha256"]))
    for rows in captures.values():
        rows.sort(key=lambda row: row[0])

    def digest(url: str, at: str) -> str:
        now = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        place = bisect_right(captures[url], now, key=lambda row: row[0])
        return captures[url][place - 1][1] if place else ""

    return digest


def test_every_document_is_checked_once_at_every_moment(job: MainJob) -> None:
    assert job.shell.rows("SELECT count(*) FROM catalogue_platform") == [(PLATFORMS,)]
    at = Counter(job.shell.rows("SELECT document_id, started_at FROM archive_check"))
    assert (len(at), set(at.values())) == (DOCUMENTS * len(MOMENTS), {1})
    assert {len(rows) for rows in job.told.values()} == {DOCUMENTS}
    told = Counter(row["outcome"] for rows in job.told.values() for row in rows)
    assert dict(told) == dict(job.shell.rows("SELECT outcome, count(*) FROM archive_check GROUP BY outcome"))


def test_a_check_is_what_its_captures_are(job: MainJob) -> None:
    rows = job.shell.rows(
        "SELECT k.outcome, c.outcome, k.reason = c.reason, c.snapshot_id IS NOT NULL, c.robots_id IS NOT NULL "
        "FROM archive_check k JOIN archive_capture c ON c.check_row_id = k.id"
    )
    assert len(rows) == DOCUMENTS * len(MOMENTS)
    kinds = {(check, capture, has_snapshot) for check, capture, _, has_snapshot, _ in rows}
    assert kinds == {
        ("changed", "kept", 1),
        ("unchanged", "kept", 1),
        ("unchanged", "same", 1),
        ("held", "refused", 0),
        ("failed", "failed", 0),
    }
    assert all(agree for check, _, agree, _, _ in rows if check in {"held", "failed"})
    assert all(asked for *_, asked in rows)


def test_a_page_fails_with_404_exactly_while_the_corpus_has_none(job: MainJob, served: Served) -> None:
    rows = job.shell.rows("SELECT requested_url, started_at, outcome, reason FROM archive_capture")
    for url, at, outcome, reason in rows:
        assert ((outcome, reason) == ("failed", "status_404")) == (not served(url, at)), (
            url,
            at,
            outcome,
            reason,
        )


def test_what_was_kept_are_the_bytes_that_the_corpus_had(job: MainJob, served: Served) -> None:
    rows = job.shell.rows(
        "SELECT c.requested_url, c.started_at, s.digest FROM archive_capture c "
        "JOIN archive_snapshot s ON s.id = c.snapshot_id"
    )
    assert [row for row in rows if served(row[0], row[1]) != row[2]] == []
    refused = job.shell.rows(
        "SELECT requested_url, started_at, body_digest FROM archive_capture WHERE outcome = 'refused'"
    )
    assert [row for row in refused if served(row[0], row[1]) != row[2]] == []


def test_every_snapshot_can_be_read_again(job: MainJob) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REREAD],
        env=os.environ
        | {
            "CONDUCTATLAS_DATA_DIR": str(job.shell.folder),
            "CONDUCTATLAS_DATABASE_URL": "sqlite:///conductatlas.sqlite3",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    pairs = [line.split() for line in done.stdout.splitlines()]
    assert len(pairs) == job.recorded()[0] > 1000
    assert all(digest == again for digest, again in pairs)


def test_no_version_rests_on_what_was_refused(job: MainJob) -> None:
    rows = job.shell.rows(
        "SELECT v.id, k.outcome, c.outcome, c.snapshot_id = p.snapshot_id, c.check_row_id = v.check_row_id "
        "FROM history_version v JOIN archive_check k ON k.id = v.check_row_id "
        "JOIN history_versionsource p ON p.version_id = v.id JOIN archive_capture c ON c.id = p.capture_id"
    )
    assert len(rows) == len({row[0] for row in rows}) == job.recorded()[1]
    # A text that returned has a version of its own, made by the check that found it again.
    assert {row[1:] for row in rows} <= {("changed", "kept", 1, 1), ("unchanged", "kept", 1, 1)}


def test_a_change_joins_two_versions_and_shows_where_they_differ(job: MainJob) -> None:
    rows = job.shell.rows(
        "SELECT c.kind, c.document_id, c.old_version_id, c.new_version_id, old.text, new.text, count(h.id), "
        "sum(h.significance = 'substantive'), max(h.old_end), max(h.new_end), sum(h.kind = 'relinked'), "
        "old.version_id, new.version_id "
        "FROM history_change c JOIN history_reading old ON old.id = c.old_reading_id "
        "JOIN history_reading new ON new.id = c.new_reading_id "
        "LEFT JOIN history_hunk h ON h.change_id = c.id GROUP BY c.id"
    )
    assert len(rows) == job.recorded()[3]
    for kind, document, before, after, old, new, hunks, weighty, old_end, new_end, relinked, *stood in rows:
        where = f"document {document}, versions {before} and {after}"
        assert hunks, f"{where}: a change without a hunk"
        assert old != new or hunks == relinked, where
        assert stood == [before, after], where
        assert before < after or kind == "reverted", where
        assert (old_end or 0) <= len(old) and (new_end or 0) <= len(new), where
        assert kind == "reverted" or (kind == "substantive") == bool(weighty), where


def test_the_record_of_each_platform_is_the_expected_one(job: MainJob) -> None:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for platform, versions in job.shell.rows(
        "SELECT p.slug, count(*) FROM history_version v JOIN catalogue_document d ON d.id = v.document_id "
        "JOIN catalogue_platform p ON p.id = d.platform_id GROUP BY p.slug"
    ):
        found[platform]["versions"] = versions
    for platform, kind, changes in job.shell.rows(
        "SELECT p.slug, c.kind, count(*) FROM history_change c JOIN catalogue_document d ON d.id = c.document_id "
        "JOIN catalogue_platform p ON p.id = d.platform_id GROUP BY p.slug, c.kind"
    ):
        found[platform][kind] = changes
    assert found == EXPECTED["platforms"], _as_toml(found)


def test_exactly_the_pages_that_are_no_policy_are_refused(job: MainJob) -> None:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for platform, document, reason, times in job.shell.rows(
        "SELECT p.slug, d.slug, c.reason, count(*) FROM archive_capture c "
        "JOIN archive_check k ON k.id = c.check_row_id "
        "JOIN catalogue_document d ON d.id = k.document_id JOIN catalogue_platform p ON p.id = d.platform_id "
        "WHERE c.outcome = 'refused' GROUP BY p.slug, d.slug, c.reason"
    ):
        found[f"{platform}/{document}"][reason] = times
    assert found == EXPECTED["refused"], _as_toml(found)


def test_the_four_pdf_files_are_read(job: MainJob, documents: list[dict[str, Any]]) -> None:
    files = {d["path"].strip("/") for d in documents if d["media_type"] == "application/pdf"}
    assert len(files) == 4
    rows = [row for row in job.told[MOMENTS[-1]] if row["path"] in files]
    assert [row["outcome"] for row in rows] == ["unchanged"] * 4


def test_hours_later_hardly_a_text_differs_though_the_bytes_do(job: MainJob) -> None:
    for place, texts in ((6, EXPECTED["hours_later"]["december"]), (14, EXPECTED["hours_later"]["august"])):
        rows = job.told[MOMENTS[place]]
        kept = [row for row in rows if any(part["outcome"] == "kept" for part in row["captures"])]
        assert len(kept) > 20
        assert sorted(row["path"] for row in kept if row["outcome"] == "changed") == texts


def test_the_same_moment_again_finds_the_same(later: MainJob, job: MainJob) -> None:
    before = later.recorded()
    again = later.check(MOMENTS[-1])
    for row in job.told[MOMENTS[-1]]:
        known = "unchanged" if row["outcome"] == "changed" else row["outcome"]
        reason = "" if row["reason"] == "earlier_text" else row["reason"]  # it was found last by now
        assert (again[row["path"]]["outcome"], again[row["path"]]["reason"]) == (known, reason)
    assert later.recorded() == before


def test_a_robots_file_that_cannot_be_had_keeps_everything_out(later: MainJob) -> None:
    before = later.recorded()
    later.replay.put("/_replay/robots", b'{"status": 503}')
    try:
        rows = later.check(MOMENTS[-1] + timedelta(days=2))
    finally:
        later.replay.put("/_replay/robots", b'{"status": 200, "text": "User-agent: *\\nAllow: /\\n"}')
    assert {(row["outcome"], row["reason"]) for row in rows.values()} == {("held", "robots")}
    assert later.shell.rows(
        "SELECT DISTINCT status, body_length FROM archive_capture WHERE reason = 'robots'"
    ) == [
        (None, None)  # nothing was asked for
    ]
    rows = later.check(MOMENTS[-1] + timedelta(days=4))
    assert {row["outcome"] for row in rows.values()} == {"unchanged", "held"}
    assert later.recorded() == before


def test_every_fault_has_its_outcome_and_makes_no_version(later: MainJob, job: MainJob) -> None:
    seen = {row["path"] for row in job.told[MOMENTS[-1]] if row["outcome"] == "unchanged"}
    standing = later.shell.rows(
        "SELECT p.slug || '/' || d.slug, s.url, r.text FROM history_reading r "
        "JOIN history_version v ON v.id = r.version_id JOIN catalogue_document d ON d.id = v.document_id "
        "JOIN catalogue_platform p ON p.id = d.platform_id JOIN catalogue_source s ON s.document_id = d.id "
        "WHERE v.id = (SELECT max(id) FROM history_version WHERE document_id = d.id) ORDER BY 1"
    )
    # One fault spoils letters that windows-1252 has not: for that the page must do without them.
    paths = {path: url for path, url, text in standing if path in seen and text == _in_windows_1252(text)}
    ill = dict(zip(list(paths)[:: len(paths) // len(FAULTS)], FAULTS, strict=False))
    assert list(ill.values()) == list(FAULTS)
    before = later.recorded()
    for path, kind in ill.items():
        fault = {"path": paths[path].removeprefix(later.replay.url), "kind": kind, "times": 1}
        if kind == "gzip-bomb":  # packed on first use, which takes longer than a server may
            fault["times"] = 2
        later.replay.put("/_replay/faults", json.dumps(fault).encode())
        if kind == "gzip-bomb":
            later.replay.get(fault["path"])
    rows = later.check(
        MOMENTS[-1] + timedelta(hours=6), *ill, read_timeout="3", total_timeout="6", browser="off"
    )
    assert {ill[path]: (row["outcome"], row["reason"]) for path, row in rows.items()} == FAULTS
    assert later.recorded()[1:] == before[1:]
    rows = later.check(MOMENTS[-1] + timedelta(hours=12), *ill)
    assert {row["outcome"] for row in rows.values()} == {"unchanged"}
    assert later.recorded()[1:] == before[1:]


def _in_windows_1252(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")


def _as_toml(found: dict[str, dict[str, int]]) -> str:
    """What was found, as `expected.toml` writes it."""
    lines = (
        f'"{name}" = {{ {", ".join(f"{what} = {counts[what]}" for what in sorted(counts))} }}'
        for name, counts in sorted(found.items())
    )
    return "found:\n" + "\n".join(lines)
