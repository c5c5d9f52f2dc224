"""What is put beside each other: values, and the sentences that are made of them.

Nothing is said of a platform but that it states something, that no words were found in what could be read, or that it
could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.provisions.records import FindingRecord, Share, Stated
from conductatlas.provisions.values import in_words
from conductatlas.reading.clauses.taxonomy import ClauseType


class State(StrEnum):
    """What is known of one platform and one fact: stated; not stated in what could be read; none of its documents
    that may state it could be read."""

    STATED = "stated"
    NOT_STATED = "not stated"
    NOT_READ = "not read"


class Outcome(StrEnum):
    """How a row stands: all that could be read state the same; those that state it differ; some state it, and the
    same; none does."""

    SAME = "the same"
    DIFFERENT = "different"
    SOME = "stated by some"
    NONE = "not stated"


@dataclass(frozen=True, slots=True)
class FactCell:
    """What one platform states of a fact, a value for each scope."""

    state: State
    stated: tuple[Stated, ...] = ()

    @property
    def said(self) -> str:
        """All its lines in one: "13; 16 (in EU)"; the state where none is stated."""
        return "; ".join(words for words, _ in self.lines) if self.stated else self.state.value

    @property
    def lines(self) -> list[tuple[str, Stated]]:
        """The values in words with their scopes, each with one that states it. What is stated for everyone is not
        repeated for some; lists of one scope are joined; where documents state several values for one scope, each
        names its document."""
        by_scope: dict[tuple[str, ...], list[Stated]] = {}
        for one in self.stated:
            by_scope.setdefault(one.scope, []).append(one)
        everyone = {one.value for one in by_scope.get(EVERYONE, ())}
        return [
            (_in_scope(words, one), one)
            for scope, several in by_scope.items()
            for words, one in _joined(
                [one for one in several if scope == EVERYONE or one.value not in everyone]
            )
        ]


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact over platforms, in their order."""

    name: str
    title: str
    cells: tuple[FactCell, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Touched:
    """A published change that touched a clause of the type. how: reworded, new, gone. key: of the change; provision:
    key of the clause."""

    at: datetime
    slug: str
    title: str
    how: str
    key: int
    provision: int


@dataclass(frozen=True, slots=True)
class Column:
    """One platform of a comparison. clauses: its clauses of the type as they stand, the surest first; more: how many
    are left out. changes: those of the time asked for. read, unread: its documents that may hold such clauses."""

    platform: PlatformRecord
    clauses: tuple[FindingRecord, ...]
    more: int
    changes: tuple[Touched, ...]
    read: tuple[DocumentRecord, ...]
    unread: tuple[DocumentRecord, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One type of clause on some platforms. unstated: titles of the facts that were looked for and that none states."""

    type: ClauseType
    columns: tuple[Column, ...]
    rows: tuple[FactRow, ...]
    unstated: tuple[str, ...]
    share: Share
    since: datetime

    @property
    def sentences(self) -> tuple[str, ...]:
        """The differences in words, then what is the same, a sentence a fact."""
        names = [column.platform.name for column in self.columns]
        order = (Outcome.DIFFERENT, Outcome.SOME, Outcome.SAME)
        rows = sorted(self.rows, key=lambda row: order.index(row.outcome))
        return tuple(sentence(row.title, names, row.cells, row.outcome) for row in rows)


EVERYONE = ("", "", "", "")


def _joined(several: Sequence[Stated]) -> list[tuple[str, Stated]]:
    """The values of one scope in words: items of lists once each, other values once each with their documents."""
    if any(isinstance(one.raw, list) for one in several):
        items = [item for one in several for item in (one.raw if isinstance(one.raw, list) else [one.raw])]
        return [(", ".join(in_words(item) for item in dict.fromkeys(map(str, items))), several[0])]
    said: dict[str, Stated] = {}
    for one in several:
        said.setdefault(one.value, one)
    is_one = len({one.finding.document.pk for one in said.values()}) < 2
    return [
        (value if is_one else f"{value} ({one.finding.document.title})", one) for value, one in said.items()
    ]


def _in_scope(said: str, one: Stated) -> str:
    """Words with for whom and where they are stated: "18 (in EU; for consumers)"."""
    parts = (
        f"in {one.region.replace(',', ', ')}" if one.region else "",
        f"for {one.audience}" if one.audience else "",
        f"plan {one.plan}" if one.plan else "",
        one.product,
    )
    scope = "; ".join(part for part in parts if part)
    return f"{said} ({scope})" if scope else said


def outcome_of(cells: Sequence[tuple[State, str]]) -> Outcome:
    """How cells stand beside each other, each a state and its value in words."""
    said = [value for state, value in cells if state is State.STATED]
    if not said:
        return Outcome.NONE
    if len(set(said)) > 1:
        return Outcome.DIFFERENT
    read = sum(state is not State.NOT_READ for state, _ in cells)
    return Outcome.SAME if len(said) == read and read > 1 else Outcome.SOME


def sentence(title: str, names: Sequence[str], cells: Sequence[FactCell], outcome: Outcome) -> str:
    """One row in words: "Governing law: Larkspur states Ireland; Tidewater and Wren state US-CA. Crake: not stated in
    what could be read." """
    said: dict[str, list[str]] = {}
    silent: dict[State, list[str]] = {}
    for name, cell in zip(names, cells, strict=True):
        if cell.state is State.STATED:
            said.setdefault(cell.said, []).append(name)
        else:
            silent.setdefault(cell.state, []).append(name)
    if outcome is Outcome.SAME:
        first = f"{title}: {listed(names_of(said))} state the same, {next(iter(said))}."
    else:
        parts = (
            f"{listed(who)} {'states' if len(who) == 1 else 'state'} {value}" for value, who in said.items()
        )
        first = f"{title}: {'; '.join(parts)}."
    rest = {
        State.NOT_STATED: "not stated in what could be read",
        State.NOT_READ: "no document that may state it could be read",
    }
    return " ".join(
        [first, *(f"{listed(silent[state])}: {words}." for state, words in rest.items() if state in silent)]
    )


def names_of(said: Mapping[str, Iterable[str]]) -> list[str]:
    return [name for who in said.values() for name in who]


def listed(names: Iterable[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
