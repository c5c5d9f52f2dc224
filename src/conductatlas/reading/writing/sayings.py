"""How facts are put in sentences (sayings.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from conductatlas.reading.clauses.finding import Fact, Value
from conductatlas.reading.writing.values import fact_in_words

Forms = Mapping[str, str]
OTHERS = "*"


@dataclass(frozen=True, slots=True)
class Saying:
    """The forms of one attribute, by value; {} where there is none. The keys are told at the head of sayings.toml."""

    says: Forms
    you: Forms
    contract: Forms
    ask: Forms
    offers: Forms
    words: Forms
    missing: str = ""
    record: str = ""


@cache
def sayings() -> Mapping[tuple[str, str], Saying]:
    """All of them by (type, name). TypeError where a table has other keys than those of Saying."""
    table = tomllib.loads(files(__package__).joinpath("sayings.toml").read_text(encoding="utf-8"))
    return {
        (type_, name): _saying(entry) for type_, entries in table.items() for name, entry in entries.items()
    }


def said(forms: Forms, fact: Fact, platform: str) -> str:
    """The form for a fact's value, filled in; "" where there is none for it."""
    form = form_of(forms, fact)
    return filled(form, [fact], platform) if form else ""


def form_of(forms: Forms, fact: Fact) -> str:
    """The form for a fact's value, not filled in; "" where there is none for it."""
    return forms.get(_key(fact.value)) or ("" if fact.value in (None, False) else forms.get(OTHERS, ""))


def filled(form: str, facts: Sequence[Fact], platform: str) -> str:
    """A form with the values of some facts in words, each once."""
    values = joined(list(dict.fromkeys(map(value_in_words, facts)))) if "{value}" in form else ""
    return form.replace("{platform}", platform).replace("{value}", values)


def value_in_words(fact: Fact) -> str:
    """The value as it stands in a sentence: "30 days", "e-mail and post", "the law of Ireland"."""
    if isinstance(fact.value, list):
        saying = sayings().get((fact.type, fact.name))
        words = saying.words if saying else {}
        return joined([words.get(str(one), str(one)) for one in fact.value])
    if (fact.type, fact.name) == ("service_levels", "uptime"):
        return f"{fact.value} %"
    return fact_in_words(fact.type, fact.name, fact.value)


def joined(words: list[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def _key(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _saying(entry: Mapping[str, str | Forms]) -> Saying:
    known = {field.name for field in fields(Saying)} - {"missing", "record"}
    values: dict[str, object] = {name: _forms(entry.get(name, {})) for name in known}
    return Saying(**{**values, **{name: form for name, form in entry.items() if name not in known}})  # type: ignore[arg-type]


def _forms(form: str | Forms) -> Forms:
    return {OTHERS: form} if isinstance(form, str) else form
