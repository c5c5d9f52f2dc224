"""What is wrong with a declaration, where, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "notice"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding. An `error` keeps its file from being loaded; a `notice` does not. `line` counts from 1."""

    file: str
    line: int
    message: str
    remedy: str
    severity: Severity = "error"

    def to_dict(self) -> dict[str, object]:
        """The fault as one JSON object: file, line, message, remedy, severity."""
        return asdict(self)


class WrongValueError(ValueError):
    """A value that a declaration can't have. Becomes a Fault where the file and the line are known."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy
