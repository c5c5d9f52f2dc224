"""Names of services and terms types, and the slugs and kinds that they become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue import values
from conductatlas.catalogue.declaration_file import DAILY, DeclaredDocument, DeclaredSource
from conductatlas.catalogue.ota_names import (
    TERMS_TYPES,
    file_stem,
    kind_of,
    named,
    slug_of,
    terms_type,
    told_apart,
)
from conductatlas.reading.text.kinds import KINDS, kind_for_alias


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Quill", "quill"),
        ("DALL·E", "dall-e"),
        ("Claude.ai", "claude-ai"),
        ("微信", "u-5fae-4fe1"),
        ("Quill 文心", "quill"),
        ("Émile & Zoë's Straße", "emile-zoe-s-strasse"),
        ("Łódź Ørsted", "lodz-orsted"),
        ("!!!", "u-21-21-21"),
        ("", "unnamed"),
        ("  ", "unnamed"),
        ("\udcff", "u-dcff"),
    ],
)
def test_a_name_has_a_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(st.characters(), max_size=120))
def test_any_name_has_a_slug_that_is_its_own(name: str) -> None:
    slug = slug_of(name)
    assert values.slug(slug) == slug
    assert slug_of(slug) == slug
    assert slug_of(file_stem(name, slug)) == slug


@given(st.text(max_size=20), st.text(max_size=60))
def test_a_stem_is_the_name_of_one_file(start: str, rest: str) -> None:
    stem = file_stem(name := start + rest, slug_of(name))
    assert not set(stem) & set('/\\\0:*?"<>|\n')
    assert stem[:1] not in (".", " ", "")
    assert not stem.endswith((".history", ".", " "))
    assert len(f"{stem}.history.json".encode()) < 255


@pytest.mark.parametrize(
    "name", ["../quill", "a/b", "Quill.history", ".quill", "C:quill", "x" * 300, "Quill."]
)
def test_a_name_that_is_no_file_name_gives_way_to_the_slug(name: str) -> None:
    assert file_stem(name, slug_of(name)) == slug_of(name)


def test_slugs_are_told_apart() -> None:
    assert told_apart("a", set()) == "a"
    assert told_apart("a", {"a", "a-2"}) == "a-3"
    long = "x" * 80
    assert told_apart(long, {long}) == "x" * 78 + "-2"


def test_every_terms_type_is_a_kind_of_ours() -> None:
    assert len(TERMS_TYPES) == 44
    assert {name: kind_for_alias(name) for name in TERMS_TYPES if not kind_for_alias(name)} == {}


def test_every_kind_can_be_given_back() -> None:
    for slug, kind in KINDS.items():
        usual = kind.aliases[0]
        assert kind_of(usual, {}) == slug
        assert named(usual, slug) == (slug, slug, kind.title)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Terms of Service", ("terms", "terms", "Terms of service")),
        ("Single Sign-On Policy", ("terms", "single-sign-on-policy", "Single Sign-On Policy")),
        ("Privacy Policy #policies-eu", ("privacy", "policies-eu", "Privacy policy: policies eu")),
        ("Privacy Policy #微", ("privacy", "u-5fae", "Privacy policy: u 5fae")),
        ("Boat Privacy Policy", ("privacy", "boat-privacy-policy", "Boat Privacy Policy")),
    ],
)
def test_a_terms_type_names_a_document(name: str, found: tuple[str, str, str]) -> None:
    assert named(name, kind_of(name, {})) == found


def test_what_nobody_knows_has_no_kind_until_someone_decides() -> None:
    assert kind_of("Boat Ballad", {}) == ""
    assert kind_of("Boat Ballad #1", {"Boat Ballad": "terms"}) == "terms"
    assert kind_of("Privacy Policy", {"Privacy Policy": "terms"}) == "terms"


@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from([*KINDS, "terms-eu", "x-2", "single-sign-on-policy"]),
    st.sampled_from(
        ["Terms of service", "Single Sign-On Policy", "Our Own", "Terms of service: terms eu", "FAQ #x-2"]
    ),
)
def test_a_document_keeps_kind_and_slug_under_its_terms_type(kind: str, slug: str, title: str) -> None:
    document = DeclaredDocument(slug, kind, title, "", "", "", DAILY, None, (DeclaredSource("https://a.b/"),))
    name = terms_type(document)
    assert named(name, kind_of(name, {}))[:2] == (kind, slug)
