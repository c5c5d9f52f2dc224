"""`import-captures`, `import-versions`: what other archives hold comes in once, in its own time, also after a kill."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DOCUMENTS = ("terms", "privacy", "cookies")
START = datetime(2024, 1, 1, 10, tzinfo=UTC)
DAYS = 8


def declare(shell: Any) -> None:
    (shell.folder / "mine").mkdir(parents=True)
    documents = "".join(
        f'[[documents]]\nkind = "{kind}"\nlanguage = "en"\nurl = "http://heron.example/{kind}"\n'
        for kind in DOCUMENTS
    )
    (shell.folder / "mine" / "heron.toml").write_text(
        f'name = "Heron"\nslug = "heron"\ncategory = "social"\n{documents}'
    )
    (shell.folder / "config.toml").write_text(
        'declarations = ["mine"]\nshipped_catalogue = false\nlog_level = "warning"\nworkers = 1\n'
    )


def text(kind: str, day: int) -> str:
    """The page of a day: every second day its notice is longer."""
    return (
        f"# Heron {kind}\n\n"
        "These terms govern your use of the Heron service. By using the service you agree to these terms.\n\n"
        f"We may change these terms. We will tell you by e-mail at least {10 + day // 2} days before.\n\n"
        "Our liability to you is limited to the fees that you paid in the twelve months before the claim.\n\n"
        "These terms are governed by the laws of Ireland, and its courts have jurisdiction over disputes.\n"
    )


def archive_of(path: Path, days: list[int]) -> Path:
    """A web archive with a capture of each document on these days, in the order given."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for day in days:
            for kind in DOCUMENTS:
                paragraphs = "".join(f"<p>{line}</p>" for line in text(kind, day).split("\n\n")[1:])
                body = f"<!doctype html><html lang=en><title>{kind}</title><h1>Heron {kind}</h1>{paragraphs}</html>"
                head = StatusAndHeaders(
                    "200 OK",
                    [("Content-Type", "text/html"), ("Content-Length", str(len(body)))],
                    protocol="HTTP/1.1",
                )
                record = writer.create_warc_record(
                    f"http://heron.example/{kind}",
                    "response",
                    payload=BytesIO(body.encode()),
                    length=len(body),
                    http_headers=head,
                    warc_headers_dict={"WARC-Date": f"{START + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"},
                )
                writer.write_record(record)
    return path


def recorded(shell: Any) -> dict[str, list[tuple[Any, ...]]]:
    """What is on record, without keys and the time of taking in."""
    queries = {
        "captures": "SELECT requested_url, started_at, outcome, body_digest, provenance, claimed_by "
        "FROM archive_capture",
        "versions": "SELECT d.slug, v.at, r.digest FROM history_version v JOIN catalogue_document d "
        "ON d.id = v.document_id JOIN history_reading r ON r.version_id = v.id",
        "changes": "SELECT d.slug, c.seen_at, c.kind, c.words_added, (SELECT state FROM history_changeevent e "
        "WHERE e.change_id = c.id ORDER BY e.id DESC LIMIT 1) FROM history_change c "
        "JOIN catalogue_document d ON d.id = c.document_id",
    }
    with closing(sqlite3.connect(shell.folder / "conductatlas.sqlite3")) as database:
        return {name: sorted(database.execute(query).fetchall()) for name, query in queries.items()}


def test_captures_come_in_once_in_their_own_time_and_say_whose_they_are(shell: Any, tmp_path: Path) -> None:
    declare(shell)
    file = archive_of(tmp_path / "old.warc.gz", [5, 0, 7, 2, 1, 6, 3, 4])
    words = ("import-captures", str(file), "--source", "Old Archive", "--licence", "ODC-BY 1.0", "--json")
    first, again = shell(*words), shell(*words)
    assert (first.code, again.code) == (0, 0), first.err + again.err
    summary, second = first.rows[-1]["summary"], again.rows[-1]["summary"]
    assert (summary["checks"], summary["versions"], summary["changes"]) == (24, 12, 9)
    assert (second["checks"], second["known"], second["versions"]) == (0, 24, 0)
    found = recorded(shell)
    assert {row[4:] for row in found["captures"]} == {("imported", "Old Archive")}
    assert [row[1][:10] for row in found["versions"] if row[0] == "terms"] == [
        "2024-01-01",
        "2024-01-03",
        "2024-01-05",
        "2024-01-07",
    ]
    with closing(sqlite3.connect(shell.folder / "conductatlas.sqlite3")) as database:
        origins = set(database.execute("SELECT licence, file FROM archive_provenance"))
    assert origins == {("ODC-BY 1.0", "old.warc.gz")}


