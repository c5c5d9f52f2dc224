"""The gate on real captures whose verdicts were reached by hand."""

from __future__ import annotations

import json
import lzma
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.gate import Expectation, Reason, judge
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

KNOWN = tomllib.loads((Path(__file__).parent / "gate_verdicts.toml").read_text("utf-8"))
DOCUMENTS: list[dict[str, Any]] = KNOWN["documents"]


def named(document: dict[str, Any]) -> str:
    return f"{document['platform']} / {document['document']}"


def test_the_hand_made_verdicts_are_verdicts() -> None:
    verdicts = [verdict for document in DOCUMENTS for verdict in document["verdicts"].items()]
    assert len(verdicts) >= 140
    assert all(len(digest) == 64 and Reason(reason) for digest, reason in verdicts)


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    return shared / "corpus"


@pytest.fixture(scope="session")
def rows(corpus: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with (corpus / "index.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found.setdefault((row["platform"], row["document"]), []).append(row)
    return found


@pytest.mark.corpus
@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_each_capture_is_taken_for_what_it_was_found_to_be(
    document: dict[str, Any], corpus: Path, rows: dict[tuple[str, str], list[dict[str, Any]]]
) -> None:
    expectation = Expectation(language=KNOWN["languages"].get(document["platform"], "en"))
    wanted = document["verdicts"]
    judged = {
        digest: judge(page, _read(page), expectation) for digest, page in _pages(document, corpus, rows)
    }
    assert {digest: verdict.verdict.value for digest, verdict in judged.items()} == wanted


@pytest.mark.corpus
def test_a_real_policy_in_an_unexpected_language_is_set_apart(
    corpus: Path, rows: dict[tuple[str, str], list[dict[str, Any]]]
) -> None:
    document = next(d for d in DOCUMENTS if d["platform"] == "Doubao")
    for digest, page in _pages(document, corpus, rows):
        assert judge(page, _read(page), Expectation(language="en")).verdict is Reason.OTHER_LANGUAGE, digest


def _pages(
    document: dict[str, Any], corpus: Path, rows: dict[tuple[str, str], list[dict[str, Any]]]
) -> Iterator[tuple[str, Page]]:
    """The captures that have a verdict, each once."""
    bodies = lzma.decompress((corpus / document["platform"] / f"{document['document']}.xz").read_bytes())
    unseen = set(document["verdicts"])
    for row in rows[document["platform"], document["document"]]:
        if row["sha256"] in unseen:
            unseen.remove(row["sha256"])
            kind = "text/html; charset=utf-8" if row["media_type"] == "text/html" else row["media_type"]
            body = bodies[row["offset"] : row["offset"] + row["length"]]
            yield row["sha256"], Page(body, kind, row["url"])


def _read(page: Page) -> Reading | None:
    try:
        return read(page)
    except UnreadableError:
        return None
