"""Time stamps (RFC 3161) on checkpoints, as pages list them: the one place where they come in.

Each is what `parts/stamps.html` takes. No authority is asked yet, so there are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Stamps = list[Any]


def on_checkpoints(_checkpoints: Iterable[int]) -> dict[int, Stamps]:
    """Key of a checkpoint → its stamps, the earliest first; those without any are left out."""
    return {}


def over(_index: int) -> Stamps:
    """Of each authority the earliest stamp on a checkpoint over the leaf at this place."""
    return []