def test_killed_and_run_again_it_has_all_of_it_once(
    shell: Any, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    declare(shell)
    file = archive_of(tmp_path / "old.warc.gz", list(range(DAYS)))
    words = ("import-captures", str(file), "--source", "Old Archive", "--json")
    database = shell.folder / "conductatlas.sqlite3"
    with shell.start(*words) as process:
        while process.poll() is None and _checks(database) < 5:
            time.sleep(0.01)
        process.kill()
    begun = _checks(database)
    assert 5 <= begun < DAYS * len(DOCUMENTS)
    again = shell(*words)
    assert again.code == 0, again.err
    assert again.rows[-1]["summary"]["known"] == begun
    whole = type(shell)(tmp_path_factory.mktemp("whole") / "data")
    declare(whole)
    assert whole(*words).code == 0
    assert recorded(shell) == recorded(whole)


def test_a_file_that_ends_too_early_gives_what_it_has_and_says_so(shell: Any, tmp_path: Path) -> None:
    declare(shell)
    file = archive_of(tmp_path / "old.warc.gz", [0, 2])
    file.write_bytes(file.read_bytes()[:-40])
    ran = shell("import-captures", str(file), "--json")
    assert ran.code == 1
    assert [row["offset"] > 0 for row in ran.rows if "fault" in row] == [True]
    assert ran.rows[-1]["summary"]["checks"] == 5


def test_texts_of_a_repository_are_readings_without_pages(shell: Any, tmp_path: Path) -> None:
    declare(shell)
    repository = _repository(tmp_path / "versions")
    ran, again = (shell("import-versions", str(repository), "--source", "OTA", "--json") for _ in range(2))
    assert (ran.code, again.code) == (0, 0), ran.err + again.err
    assert ran.rows[-1]["summary"] | {"whole": True} == ran.rows[-1]["summary"]
    assert (ran.rows[-1]["summary"]["versions"], ran.rows[-1]["summary"]["changes"]) == (3, 1)
    assert again.rows[-1]["summary"]["checks"] == 0
    with closing(sqlite3.connect(shell.folder / "conductatlas.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM history_versionsource").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM archive_snapshot").fetchone() == (0,)
        reasons = database.execute("SELECT reason FROM archive_check ORDER BY started_at").fetchall()
    assert reasons == [("first_version",), ("",), ("declaration_changed",)]


def test_a_hostile_repository_runs_nothing(shell: Any, tmp_path: Path) -> None:
    declare(shell)
    repository = _repository(tmp_path / "versions")
    trap = tmp_path / "trap"
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "diff.x.textconv", "gpg.program"):
        _git(repository, "config", key, f"touch {trap}; true")
    (repository / ".gitattributes").write_text("*.md diff=x\n")
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        (repository / ".git" / "hooks").mkdir(exist_ok=True)
        script = repository / ".git" / "hooks" / hook
        script.write_text(f"#!/bin/sh\ntouch {trap}\n")
        script.chmod(0o755)
    assert shell("import-versions", str(repository), "--json").code == 0
    assert not trap.exists()


def test_a_folder_that_is_no_repository_is_a_typed_error(shell: Any, tmp_path: Path) -> None:
    declare(shell)
    ran = shell("import-versions", str(tmp_path), "--json")
    assert ran.code == 1
    assert ran.rows[-1]["error"]["code"] == "import_source"


def _checks(database: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            return int(opened.execute("SELECT count(*) FROM archive_check").fetchone()[0])
    except sqlite3.Error:  # not there yet
        return 0


def _repository(folder: Path) -> Path:
    """Versions as an engine keeps them: a first record, a change, and an upgrade of its own rules."""
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "Heron").mkdir()
    history = (
        ("First record of Heron Terms of Service", text("terms", 0), 0),
        ("Record new changes of Heron Terms of Service", text("terms", 4), 4),
        (
            "Apply technical or declaration upgrade on Heron Terms of Service",
            text("terms", 4) + "\nBack to top\n",
            5,
        ),
    )
    for subject, body, day in history:
        (folder / "Heron" / "Terms of Service.md").write_text(body)
        _git(folder, "add", "--all")
        moment = (START + timedelta(days=day)).isoformat()
        _git(
            folder,
            "commit",
            "--quiet",
            "-m",
            f"{subject}\n\nX-engine-version: 11.0.0\nX-source-document-location: http://heron.example/terms",
            at=moment,
        )
    return folder


def _git(folder: Path, *words: str, at: str = "2024-01-01T00:00:00Z") -> None:
    who = {"GIT_AUTHOR_NAME": "engine", "GIT_AUTHOR_EMAIL": "engine@example.org"}
    who |= {"GIT_COMMITTER_NAME": "engine", "GIT_COMMITTER_EMAIL": "engine@example.org"}
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "-C", str(folder), *words], env=os.environ | who | dates, check=True)
