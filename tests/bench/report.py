"""Figures beside what was promised, printed and written down: those that miss their target say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

MARKS = {True: "met", False: "**missed**", None: ""}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `least` or `most` is what was promised, in the same unit; neither: for information."""

    what: str
    value: float | int | None  # None: could not be measured here
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def target(self) -> str:
        if self.least is not None:
            return f"≥ {self._shown(self.least)}"
        return f"≤ {self._shown(self.most)}" if self.most is not None else ""

    @property
    def met(self) -> bool | None:
        """None where nothing was promised or nothing measured."""
        if self.value is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def shown(self) -> str:
        return "not measured" if self.value is None else self._shown(self.value)

    def _shown(self, number: float) -> str:
        return f"{number:,} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Section:
    """Figures of one kind, how they were had, and lists of single cases under their headings."""

    title: str
    how: str
    figures: Sequence[Figure]
    lists: Sequence[tuple[str, Sequence[str]]] = field(default_factory=tuple)

    @property
    def missed(self) -> int:
        return sum(figure.met is False for figure in self.figures)


def as_text(section: Section) -> str:
    """For a terminal."""
    widths = [max(len(getattr(f, name)) for f in section.figures) for name in ("what", "target", "shown")]
    lines = ["", section.title, "─" * len(section.title)]
    for f in section.figures:
        cells = [f"{text:<{width}}" for text, width in zip((f.what, f.target, f.shown), widths, strict=True)]
        lines.append("  ".join([*cells, MARKS[f.met].strip("*")]).rstrip())
    return "\n".join(lines)


def write(
    target: Path, machine: Sequence[tuple[str, str]], sections: Sequence[Section], command: str
) -> None:
    """The reference page: these sections anew, the others as an earlier run left them there."""
    blocks = _blocks(target.read_text("utf-8")) if target.exists() else {}
    blocks |= {section.title: _block(section, dict(machine)) for section in sections}
    text = "\n".join(blocks.values())
    met, missed = text.count("| met |"), text.count("| **missed** |")
    head = [
        "# Benchmarks",
        "",
        f"Written by `{command}`, last on {datetime.now(UTC):%d %B %Y}; do not edit. "
        f"Of {met + missed} figures with a target {met} meet it.",
        "",
        *_table(("machine of the last run", ""), machine),
    ]
    target.write_text("\n".join(head) + "\n" + text.rstrip() + "\n", "utf-8")


def _block(section: Section, machine: Mapping[str, str]) -> str:
    measured = (
        f"Measured {datetime.now(UTC):%d %B %Y, %H:%M} UTC on {machine['processor']}, with "
        f"{machine['busy at the start']} busy at the start."
    )
    lines = [f"## {section.title}", "", section.how, measured, ""]
    rows = [(f.what, f.target, f.shown, MARKS[f.met]) for f in section.figures]
    lines += _table(("what", "target", "figure", ""), rows)
    for heading, items in section.lists:
        lines += [f"### {heading}", "", *(f"- {item}" for item in items or ["none"]), ""]
    return "\n".join(lines)


def _blocks(page: str) -> dict[str, str]:
    """The sections of a page by their titles, in order."""
    parts = page.split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(text.replace('|', '·') for text in row)} |" for row in cells] + [""]
