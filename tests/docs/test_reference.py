"""The reference mentions every setting, command, route, error, reason, table and key; so it cannot rot unseen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs import law_page, taxonomy_page

from conductatlas import cli, errors
from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.declaration_file import DOCUMENT, PAST, PLATFORM, SOURCE, DeclarationFile
from conductatlas.catalogue.values import FILTER_KEYS
from conductatlas.config import settings_fields, to_toml
from conductatlas.evidence.audit.findings import Kind
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.questions import questions
from conductatlas.reading.clauses.rubric import rubric
from conductatlas.reading.text.gate import PRECEDENCE, Reason
from conductatlas.reading.text.kinds import KINDS
from conductatlas.reading.text.patterns import TOKENS

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def words(name: str) -> set[str]:
    """What stands in backticks on one page of the reference, outside of its fenced blocks."""
    text = (REFERENCE / name).read_text("utf-8")
    return set(re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)))


def missing(wanted: set[str], page: str) -> set[str]:
    said = words(page)
    return {name for name in wanted if not any(text == name or text.startswith(f"{name} ") for text in said)}


def rows(name: str) -> dict[str, list[str]]:
    """The rows of a page's tables: what stands in backticks in the first cell, and the other cells."""
    text = (REFERENCE / name).read_text("utf-8").replace("\\|", "/")
    found = re.findall(r"^\| (?:&nbsp;)*`([^`]+)` \|(.*)\|$", text, re.MULTILINE)
    return {first: [cell.strip() for cell in others.split(" | ")] for first, others in found}


def commands() -> Iterator[str]:
    import typer.main

    from conductatlas.cli.app import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        yield from (f"{name} {verb}" for verb in below) if below else (name,)


def options() -> Iterator[str]:
    import typer.main

    from conductatlas.cli.app import app

    todo = list(typer.main.get_command(app).commands.values())  # type: ignore[attr-defined]
    while todo:
        command = todo.pop()
        todo += getattr(command, "commands", {}).values()
        yield from (
            option for parameter in command.params for option in parameter.opts if option.startswith("--")
        )


def keys_of_rows() -> Iterator[str]:
    """The keys of every object that a module of commands writes out, those of objects within it too."""
    for module in sorted(Path(cli.__path__[0]).glob("*.py")):
        tree = list(ast.walk(ast.parse(module.read_text("utf-8"))))
        if any(isinstance(node, ast.Attribute) and node.attr == "row" for node in tree):
            keys = [key for node in tree if isinstance(node, ast.Dict) for key in node.keys]
            yield from (key.value for key in keys if isinstance(key, ast.Constant) and type(key.value) is str)


