from __future__ import annotations

import json
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue.toml_lines import TomlLines

TEXT = '''\
# a comment with [brackets] and a = sign
name = "A # no comment, [no table]"
note = """
[[documents]] = "in a text"
ends with two quotes"""""
'quoted = key' = 1

[[documents]]
title = 'one'   # "unbalanced
select = [
  "a",  # ]
  { startBefore = "x", endAfter = "]" },
]
[[documents.sources]]
url = "u"

[[documents.sources]]
  url = "v"
[ documents . extra ]
deep.down = 2
[[documents]]
title = "two"
'''


def test_each_key_and_table_has_its_line() -> None:
    assert tomllib.loads(TEXT), "the example itself must be TOML"
    lines = TomlLines.of(TEXT)
    places = {
        ("name",): 2,
        ("note",): 3,
        ("quoted = key",): 6,
        ("documents",): 8,
        ("documents", 0): 8,
        ("documents", 0, "title"): 9,
        ("documents", 0, "select"): 10,
        ("documents", 0, "sources", 0): 14,
        ("documents", 0, "sources", 0, "url"): 15,
        ("documents", 0, "sources", 1, "url"): 18,
        ("documents", 0, "extra"): 19,
        ("documents", 0, "extra", "deep", "down"): 20,
        ("documents", 1): 21,
        ("documents", 1, "title"): 22,
    }
    assert {path: lines.at(*path) for path in places} == places


def test_what_has_no_line_has_that_of_the_table_around_it() -> None:
    lines = TomlLines.of(TEXT)
    assert lines.at("documents", 1, "kind") == 21
    assert lines.at("documents", 0, "sources", 1, "select", 3) == 17
    assert lines.at("nowhere") == 1


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)
VALUES = st.one_of(
    st.integers(-9, 9), st.booleans(), st.lists(st.text("a\"'#[]=\\", max_size=5).map(str), max_size=3)
)


@given(
    st.dictionaries(KEYS, VALUES, max_size=6), st.lists(st.sampled_from(["", "# [x] = '", "  "]), max_size=5)
)
def test_whatever_the_keys_and_values_every_key_is_found(
    table: dict[str, object], padding: list[str]
) -> None:
    written, expected = list(padding), {}
    for key, value in table.items():
        expected[key] = len(written) + 1
        parts = [json.dumps(part) for part in value] if isinstance(value, list) else []
        text = ["[", *(f"  {part}, # ]" for part in parts), "]"] if parts else [json.dumps(value)]
        written += [f"{json.dumps(key, ensure_ascii=False)} = {text[0]}", *text[1:]]
    document = "\n".join(written)
    assert tomllib.loads(document) == table
    lines = TomlLines.of(document)
    assert {key: lines.at(key) for key in table} == expected
