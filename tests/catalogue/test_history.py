"""Past declarations: from the file to rows, and which sources stood at a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from conductatlas.catalogue.declaration_file import DeclarationFile
from conductatlas.catalogue.declarations import load_folders
from conductatlas.catalogue.models import Document, Source
from conductatlas.catalogue.queries import sources_at
from conductatlas.catalogue.services import LoadReport, load

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
Declare = Callable[..., Path]

NOW_ONLY = """\
name = "Quill"
slug = "quill"

[[documents]]
kind = "terms"
url = "https://quill.example/terms"
"""
PAST = """
[[documents.history]]
valid_until = 2025-01-01
url = "https://quill.example/tos"
select = "main"

[[documents.history]]
valid_until = 2023-06-01T12:00:00Z

[[documents.history.sources]]
url = "https://quill.example/tos/1"

[[documents.history.sources]]
url = "https://quill.example/tos/2"
fetcher = "browser"
"""


@pytest.fixture
def bring(declare: Declare) -> Callable[..., LoadReport]:
    def load_it(text: str, now: datetime = NOW) -> LoadReport:
        return load(load_folders([declare(quill=text)]), now=now)

    return load_it


Bring = Callable[..., LoadReport]


def urls(moment: datetime) -> list[str]:
    found = sources_at(Document.objects.get(slug="terms"), moment)
    assert [source.position for source in found] == list(range(len(found)))
    return [source.url.removeprefix("https://quill.example/") for source in found]


def test_past_declarations_are_read_in_order_of_time() -> None:
    file = DeclarationFile.read((NOW_ONLY + PAST).encode(), "quill.toml")
    assert file.faults == []
    assert file.platform is not None
    first, second = file.platform.documents[0].history
    assert first.valid_until == datetime(2023, 6, 1, 12, tzinfo=UTC)
    assert [source.fetcher for source in first.sources] == ["http", "browser"]
    assert second.valid_until == datetime(2025, 1, 1, tzinfo=UTC)
    assert [source.select for source in second.sources] == [("main",)]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("valid_until = 2025-01-01\n", "", 8, "'valid_until' is missing"),
        ("2025-01-01", '"2025-01-01"', 9, "must be a date or a time"),
        ("2025-01-01", "2023-06-01T14:00:00+02:00", 14, "two past declarations end"),
        ('"main"', '"main["', 11, "no CSS selector"),
        ("tos/2", "tos/1#a", 20, "fragment"),
        (
            'url = "https://quill.example/tos/2"\nfetcher = "browser"',
            'url = "https://quill.example/tos/1"',
            19,
            "twice",
        ),
    ],
)
def test_a_fault_in_the_past_says_where(old: str, new: str, line: int, message: str) -> None:
    text = NOW_ONLY + PAST
    assert old in text
    file = DeclarationFile.read(text.replace(old, new, 1).encode(), "quill.toml")
    assert file.platform is None
    (fault,) = file.faults
    assert message in fault.message
    assert fault.line == line


@pytest.mark.django_db
def test_the_past_becomes_retired_sources_once(bring: Bring) -> None:
    bring(NOW_ONLY)
    assert bring(NOW_ONLY + PAST, LATER) == LoadReport(changed=["quill/terms"])
    assert Source.objects.filter(is_past=True).count() == 3
    assert Source.objects.filter(retired_at=None).count() == 1
    assert bring(NOW_ONLY + PAST, LATER) == LoadReport()
    assert Source.objects.count() == 4


@pytest.mark.django_db
def test_the_sources_of_a_moment_are_those_that_were_declared_then(bring: Bring) -> None:
    bring(NOW_ONLY + PAST)
    end = datetime(2023, 6, 1, 12, tzinfo=UTC)
    assert urls(end - timedelta(days=900)) == ["tos/1", "tos/2"]
    assert urls(end - timedelta(seconds=1)) == ["tos/1", "tos/2"]
    assert urls(end) == ["tos"]
    assert urls(datetime(2025, 1, 1, tzinfo=UTC)) == ["terms"]
    assert urls(NOW) == ["terms"]


@pytest.mark.django_db
def test_what_the_archive_itself_watched_is_told_by_moment_too(bring: Bring) -> None:
    two = NOW_ONLY.replace('url = "https://quill.example/terms"', "") + "".join(
        f'\n[[documents.sources]]\nurl = "https://quill.example/{name}"\n' for name in ("a", "b")
    )
    bring(two)
    bring(two.replace("example/b", "example/c"), LATER)
    assert urls(NOW - timedelta(days=99)) == urls(NOW) == ["a", "b"]
    assert urls(LATER) == ["a", "c"]
    more = (
        two.replace("example/b", "example/c") + '\n[[documents.sources]]\nurl = "https://quill.example/d"\n'
    )
    bring(more, LATER + timedelta(days=1))
    assert urls(LATER) == ["a", "c"]
    assert urls(LATER + timedelta(days=1)) == ["a", "c", "d"]


@pytest.mark.django_db
def test_a_mended_past_takes_the_place_of_the_wrong_one(bring: Bring) -> None:
    bring(NOW_ONLY + PAST)
    assert bring((NOW_ONLY + PAST).replace("example/tos/1", "example/old"), LATER) == LoadReport(
        changed=["quill/terms"]
    )
    assert urls(datetime(2020, 1, 1, tzinfo=UTC)) == ["old", "tos/2"]
    assert urls(datetime(2024, 1, 1, tzinfo=UTC)) == ["tos"]
    assert Source.objects.filter(url__endswith="tos/1").exists(), "captures may cite it"
    bring(NOW_ONLY, LATER)
    assert urls(datetime(2020, 1, 1, tzinfo=UTC)) == ["terms"]
    bring(NOW_ONLY + PAST, LATER)
    assert urls(datetime(2020, 1, 1, tzinfo=UTC)) == ["tos/1", "tos/2"]


@pytest.mark.django_db
def test_a_document_that_is_retired_and_restored_keeps_its_past(bring: Bring, declare: Declare) -> None:
    bring(NOW_ONLY + PAST)
    keys = set(Source.objects.values_list("pk", flat=True))
    declare(quill=NOW_ONLY.replace('"terms"', '"dpa"'))
    load(load_folders([declare()]), now=LATER)
    assert bring(NOW_ONLY + PAST, LATER).restored == ["quill/terms"]
    assert set(Source.objects.filter(document__slug="terms").values_list("pk", flat=True)) == keys
    assert urls(datetime(2020, 1, 1, tzinfo=UTC)) == ["tos/1", "tos/2"]


@pytest.mark.django_db
def test_sources_of_an_older_archive_are_dated_by_those_they_replaced(bring: Bring) -> None:
    bring(NOW_ONLY)
    bring(NOW_ONLY.replace("/terms", "/tos"), LATER)
    bring(NOW_ONLY.replace("/terms", "/rules"), LATER + timedelta(days=1))
    dated = list(Source.objects.order_by("pk").values_list("url", "declared_at"))
    assert [at for _, at in dated] == [None, LATER, LATER + timedelta(days=1)]
    Source.objects.update(declared_at=None)
    migration = import_module("conductatlas.catalogue.migrations.0002_filters_and_history")
    migration.date_replacements(apps, None)
    assert list(Source.objects.order_by("pk").values_list("url", "declared_at")) == dated
