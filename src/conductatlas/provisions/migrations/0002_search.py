"""The index of words beside the entries: the database's own on either database, kept by the database itself."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLE = "provisions_searchentry"
FTS5 = (
    f"""CREATE VIRTUAL TABLE provisions_search USING fts5(
        title, body, content='{TABLE}', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
    f"""CREATE TRIGGER {TABLE}_words_added AFTER INSERT ON {TABLE} BEGIN
        INSERT INTO provisions_search(rowid, title, body) VALUES (new.id, new.title, new.body); END""",
    f"""CREATE TRIGGER {TABLE}_words_removed AFTER DELETE ON {TABLE} BEGIN
        INSERT INTO provisions_search(provisions_search, rowid, title, body)
        VALUES ('delete', old.id, old.title, old.body); END""",
)
SIGNS = "-_/.@:&?=+<>#~;"  # of which PostgreSQL's parser makes addresses, tags and compounds, and FTS5 blanks
TSVECTOR = (
    "CREATE TEXT SEARCH DICTIONARY conductatlas_stem (TEMPLATE = snowball, LANGUAGE = english)",  # no stop words
    "CREATE TEXT SEARCH CONFIGURATION conductatlas (COPY = pg_catalog.simple)",
    """ALTER TEXT SEARCH CONFIGURATION conductatlas
        ALTER MAPPING FOR asciiword, word, numword WITH conductatlas_stem""",
    f"""ALTER TABLE {TABLE} ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('conductatlas', translate(left(title, 500), '{SIGNS}', '{" " * len(SIGNS)}')), 'A') ||
        setweight(to_tsvector('conductatlas', translate(left(body, 200000), '{SIGNS}', '{" " * len(SIGNS)}')), 'D')
        ) STORED""",
    f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin(words)",
)


def add_words(_apps: Any, schema_editor: Any) -> None:
    for statement in FTS5 if schema_editor.connection.vendor == "sqlite" else TSVECTOR:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_publish_text"),
        ("history", "0008_alike_changes"),
        ("provisions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("anchor", models.CharField(max_length=100)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("body", models.TextField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.document"
                    ),
                ),
                (
                    "provision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="provisions.provision",
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="history.reading"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CurrentExtraction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.document"
                    ),
                ),
                (
                    "extraction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="current",
                        to="provisions.extraction",
                    ),
                ),
            ],
        ),
        migrations.RunPython(add_words, migrations.RunPython.noop),
    ]
