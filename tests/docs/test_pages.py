"""Every page of the documentation: its links lead somewhere, its commands exist, its words are those we may use."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from packaging.requirements import Requirement

from conductatlas import __version__
from conductatlas.cli.app import app
from conductatlas.reading.text.reader import READER_VERSION

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LONGEST_LINE = 120

# What a record like ours does not show, and a public page cannot know: never claimed, whatever the context.
CLAIMS = (
    "proves that",
    "admissible",
    "court-ready",
    "certified",
    "tamper-proof",
    "real time",
    "real-time",
    "100 % accurate",
    "100% accurate",
    "complete",
    "in force",
    "applied on",
)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose_and_code(page: Path) -> tuple[str, list[tuple[str, str]]]:
    """The page without its fenced blocks, and those blocks as (language, text)."""
    text = page.read_text("utf-8")
    fence = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    return fence.sub("", text), [(match[1], match[2]) for match in fence.finditer(text)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", prose_and_code(page)[0], re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def command_lines(page: Path) -> Iterator[list[str]]:
    """The words after `conductatlas` of each call in a fenced block, up to what the shell takes for itself."""
    for _, block in prose_and_code(page)[1]:
        for line in block.splitlines():
            line = re.sub(r"^\s*(?:\$ )?(?:[A-Z_]+=\S* )*", "", line)
            if line.startswith("conductatlas "):
                yield re.split(r" [|>] | && ", line)[0].split()[1:]


def options_of(words: list[str]) -> tuple[str, set[str]]:
    """The command that `words` begin with ("" if there is none) and its options."""
    command: object = typer.main.get_command(app)
    name: list[str] = []
    while (
        (below := getattr(command, "commands", None)) and len(name) < len(words) and words[len(name)] in below
    ):
        command = below[words[len(name)]]
        name.append(words[len(name)])
    if getattr(command, "commands", None):
        return "", set()
    return " ".join(name), {opt for parameter in command.params for opt in parameter.opts}  # type: ignore[attr-defined]


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", prose_and_code(page)[0]):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_relative_to(ROOT), f"{target} leads out of the project"
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@every_page
def test_calls_name_commands_and_options_that_exist(page: Path) -> None:
    for words in command_lines(page):
        call = " ".join(words)
        if words == ["--version"]:
            continue
        name, options = options_of(shlex.split(call, comments=True))
        assert name, f"no command: conductatlas {call}"
        for word in shlex.split(call, comments=True):
            assert not word.startswith("-") or word.partition("=")[0] in options, (
                f"no option {word}: conductatlas {call}"
            )


@every_page
def test_nothing_is_claimed_that_a_record_does_not_show(page: Path) -> None:
    text = " ".join(page.read_text("utf-8").lower().split())
    said = [words for words in CLAIMS if re.search(rf"\b{re.escape(words)}(?!\w)", text)]
    assert said == []


@every_page
def test_lines_are_wrapped(page: Path) -> None:
    """Tables and what programs print stay as they are."""
    if page.name in {"benchmarks.md", "law.md"} and page.parent.name == "reference":
        return  # written by a program, too
    lines = prose_and_code(page)[0].splitlines()
    assert [line for line in lines if len(line) > LONGEST_LINE and not line.startswith("|")] == []


@every_page
def test_every_page_can_be_reached(page: Path) -> None:
    """From the README, by links."""
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        here = todo.pop()
        if here in seen or here.suffix != ".md" or not here.exists():
            continue
        seen.add(here)
        targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", here.read_text("utf-8"))
        todo += [(here.parent / target).resolve() for target in targets]
    assert page in seen


def test_the_two_commands_of_the_readme_are_recipes() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    calls = set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE))
    assert calls == {"demo", "test"}
    assert calls <= recipes


def test_recipes_named_anywhere_exist() -> None:
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        prose, blocks = prose_and_code(page)
        called = set(re.findall(r"`make ([a-z-]+)", prose))
        for _, block in blocks:
            called |= set(re.findall(r"^make ([a-z-]+)", block, re.MULTILINE))
        assert called <= recipes, page


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert all(picture.stat().st_size < 300_000 for picture in pictures)


def test_the_changelog_names_this_version_and_this_reader() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert any(heading.startswith(f"{__version__} ") for heading in headings)
    assert any(heading.startswith(f"Reader version {READER_VERSION} ") for heading in headings)


def test_every_direct_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    wanted = {Requirement(text).name for group in groups for text in group}
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE))
    assert explained == wanted


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for page in sorted((ROOT / "docs" / "adr").glob("*.md")):
        title = page.read_text("utf-8").splitlines()[0].partition(". ")[2]
        assert f"[{title}](adr/{page.name})" in index
