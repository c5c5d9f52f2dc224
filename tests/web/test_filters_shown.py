"""Whoever reads a document sees what its operator takes for noise, and a category that nobody stated."""

from __future__ import annotations

import pytest
from django.test import Client

from conductatlas.catalogue.models import Document, Platform, Source

pytestmark = pytest.mark.django_db


def test_the_page_of_a_document_names_each_filter(client: Client) -> None:
    platform = Platform.objects.create(slug="lamp", name="Lamp")
    document = Document.objects.create(platform=platform, slug="terms", kind="terms", title="Terms")
    filters = [
        {"replace": "Built <b> on {date}"},
        {"replace": "Viewed {number} times", "with": "Viewed"},
        {"strip": ["data-*"]},
        {"query_parameters": ["sid"]},
    ]
    Source.objects.create(document=document, url="https://lamp.example/terms", filters=filters)
    page = client.get("/platform/lamp/terms/").content.decode()
    for told in (
        "Taken for noise, and not read: <code>Built &lt;b&gt; on {date}</code>",
        "Taken for noise, and read otherwise: <code>Viewed {number} times → Viewed</code>",
        "Attributes not looked at: <code>data-*</code>",
        "Left out of link targets: <code>?sid=</code>",
    ):
        assert told in page
    assert "Not stated" in client.get("/platforms/").content.decode()
