"""Sniffing of encodings: the order of the HTML standard, and the guess behind it."""

from __future__ import annotations

import codecs

import pytest
import webencodings
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.charset import DEFAULTS_BY_LANGUAGE, decode, media_type, parameter

TEXT = "Zażółć gęślą jaźń – naïve café"


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "source"),
    [
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=iso-8859-5", "utf-8", "bom"),
        (TEXT.encode("utf-16"), "text/html; charset=iso-8859-1", "utf-16le", "bom"),
        ("café".encode("latin-1"), "text/html; charset=ISO-8859-1", "windows-1252", "header"),
        ("café".encode("latin-1"), 'text/html; charset="latin1"', "windows-1252", "header"),
        (b'<meta charset="iso-8859-2"><p>' + "żółw".encode("iso-8859-2"), "text/html", "iso-8859-2", "meta"),
        (b"<!-- <meta charset=big5> --><p>caf\xe9", "text/html", "windows-1252", "guess"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?><p>\xbf', None, "iso-8859-2", "meta"),
        (TEXT.encode(), None, "utf-8", "bytes"),
        (TEXT.encode(), "text/html; charset=iso-8859-5", "utf-8", "bytes"),
        (b"plain", "text/html; charset=no-such-thing", "utf-8", "guess"),
        ('<html lang="ru"><p>договор'.encode("cp1251"), None, "windows-1251", "guess"),
        ("<p>agreement</p>".encode("utf-16-le"), None, "utf-16le", "guess"),
    ],
)
def test_declared_and_guessed(body: bytes, content_type: str | None, encoding: str, source: str) -> None:
    decoded = decode(body, content_type)
    assert (decoded.encoding, decoded.source) == (encoding, source)


def test_undeclared_windows_1252_is_readable() -> None:
    assert decode("“quoted” – café".encode("cp1252"), None).text == "“quoted” – café"


def test_a_body_cut_in_the_middle_of_a_character_is_still_utf8() -> None:
    assert decode("naïve café".encode()[:-1], None).encoding == "utf-8"


def test_meta_utf_16_that_can_be_read_is_utf8() -> None:
    assert decode(b"<meta charset=utf-16><p>x", None).encoding == "utf-8"


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=60)))
def test_never_fails_and_gives_no_surrogates(body: bytes, content_type: str | None) -> None:
    decode(body, content_type).text.encode("utf-8")


@given(st.text(max_size=80))
def test_parameters_of_anything(value: str) -> None:
    assert isinstance(parameter(value, "charset"), str)
    assert media_type(value) == media_type(value).strip()


def test_the_defaults_are_encodings() -> None:
    for name in DEFAULTS_BY_LANGUAGE.values():
        assert webencodings.lookup(name) is not None
