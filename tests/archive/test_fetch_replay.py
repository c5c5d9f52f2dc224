"""Each way in which the replay server can go wrong has its one outcome."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.conftest import MakeFetcher
from archive.hostile import failure, left_by
from conductatlas.archive.answer import Request, answer_of
from conductatlas.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    BrokenAnswerError,
    FetchError,
    FetchTimeoutError,
    RedirectError,
    StatusError,
)

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus is not beside the checkout"),
]

FAILS: dict[str, type[FetchError]] = {
    "status-403": StatusError,
    "status-500": StatusError,
    "status-503": StatusError,
    "retry-after-date": StatusError,
    "reset": BrokenAnswerError,
    "close": BrokenAnswerError,
    "hang": FetchTimeoutError,
    "late-40": FetchTimeoutError,
    "slow": FetchTimeoutError,
    "truncated": BrokenAnswerError,
    "chunked-cut": BrokenAnswerError,
    "redirect-loop": RedirectError,
    "private-redirect": AddressRefusedError,
    "gzip-bomb": AnswerTooLargeError,
    "huge": AnswerTooLargeError,
}
SUCCEEDS = {
    "empty",
    "login-wall",
    "bot-challenge",
    "soft-404",
    "cookie-wall",
    "spa-shell",
    "gzip",
    "wrong-type",
    "no-type",
    "charset-undeclared",
    "charset-wrong",
    "utf-16-bom",
    "variants",
    "sid-links",
}

Goes = Callable[[str], str]


def _call(method: str, url: str, value: object = None) -> object:
    data = None if value is None else json.dumps(value).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, method=method)) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def replay() -> Iterator[str]:
    command = [
        sys.executable,
        SHARED / "tools/replay.py",
        "serve",
        "--corpus",
        SHARED / "corpus",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split(" on ")[1].split("/ at ")[0]
        server.terminate()


@pytest.fixture
def goes(replay: str) -> Goes:
    """Makes the next request of one page go wrong in that way; returns its address."""
    documents = _call("GET", f"{replay}/_replay/documents")
    assert isinstance(documents, list)
    path = min(documents, key=lambda document: document["captures"])["path"]

    def go(kind: str) -> str:
        _call("PUT", f"{replay}/_replay/faults", {"path": path, "kind": kind, "times": 1})
        return f"{replay}{path}"

    return go


def test_every_kind_of_fault_is_tried() -> None:
    source = (SHARED / "tools/replay.py").read_text("utf-8")
    scope: dict[str, object] = {}
    exec(source[source.index("KINDS = {") : source.index("\n}\n", source.index("KINDS = {")) + 2], scope)
    kinds = scope["KINDS"]
    assert isinstance(kinds, dict)
    assert kinds.keys() - {"status-<code>"} == SUCCEEDS | {kind for kind in FAILS if kind[:7] != "status-"}


@pytest.mark.parametrize("kind", sorted(FAILS))
def test_a_fault_is_a_typed_error(kind: str, goes: Goes, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(read=1.5 if kind != "gzip-bomb" else 60, total=3 if kind != "gzip-bomb" else 60)
    url = goes(kind)
    error = failure(lambda: fetcher.fetch(Request(url)), FAILS[kind])
    if kind in {"truncated", "chunked-cut", "gzip-bomb", "huge", "slow"}:
        assert left_by(error).body
    if kind in {"reset", "close", "hang", "late-40"}:
        assert answer_of(error) is None
    if isinstance(error, StatusError):
        assert error.retry_after is not None
        assert left_by(error).body.startswith(b"<h1>")


@pytest.mark.parametrize("kind", sorted(SUCCEEDS))
def test_what_only_a_reader_can_judge_is_an_answer(kind: str, goes: Goes, make_fetcher: MakeFetcher) -> None:
    answer = make_fetcher(read=10, total=10, max_body=10 << 20).fetch(Request(goes(kind)))
    assert answer.status == 200
    assert bool(answer.body) is (kind != "empty")
    assert (answer.content_type is None) is (kind == "no-type")


def test_an_unchanged_page_is_a_304(goes: Goes, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(read=10, total=10, max_body=10 << 20)
    url = goes("empty")
    fetcher.fetch(Request(url))
    first = fetcher.fetch(Request(url))
    again = fetcher.fetch(Request(url, etag=first.etag, validated_url=first.final_url))
    assert (first.status, again.status, again.body) == (200, 304, b"")
