"""The reference mentions every setting, command, route, error and reason; so it cannot rot unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conductatlas import errors
from conductatlas.config import settings_fields
from conductatlas.reading.text.gate import Reason

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def words(name: str) -> set[str]:
    """What stands in backticks on one page of the reference."""
    return set(re.findall(r"`([^`]+)`", (REFERENCE / name).read_text("utf-8")))


def missing(wanted: set[str], page: str) -> set[str]:
    said = words(page)
    return {name for name in wanted if not any(text == name or text.startswith(f"{name} ") for text in said)}


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
        yield from (option for parameter in command.params for option in parameter.opts if option.startswith("--"))


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


@pytest.mark.parametrize("page", sorted(p.name for p in REFERENCE.glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (REFERENCE / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (REFERENCE / target).exists(), target
