"""Single texts as JSON lines, and the types of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from conductatlas.errors import InputLineError
from conductatlas.reading.clauses.classify import classify
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.text.kinds import kind_for_alias

AT_ONCE = 256  # texts


class _Asked(NamedTuple):
    id: str | int
    passage: Passage


def typed_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Of each line `{id, text, kind?, language?}` `{id, types}`, in their order; empty lines are passed over.

    types: `type` and `confidence` (0 to 1), the most apt first, [] where none is sure enough. Raises InputLineError at
    the first line that cannot be used; what the lines before it say has been given by then.
    """
    asked = _asked(lines)
    fault: InputLineError | None = None
    while fault is None:
        batch: list[_Asked] = []
        try:
            batch.extend(islice(asked, AT_ONCE))
        except InputLineError as found:
            fault = found
        if not batch and fault is None:
            return
        typed = classify([passage for _, passage in batch], alone=True)
        for (identity, _), types in zip(batch, typed, strict=True):
            yield {
                "id": identity,
                "types": [{"type": one.type, "confidence": round(one.confidence, 3)} for one in types],
            }
    raise fault


def _asked(lines: Iterable[bytes]) -> Iterator[_Asked]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except (ValueError, RecursionError):
            raise InputLineError("no JSON", line=number) from None
        if not isinstance(row, dict):
            raise InputLineError("no JSON object", line=number)
        identity = row.get("id")
        if not isinstance(identity, str | int) or isinstance(identity, bool):
            raise InputLineError("`id` has to be a text or a whole number", line=number)
        texts = {key: row.get(key) or "" for key in ("text", "kind", "language")}
        if "text" not in row or not all(isinstance(text, str) for text in texts.values()):
            raise InputLineError("`text` has to be there; it, `kind` and `language` are texts", line=number)
        kind = kind_for_alias(texts["kind"])
        yield _Asked(identity, Passage(texts["text"], kind=kind, language=texts["language"] or "en"))
