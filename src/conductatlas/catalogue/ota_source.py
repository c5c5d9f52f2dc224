"""What a declaration of Open Terms Archive reads, as sources of ours: `fetch`, `select`, `remove`, `filter`,
`executeClientScripts`, and `combine` with what all its parts share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from conductatlas.catalogue import values
from conductatlas.catalogue.declaration_file import DeclaredSource
from conductatlas.catalogue.faults import WrongValueError
from conductatlas.catalogue.json_file import JsonFile
from conductatlas.catalogue.json_lines import Path
from conductatlas.reading.text.filters import Filter, QueryParameters

KEYS = ("fetch", "select", "remove", "filter", "executeClientScripts")
END = "validUntil"  # of a past declaration

T = TypeVar("T")


def sources(file: JsonFile, at: Path, raw: object) -> tuple[DeclaredSource, ...]:
    """The sources of the declaration that stands at `at`, in order; none, and faults, if one of them is wrong."""
    before = file.errors
    if not isinstance(raw, dict):
        file.add(at, "a declaration must be an object", 'Write {"fetch": "https://…", "select": "…"}.')
        return ()
    parts = [(at, raw)]
    shared: Mapping[str, Any] = {}
    if "combine" in raw:
        combined = raw["combine"]
        if (
            not isinstance(combined, list)
            or not combined
            or not all(isinstance(part, dict) for part in combined)
        ):
            file.add(
                (*at, "combine"),
                "combine must be a list of declarations",
                'Write [{"fetch": "https://…"}, …].',
            )
            return ()
        parts = [((*at, "combine", n), part) for n, part in enumerate(combined)]
        shared = {key: value for key, value in raw.items() if key not in ("combine", END)}
    found: list[DeclaredSource] = []
    for place, part in parts:
        source = _source(file, place, part, shared)
        if source in found:
            file.add(place, "the same part twice", "It is read once.", severity="notice")
        else:
            found.append(source)
    return tuple(found) if file.errors == before else ()


def _source(file: JsonFile, at: Path, own: Mapping[str, Any], shared: Mapping[str, Any]) -> DeclaredSource:
    raw = {**shared, **own}
    file.note_unknown(at, raw, (*KEYS, END))

    def place(key: str) -> Path:
        """What the parts share stands beside `combine`, two steps further out."""
        return (*at, key) if key in own else (*at[:-2], key)

    def taken(key: str, parse: Callable[[object], T], missing: T) -> T:
        value = raw.get(key)
        return missing if value is None else file.value(place(key), key, parse, value) or missing

    if raw.get("fetch") is None:
        file.add(at, "fetch is missing", 'Add "fetch": "https://…".')
    elif "#" in str(raw["fetch"]):
        file.add(
            place("fetch"),
            "the fragment (#…) of fetch is left out, as no server ever sees it",
            "Name the part to read with `select`.",
            severity="notice",
        )
    return DeclaredSource(
        url=taken("fetch", _address, ""),
        select=taken("select", values.selectors, ()),
        remove=taken("remove", values.selectors, ()),
        fetcher="browser" if taken("executeClientScripts", _truth, False) else "http",
        filters=_filters(file, place("filter"), raw.get("filter")),
    )


def _filters(file: JsonFile, at: Path, raw: object) -> tuple[Filter, ...]:
    found: list[Filter] = []
    for one in raw if isinstance(raw, list) else [] if raw is None else [raw]:
        if isinstance(one, str):
            _refuse_script(file, at, one)
        elif isinstance(one, dict) and one:
            for name, value in one.items():
                if name != "removeQueryParams":
                    _refuse_script(file, at, name)
                elif names := file.value(at, name, values.names, value):
                    found.append(QueryParameters(names))
        else:
            file.add(
                at, f"filter {str(one)[:40]!r} is none", 'A filter is a name or {"removeQueryParams": […]}.'
            )
    return tuple(dict.fromkeys(found))


def _refuse_script(file: JsonFile, at: Path, name: str) -> None:
    file.add(
        at,
        f"the JavaScript filter {name[:200]!r} is not taken: what it took out stays in the text",
        "Say what it does with `remove`, or with a filter of ours (replace, strip, query_parameters).",
        severity="notice",
    )


def _address(value: object) -> str:
    return values.url(values.text(2000)(value).partition("#")[0])


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("must be true or false", "Write it without quotes.")
    return value
