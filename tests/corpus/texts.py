"""The texts of the corpus to which hand-made answers and labels belong: found again by capture, or by their digest."""

from __future__ import annotations

import json
import lzma
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.reader import page_of

from conductatlas.errors import ConductAtlasError
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

NEWEST = 6  # captures of a document among which a text is looked for


def reading_of(row: dict[str, Any], corpus: Path) -> Reading:
    """What the reader makes of the capture that a row of questions_gold.toml names."""
    platform, document = row["corpus"]
    capture = next(one for one in _captures(corpus)[platform, document] if one["sha256"] == row["capture"])
    return read(_page(corpus, platform, document, capture))


def reading_with(name: str, digest: str, corpus: Path) -> Reading | None:
    """The text of a document, `<platform>__<document>`, whose SHA-256 is `digest`; None if none of the newest
    captures has it. Selectors count first, then the whole page."""
    for platform, document in _captures(corpus):
        if f"{_slug(platform)}__{_slug(document)}" != name:
            continue
        newest = sorted(_captures(corpus)[platform, document], key=lambda row: -row["captured_at"])[:NEWEST]
        for is_selected in (True, False):
            for capture in newest:
                page = _page(corpus, platform, document, capture)
                if not is_selected:
                    page = Page(page.body, page.content_type, page.url)
                try:
                    reading = read(page)
                except ConductAtlasError:
                    continue
                if reading.digest == digest:
                    return reading
    return None


def _page(corpus: Path, platform: str, document: str, capture: dict[str, Any]) -> Page:
    body = _bodies(corpus, platform, document)[capture["offset"] : capture["offset"] + capture["length"]]
    page = page_of(body, capture, _declared(corpus)[platform, document])
    if capture["media_type"] and "html" not in capture["media_type"]:
        return Page(body, capture["media_type"], page.url)
    return page


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("·", "")).strip("-")


@cache
def _captures(corpus: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with (corpus / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found[row["platform"], row["document"]].append(row)
    return dict(found)


@cache
def _declared(corpus: Path) -> dict[tuple[str, str], dict[str, Any]]:
    rows = json.loads((corpus / "documents.json").read_text("utf-8"))
    return {(row["platform"], row["document"]): row for row in rows}


def _bodies(corpus: Path, platform: str, document: str) -> bytes:
    return lzma.decompress((corpus / platform / f"{document}.xz").read_bytes())
