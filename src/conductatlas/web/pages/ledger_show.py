"""`/ledger/`: the log of all that the archive states: its newest checkpoint, earlier ones, its keys, how to check it.

Template `ledger_show.html`:
    newest          CheckpointRecord | None: .size .root .note .at .verifier .origin .witnesses .beacon
    leaves          leaves under the newest checkpoint
    pending         leaves that were written and are not under one yet
    checkpoints     how many heads were signed
    lines           tuple[Line]: .checkpoint (CheckpointRecord), .stamps ((authority, moment) of each); newest first,
                    SIZE a page
    paging          Paging
    keys            list[KeyRecord]: .verifier .origin .reason .since, oldest first
    stamps          list[StampRecord]: on the newest checkpoint; `awaited`: those that are still to come
    script          the text of `static/check_leaf.py`
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.archive import counts, ledger_queries, stamp_queries
from conductatlas.archive.ledger_queries import CheckpointRecord
from conductatlas.web.paging import SIZE, before, paged


@dataclass(frozen=True, slots=True)
class Line:
    """A checkpoint in a list, with the authority and the moment of each stamp on it."""

    checkpoint: CheckpointRecord
    stamps: tuple[tuple[str, datetime], ...]


def show(request: HttpRequest) -> HttpResponse:
    newest = ledger_queries.newest()
    found = ledger_queries.checkpoints(before=before(request), limit=SIZE + 1)
    shown, paging = paged(request, found, [one.size for one in found])
    stamps = stamp_queries.moments_on([one.pk for one in shown])
    return render(
        request,
        "ledger_show.html",
        {
            "newest": newest,
            "leaves": counts.leaves(),
            "pending": counts.pending_leaves(),
            "checkpoints": counts.checkpoints(),
            "lines": tuple(Line(one, tuple(stamps.get(one.pk, ()))) for one in shown),
            "paging": paging,
            "keys": ledger_queries.signing_keys(),
            "stamps": stamp_queries.stamps_of(newest.pk) if newest else [],
            "awaited": stamp_queries.awaited([newest.pk]).get(newest.pk, []) if newest else [],
            "script": _script(),
        },
    )


@lru_cache(maxsize=1)
def _script() -> str:
    return files("conductatlas.web").joinpath("static", "check_leaf.py").read_text("utf-8")
