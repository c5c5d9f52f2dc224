"""What is known of documents before they are checked: of several the same as of each, in as many queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conductatlas.catalogue.models import Document, Source
from conductatlas.history import services as history
from conductatlas.work.known import Known, known_of

JUNK = b"<!doctype html><title>Sign in</title><h1>Sign in to go on</h1><form><input type=password></form>"
Policy = Callable[..., bytes]


@pytest.fixture
def documents(archive: Any, policy: Policy, clauses: tuple[str, ...]) -> list[Document]:
    """One of each: never checked, read once, changed, confirmed, refused since, with other sources than it was read
    from, of two sources, in another language."""
    other = "We may close your account after thirty days of notice that we send to you by e-mail."
    pages: dict[str, list[bytes]] = {
        "new": [],
        "read": [policy()],
        "changed": [policy(), policy(*clauses[1:], other)],
        "confirmed": [policy(), policy(*clauses[1:], other), policy(*clauses[1:], other)],
        "refused": [policy(), JUNK],
        "redeclared": [policy()],
        "double": [policy()],
    }
    found = []
    for name, served in pages.items():
        url = f"http://heron.example/{name}"
        document = archive.document(*([url, f"{url}-2"] if name == "double" else [url]), slug=name)
        archive.serve(policy(title="Further Terms of Use"), f"{url}-2")
        for page in served:
            archive.serve(page, url)
            archive.check(document)
            archive.later(hours=3)
        found.append(document)
    Source.objects.filter(url="http://heron.example/redeclared").update(retired_at=archive.clock.now())
    Source.objects.create(document=found[5], url="http://heron.example/elsewhere")
    return found


def test_of_several_it_is_what_it_is_of_each(archive: Any, documents: list[Document]) -> None:
    known = known_of(documents)
    assert known == {document.pk: Known.of(document, archive.clock.now()) for document in documents}
    standing = [known[document.pk] for document in documents]
    assert [found.before is None for found in standing] == [True, *[False] * 6]
    assert [found.confirming for found in standing] == [False, False, True, False, False, False, False]
    assert [len(found.earlier) for found in standing] == [0, 1, 1, 1, 1, 1, 2]
    assert [len(found.sources) for found in standing] == [1, 1, 1, 1, 1, 1, 2]


def test_more_documents_cost_no_more_queries(documents: list[Document]) -> None:
    counts = []
    for some in (documents[2:3], documents):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            known = known_of(some)
            assert all(
                source.document.language == "en" for found in known.values() for source in found.sources
            )
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9


def test_texts_that_an_older_reader_read_are_left_to_the_check(
    archive: Any, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "READER_VERSION", history.READER_VERSION + 1)
    assert set(known_of(documents)) == {documents[0].pk}
    result = archive.check(documents[1])
    assert result.outcome == "unchanged"
    assert set(known_of(documents)) == {documents[0].pk, documents[1].pk}
