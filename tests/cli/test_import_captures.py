"""What `import-captures` makes of each kind of record: the rows it prints, and what the archive holds afterwards."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

TERMS, PRIVACY = "http://heron.example/terms", "http://heron.example/privacy"
ID = "<urn:uuid:00000000-0000-0000-0000-{:012d}>"


@pytest.fixture
def declared(shell: Any) -> Any:
    """The shell, with a platform of two documents and nothing else declared."""
    (shell.folder / "mine").mkdir(parents=True)
    (shell.folder / "mine" / "heron.toml").write_text(
        'name = "Heron"\nslug = "heron"\ncategory = "social"\n'
        f'[[documents]]\nkind = "terms"\nlanguage = "en"\nurl = "{TERMS}"\n'
        f'[[documents]]\nkind = "privacy"\nlanguage = "en"\nurl = "{PRIVACY}"\n'
    )
    (shell.folder / "config.toml").write_text(
        'declarations = ["mine"]\nshipped_catalogue = false\nlog_level = "warning"\nworkers = 1\n'
    )
    return shell


def page(title: str, days: int) -> bytes:
    clauses = (
        "These terms govern your use of the Heron service. By using the service you agree to these terms.",
        f"We may change these terms. We will tell you by e-mail at least {days} days before.",
        "Our liability to you is limited to the fees that you paid in the twelve months before the claim.",
        "These terms are governed by the laws of Ireland, and its courts have jurisdiction over disputes.",
    )
    body = "".join(f"<p>{clause}</p>" for clause in clauses)
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>{body}</html>".encode()


A, B = page("Heron terms", 10), page("Heron terms", 30)


def record(kind: str, url: str, day: int | None, body: bytes, status: str = "200 OK", **more: str) -> bytes:
    """One record as its archive wrote it; of no day: without a date."""
    block = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )
    fields = {"WARC-Type": kind, "WARC-Target-URI": url} | ({} if day is None else {"WARC-Date": date(day)})
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    fields |= {"Content-Type": "application/http; msgtype=response", "Content-Length": str(len(block))}
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + block + b"\r\n\r\n"


def date(day: int) -> str:
    return f"2024-01-{day:02d}T10:00:00Z"


def ran(shell: Any, folder: Path, *records: bytes, code: int = 0, words: tuple[str, ...] = ()) -> Any:
    file = folder / "old.warc"
    file.write_bytes(b"".join(records))
    done = shell("import-captures", str(file), "--source", "Old Archive", "--json", *words)
    assert done.code == code, done.err + done.out
    return done


def in_archive(shell: Any, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(shell.folder / "conductatlas.sqlite3")) as database:
        return database.execute(query).fetchall()


def captures(shell: Any) -> list[tuple[Any, ...]]:
    """Address, day, outcome and reason of each, in time order."""
    return in_archive(
        shell,
        "SELECT requested_url, substr(started_at, 1, 10), outcome, reason FROM archive_capture ORDER BY started_at, id",
    )


def test_a_revisit_is_a_capture_of_the_body_that_it_repeats(declared: Any, tmp_path: Path) -> None:
    done = ran(
        declared,
        tmp_path,
        record("response", TERMS, 1, A, WARC_Record_ID=ID.format(1)),
        record("response", TERMS, 2, B),
        record("revisit", TERMS, 3, b"", WARC_Refers_To=ID.format(1)),
    )
    (row, summary) = done.rows
    assert row == {
        "document": "CA-D-000001",
        "path": "heron/terms",
        "captures": 3,
        "known": 0,
        "covered": 0,
        "outcomes": {"changed": 2, "unchanged": 1},
        "reasons": {},
        "versions": 2,
        "changes": 1,
        "superseded": 0,
        "faults": [],
        "whole": True,
    }
    assert summary == {
        "summary": {
            "documents": 1,
            "captures": 3,
            "checks": 3,
            "known": 0,
            "versions": 2,
            "changes": 1,
            "superseded": 0,
            "whole": True,
        }
    }
    assert [row[1] for row in captures(declared)] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    digests = in_archive(declared, "SELECT body_digest FROM archive_capture ORDER BY started_at")
    assert digests[0] == digests[2] != digests[1]
    assert in_archive(declared, "SELECT kind FROM history_change ORDER BY seen_at") == [("substantive",)]


def test_a_revisit_without_its_body_is_told_and_makes_no_capture(declared: Any, tmp_path: Path) -> None:
    response = record("response", TERMS, 1, A)
    lost = record("revisit", TERMS, 3, b"", WARC_Refers_To=ID.format(9))
    fault, row, _ = ran(declared, tmp_path, response, lost, code=1).rows
    assert fault == {
        "fault": f"the body that the revisit of {TERMS} repeats is in none of the files",
        "file": str(tmp_path / "old.warc"),
        "offset": len(response),
    }
    assert (row["captures"], row["outcomes"]) == (1, {"changed": 1})
    assert [row[1] for row in captures(declared)] == ["2024-01-01"]


def test_the_same_address_date_and_bytes_twice_are_one_capture(declared: Any, tmp_path: Path) -> None:
    once = record("response", TERMS, 1, A)
    row, summary = ran(declared, tmp_path, once, record("response", TERMS, 2, B), once).rows
    assert (row["captures"], row["known"], row["outcomes"]) == (3, 1, {"changed": 2})
    assert (summary["summary"]["checks"], summary["summary"]["known"]) == (2, 1)
    assert [row[1] for row in captures(declared)] == ["2024-01-01", "2024-01-02"]


def test_other_bytes_of_the_same_moment_are_a_second_capture(declared: Any, tmp_path: Path) -> None:
    row, _ = ran(
        declared, tmp_path, record("response", TERMS, 1, A), record("response", TERMS, 1, A + b"<!-- -->")
    ).rows
    assert (row["captures"], row["known"], row["outcomes"]) == (2, 0, {"changed": 1, "unchanged": 1})
    assert len(captures(declared)) == 2


def test_an_answer_of_404_is_recorded_and_parts_nothing(declared: Any, tmp_path: Path) -> None:
    row, _ = ran(
        declared,
        tmp_path,
        record("response", TERMS, 1, A),
        record("response", TERMS, 2, b"<h1>Not found</h1>", "404 Not Found"),
        record("response", TERMS, 3, B),
    ).rows
    assert (row["outcomes"], row["reasons"]) == ({"changed": 2, "failed": 1}, {"status_404": 1})
    assert (row["versions"], row["changes"], row["whole"]) == (2, 1, True)
    assert captures(declared)[1] == (TERMS, "2024-01-02", "failed", "status_404")
    assert in_archive(declared, "SELECT count(*) FROM archive_snapshot") == [(2,)]


def test_an_undated_record_is_told_and_the_others_come_in(declared: Any, tmp_path: Path) -> None:
    undated = record("response", TERMS, None, B)
    fault, row, summary = ran(declared, tmp_path, undated, record("response", TERMS, 2, A), code=1).rows
    assert (fault["fault"], fault["offset"]) == ("the record has no date", 0)
    assert (row["captures"], row["versions"], summary["summary"]["whole"]) == (1, 1, True)
    assert captures(declared) == [(TERMS, "2024-01-02", "kept", "")]


def test_what_is_of_no_document_is_counted_and_no_fault(declared: Any, tmp_path: Path) -> None:
    other = "http://heron.example/blog"
    *_, last = ran(
        declared,
        tmp_path,
        record("response", TERMS, 1, A),
        *(record("response", other, n, B) for n in (1, 2)),
    ).rows
    assert last == {"unmatched": 2, "left_out": 0, "addresses": [other]}
    assert len(captures(declared)) == 1


def test_a_map_gives_by_address_and_by_header_and_leaves_out(declared: Any, tmp_path: Path) -> None:
    """The first rule that speaks of a record decides, also against the address that is declared."""
    rules = [
        {"url": "http://old.heron.example/tos", "document": "heron/terms"},
        {"header": "X-Draft", "document": ""},
        {"header": "X-Kind", "document": "heron/{x-kind}"},
    ]
    (tmp_path / "map.json").write_text(json.dumps(rules))
    rows = ran(
        declared,
        tmp_path,
        record("response", "http://old.heron.example/tos", 1, A),
        record("response", TERMS, 2, B, X_Draft="yes", X_Kind="terms"),
        record("response", TERMS, 3, page("Heron privacy policy", 10), X_Kind="privacy"),
        record("response", TERMS, 4, B),
        words=("--map", str(tmp_path / "map.json")),
    ).rows
    assert [(row["path"], row["captures"]) for row in rows[:2]] == [("heron/terms", 2), ("heron/privacy", 1)]
    assert rows[3] == {"unmatched": 0, "left_out": 1, "addresses": []}
    assert in_archive(
        declared,
        "SELECT d.slug, c.requested_url, substr(c.started_at, 1, 10) FROM archive_capture c "
        "JOIN archive_check k ON k.id = c.check_row_id JOIN catalogue_document d ON d.id = k.document_id "
        "ORDER BY c.started_at",
    ) == [
        ("terms", "http://old.heron.example/tos", "2024-01-01"),
        ("privacy", TERMS, "2024-01-03"),
        ("terms", TERMS, "2024-01-04"),
    ]
    assert in_archive(declared, "SELECT DISTINCT claimed_by, provenance FROM archive_capture") == [
        ("Old Archive", "imported")
    ]


def test_a_map_that_names_no_document_takes_nothing_in(declared: Any, tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(f"url,document\n{TERMS},heron/nothing\n")
    words = ("--map", str(tmp_path / "map.csv"))
    (row,) = ran(declared, tmp_path, record("response", TERMS, 1, A), code=1, words=words).rows
    assert row["error"]["code"] == "import_source"
    assert "heron/nothing" in row["error"]["message"]
    assert captures(declared) == []
