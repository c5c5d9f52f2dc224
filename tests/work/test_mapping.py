"""Which captures are of which document: maps in their three forms, and addresses that are one page's."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductatlas.errors import ImportSourceError
from conductatlas.work.mapping import Rule, address_key, read_map

FORMS = {
    "a.toml": """
[[map]]
url = "https://heron.example/terms"
document = "heron/terms"
[[map]]
header = "X-Document"
document = "{x-platform}/{x-document}"
[[map]]
prefix = "https://heron.example/img"
document = ""
""",
    "a.json": """[
{"url": "https://heron.example/terms", "document": "heron/terms"},
{"header": "X-Document", "document": "{x-platform}/{x-document}"},
{"prefix": "https://heron.example/img", "document": ""}]""",
    "a.csv": """url,header,prefix,document
https://heron.example/terms,,,heron/terms
,X-Document,,{x-platform}/{x-document}
,,https://heron.example/img,
""",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_three_forms_say_the_same(tmp_path: Path, form: str) -> None:
    (tmp_path / form).write_text(FORMS[form], "utf-8")
    rules = read_map(tmp_path / form)
    fields = {"x-platform": "egret", "x-document": "privacy"}
    assert [
        [rule.document_of("http://heron.example/terms/#top", {}) for rule in rules],
        [rule.document_of("http://egret.example/", fields) for rule in rules],
        [rule.document_of("https://heron.example/img/a.png", {}) for rule in rules],
    ] == [["heron/terms", None, None], [None, "egret/privacy", None], [None, None, ""]]


@pytest.mark.parametrize(
    "text", ["[[map]]\nurl='x'", "[[map]]\ndocument='a/b'", "[[map]]\nurl='x'\ndocument='a'", "map=1", "="]
)
def test_a_map_that_cannot_be_used_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ImportSourceError) as raised:
        read_map(path)
    assert "document" in raised.value.remedy


def test_a_name_of_a_text_is_matched_as_a_whole() -> None:
    rule = Rule("name", "Heron/Terms of Service", "", "heron/terms")
    assert rule.document_of("", {}, "Heron/Terms of Service") == "heron/terms"
    assert rule.document_of("", {}, "Heron/Terms") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://Heron.example/terms", "https://heron.example:443/terms/#a", True),
        ("https://heron.example/terms?lang=en", "https://heron.example/terms", False),
        ("https://heron.example/Terms", "https://heron.example/terms", False),
        ("https://www.heron.example/terms", "https://heron.example/terms", False),
        ("ftp://heron.example/terms", "mailto:a@heron.example", True),  # neither is a page: both have no key
    ],
)
def test_what_makes_two_addresses_one(one: str, other: str, same: bool) -> None:
    assert (address_key(one) == address_key(other)) is same
