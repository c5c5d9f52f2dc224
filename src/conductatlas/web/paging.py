"""Long lists, a page at a time: by the key of the last row shown, so that new rows never shift what one reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest

Row = TypeVar("Row")

SIZE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """Query strings ("?before=…") of the neighbouring pages, None where there is none. `newest` is None on the
    first page."""

    newest: str | None
    older: str | None


def before(request: HttpRequest) -> int | None:
    """The key of the row that the page asked for goes on after; None for the first page or a key that is none."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def paged(request: HttpRequest, rows: Sequence[Row], keys: Sequence[int]) -> tuple[tuple[Row, ...], Paging]:
    """The rows of this page and the ways on. `rows` holds one more than SIZE if there are older ones, `keys` the
    key of each."""
    asked = request.GET.copy()
    asked.pop("before", None)
    newest = f"?{asked.urlencode()}" if before(request) is not None else None
    older = None
    if len(rows) > SIZE:
        asked["before"] = str(keys[SIZE - 1])
        older = f"?{asked.urlencode()}"
    return tuple(rows[:SIZE]), Paging(newest, older)
