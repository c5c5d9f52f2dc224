"""`python -m tests.docs.taxonomy_page` writes docs/reference/taxonomy.md from the taxonomy (`make docs` calls it)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conductatlas.reading.clauses.rulebook import rules
from conductatlas.reading.clauses.taxonomy import ClauseType, by_group, taxonomy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "taxonomy.md"

_INTRODUCTION = """\
# Types of clauses

What a clause can be, as `taxonomy.toml` beside the classifier has it. A clause may have several types; the first is
what its provision is called by. A clause of no type stays untyped: there is no catch-all. All examples are invented.

The last column is the type's place among the slugs of the reference product. Four of those slugs are no types here, for
they name an attribute or everything else: `platform_discretion`, `consent`, `disclosure_requirements` and
`policy_changes`. Why, and how clauses get their types: [rules are phrases](../adr/0030-rules-are-phrases.md).

This page is written by `make docs`.
"""


def page() -> str:
    """The page as it should be."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    counted = sum(len(held) for held in rules().values())
    yield _INTRODUCTION
    yield f"{len(taxonomy())} types in {len(by_group())} groups; {counted} rules in {len(rules())} languages."
    for group, types in by_group().items():
        yield ""
        yield f"## {group.upper() if group == 'ai' else group.capitalize()}"
        yield ""
        yield "| type | what it is | for example | but not | its neighbours | stands in | slug of the reference |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from map(_row, types)


def _row(one: ClauseType) -> str:
    neighbours = "; ".join(f"`{name}`: {difference}" for name, difference in one.neighbours.items())
    kinds = ", ".join(f"`{kind}`" for kind in sorted(one.kinds)) or "any document"
    cells = (
        f"`{one.name}`",
        f"**{one.title}.** {one.definition}",
        "<br>".join(one.examples),
        "<br>".join(one.counterexamples),
        neighbours,
        kinds,
        f"`{one.reference}`",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: docs/reference/{PAGE.name}")
