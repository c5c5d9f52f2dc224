from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.language import detect, primary

SENTENCES = {
    "en": "You agree to these terms when you open an account, and we may change them with thirty days notice.",
    "de": "Mit der Eröffnung eines Kontos stimmen Sie diesen Bedingungen zu; wir können sie mit Frist ändern.",
    "fr": "En ouvrant un compte, vous acceptez ces conditions, que nous pouvons modifier avec un préavis.",
    "es": "Al abrir una cuenta usted acepta estas condiciones, que podemos cambiar con treinta días de aviso.",
    "it": "Aprendo un conto accetti queste condizioni, che possiamo modificare con trenta giorni di preavviso.",
    "pl": "Zakładając konto, zgadzasz się na niniejsze warunki, które możemy zmienić z wyprzedzeniem.",
    "sv": "När du skapar ett konto godkänner du villkoren, som vi kan ändra med trettio dagars varsel.",
    "zh": "您注册账号即表示同意本协议，我们可以提前三十日通知您后修改本协议的条款。",
    "ja": "アカウントを作成することにより、お客様は本規約に同意したものとみなされます。",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_tells_its_language(language: str, sentence: str) -> None:
    assert detect(sentence) == language
    assert detect(sentence.upper()) == language


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_the_text_outweighs_what_the_page_declares(language: str, sentence: str) -> None:
    declared = "en" if language != "en" else "de"
    assert detect("\n".join([sentence] * 40), declared) == language


@pytest.mark.parametrize("text", ["", "42", "12 % / 7,50 €", "§ 3", "\n\n", "https://fernloft.example/terms"])
def test_what_has_no_language_is_as_declared(text: str) -> None:
    assert detect(text) == ""
    assert detect(text, "sv-SE") == "sv"


def test_a_foreign_menu_does_not_decide() -> None:
    menu = "Hem\nProdukter\nPriser\nOm oss\n"
    assert detect(menu + "\n".join([SENTENCES["en"]] * 20)) == "en"


TAGS = {
    "en": "en",
    "en-GB": "en",
    "EN_us": "en",
    "nb-NO": "no",
    "zh-Hant-TW": "zh",
    "yue": "zh",
    "  de ": "de",
}
NO_TAGS = {"": "", "x": "", "english": ""}


@pytest.mark.parametrize(("tag", "language"), (TAGS | NO_TAGS).items())
def test_a_tag_is_reduced_to_its_language(tag: str, language: str) -> None:
    assert primary(tag) == language


@given(st.text(max_size=3000), st.text(max_size=12))
def test_any_text_gives_the_same_tag_each_time(text: str, declared: str) -> None:
    tag = detect(text, declared)
    assert tag == detect(text, declared)
    assert tag == "" or (tag.isascii() and tag.islower() and 2 <= len(tag) <= 3)


def test_nothing_is_loaded_before_a_language_is_asked_for_and_nothing_can_fetch() -> None:
    code = (
        "import sys; from conductatlas.reading.text.language import detect; assert 'fasttext' not in sys.modules; "
        "detect('You agree to these terms of use.'); assert 'fasttext' in sys.modules; "
        "assert not {'requests', 'urllib3', 'robust_downloader'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
