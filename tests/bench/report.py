"""Figures beside what was promised, printed and written down: those that miss their target say so."""

from __future__ import annotations

from collections.abc import Sequence
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
    """The reference page, whole."""
    missed, promised = (
        sum(section.missed for section in sections),
        sum(figure.met is not None for section in sections for figure in section.figures),
    )
    lines = [
        "# Benchmarks",
        "",
        f"Written by `{command}` on {datetime.now(UTC):%d %B %Y}; do not edit. "
        f"Of {promised} figures with a target {promised - missed} meet it.",
        "",
        *_table(("machine", ""), machine),
    ]
    for section in sections:
        lines += [f"## {section.title}", "", section.how, ""]
        rows = [(f.what, f.target, f.shown, MARKS[f.met]) for f in section.figures]
        lines += _table(("what", "target", "figure", ""), rows)
        for heading, items in section.lists:
            lines += [f"### {heading}", "", *(f"- {item}" for item in items or ["none"]), ""]
    target.write_text("\n".join(lines).rstrip() + "\n", "utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(text.replace('|', '·') for text in row)} |" for row in cells] + [""]
