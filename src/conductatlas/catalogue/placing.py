"""Putting a written declaration where it belongs, without losing what lies there."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from conductatlas.errors import DeclarationError


class Placed(StrEnum):
    WRITTEN = "written"
    SAME = "same"  # it lay there as it is
    STANDS = "stands"  # another text lies there, and was left


def place(file: Path, content: bytes, *, may_replace: bool) -> Placed:
    """Write `content` to `file` and make the folders it needs, unless another text lies there and may not go.

    A file is whole or not there. DeclarationError if it cannot be read or written.
    """
    try:
        if file.is_symlink() or file.exists():
            if file.read_bytes() == content:
                return Placed.SAME
            if not may_replace:
                return Placed.STANDS
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.draft")
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as fault:
        raise DeclarationError(
            f"{file} cannot be written: {fault.strerror or fault}",
            file=str(file),
            remedy="Name a folder that this user may write to, on a disk with room.",
        ) from None
    return Placed.WRITTEN
