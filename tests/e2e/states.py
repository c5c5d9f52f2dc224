"""An archive in the states that only time, other archives and operators bring: made by its commands alone.

A small web of invented pages on loopback is captured three times; captures and texts of other archives are taken
in, one of them between two of ours; a page is saved by hand; texts are withheld and removed; a page is refused
until an incident is open.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.pdf_writer import Page, pdf
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

OPERATOR, PASSWORD = "desk@archive.example", "correct horse battery"
WALL = "<title>Sign in</title><h1>Sign in to continue</h1><form><input type=password></form>"
CAPTURED = ("2026-10-01T06:10:00Z", "2026-10-09T06:10:00Z", "2026-10-10T06:10:00Z")


@dataclass(frozen=True)
class States:
    """Where the archive is served, and the path of a page in each state. Those named `desk: …` are for operators."""

    site: str
    paths: dict[str, str]

    @property
    def public(self) -> dict[str, str]:
        return {name: path for name, path in self.paths.items() if not name.startswith("desk: ")}

    @property
    def desk(self) -> dict[str, str]:
        return {name: path for name, path in self.paths.items() if name.startswith("desk: ")}


def make_states(folder: Path, command: list[str], environment: dict[str, str]) -> dict[str, str]:
    """Fill the data folder that `environment` names; the path of a page in each state."""
    data = Path(environment["CONDUCTATLAS_DATA_DIR"])
    data.mkdir()

    def run(*words: str) -> list[dict[str, Any]]:
        ran = subprocess.run(
            [*command, *words, "--json"], env=environment, capture_output=True, text=True, timeout=300
        )
        rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
        assert ran.returncode == 0, (words, ran.stdout, ran.stderr)
        return rows

    with _web(folder / "web") as (pages, origin):
        _declare(folder, data, origin)
        for moment, days in zip(CAPTURED, (10, 20, 20), strict=True):
            _publish(pages, days, is_open=moment == CAPTURED[0])
            run("check", "--all", "--now", moment)
        other = ("--source", "Old Archive", "--licence", "ODC-BY 1.0")
        run("import-captures", str(_captures(folder / "old.warc.gz", origin)), *other)
        run("import-versions", str(_versions(folder / "versions", origin)), "--source", "Old Texts")
    (folder / "password").write_text(PASSWORD)
    run("operator", OPERATOR, "--password-file", str(folder / "password"))
    (folder / "saved.html").write_text(_html("Cookie Policy", 12))
    run("save", "heron/cookies", str(folder / "saved.html"), "--at", "2026-10-11T06:10Z", "--by", OPERATOR)
    versions, changes = _ids(data)
    slate = versions["slate/terms"]
    run(
        "remove",
        slate[0],
        "--reason",
        "Ordered by a court.",
        "--ground",
        "Order 1",
        "--by",
        OPERATOR,
        "--yes",
    )
    run("withhold", slate[1], "--reason", "Under review.")
    return _paths(data, versions, changes)


def _paths(data: Path, versions: dict[str, list[str]], changes: dict[str, list[str]]) -> dict[str, str]:
    heron, slate, moss, fern = (f"/platform/{name}/terms/" for name in ("heron", "slate", "moss", "fern"))
    guide, spa, privacy = (f"/platform/heron/{name}/" for name in ("dpa", "ai-policy", "privacy"))
    capture, document = _refused(data)
    pair = f"{versions['slate/terms'][0]}..{versions['slate/terms'][1]}"
    return {
        "imported version": f"{heron}v/{versions['heron/terms'][0]}/",
        "around an imported date": f"{heron}?on=2024-01-05",
        "versions, some imported": f"{heron}versions/",
        "captures, some imported": f"{heron}captures/",
        "superseded change": f"/id/{changes['superseded'][0]}",
        "withdrawn change": f"/id/{changes['withdrawn'][0]}",
        "text of another archive": f"/platform/heron/safety/v/{versions['heron/safety'][0]}/",
        "change between such texts": f"/id/{max(changes['confirmed'])}",
        "rendered document": spa,
        "rendered version": f"{spa}v/{versions['heron/ai-policy'][-1]}/",
        "captures, rendered": f"{spa}captures/",
        "PDF": f"{guide}v/{versions['heron/dpa'][-1]}/",
        "filters and history": heron,
        "incident": privacy,
        "captures with refusals": f"{privacy}captures/",
        "saved by hand": f"/platform/heron/cookies/v/{versions['heron/cookies'][0]}/",
        "captures, saved by hand": "/platform/heron/cookies/captures/",
        "removed version": f"{slate}v/{versions['slate/terms'][0]}/",
        "records of a removed version": f"{slate}v/{versions['slate/terms'][0]}/records/",
        "records of an imported version": f"{heron}v/{versions['heron/terms'][0]}/records/",
        "records of what was saved by hand": (
            f"/platform/heron/cookies/v/{versions['heron/cookies'][0]}/records/"
        ),
        "records of a text of another archive": (
            f"/platform/heron/safety/v/{versions['heron/safety'][0]}/records/"
        ),
        "withheld version": f"{slate}v/{versions['slate/terms'][1]}/",
        "comparison with a removed text": f"{slate}compare/{pair}/",
        "document with hidden texts": slate,
        "excerpts": moss,
        "excerpts, version": f"{moss}v/{versions['moss/terms'][-1]}/",
        "signed-in": fern,
        "signed-in, version": f"{fern}v/{versions['fern/terms'][-1]}/",
        "private, to others": "/platform/reed/",
        "for operators, to others": f"/refused/{capture}/",
        "no change of that kind": "/changes/?platform=heron&kind=reverted",
        "no check that ended so": f"{moss}captures/?outcome=failed",
        "desk: status": "/status/",
        "desk: what came instead": f"/refused/{capture}/",
        "desk: captures with refusals": f"{privacy}captures/",
        "desk: incident": privacy,
        "desk: private platform": "/platform/reed/",
        "desk: private document": "/platform/reed/terms/",
        "desk: platforms": "/admin/catalogue/platform/",
        "desk: documents": "/admin/catalogue/document/",
        "desk: one document": f"/admin/catalogue/document/{document}/change/",
        "desk: save by hand": f"/admin/catalogue/document/{document}/save/",
        "desk: incidents": "/admin/work/incident/",
        "desk: refusals": "/admin/archive/capture/?refusals=kept",
        "desk: one refusal": f"/admin/archive/capture/{capture}/change/",
        "desk: reservations": "/admin/archive/reservation/",
    }


# ── the web that is watched ──────────────────────────────────────────────────────────────────────
@contextmanager
def _web(folder: Path) -> Iterator[tuple[Path, str]]:
    class Quiet(SimpleHTTPRequestHandler):
        extensions_map = {**SimpleHTTPRequestHandler.extensions_map, "": "text/html"}

        def log_message(self, *_: object) -> None: ...

    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _declare(folder: Path, data: Path, origin: str) -> None:
    mine = folder / "mine"
    mine.mkdir()
    (data / "config.toml").write_text(
        f'declarations = ["{mine}"]\nshipped_catalogue = false\nlog_level = "warning"\nhost_spacing = 0.0\n'
        'allowed_networks = ["127.0.0.1/32"]\n'
    )
    watched = "".join(
        f'[[documents]]\nkind = "{kind}"\nlanguage = "en"\nurl = "{origin}/{kind}"\n'
        for kind in ("privacy", "cookies", "safety", "ai-policy", "dpa")
    )
    (mine / "heron.toml").write_text(
        f'name = "Heron"\nslug = "heron"\ncategory = "social"\n'
        f'[[documents]]\nkind = "terms"\nlanguage = "en"\nurl = "{origin}/terms"\n'
        'filters = [{ replace = "Page built on {date} at {time}" }, { strip = ["data-*"], at = "main h2" }]\n'
        f'[[documents.history]]\nvalid_until = 2023-05-01\nurl = "{origin}/tos"\nselect = ["#old"]\n{watched}'
    )
    for slug, how in (("moss", "excerpts"), ("fern", "signed-in"), ("reed", "private"), ("slate", "full")):
        (mine / f"{slug}.toml").write_text(
            f'name = "{slug.capitalize()}"\nslug = "{slug}"\npublish_text = "{how}"\n'
            f'[[documents]]\nkind = "terms"\nlanguage = "en"\nurl = "{origin}/terms"\n'
        )


def _publish(pages: Path, days: int, *, is_open: bool) -> None:
    for name in ("terms", "safety"):
        (pages / name).write_text(_html("Terms of Use", days))
    (pages / "privacy").write_text(_html("Privacy Policy", 10) if is_open else WALL)
    (pages / "ai-policy").write_text(
        "<!doctype html><html lang=en><title>AI Policy</title><div id=root></div><script src=/page.js></script>"
    )
    (pages / "page.js").write_text(
        f"document.getElementById('root').innerHTML = {json.dumps(_body('AI Policy', days))}"
    )
    sheet = Page()
    y = sheet.lines(60, 780, ["Data Processing Agreement"], font="F2", size=16) - 20
    for line in _lines(days):
        y = sheet.paragraph(60, y, line)
    last = Page().text(60, 780, "2. Term", font="F2", size=16)
    last.paragraph(60, 740, f"These terms end when the agreement ends, with notice of {days} days.")
    (pages / "dpa").with_suffix(".pdf").write_bytes(pdf(sheet, last, title="Data Processing Agreement"))
    (pages / "dpa").write_bytes((pages / "dpa.pdf").read_bytes())


def _lines(days: int) -> list[str]:
    return [
        "These terms govern your use of the service. By using the service you agree to these terms.",
        f"We may change these terms. We will tell you by e-mail at least {days} days before.",
        "Our liability to you is limited to the fees that you paid in the twelve months before the claim.",
        "These terms are governed by the laws of Ireland, and its courts have jurisdiction over disputes.",
    ]


def _body(title: str, days: int) -> str:
    return f"<main><h1>{title}</h1>" + "".join(f"<p>{line}</p>" for line in _lines(days)) + "</main>"


def _html(title: str, days: int) -> str:
    return f"<!doctype html><html lang=en><title>{title}</title>{_body(title, days)}</html>"


# ── what other archives hold ─────────────────────────────────────────────────────────────────────
def _captures(path: Path, origin: str) -> Path:
    """Of the terms: two of years ago, and one of a text between two of ours."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for at, days in (("2024-01-01", 5), ("2024-01-11", 7), ("2026-10-03", 15), ("2026-10-05", 15)):
            body = _html("Terms of Use", days).encode()
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"{origin}/terms",
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": f"{at}T05:00:00Z"},
            )
            writer.write_record(record)
    return path


