"""Each value of a JSON file has its line."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue.json_lines import JsonLines

TEXT = """{
  "name": "a \\" { [ , b",
  "terms": {
    "Rules": {
      "fetch": "https://quill.example/",
      "select": ["a",
        { "startBefore": "p",
          "endBefore": "q" },
        12,
        "c"
      ]
    },
    "": { "combine": [
      {},
      { "fetch": null }
    ] }
  }
}"""


def test_each_key_and_item_has_its_line() -> None:
    assert json.loads(TEXT), "the example itself must be JSON"
    lines = JsonLines.of(TEXT)
    places = {
        ("name",): 2,
        ("terms",): 3,
        ("terms", "Rules"): 4,
        ("terms", "Rules", "select"): 6,
        ("terms", "Rules", "select", 0): 6,
        ("terms", "Rules", "select", 1): 7,
        ("terms", "Rules", "select", 1, "endBefore"): 8,
        ("terms", "Rules", "select", 2): 9,
        ("terms", "Rules", "select", 3): 10,
        ("terms", "", "combine", 0): 14,
        ("terms", "", "combine", 1): 15,
        ("terms", "", "combine", 1, "fetch"): 15,
    }
    assert {path: lines.at(*path) for path in places} == places
    assert lines.at("terms", "Rules", "remove", 5) == 4
    assert lines.at("nowhere") == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\{}[],:\n ', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\{,: ', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_the_values_each_is_found(value: object) -> None:
    """Written with an indent, each key and item begins a line of its own, in the order of the walk."""
    paths: list[tuple[str | int, ...]] = []

    def walk(inner: object, at: tuple[str | int, ...]) -> None:
        items = (
            inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        )
        for key, below in items:
            paths.append((*at, key))
            walk(below, (*at, key))

    walk(value, ())
    text = json.dumps(value, indent=1)
    lines = JsonLines.of(text)
    found = [lines.at(*path) for path in paths]
    expected = [n for n, line in enumerate(text.splitlines(), 1) if n > 1 and line.strip(" ],}")]
    assert found == expected
