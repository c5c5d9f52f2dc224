"""What reports there are: the data files beside this one.

title, lead     words; "{platforms}" stands for how many platforms were read
category        of the platforms; or platforms: their slugs; neither: all
questions       keys of the questionnaire: the columns of the matrix, in their order
charts          those of them that are drawn
quotes          those of them whose words are quoted
types           of clauses whose changes in the window are told
months          how long the window is; it ends with the last check of the platforms
sections        of SECTIONS, in the order in which they are printed
licence         of what is written here; quotes belong to their owners
[[findings]]    question; values (of the answer, left out: any); but (values that do not count); says, as after
                "9 of 36 platforms", says_one after "1 of 36 platforms"
[[replies]]     platform, asked (a date), answer: what a platform said when it was asked
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

SECTIONS = ("findings", "charts", "matrix", "quotes", "changes", "coverage", "method", "accuracy")
LICENCE = "CC BY 4.0"


@dataclass(frozen=True, slots=True)
class Headline:
    """A finding to be counted: platforms whose answer to a question is one of some values, None for any but those that
    do not count."""

    question: str
    values: tuple[Any, ...] | None
    says: str
    says_one: str
    but: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a platform answered when it was asked about a report."""

    platform: str
    asked: str
    answer: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One report, as its file has it. slug: name of the file."""

    slug: str
    title: str
    lead: str
    category: str
    platforms: tuple[str, ...]
    questions: tuple[str, ...]
    charts: tuple[str, ...]
    quotes: tuple[str, ...]
    types: tuple[str, ...]
    months: int
    sections: tuple[str, ...]
    licence: str
    findings: tuple[Headline, ...]
    replies: tuple[Reply, ...]


@cache
def definitions() -> Mapping[str, Definition]:
    """Every report by its slug, in the order of the slugs."""
    names = sorted(file.name for file in files(__package__).iterdir() if file.name.endswith(".toml"))
    found = (
        read(name.removesuffix(".toml"), (files(__package__) / name).read_text(encoding="utf-8"))
        for name in names
    )
    return {one.slug: one for one in found}


def read(slug: str, text: str) -> Definition:
    """A definition from its file's text. KeyError for what is missing, TypeError for what is not known."""
    table = tomllib.loads(text)
    questions = tuple(table.pop("questions"))
    findings = tuple(
        Headline(
            one["question"],
            tuple(one["values"]) if "values" in one else None,
            one["says"],
            one["says_one"],
            tuple(one.get("but", ())),
        )
        for one in table.pop("findings", ())
    )
    fields: dict[str, Any] = {
        "category": "",
        "platforms": (),
        "charts": questions,
        "quotes": questions[:1],
        "types": (),
        "months": 12,
        "sections": SECTIONS,
        "licence": LICENCE,
        **{name: tuple(value) if isinstance(value, list) else value for name, value in table.items()},
    }
    replies = tuple(Reply(**one) for one in fields.pop("replies", ()))
    return Definition(slug=slug, questions=questions, findings=findings, replies=replies, **fields)
