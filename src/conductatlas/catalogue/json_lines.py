"""On which line of a JSON file a value stands: what the json module knows while it reads, and does not tell.

Only text that json has accepted is looked at, so nothing is validated here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""The way to a value: keys of objects, positions in arrays."""

_PIECE = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{},:\n]|[^\s\[\]{},:"]+')


@dataclass(slots=True)
class JsonLines:
    """Lines (from 1) of the keys and array items of one file."""

    _lines: dict[Path, int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> JsonLines:
        """`text` must be valid JSON."""
        lines: dict[Path, int] = {}
        path: list[str | int] = []
        is_name = False  # whether a string that comes now names a key
        line = 1
        for piece in _PIECE.findall(text):
            if piece == "\n":
                line += 1
            elif piece in "]}":
                path.pop()
                is_name = False
            elif piece == ",":
                last = path[-1]
                is_name = isinstance(last, str)
                if isinstance(last, int):
                    path[-1] = last + 1
            elif is_name:
                path[-1] = json.loads(piece)
                lines[tuple(path)] = line
                is_name = False
            elif piece != ":":
                if path and isinstance(path[-1], int):
                    lines[tuple(path)] = line
                if piece in "[{":
                    path.append(0 if piece == "[" else "")
                    is_name = piece == "{"
        return cls(lines)

    def at(self, *path: str | int) -> int:
        """The line of the value at `path`, or of the innermost key or item around it that has a line; else 1."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return line
        return 1
