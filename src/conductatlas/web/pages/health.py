"""`/healthz`, `/readyz`, `/metrics`: for machines.

`/healthz` says that the process answers and asks nothing of the database; `/readyz` says whether it can do its
work: 200 or 503, with each thing looked at.
"""

from __future__ import annotations

import tempfile

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from conductatlas.web.measures import CONTENT_TYPE, exposition


def alive(_: HttpRequest) -> HttpResponse:
    return _uncached(JsonResponse({"status": "alive"}))


def ready(_: HttpRequest) -> HttpResponse:
    looks = {"database": _database(), "data_folder": _data_folder()}
    is_ready = all(fault == "" for fault in looks.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        "checks": {name: fault or "good" for name, fault in looks.items()},
    }
    return _uncached(JsonResponse(body, status=200 if is_ready else 503))


def metrics(_: HttpRequest) -> HttpResponse:
    """Prometheus text format, if the operator switched it on."""
    if not settings.CONFIG.metrics:
        raise Http404
    return _uncached(HttpResponse(exposition(), content_type=CONTENT_TYPE))


def _database() -> str:
    """Empty if the database answers and is at this code's schema, else what is wrong."""
    try:
        executor = MigrationExecutor(connection)
        todo = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "the database does not answer"
    return "migrations are missing" if todo else ""


def _data_folder() -> str:
    try:
        with tempfile.TemporaryFile(dir=settings.CONFIG.data_dir):
            return ""
    except OSError:
        return "the data folder cannot be written"


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