def error_types(kind: type[Exception] = errors.ConductAtlasError) -> Iterator[type[Exception]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from error_types(below)


def test_settings() -> None:
    assert missing(set(settings_fields()), "settings.md") == set()


def test_commands() -> None:
    assert missing(set(commands()), "commands.md") == set()


def test_options() -> None:
    text = (REFERENCE / "commands.md").read_text("utf-8")
    assert {option for option in options() if option not in text and option != "--help"} == set()


def test_keys_of_json_rows() -> None:
    assert missing(set(keys_of_rows()) - set(FILTER_KEYS), "commands.md") == set()


def test_errors() -> None:
    assert missing({kind.__name__ for kind in error_types()}, "errors.md") == set()
    assert missing({kind.code for kind in error_types()}, "errors.md") == set()  # type: ignore[attr-defined]


def test_the_tree_of_errors_is_drawn_whole() -> None:
    drawn = set(re.findall(r"\w+Error\b", errors.__doc__ or ""))
    assert drawn == {kind.__name__ for kind in error_types()}


def test_gate_reasons() -> None:
    assert missing({reason.value for reason in Reason}, "gate.md") == set()


def test_routes() -> None:
    from conductatlas.urls import urlpatterns

    routes = {str(pattern.pattern) for pattern in urlpatterns}
    said = words("routes.md")
    assert {route for route in routes if "/" + route not in said} == set()


def test_settings_have_the_defaults_that_are_told() -> None:
    told = rows("settings.md")
    for name, about in settings_fields().items():
        assert told[name][:2] == [f"`CONDUCTATLAS_{name.upper()}`", f"`{to_toml(about['default'])}`"], name


def test_errors_have_the_code_and_the_remedy_that_are_told() -> None:
    told = rows("errors.md")
    for kind in error_types():
        code, passing, remedy = told[kind.__name__]
        assert code == f"`{kind.code}`"  # type: ignore[attr-defined]
        assert remedy == kind.remedy, kind  # type: ignore[attr-defined]
        if kind is not errors.StatusError:
            assert (passing == "yes") is kind.transient, kind  # type: ignore[attr-defined]


def test_the_gate_says_what_is_told() -> None:
    told = rows("gate.md")
    assert {name: line[:2] for name, line in told.items()} == {
        reason.value: [reason.label, reason.sentence] for reason in Reason
    }


def test_the_order_of_walls_is_told() -> None:
    text = (REFERENCE / "gate.md").read_text("utf-8")
    listed = re.search(r"in this order is named: (.*?)\.\n", text, re.DOTALL)
    assert listed is not None
    assert re.findall(r"`(\w+)`", listed[1]) == [reason.value for reason in PRECEDENCE]


def test_routes_that_are_told_exist() -> None:
    from conductatlas.urls import urlpatterns

    assert set(rows("routes.md")) == {"/" + str(pattern.pattern) for pattern in urlpatterns}


def test_tables_and_which_of_them_are_append_only() -> None:
    from django.apps import apps

    told = rows("data-model.md")
    ours = [model for model in apps.get_models() if model.__module__.startswith("conductatlas.")]
    assert {name: line[0] for name, line in told.items()} == {
        model._meta.model_name: "yes" if getattr(model, "append_only", False) else "no" for model in ours
    }


def test_keys_categories_and_kinds_of_declarations() -> None:
    told = rows("declarations.md")
    keys = {**PLATFORM, **DOCUMENT, **PAST, **SOURCE}
    filters = {*FILTER_KEYS, *FILTER_KEYS.values()} - {""}
    tokens = {f"{{{name}}}" for name in TOKENS}
    assert set(told) == {*keys, *CATEGORIES, *KINDS, *filters, *tokens}
    for name, key in keys.items():
        assert told[name][0] in (["yes"] if key.is_required else ["no", "see below"]), name
    assert {slug: told[slug][0] for slug in KINDS} == {slug: kind.title for slug, kind in KINDS.items()}


def test_the_declaration_that_is_shown_is_a_good_one() -> None:
    shown = re.search(r"```toml\n(.*?)```", (REFERENCE / "declarations.md").read_text("utf-8"), re.DOTALL)
    assert shown is not None
    file = DeclarationFile.read(shown[1].encode(), "shown.toml")
    assert file.faults == []
    assert file.platform is not None


def test_every_kind_of_finding_of_an_audit_is_said() -> None:
    page = (REFERENCE / "commands.md").read_text("utf-8")
    assert {kind.value for kind in Kind if f"`{kind.value}`" not in page} == set()


def test_the_page_of_types_is_what_the_taxonomy_says() -> None:
    """`make docs` writes it anew."""
    assert (REFERENCE / "taxonomy.md").read_text("utf-8") == taxonomy_page.page()


def test_the_page_of_law_is_what_the_register_says() -> None:
    """`make docs` writes it anew."""
    assert (REFERENCE / "law.md").read_text("utf-8") == law_page.page()


def test_every_attribute_and_its_values_are_mentioned() -> None:
    told = rows("facts.md")
    for (type_name, name), attribute in attributes().items():
        cells = told[f"{type_name}.{name}"]
        assert cells[0] == attribute.title
        assert {f"`{value}`" for value in attribute.values} <= set(re.findall(r"`[^`]+`", cells[1]))
    assert set(told) == {f"{type_name}.{name}" for type_name, name in attributes()}


def test_every_row_of_the_rubric_is_mentioned() -> None:
    told = rows("severity.md")
    for row in (row for found in rubric().rows.values() for row in found):
        assert told[row.id] == [str(row.points), row.says]
    assert rubric().version in (REFERENCE / "severity.md").read_text("utf-8")


def test_every_question_is_mentioned_with_what_answers_it() -> None:
    told = rows("questions.md")
    assert list(told) == list(questions())
    for key, question in questions().items():
        title, kinds, values, by = told[key]
        assert (title, kinds) == (question.title, ", ".join(question.kinds))
        assert all(f"`{value}`" in values for value in question.values)
        assert all(f"`{name}`" in by for name in (*question.facts, *question.yes))
