"""`law`: the register of law, or one instrument of it with the clauses its articles may govern. Needs no database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import UnknownInstrumentError

if TYPE_CHECKING:
    from conductatlas.reading.law.entry import Article, Instrument


def register(app: typer.Typer) -> None:
    app.command("law")(law)


def law(
    name: Annotated[
        str, typer.Argument(metavar="[INSTRUMENT]", help="The id of one, as `gdpr`; none: all of them.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The register of law: how each instrument stands, when that was checked; of one also its articles, and which types
    of clauses they may govern on which conditions."""
    from conductatlas.reading.law.register import by_jurisdiction
    from conductatlas.reading.law.register import register as instruments

    out = Output(as_json)
    if not name:
        for one in (one for held in by_jurisdiction().values() for one in held):
            out.row(_row(one) | {"articles": len(one.articles)}, _line(one))
        return
    found = instruments().get(name)
    if found is None:
        raise UnknownInstrumentError(f"There is no instrument {name!r} in the register.")
    out.row(
        _row(found) | {"articles": [_article_row(one) for one in found.articles]}, "\n".join(_lines(found))
    )


def _row(one: Instrument) -> dict[str, Any]:
    return {
        "instrument": one.id,
        "short": one.short,
        "name": one.name,
        "citation": one.citation,
        "jurisdiction": one.jurisdiction,
        "authorities": one.authorities,
        "status": one.status.value,
        "since": one.since,
        "until": one.until,
        "link": one.link,
        "checked_on": one.checked_on,
        "note": one.note,
    }


def _article_row(one: Article) -> dict[str, Any]:
    from conductatlas.reading.law.rules import rules_of_article

    return {
        "article": one.id,
        "number": one.number,
        "about": one.about,
        "status": one.status.value,
        "since": one.since,
        "until": one.until,
        "rules": [
            {
                "rule": rule.id,
                "types": rule.types,
                "relation": rule.relation.value,
                "conditions": [{"kind": held.kind.value, "says": held.says} for held in rule.conditions],
            }
            for rule in rules_of_article().get(one.id, ())
        ],
    }


def _line(one: Instrument) -> str:
    from conductatlas.reading.law.register import checked_words, status_words

    today = datetime.now(UTC).date()
    said = [status_words(one, today), checked_words(one, today)]
    return f"{one.id}: {one.short} ({one.jurisdiction}), {', '.join(filter(None, said))}"


def _lines(one: Instrument) -> list[str]:
    from conductatlas.reading.law.register import status_words
    from conductatlas.reading.law.rules import rules_of_article
    from conductatlas.reading.law.words import in_words

    today = datetime.now(UTC).date()
    lines = [_line(one), one.name, f"{one.citation}, {one.link}", *filter(None, [one.note])]
    if one.authorities:
        lines.append(f"Enforced or supervised by: {', '.join(one.authorities)}")
    for article in one.articles:
        own = (article.status, article.since) != (one.status, one.since)
        lines.append(
            f"\n{article.number}{f' ({status_words(article, today)})' if own else ''}: {article.about}"
        )
        lines += [f"    {in_words(rule)}" for rule in rules_of_article().get(article.id, ())]
    return lines
