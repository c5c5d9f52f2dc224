from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conductatlas.accounts.models import Organisation
from conductatlas.catalogue.declarations import Catalogue, load_folders
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.catalogue.services import LoadReport, load

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
Declare = Callable[..., Path]


@pytest.fixture
def bring(declare: Declare) -> Callable[..., LoadReport]:
    """Declare texts and load them, at a moment."""

    def load_them(now: datetime = NOW, **files: str) -> LoadReport:
        for old in declare().glob("*.toml"):
            old.unlink()
        return load(load_folders([declare(**files)]), now=now)

    return load_them


Bring = Callable[..., LoadReport]


def test_rows_are_made_as_declared(bring: Bring, quill: str) -> None:
    report = bring(quill=quill)
    assert report == LoadReport(added=["quill/terms", "quill/privacy"], platforms_written=["quill"])
    privacy = Document.objects.get(slug="privacy")
    assert (privacy.platform.name, privacy.platform.category) == ("Quill", "productivity")
    assert (privacy.kind, privacy.language, privacy.region) == ("privacy", "en", "EU")
    assert privacy.cadence == timedelta(hours=6)
    assert [(s.position, s.url, s.select, s.remove) for s in privacy.sources.all()] == [
        (0, "https://quill.example/privacy", ["main"], []),
        (1, "https://quill.example/privacy/eu", [], [".menu"]),
    ]


def test_loading_twice_writes_nothing(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    with CaptureQueriesContext(connection) as queries:
        report = bring(now=LATER, quill=quill)
    assert report == LoadReport()
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_new_words_keep_the_document(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    keys = set(Document.objects.values_list("pk", flat=True))
    report = bring(
        quill=quill.replace("Terms of Service", "Conditions").replace('name = "Quill"', 'name = "Qu"')
    )
    assert report == LoadReport(changed=["quill/terms"], platforms_written=["quill"])
    assert set(Document.objects.values_list("pk", flat=True)) == keys
    assert Document.objects.get(slug="terms").title == "Conditions"
    assert Platform.objects.get().name == "Qu"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/privacy/eu", "/privacy/europe"),
        ('remove = [".menu"]', 'remove = [".nav"]'),
        ('remove = [".menu"]', 'remove = [".menu"]\nselect = { startAfter = "h1", endBefore = "p" }'),
        ('remove = [".menu"]', 'remove = [".menu"]\nfetcher = "browser"'),
        ('remove = [".menu"]', 'remove = [".menu"]\nfilters = [{ replace = "Page built on {date}" }]'),
    ],
)
def test_another_source_takes_the_place_of_the_old_one(bring: Bring, quill: str, old: str, new: str) -> None:
    bring(quill=quill)
    stood = Source.objects.get(position=1)
    report = bring(now=LATER, quill=quill.replace(old, new))
    assert report == LoadReport(changed=["quill/privacy"])
    stood.refresh_from_db()
    assert (stood.retired_at, stood.url) == (LATER, "https://quill.example/privacy/eu")
    standing = Source.objects.get(position=1, retired_at=None)
    assert standing.pk != stood.pk
    assert Source.objects.count() == 4
    assert bring(quill=quill.replace(old, new)) == LoadReport()


def test_sources_that_change_places_are_other_sources(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    first, second = quill.rsplit("[[documents.sources]]", 2)[1:]
    head = quill[: quill.index("[[documents.sources]]")]
    bring(quill=f"{head}[[documents.sources]]{second}\n[[documents.sources]]{first}")
    live = Source.objects.filter(document__slug="privacy", retired_at=None).order_by("position")
    assert [source.url[-3:] for source in live] == ["/eu", "acy"]
    assert Source.objects.filter(retired_at=NOW).count() == 2


def test_a_document_declared_no_more_is_retired_and_comes_back(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    only_terms = quill[: quill.index('[[documents]]\nkind = "privacy"')]
    assert bring(now=LATER, quill=only_terms) == LoadReport(retired=["quill/privacy"])
    assert Document.objects.get(slug="privacy").retired_at == LATER
    assert bring(quill=only_terms) == LoadReport()
    assert bring(quill=quill) == LoadReport(restored=["quill/privacy"])
    assert Document.objects.get(slug="privacy").retired_at is None
    assert Source.objects.count() == 3


def test_a_platform_declared_no_more_keeps_its_row_and_retires_its_documents(
    bring: Bring, quill: str
) -> None:
    bring(quill=quill)
    report = bring(inkwell=quill.replace("quill", "inkwell"))
    assert set(report.retired) == {"quill/terms", "quill/privacy"}
    assert Platform.objects.filter(slug="quill").exists()


def test_a_file_at_fault_changes_nothing_of_its_platform(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    assert bring(quill=quill.replace('"6h"', '"often"')) == LoadReport()
    assert bring(quill="not even TOML") == LoadReport()
    assert not Document.objects.exclude(retired_at=None).exists()


def test_a_folder_that_is_away_retires_nothing(bring: Bring, quill: str, tmp_path: Path) -> None:
    bring(quill=quill)
    assert load(load_folders([tmp_path / "unmounted"]), now=NOW) == LoadReport()


def test_an_empty_catalogue_retires_everything(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    assert len(load(Catalogue(()), now=NOW).retired) == 2


def test_documents_of_an_organisation_are_not_touched(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    platform, owner = Platform.objects.get(), Organisation.objects.create(name="Kettle", slug="kettle")
    Document.objects.create(platform=platform, slug="contract", kind="dpa", title="Ours", owner=owner)
    Document.objects.filter(slug="terms").update(owner=owner, title="Ours too")
    report = bring(quill=quill)
    assert report == LoadReport(blocked=["quill/terms"])
    assert Document.objects.get(slug="terms").title == "Ours too"
    assert set(load(Catalogue(()), now=NOW).retired) == {"quill/privacy"}
    assert Document.objects.get(slug="contract").retired_at is None


def test_what_is_declared_about_publishing_counts(bring: Bring, quill: str) -> None:
    declared = quill.replace("[[documents]]", 'publish_text = "excerpts"\n[[documents]]', 1)
    bring(quill=declared)
    row = Platform.objects.get()
    assert (row.publish_text, row.is_publish_text_declared) == ("excerpts", True)
    Platform.objects.update(publish_text="full")  # behind the admin's back
    assert bring(quill=declared).platforms_written == ["quill"]
    assert Platform.objects.get().publish_text == "excerpts"


def test_where_nothing_is_declared_an_operator_has_said_it(bring: Bring, quill: str) -> None:
    bring(quill=quill)
    assert Platform.objects.get().publish_text == "full"
    Platform.objects.update(publish_text="private")
    assert bring(quill=quill) == LoadReport()
    assert Platform.objects.get().publish_text == "private"


def test_a_line_that_is_taken_out_leaves_the_value_and_gives_the_admin_its_say(
    bring: Bring, quill: str
) -> None:
    bring(quill=quill.replace("[[documents]]", 'publish_text = "signed-in"\n[[documents]]', 1))
    bring(quill=quill)
    row = Platform.objects.get()
    assert (row.publish_text, row.is_publish_text_declared) == ("signed-in", False)
