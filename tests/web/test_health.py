"""What machines ask: is it alive, is it ready, what are its figures."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from conductatlas.web.pages import health


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    answer = client.get("/healthz")  # no `db`: a query would fail the test
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer["Cache-Control"] == "no-store"


def test_ready_names_what_it_looked_at(db: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": "good", "data_folder": "good"}}


def test_not_ready_without_the_data_folder(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        settings, "CONFIG", dataclasses.replace(settings.CONFIG, data_dir=tmp_path / "not there")
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["data_folder"] == "the data folder cannot be written"


def test_not_ready_without_a_database(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("server at 10.0.0.5 closed the connection")

    monkeypatch.setattr(health, "MigrationExecutor", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"10.0.0.5" not in answer.content


def test_not_ready_with_migrations_missing(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    assert client.get("/readyz").json()["checks"]["database"] == "migrations are missing"


def test_metrics_are_there_only_if_asked_for(
    world: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/metrics").status_code == 404
    monkeypatch.setattr(settings, "CONFIG", dataclasses.replace(settings.CONFIG, metrics=True))
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert samples["conductatlas_checks_total", "changed"] == 4
    assert samples["conductatlas_checks_total", "held"] == 1
    assert samples["conductatlas_captures_total", "login_wall", "refused"] == 1
    assert samples["conductatlas_documents", "current"] == 1
    assert samples["conductatlas_documents", "never"] == 1
    assert samples["conductatlas_due", "scheduled"] == 3
    assert samples[("conductatlas_versions_total",)] == 4
    assert samples["conductatlas_changes", "confirmed"] == 1
