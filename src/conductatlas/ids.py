"""Citable ids: CA-D-… (document), CA-V-… (version), CA-C-… (change). Stable, and the same in every export.

An id is made of its row's key, which is never used twice; so it needs no column and cannot drift.
"""

from __future__ import annotations

import re

_CAPTURE = re.compile(r"capture-(\d{1,18})")
_SHAPE = re.compile(r"CA-([A-Z])-(\d{1,18})", re.IGNORECASE)


def public_id(letter: str, key: int) -> str:
    """`public_id("V", 42)` is `"CA-V-000042"`."""
    return f"CA-{letter}-{key:06d}"


def parse_id(text: str) -> tuple[str, int] | None:
    """The letter and the key of an id however it is zero-padded or cased; None if it is no id."""
    match = _SHAPE.fullmatch(text.strip())
    return (match[1].upper(), int(match[2])) if match else None


def parse_capture(text: str) -> int | None:
    """The key that `capture-KEY` names; None if it names none. A capture has no citable id of its own."""
    match = _CAPTURE.fullmatch(text)
    return int(match[1]) if match else None
