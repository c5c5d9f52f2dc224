from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conductatlas.reading.text.kinds import KINDS, guess_kind, kind_for_alias, kind_title

DATA = tomllib.loads(files("conductatlas.reading.text").joinpath("kinds.toml").read_text("utf-8"))

TERMS_TYPES = """
Terms of Service | Privacy Policy | Imprint | Trackers Policy | Developer Terms | Community Guidelines
Deceased Users | Acceptable Use Policy | Restricted Use Policy | Commercial Terms | Copyright Claims Policy
Law Enforcement Guidelines | Human Rights Policy | In-App Purchases Policy | Review Guidelines
Brand Guidelines | Quality Guidelines | Data Controller Agreement | Data Processor Agreement
User Consent Policy | Closed Captioning Policy | Seller Warranty | Single Sign-On Policy
Vulnerability Disclosure Policy | Live Policy | Complaints Policy | Conditions of Carriage
General Conditions of Sale | Marketplace Buyers Conditions | Marketplace Sellers Conditions
Ranking Parameters Description | Premium Partner Conditions | Platform to Business Notice
Business Mediation Policy | Business Privacy Policy | Editorial Policy | Anti-corruption Policy
Accessibility Statement | Hyperlinks Policy | Whistleblower Policy | Affiliate Agreement
Service Level Agreement | Content Monetisation Policy | Advertising Content Policy
"""

TITLES = {
    "Terms of Service": "terms",
    "Fernloft – Terms & Conditions": "terms",
    "Allgemeine Geschäftsbedingungen": "terms",
    "Conditions générales d’utilisation": "terms",
    "用户协议": "terms",
    "利用規約": "terms",
    "Privacy and Cookie Policy": "privacy",
    "Privacy | Fernloft": "privacy",
    "Datenschutzerklärung": "privacy",
    "Integritetspolicy": "privacy",
    "Fernloft 隐私政策": "privacy",
    "Enterprise privacy at Fernloft": "business-privacy",
    "Cookie notice": "cookies",
    "Usage policies": "acceptable-use",
    "Generative AI Prohibited Use Policy": "acceptable-use",
    "Community Standards": "community-guidelines",
    "Data Processing Addendum": "dpa",
    "Auftragsverarbeitungsvertrag": "dpa",
    "List of sub-processors": "subprocessors",
    "API Terms of Use": "developer-terms",
    "Commercial Terms of Service": "commercial-terms",
    "Service Level Agreement": "sla",
    "Responsible Disclosure Policy": "vulnerability-disclosure",
    "Impressum": "imprint",
    "Mentions légales": "imprint",
    "Service credit terms": "in-app-purchases",
    "Information for law enforcement authorities": "law-enforcement",
    "DMCA policy": "copyright",
    "Advertising policies": "ads-policy",
    "Schedule of fees": "fees",
    "Refund policy": "refunds",
    "System card": "system-card",
    "Frequently asked questions": "faq",
}

ADDRESSES = {
    "https://fernloft.example/legal/terms": "terms",
    "https://fernloft.example/tos": "terms",
    "https://fernloft.example/legal/terms/sub-processors/": "subprocessors",
    "https://fernloft.example/de/Datenschutz.html": "privacy",
    "https://fernloft.example/legal/data_processing_addendum.pdf": "dpa",
    "https://fernloft.example/policies/aup": "acceptable-use",
    "https://privacy.fernloft.example/": "privacy",
    "https://fernloft.example/%E7%94%A8%E6%88%B7%E5%8D%8F%E8%AE%AE": "terms",
}


@pytest.mark.parametrize(("title", "slug"), TITLES.items())
def test_a_title_tells_its_kind(title: str, slug: str) -> None:
    assert guess_kind(title, "") == slug


@pytest.mark.parametrize(("address", "slug"), ADDRESSES.items())
def test_an_address_tells_its_kind(address: str, slug: str) -> None:
    assert guess_kind("", address) == slug


def test_the_title_outweighs_the_address() -> None:
    assert guess_kind("Cookie policy", "https://fernloft.example/privacy") == "cookies"
    assert guess_kind("Fernloft", "https://fernloft.example/privacy") == "privacy"


@pytest.mark.parametrize(
    "title",
    ["", "Fernloft", "We value your privacy", "Draw anywhere, together", "Legal", "A story about cookies"],
)
def test_what_says_nothing_has_no_kind(title: str) -> None:
    assert guess_kind(title, "https://fernloft.example/") == ""


@pytest.mark.parametrize("name", [n.strip() for n in re.split(r"[|\n]", TERMS_TYPES) if n.strip()])
def test_every_terms_type_is_an_alias(name: str) -> None:
    assert kind_for_alias(name) in KINDS


def test_aliases_are_found_however_they_are_written() -> None:
    assert kind_for_alias("terms of  SERVICE") == "terms"
    assert kind_for_alias("terms") == "terms"
    assert kind_for_alias("Community Guidelines - Harassment") == "community-guidelines"
    assert kind_for_alias("Anything else") == ""


def test_no_two_kinds_share_a_name() -> None:
    owner: dict[str, str] = {}
    for kind in KINDS.values():
        for name in {name.casefold() for name in (kind.slug, kind.title, *kind.aliases)}:
            assert owner.setdefault(name, kind.slug) == kind.slug, name


def test_each_kind_guesses_itself_from_its_own_title() -> None:
    not_a_title = {"business-privacy", "p2b-notice"}  # ours say more than pages do
    for slug in KINDS:
        assert slug in not_a_title or guess_kind(kind_title(slug), "") == slug


def test_the_data_has_the_form_it_says() -> None:
    for slug, kind in DATA.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert set(kind) <= {"title", "aliases", "address", "alone", "names"}
        assert kind["title"] and kind["aliases"] and kind["address"] and kind["names"]["en"]
        for language, expressions in kind["names"].items():
            assert re.fullmatch(r"[a-z]{2}", language)
            for expression in expressions:
                assert expression == expression.casefold().replace("ß", "ss") or "ß" in expression
                assert re.compile(expression).match("") is None, expression


@given(st.text(max_size=200), st.text(max_size=200))
@example("", "https://[fernloft/terms")
def test_any_title_and_address_can_be_asked(title: str, url: str) -> None:
    assert guess_kind(title, url) in {*KINDS, ""}
