from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.address import MAX_LENGTH, WebAddress
from conductatlas.errors import AddressRefusedError


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTP://Lumen.EXAMPLE", "http://lumen.example/"),
        ("https://lumen.example:443/terms#top", "https://lumen.example/terms"),
        ("http://lumen.example:8080/?a=b c", "http://lumen.example:8080/?a=b%20c"),
        ("https://lumen.example./legal/../terms/./v2", "https://lumen.example/terms/v2"),
        ("https://lumen.example/a/%2e%2E/b/..", "https://lumen.example/"),
        ("https://lumen.example/../../etc", "https://lumen.example/etc"),
        ("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://lumen.example/a%2Fb//c", "https://lumen.example/a%2Fb//c"),
        ("http://[0:0::0:1]:8080/x", "http://[::1]:8080/x"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),  # full-width digits are digits to IDNA
        (" https://a_b.example/ ", "https://a_b.example/"),
    ],
)
def test_an_address_has_one_plain_form(url: str, plain: str) -> None:
    assert str(WebAddress.parse(url)) == plain


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lumen.example/terms",
        "ftp://lumen.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///terms",
        "http://user@lumen.example/",
        "http://user:secret@lumen.example/",
        "http://lumen.example:0/",
        "http://lumen.example:99999/",
        "http://lumen.example:eighty/",
        "http://2130706433/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://127.0.0.0x1/",
        "http://1.2.3.4.5/",
        "http://[::1/",
        "http://[::1%25lo]/",
        "http://[fe80::1%lo]/",
        "http://[v1.x]/",
        "http://[127.0.0.1]/",
        "http://lumen..example/",
        "http://-lumen.example/",
        "http://lumen.example\\@other.example/",
        "http://lumen example/",
        "http://lumen.example/a\r\nb",
        "http://lumen.example/a\x00",
        "http://" + "a" * 64 + ".example/",
        "http://" + "ü" * 80 + ".example/",
        "http://lumen.example/\ud800",
        "http://lumen.example/" + "a" * MAX_LENGTH,
        "http://lumen.example/" + "ü" * (MAX_LENGTH // 2),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError) as caught:
        WebAddress.parse(url)
    caught.value.message.encode()  # can be stored, whatever was in the address


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/privacy", "https://lumen.example/privacy"),
        ("v3?x=1", "https://lumen.example/legal/v3?x=1"),
        ("//other.example/", "https://other.example/"),
        ("?page=2", "https://lumen.example/legal/terms?page=2"),
        ("", "https://lumen.example/legal/terms"),
        ("HTTPS://Other.example/a b", "https://other.example/a%20b"),
    ],
)
def test_join_follows_a_location(location: str, target: str) -> None:
    assert str(WebAddress.parse("https://lumen.example/legal/terms").join(location)) == target


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,30}/.{0,20}"))
def test_any_text_is_an_address_in_plain_form_or_refused(url: str) -> None:
    try:
        address = WebAddress.parse(url)
    except AddressRefusedError:
        return
    assert str(address).isascii()
    assert WebAddress.parse(str(address)) == address


@given(st.text(max_size=60))
def test_any_location_can_be_joined_or_refused(location: str) -> None:
    with contextlib.suppress(AddressRefusedError):
        WebAddress.parse("https://lumen.example/legal/").join(location)