def _versions(folder: Path, origin: str) -> Path:
    """Two texts that another archive extracted, and no pages."""
    (folder / "Heron").mkdir(parents=True)
    who = {f"GIT_{role}_{what}": "engine" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull}

    def git(*words: str, at: str = "2024-01-01T10:00:00Z") -> None:
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        subprocess.run(["git", "-C", str(folder), *words], env=os.environ | who | quiet | dates, check=True)

    git("init", "--quiet", "--initial-branch=main")
    for subject, days, at in (("First record", 5, "2024-01-01"), ("Record new changes", 7, "2024-01-07")):
        text = "# Safety\n\n" + "\n\n".join(_lines(days)) + "\n"
        (folder / "Heron" / "Safety.md").write_text(text)
        git("add", "--all")
        source = f"X-source-document-location: {origin}/safety"
        message = f"{subject} of Heron Safety\n\nX-engine-version: 11.0.0\n{source}"
        git("commit", "--quiet", "-m", message, at=f"{at}T10:00:00Z")
    return folder


# ── what was made ────────────────────────────────────────────────────────────────────────────────
def _rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(data / "conductatlas.sqlite3")) as database:
        return database.execute(query).fetchall()


def _ids(data: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """(document → its versions in their order of time, state → changes in it)."""
    versions: dict[str, list[str]] = {}
    changes: dict[str, list[str]] = {}
    for key, path in _rows(
        data,
        "SELECT v.id, p.slug || '/' || d.slug FROM history_version v JOIN catalogue_document d "
        "ON d.id = v.document_id JOIN catalogue_platform p ON p.id = d.platform_id ORDER BY v.at, v.id",
    ):
        versions.setdefault(path, []).append(f"CA-V-{key:06}")
    for key, state in _rows(
        data,
        "SELECT c.id, (SELECT state FROM history_changeevent e WHERE e.change_id = c.id ORDER BY e.id DESC LIMIT 1) "
        "FROM history_change c JOIN catalogue_document d ON d.id = c.document_id "
        "JOIN catalogue_platform p ON p.id = d.platform_id WHERE p.slug = 'heron' ORDER BY c.seen_at",
    ):
        changes.setdefault(state, []).append(f"CA-C-{key:06}")
    return versions, changes


def _refused(data: Path) -> tuple[int, int]:
    """A capture whose refused bytes are kept, and its document."""
    row = _rows(
        data,
        "SELECT c.id, s.document_id FROM archive_capture c JOIN archive_refusedbody b ON b.capture_id = c.id "
        "JOIN catalogue_source s ON s.id = c.source_id WHERE c.reason = 'login_wall' ORDER BY c.id DESC LIMIT 1",
    )[0]
    return int(row[0]), int(row[1])
