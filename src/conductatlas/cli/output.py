"""How commands speak: results on standard output, for people or one JSON object a line; the rest on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from conductatlas.errors import ConductAtlasError

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's results go."""

    as_json: bool

    def row(self, value: Mapping[str, Any], line: str) -> None:
        """One result: `value` as JSON, or `line` for people."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        else:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Something people want to know while they wait; never part of the results."""
        if not self.as_json:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    def error(self, fault: ConductAtlasError) -> None:
        """A typed error, its remedy with it."""
        if self.as_json:
            sys.stdout.write(json.dumps({"error": fault.diagnostics()}, ensure_ascii=False) + "\n")
        else:
            sys.stderr.write(f"Error: {fault.message}\n{fault.remedy}\n")
