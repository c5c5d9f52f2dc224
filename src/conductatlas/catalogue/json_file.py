"""A JSON file that others wrote: its object, where things stand in it, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from conductatlas.catalogue.declaration_file import decoded
from conductatlas.catalogue.faults import Fault, Severity, WrongValueError
from conductatlas.catalogue.json_lines import JsonLines, Path

T = TypeVar("T")


@dataclass(slots=True)
class JsonFile:
    """One file, read. `table` is None if it holds no object; `faults` says why, and grows as values are looked at."""

    name: str
    table: dict[str, Any] | None = None
    _lines: JsonLines = field(default_factory=JsonLines)
    _faults: dict[Fault, None] = field(default_factory=dict)  # in order, each once
    _errors: int = 0

    @classmethod
    def read(cls, content: bytes, name: str) -> JsonFile:
        """Never raises: whatever is wrong with `content` becomes a fault. `name` is what faults call the file."""
        file = cls(name)
        repeated: set[str] = set()

        def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            made: dict[str, Any] = {}
            for key, value in pairs:
                if key in made:
                    repeated.add(key)
                made[key] = value
            return made

        try:
            text = decoded(content)
            value = json.loads(text, object_pairs_hook=table)
        except WrongValueError as fault:
            file.add((), fault.message, fault.remedy)
        except json.JSONDecodeError as fault:
            file.add((), f"not JSON: {fault.msg}", "https://json.org shows the format.", line=fault.lineno)
        except (ValueError, RecursionError) as fault:
            file.add((), f"not usable as JSON: {fault}", "Write numbers and nesting of a sane size.")
        else:
            if isinstance(value, dict):
                file.table, file._lines = value, JsonLines.of(text)
            else:
                file.add((), "the file holds no JSON object", 'It should begin with "{".')
            for key in sorted(repeated):
                file.add(
                    (),
                    f"the key {key!r} stands twice in one object",
                    "The last one counts.",
                    severity="notice",
                )
        return file

    @property
    def faults(self) -> list[Fault]:
        return list(self._faults)

    @property
    def errors(self) -> int:
        """How often an error was met so far, the same one in two places counted twice."""
        return self._errors

    def value(self, at: Path, what: str, parse: Callable[[object], T], value: object) -> T | None:
        """What `parse` makes of a value; None, and a fault, where it makes nothing of it."""
        try:
            return parse(value)
        except WrongValueError as fault:
            self.add(at, f"{what} {fault.message}", fault.remedy)
            return None

    def note_unknown(self, at: Path, raw: Mapping[str, object], known: Iterable[str]) -> None:
        """A notice for each key that is none of `known`."""
        for key in sorted(raw.keys() - set(known)):
            self.add(
                (*at, key),
                f"nothing was made of the key {key!r}",
                "Look whether it matters.",
                severity="notice",
            )

    def add(
        self, at: Path, message: str, remedy: str, *, severity: Severity = "error", line: int | None = None
    ) -> None:
        self._errors += severity == "error"
        self._faults[Fault(self.name, line or self._lines.at(*at), message, remedy, severity)] = None
