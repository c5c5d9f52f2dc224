"""On which line of a TOML file a key stands: what tomllib knows while it reads, and does not tell.

Only files that tomllib has accepted are looked at, so nothing is validated here: the text is cut into
statements (a table header, or `key = value` over as many lines as it takes), and tomllib reads the name in
each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value: names of tables, positions in arrays of tables, the key."""

_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # strings of several lines; up to two quotes may belong to the text
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=\n]"
    r"|[^\"'\#\[\]{}=\n]+",
    re.DOTALL,
)


@dataclass(slots=True)
class TomlLines:
    """Lines (from 1) of the tables and keys of one file."""

    _lines: dict[Path, int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> TomlLines:
        """`text` must be valid TOML."""
        lines: dict[Path, int] = {}
        latest: dict[Path, int] = {}  # arrays of tables → the position of their latest table
        table: Path = ()
        for line, name, brackets in _statements(text):
            parts = _parts(name)
            if brackets:
                table = _resolved(parts[:-1], latest) + parts[-1:]
                lines.setdefault(table, line)
                if brackets == 2:
                    latest[table] = latest.get(table, -1) + 1
                table = _resolved(parts, latest)
                lines[table] = line
            else:
                lines[table + parts] = line
        return cls(lines)

    def at(self, *path: str | int) -> int:
        """The line of the value at `path`, or of the innermost table or key around it that has a line; else
        1."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return line
        return 1


def _statements(text: str) -> Iterator[tuple[int, str, int]]:
    """(line, name, brackets) of each statement: 0 brackets for a key, 1 for [table], 2 for [[array of
    tables]]."""
    line, depth = 1, 0
    begin, name, brackets, is_named = 1, "", 0, False
    for piece in _PIECE.findall(text):
        if piece == "\n" and depth == 0:
            if name.strip():
                yield begin, name.strip(), brackets
            begin, name, brackets, is_named = line + 1, "", 0, False
        elif piece in ("[", "{"):
            brackets += not is_named
            depth += 1
        elif piece in ("]", "}"):
            depth -= 1
        elif piece == "=":
            is_named = True
        elif not is_named and not piece.startswith("#"):
            name += piece
        line += piece.count("\n")
    if name.strip():
        yield begin, name.strip(), brackets


def _parts(name: str) -> tuple[str, ...]:
    """The names in a dotted, perhaps quoted key."""
    parts = []
    value: Any = tomllib.loads(f"{name} = 0")
    while isinstance(value, dict):
        ((part, value),) = value.items()
        parts.append(part)
    return tuple(parts)


def _resolved(parts: Path, latest: dict[Path, int]) -> Path:
    """`parts` with the position of the latest table put in after each array of tables."""
    path: Path = ()
    for part in parts:
        path += (part,)
        if path in latest:
            path += (latest[path],)
    return path
