"""Which records an export has of each kind of capture, read by an independent library."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.work.test_back_fill import captured
from warcio.archiveiterator import ArchiveIterator

from conductatlas.accounts.models import Organisation, User
from conductatlas.archive import packs
from conductatlas.archive.answer import Answer, Hop, Request, Tls
from conductatlas.archive.browser import MemoryBrowser
from conductatlas.archive.erasing import erase_personal
from conductatlas.archive.memory import Page
from conductatlas.archive.models import Capture, CaptureOutcome, RefusedBody
from conductatlas.catalogue.models import Document, Platform
from conductatlas.errors import ExportError, NotFoundError, SnapshotDamagedError, TlsFailedError
from conductatlas.history import removal, services
from conductatlas.history.models import Reading, Version
from conductatlas.work import saving
from conductatlas.work.backfill import BackFill
from conductatlas.work.choice import Choice
from conductatlas.work.exporting import Exported, export

Policy = Callable[..., bytes]
URL = "http://heron.example/terms"
SHELL = b"<!doctype html><html><title>Heron</title><body><div id=root></div><script src=/a.js></script></body></html>"


@dataclass
class Line:
    """One record of a file: its kind, its own head, the HTTP head's first line and fields, its body."""

    kind: str
    said: dict[str, str]
    first: str
    http: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.said["WARC-Record-ID"].strip("<>")

    @property
    def facts(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class Export:
    done: Exported
    path: Path
    lines: list[Line] = field(default_factory=list)

    def of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @property
    def captures(self) -> list[dict[str, Any]]:
        return [line.facts for line in self.of("metadata") if "capture" in line.facts]

    @property
    def kinds(self) -> str:
        """The kinds of the records behind the first, each by two letters."""
        return " ".join(line.kind[:3] for line in self.lines[1:])


@pytest.fixture
def exported(archive: Any, tmp_path: Path) -> Callable[..., Export]:
    def export_now(name: str = "a.warc.gz", **choice: Any) -> Export:
        path = tmp_path / name
        found = Export(export(Choice(**choice), path, as_wacz=False), path)
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                http = record.http_headers
                body = record.content_stream().read()
                found.lines.append(
                    Line(
                        record.rec_type,
                        dict(record.rec_headers.headers),
                        " ".join((http.protocol, http.statusline)) if http else "",
                        dict(http.headers) if http else {},
                        body,
                    )
                )
        ids = [line.id for line in found.lines]
        assert len(set(ids)) == len(ids), "an id is that of one record"
        assert found.done.records == len(ids)
        assert (found.done.size, found.done.sha256) == (
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        return found

    return export_now


@dataclass
class Over:
    """A fetcher whose answers came otherwise: another protocol, by another way."""

    fetcher: Any
    changes: dict[str, Any]

    def fetch(self, request: Request, **more: Any) -> Answer:
        answer = self.fetcher.fetch(request, **more)
        return answer if request.url.endswith("robots.txt") else replace(answer, **self.changes)


# ── what was on the wire ─────────────────────────────────────────────────────────────────────────────


def test_a_kept_capture_is_request_response_text_and_what_is_known_of_both(
    archive: Any, exported: Any, policy: Policy
) -> None:
    archive.serve(Page(policy(), headers={"Content-Encoding": "gzip", "ETag": '"é"'}))
    document = archive.document()
    version = archive.check(document).version
    made = exported()
    assert made.kinds == "req res met con met"
    _, request, response, capture, text, reading = made.lines
    assert (request.first, request.http) == ("GET /terms HTTP/1.1", {"Host": "heron.example"})
    assert (response.first, response.body) == ("HTTP/1.1 200 OK", policy())
    assert response.http == {
        "Content-Type": "text/html; charset=utf-8",
        "X-Archive-Orig-Content-Encoding": "gzip",
        "ETag": '"é"',
    }
    assert response.said["WARC-Date"] == "2026-03-01T06:00:00Z"
    assert (response.said["WARC-IP-Address"], response.said["WARC-Protocol"]) == ("192.0.2.1", "http/1.1")
    assert request.said["WARC-Concurrent-To"] == capture.said["WARC-Refers-To"] == f"<{response.id}>"
    assert (capture.facts["outcome"], capture.facts["provenance"]) == ("kept", "observed")
    assert capture.facts["wire"] == {"sha256": hashlib.sha256(policy()).hexdigest(), "length": len(policy())}
    assert (capture.facts["document"], capture.facts["version"]) == (document.public_id, version.public_id)
    row = Reading.objects.get()
    assert text.body.decode() == row.text
    assert text.said["WARC-Refers-To"] == f"<{response.id}>"
    assert (reading.facts["text"]["sha256"], reading.facts["marks"]) == (row.digest, json.loads(row.marks))
    assert reading.said["WARC-Refers-To"] == f"<{text.id}>"


def test_equal_bytes_and_304_refer_to_the_record_that_has_them(
    archive: Any, exported: Any, policy: Policy
) -> None:
    document = archive.document()
    for page in (Page(policy()), Page(policy()), Page(policy(), headers={"ETag": '"a"'}), None):
        if page is not None:
            archive.serve(page)
        archive.check(document)
        archive.later(days=1)
    assert list(Capture.objects.order_by("pk").values_list("status", flat=True)) == [200, 200, 200, 304]
    made = exported()
    (first,) = made.of("response")
    revisits = made.of("revisit")
    assert [line.said["WARC-Profile"].rpartition("/")[2] for line in revisits] == [
        "identical-payload-digest",
        "identical-payload-digest",
        "server-not-modified",
    ]
    for line in revisits:
        assert line.said["WARC-Refers-To"] == f"<{first.id}>"
        assert line.said["WARC-Refers-To-Target-URI"] == first.said["WARC-Target-URI"] == URL
        assert line.said["WARC-Refers-To-Date"] == first.said["WARC-Date"]
        assert line.said["WARC-Payload-Digest"] == first.said["WARC-Payload-Digest"]
        assert line.body == b""
    assert revisits[-1].first == "HTTP/1.1 304 Not Modified"
    assert len(made.of("conversion")) == 1


def test_a_stretch_that_begins_with_a_304_brings_the_answer_along_that_it_stands_for(
    archive: Any, exported: Any, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(Page(policy(), headers={"ETag": '"a"'}))
    for _ in range(3):
        archive.check(document)
        archive.later(days=1)
    first, second, _ = Capture.objects.order_by("pk")
    made = exported(captures=(second.pk,))
    assert made.kinds == "req res met req rev met con met"
    assert made.of("response")[0].body == policy()
    assert [row["capture"] for row in made.captures] == [first.pk, second.pk]
    assert made.of("revisit")[0].said["WARC-Refers-To"] == f"<{made.of('response')[0].id}>"
    assert (
        made.done.captures,
        len(exported("b", since=archive.clock.now() - timedelta(days=2)).captures),
    ) == (1, 3)


def test_the_index_of_a_wacz_gives_a_304_the_status_of_what_it_stands_for(
    archive: Any, policy: Policy, tmp_path: Path
) -> None:
    document = archive.document()
    archive.serve(Page(policy(), headers={"ETag": '"a"'}))
    for _ in range(2):
        archive.check(document)
        archive.later(days=1)
    export(Choice(), tmp_path / "a.wacz", as_wacz=True)
    with zipfile.ZipFile(tmp_path / "a.wacz") as file:
        lines = gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()
        pages = [json.loads(line) for line in file.read("pages/pages.jsonl").splitlines()[1:]]
    told = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert [(line["mime"], line["status"]) for line in told] == [("text/html", 200), ("warc/revisit", 200)]
    assert [page["title"] for page in pages] == ["Heron: Terms of Use"] * 2


def test_a_page_whose_date_is_claimed_says_so_in_the_list_of_pages(
    archive: Any, policy: Policy, tmp_path: Path
) -> None:
    given = captured(policy(), archive.clock.now() - timedelta(days=300))
    assert BackFill(archive.tools, timedelta(minutes=5)).run(archive.document().pk, [given]).is_whole
    export(Choice(), tmp_path / "a.wacz", as_wacz=True)
    with zipfile.ZipFile(tmp_path / "a.wacz") as file:
        (page,) = [json.loads(line) for line in file.read("pages/pages.jsonl").splitlines()[1:]]
    assert page["title"] == "Heron: Terms of Use (date as claimed by Old Archive)"
    assert page["ts"] == "2025-05-05T06:00:00Z"


def test_bytes_of_another_document_are_not_referred_to(archive: Any, exported: Any, policy: Policy) -> None:
    for slug in ("terms", "rules"):
        archive.serve(policy(), f"http://heron.example/{slug}")
        archive.check(archive.document(slug=slug))
    made = exported()
    assert [line.said["WARC-Target-URI"] for line in made.of("response")] == [
        URL,
        "http://heron.example/rules",
    ]
    assert made.done.documents == 2


def test_http_2_is_written_as_text_and_says_so(archive: Any, exported: Any, policy: Policy) -> None:
    tls = Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "ab" * 32)
    fields = (("content-type", "text/html"), ("x-a", "1"))
    sent = (("host", "heron.example"),)
    changes = {"http_version": "HTTP/2", "tls": tls, "headers": fields, "request_headers": sent}
    archive.serve(policy())
    archive.tools = replace(archive.tools, fetcher=Over(archive.fetcher, changes))
    archive.check(archive.document())
    made = exported()
    (request,), (response,) = made.of("request"), made.of("response")
    assert (request.first, response.first) == ("GET /terms HTTP/1.1", "HTTP/1.1 200 OK")
    assert (request.http, response.http) == (dict(sent), dict(fields))
    for line in (request, response):
        assert line.said["ConductAtlas-Rewritten"] == "head, from HTTP/2 to HTTP/1.1 text"
    raw = gzip.decompress(made.path.read_bytes())
    assert b"\r\nWARC-Protocol: h2\r\nWARC-Protocol: tls/1.3\r\nWARC-Cipher-Suite: TLS_AES" in raw
    (facts,) = made.captures
    assert (facts["http_version"], facts["head_rewritten"]) == ("HTTP/2", True)
    assert facts["tls"]["certificate"] == "ab" * 32


def test_redirects_are_answers_of_their_own(archive: Any, exported: Any, policy: Policy) -> None:
    there = "http://heron.example/legal/terms?v=2"
    hop = Hop(URL, 301, there, (("Location", there), ("Content-Length", "9")), "192.0.2.9:80")
    archive.serve(policy())
    archive.tools = replace(
        archive.tools, fetcher=Over(archive.fetcher, {"hops": (hop,), "final_url": there})
    )
    archive.check(archive.document())
    made = exported()
    redirect, response = made.of("response")
    assert (redirect.first, redirect.body) == ("HTTP/1.1 301 Moved Permanently", b"")
    assert redirect.http == {"Location": there, "X-Archive-Orig-Content-Length": "9"}
    assert redirect.said["ConductAtlas-Role"] == "redirect"
    assert "its protocol was not recorded" in redirect.said["ConductAtlas-Rewritten"]
    assert (redirect.said["WARC-Target-URI"], redirect.said["WARC-IP-Address"]) == (URL, "192.0.2.9")
    assert redirect.said["WARC-Concurrent-To"] == f"<{response.id}>"
    assert response.said["WARC-Target-URI"] == there
    assert response.said["ConductAtlas-Requested-URI"] == URL
    assert made.of("request")[0].first == "GET /legal/terms?v=2 HTTP/1.1"


# ── what was not answered ────────────────────────────────────────────────────────────────────────────


def test_a_rendered_page_is_a_resource_and_no_answer(
    archive: Any, exported: Any, policy: Policy, tmp_path: Path
) -> None:
    browser = MemoryBrowser(archive.clock)
    archive.tools = replace(archive.tools, browser=browser)
    archive.serve(SHELL)
    browser.pages[URL] = policy()
    document = archive.document()
    archive.check(document)
    archive.later(days=1)
    archive.check(document)
    made = exported()
    (response,), (resource,) = made.of("response"), made.of("resource")
    assert (response.body, response.said["ConductAtlas-Role"]) == (SHELL, "unrendered")
    assert (resource.body, resource.first) == (policy(), "")
    assert resource.said["Content-Type"] == "text/html; charset=utf-8"
    assert resource.said["WARC-Concurrent-To"] == f"<{response.id}>"
    assert made.of("conversion")[0].said["WARC-Refers-To"] == f"<{resource.id}>"
    assert [line.said["WARC-Refers-To"] for line in made.of("revisit")] == [
        f"<{response.id}>",
        f"<{resource.id}>",
    ]
    assert made.captures[0]["rendering"]["snapshot"] == hashlib.sha256(policy()).hexdigest()
    # Players look pages up by the second; what they find is the page with its text.
    export(Choice(), tmp_path / "a.wacz", as_wacz=True)
    with zipfile.ZipFile(tmp_path / "a.wacz") as file:
        lines = gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()
        assert len(lines) == len(file.read("pages/pages.jsonl").splitlines()) - 1 == 2
    assert json.loads(lines[0].split(" ", 2)[2])["digest"] == f"sha256:{hashlib.sha256(policy()).hexdigest()}"


def test_a_page_saved_by_hand_is_a_resource_claimed_by_whoever_saved_it(
    archive: Any, exported: Any, policy: Policy
) -> None:
    keeper = User.objects.create_superuser("keeper@archive.example", "correct horse battery")
    at = archive.clock.now() - timedelta(hours=1)
    page = saving.SavedPage(policy(), "saved.html")
    saving.save(
        archive.document(), [page], at=at, by=keeper, tools=archive.tools, largest=10**6, note="secret note"
    )
    made = exported()
    assert made.kinds == "res met con met"
    (resource,) = made.of("resource")
    assert (resource.body, resource.said["Content-Type"]) == (policy(), "text/html")
    assert resource.said["ConductAtlas-Claimed-By"] == saving.SAVED_BY
    (facts,) = made.captures
    assert (facts["provenance"], facts["claimed"]["by"]) == ("manual", saving.SAVED_BY)
    text = gzip.decompress(made.path.read_bytes())
    assert b"keeper@archive.example" not in text and b"secret note" not in text


def test_what_another_archive_gave_keeps_its_id_date_and_digest(
    archive: Any, exported: Any, policy: Policy
) -> None:
    document = archive.document()
    given = captured(policy(), archive.clock.now() - timedelta(days=300))
    assert BackFill(archive.tools, timedelta(minutes=5)).run(document.pk, [given]).is_whole
    archive.serve(policy())
    archive.check(document)
    made = exported()
    (theirs,), (ours,) = made.of("response"), made.of("revisit")
    assert theirs.id == given.claim.record_id
    assert theirs.said["WARC-Date"] == "2025-05-05T06:00:00Z"
    assert theirs.said["WARC-Payload-Digest"] == f"sha256:{given.digest}"
    assert theirs.said["ConductAtlas-Claimed-By"] == "Old Archive"
    assert "ConductAtlas-Claimed-By" not in ours.said
    assert len(made.of("request")) == 1  # ours: of theirs we know of none
    claimed = made.captures[0]["claimed"]
    assert (claimed["licence"], claimed["file"]) == ("CC BY 4.0", "old.warc.gz")
    assert made.captures[1]["claimed"] is None


def test_one_record_that_is_of_two_documents_is_written_once(
    archive: Any, exported: Any, policy: Policy
) -> None:
    given = captured(policy(), archive.clock.now() - timedelta(days=300))
    for slug in ("terms", "rules"):
        assert (
            BackFill(archive.tools, timedelta(minutes=5))
            .run(archive.document(slug=slug).pk, [given])
            .is_whole
        )
    made = exported()
    assert [line.id for line in made.of("response")] == [given.claim.record_id]
    refers = [line.said["WARC-Refers-To"] for line in made.of("metadata") if "capture" in line.facts]
    assert refers == [f"<{given.claim.record_id}>"] * 2
    assert len(made.of("conversion")) == 2


def test_a_text_without_a_page_refers_to_what_is_known_of_it(
    archive: Any, exported: Any, policy: Policy
) -> None:
    given = captured(
        b"# Terms\n\n" + b"These terms govern your use of the Heron service. " * 30, archive.clock.now()
    )
    given = replace(given, claim=replace(given.claim, is_text=True, record_id="0f" * 20))
    tally = BackFill(archive.tools, timedelta(minutes=5)).run(archive.document().pk, [given])
    assert tally.is_whole and tally.versions == 1, tally
    made = exported()
    assert made.kinds == "met con met"
    capture, text, _ = made.lines[1:]
    assert text.said["WARC-Refers-To"] == f"<{capture.id}>"
    assert capture.facts["claimed"]["record_id"] == "0f" * 20


# ── what is left out ─────────────────────────────────────────────────────────────────────────────────


def test_refused_bytes_are_left_out_unless_an_operator_adds_them(
    archive: Any, exported: Any, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(b"<html><title>Just a moment</title><p>Ray id 7f3, your address 198.51.100.7</html>")
    archive.check(document)
    archive.later(days=1)
    archive.serve(Page(b"<p>gone, 198.51.100.7</p>", status=404))
    archive.check(document)
    archive.later(days=1)
    archive.serve(TlsFailedError("heron.example: expired"))
    archive.check(document)
    assert RefusedBody.objects.count() == 2
    made = exported()
    assert made.kinds == "met met met"
    assert b"198.51.100.7" not in gzip.decompress(made.path.read_bytes())
    assert [row["outcome"] for row in made.captures] == ["refused", "failed", "failed"]
    assert made.captures[0]["body"]["sha256"] and not made.captures[2]["body"]["sha256"]
    assert made.done.left_out == {"refused": 2}
    added = exported("b", with_refused=True)
    assert added.kinds == "req res met req res met met"
    assert [line.first for line in added.of("response")] == ["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"]
    assert not +added.done.left_out
    RefusedBody.objects.all().delete()  # their time is over
    assert exported("c", with_refused=True).done.left_out == {"refused": 2}


def test_a_tombstone_stands_in_the_place_of_removed_bytes(
    archive: Any, exported: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    for days in (30, 20):
        archive.serve(policy(*(text.replace("30 days", f"{days} days") for text in clauses)))
        archive.check(document)
        archive.later(days=1)
    first = Version.objects.order_by("pk")[0]
    extent = removal.extent_of_version(first)
    removal.remove(extent, "A court ordered it.", "Order 1", at=archive.clock.now(), by=None)
    removal.erase(extent)
    packs.recent.clear()
    made = exported()
    assert len(made.of("response")) == len(made.of("conversion")) == 1
    stone, other = made.captures
    (removed,) = stone["removed"]
    assert removed["sha256"] == Capture.objects.order_by("pk")[0].body_digest
    assert (removed["reason"], removed["ground"], other["removed"]) == ("A court ordered it.", "Order 1", [])
    assert b"30 days" not in gzip.decompress(made.path.read_bytes())
    assert made.done.left_out == {"removed": 1}
    assert b"30 days" not in gzip.decompress(exported("b", with_private=True).path.read_bytes())


def test_a_capture_whose_personal_fields_were_erased_has_its_bytes_and_no_answer(
    archive: Any, exported: Any, policy: Policy
) -> None:
    archive.serve(Page(policy(), headers={"Set-Cookie": "visitor=7f3"}))
    archive.check(archive.document())
    erase_personal(Capture.objects.get(), "Asked for.", "", at=archive.clock.now(), by=None)
    made = exported()
    assert made.kinds == "res met con met"
    (resource,) = made.of("resource")
    assert (resource.body, resource.first, resource.said["WARC-Target-URI"]) == (policy(), "", URL)
    assert made.captures[0]["erased"] is True
    assert b"7f3" not in gzip.decompress(made.path.read_bytes())


def test_what_is_withheld_is_left_out_unless_an_operator_adds_it(
    archive: Any, exported: Any, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(policy())
    version = archive.check(document).version
    services.withhold(document, version, "Under review.", at=archive.clock.now(), by=None)
    made = exported()
    assert made.kinds == "met"
    assert made.captures[0]["withheld"]["reason"] == "Under review."
    assert made.done.left_out == {"withheld": 1}
    assert exported("b", with_private=True).kinds == "req res met con met"


@pytest.mark.parametrize("publish", ["private", "excerpts", "owned"])
def test_what_is_not_public_as_a_whole_is_left_out_unless_an_operator_adds_it(
    archive: Any, exported: Any, policy: Policy, publish: str
) -> None:
    archive.serve(policy())
    document = archive.document()
    archive.check(document)
    if publish == "owned":
        Document.objects.update(owner=Organisation.objects.create(name="Acme", slug="acme"))
    else:
        Platform.objects.update(publish_text=publish)
    with pytest.raises(NotFoundError) as raised:
        exported()
    assert "--with-private" in raised.value.remedy
    assert exported(with_private=True).kinds == "req res met con met"


def test_what_persons_who_signed_in_may_see_is_exported(archive: Any, exported: Any, policy: Policy) -> None:
    archive.serve(policy())
    archive.check(archive.document())
    Platform.objects.update(publish_text="signed-in")
    assert exported().done.captures == 1


# ── the choice, and the file ─────────────────────────────────────────────────────────────────────────


def test_a_choice_is_what_any_name_means_within_a_stretch_of_time(
    archive: Any, exported: Any, policy: Policy
) -> None:
    documents = [archive.document(slug=slug) for slug in ("terms", "rules", "fees")]
    for _ in range(2):
        for document in documents:
            archive.serve(policy(), f"http://heron.example/{document.slug}")
            archive.check(document)
        archive.later(days=1)
    terms, rules, _ = (document.pk for document in documents)
    rows = list(Capture.objects.order_by("pk").values_list("pk", flat=True))

    def places(name: str, **choice: Any) -> list[int]:
        return sorted(rows.index(row["capture"]) for row in exported(name, **choice).captures)

    assert places("a") == [0, 1, 2, 3, 4, 5]
    assert places("b", documents=(terms, rules)) == [0, 1, 3, 4]
    assert places("c", documents=(terms,), captures=(rows[5],)) == [0, 3, 5]
    assert places("d", platforms=("heron",), since=archive.clock.now() - timedelta(days=1)) == [3, 4, 5]
    assert places("e", until=archive.clock.now() - timedelta(days=1)) == [0, 1, 2]
    with pytest.raises(NotFoundError):
        exported("f", since=archive.clock.now())


def test_two_exports_are_the_same_bytes(archive: Any, policy: Policy, tmp_path: Path) -> None:
    archive.serve(policy())
    archive.check(archive.document())
    for as_wacz in (False, True):
        first, second = (
            export(Choice(), tmp_path / f"{n}{as_wacz}", as_wacz=as_wacz).sha256 for n in range(2)
        )
        assert first == second


def test_a_file_comes_whole_or_not_at_all(archive: Any, policy: Policy, tmp_path: Path) -> None:
    archive.serve(policy())
    archive.check(archive.document())
    target = tmp_path / "a.warc.gz"
    target.write_bytes(b"mine")
    with pytest.raises(ExportError):
        export(Choice(), target, as_wacz=False)
    assert target.read_bytes() == b"mine"
    target.unlink()
    packs.recent.clear()
    snapshot = Capture.objects.get().snapshot
    assert snapshot is not None
    member = snapshot.member
    member.data = b"damaged"
    member.length = 7
    member.save()
    for as_wacz in (False, True):
        with pytest.raises(SnapshotDamagedError):
            export(Choice(), target, as_wacz=as_wacz)
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(ExportError):
        export(Choice(), tmp_path / "no" / "folder", as_wacz=False)


def test_two_exports_to_one_file_do_not_meet(archive: Any, policy: Policy, tmp_path: Path) -> None:
    archive.serve(policy())
    archive.check(archive.document())
    part = tmp_path / ".a.warc.gz.part"
    with part.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"another export is writing this")
        other.flush()
        with pytest.raises(ExportError) as raised:
            export(Choice(), tmp_path / "a.warc.gz", as_wacz=False)
        assert "another export" in raised.value.message
        assert part.read_bytes() == b"another export is writing this"
    export(
        Choice(), tmp_path / "a.warc.gz", as_wacz=False
    )  # left behind by a killed one, it stands in nobody's way
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc.gz"]


def test_what_is_held_does_not_grow_with_the_bodies(
    archive: Any, policy: Policy, exported: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One body is asked for at a time, and of equal ones only the first."""
    document = archive.document()
    for number in (1, 1, 2, 3, 3):
        archive.serve(policy(extra=f"<i>{number}</i>"))
        archive.check(document)
        archive.later(days=1)
    asked: list[str] = []
    read = packs.read_snapshot
    monkeypatch.setattr(packs, "read_snapshot", lambda digest: asked.append(digest) or read(digest))
    made = exported()
    assert len(asked) == len(set(asked)) == len(made.of("response")) == 3
    assert [row["outcome"] for row in made.captures].count(CaptureOutcome.SAME) == 2
