"""How Open Terms Archive and we name the same thing: services and platforms, terms types and documents.

A terms type is the name of a kind, and there is one document a type. Ours may be several a kind; they are told apart
by what follows a " #" in the name: "Terms of Service #terms-europe" is the document `terms-europe` of the kind `terms`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import NamedTuple

from conductatlas.catalogue.declaration_file import DeclaredDocument
from conductatlas.reading.text.kinds import KINDS, guess_kind, kind_for_alias, kind_title

TERMS_TYPES: frozenset[str] = frozenset(
    tomllib.loads(files(__package__).joinpath("ota.toml").read_text("utf-8"))["terms_types"]
)
LONGEST_SLUG = 80

# Letters that Unicode does not take apart into one of a to z and a mark.
_LATIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "þ": "th", "ı": "i"}
)
_UNSAFE_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]|^\.|^\s|[\s.]$|\.history$')


class Named(NamedTuple):
    """What a document of ours is called."""

    kind: str
    slug: str
    title: str


def slug_of(name: str) -> str:
    """The slug for any name: "DALL·E" is `dall-e`, "微信" is `u-5fae-4fe1`. A slug is its own slug."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LATIN))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    slug = "-".join(re.findall(r"[a-z0-9]+", letters))
    if not slug:
        points = [f"{ord(c):x}" for c in unicodedata.normalize("NFC", name) if not c.isspace()]
        slug = "-".join(["u", *points]) if points else "unnamed"
    if len(slug) > LONGEST_SLUG:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        slug = f"{slug[: LONGEST_SLUG - 9].rstrip('-')}-{digest}"
    return slug


def told_apart(slug: str, taken: Collection[str]) -> str:
    """`slug`, or the first of `slug-2`, `slug-3`, … that is not taken."""
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug[: LONGEST_SLUG - len(str(number)) - 1].rstrip('-')}-{number}"
    return free


def kind_of(terms_type: str, kinds: Mapping[str, str]) -> str:
    """The kind of what is declared under this name, "" if nothing says. kinds: name → kind, as someone decided."""
    base = terms_type.partition(" #")[0]
    return kinds.get(terms_type) or kinds.get(base) or kind_for_alias(base) or guess_kind(base)


def named(terms_type: str, kind: str) -> Named:
    """The document of ours that is declared under this name, of a kind that `kind_of` gave."""
    base, mark, part = terms_type.partition(" #")
    if mark:
        return in_part(kind, slug_of(part))
    if base.casefold() == KINDS[kind].aliases[0].casefold():
        return Named(kind, kind, kind_title(kind))
    return Named(kind, slug_of(base), base)


def in_part(kind: str, slug: str) -> Named:
    """One of several documents of a kind, where its slug is all that is known of it."""
    return Named(kind, slug, f"{kind_title(kind)}: {slug.replace('-', ' ')}")


def terms_type(document: DeclaredDocument) -> str:
    """The name to declare a document under, so that its kind and slug come back, and its title if a name can say it.

    No two documents of a platform get the same one.
    """
    wanted = Named(document.kind, document.slug, document.title)
    usual = KINDS[document.kind].aliases[0]
    part = f"{usual} #{document.slug}"
    for name in (usual, document.title, part):
        if (kind := kind_of(name, {})) and named(name, kind) == wanted:
            return name
    return usual if document.slug == document.kind else part


def file_stem(name: str, slug: str) -> str:
    """What to call the files of a platform: its name, if a file may have it and it leads back to the slug."""
    is_safe = name and not _UNSAFE_IN_FILE_NAMES.search(name) and len(name.encode("utf-8", "replace")) <= 200
    return name if is_safe and slug_of(name) == slug else slug
