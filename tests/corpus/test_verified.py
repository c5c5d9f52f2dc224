"""The marks of the shipped catalogue, held against what the addresses served."""

from __future__ import annotations

import json
import lzma
import tomllib
from collections import defaultdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from conductatlas.catalogue.proposal import Found, title_of
from conductatlas.catalogue.sites import page_key
from conductatlas.reading.text.gate import Expectation, judge
from conductatlas.reading.text.kinds import guess_kind
from conductatlas.reading.text.leads import leads
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

FOLDER = Path(str(files("conductatlas.catalogue") / "declarations"))
DOCUMENTS = [
    d for file in sorted(FOLDER.glob("*.toml")) for d in tomllib.loads(file.read_text("utf-8"))["documents"]
]
MEDIA_TYPES = {"text/html": "text/html; charset=utf-8", "application/pdf": "application/pdf"}
LISTS = {"mistral.ai/terms"}  # a list of documents today; what it lists is declared


@pytest.mark.corpus
def test_every_marked_document_was_served_on_that_day(shared: Path) -> None:
    captures: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with (shared / "corpus" / "index.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            captures[page_key(row["url"] or "")].append(row)
    bodies: dict[Path, bytes] = {}
    wrong = []
    for document in (d for d in DOCUMENTS if d["verified"]):
        newest = max(captures[page_key(document["url"])], key=lambda row: int(row["captured_at"]))
        path = shared / "corpus" / newest["platform"] / f"{newest['document']}.xz"
        if path not in bodies:
            bodies = {path: lzma.decompress(path.read_bytes())}
        body = bodies[path][newest["offset"] : newest["offset"] + newest["length"]]
        served_as = MEDIA_TYPES[newest["media_type"]]
        page = Page(body, served_as, document["url"], tuple(document.get("select", ())))
        reading = read(page)
        verdict = judge(page, reading, Expectation(document["language"], document["kind"], document["title"]))
        kind = guess_kind(title_of(Found(page, reading, leads(page, reading))), page.url)
        day = datetime.fromtimestamp(newest["captured_at"], UTC).date()
        told = (verdict.accepted, reading.language, kind, day)
        if told != (True, document["language"], document["kind"], document["verified"]):
            wrong.append((document["url"], *told))
    assert wrong == []


@pytest.mark.corpus
def test_every_address_of_the_corpus_is_declared(shared: Path) -> None:
    listed = json.loads((shared / "corpus" / "documents.json").read_text("utf-8"))
    wanted = {page_key(row["url"]) for row in listed if "://" in (row["url"] or "")}
    assert wanted - {page_key(document["url"]) for document in DOCUMENTS} - LISTS == set()
