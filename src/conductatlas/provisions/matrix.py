"""All platforms by chosen questions or facts: a table whose every cell knows its words and where they stand.

Of public documents as they stand, whoever asks. A platform of which nothing that may answer could be read is "not
read", never "not stated".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.ids import public_id
from conductatlas.provisions import asking
from conductatlas.provisions.comparing import coverage, fact_cell
from conductatlas.provisions.comparison import State
from conductatlas.provisions.entities import AnswerCell, answer_cell
from conductatlas.provisions.fact_queries import stated
from conductatlas.provisions.records import Stated
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.questions import questions
from conductatlas.reading.clauses.taxonomy import taxonomy

Said = Mapping[tuple[int, str, str], tuple[Stated, ...]]
Read = Mapping[int, tuple[DocumentRecord, ...]]
MOST = 12  # columns
USUAL = (
    "ai_training_on_user_content",
    "arbitration",
    "class_action_waiver",
    "liability_cap",
    "change_notice_days",
    "retention_general",
    "sells_data",
    "governing_law",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a matrix is asked for. columns: keys of questions, or facts as "type.name". sort: a column or "" for the
    platforms' names; a leading "-" turns it round. platforms: slugs, () for all. with_: columns of which only platforms
    that state them are listed."""

    columns: tuple[str, ...] = USUAL
    sort: str = ""
    category: str = ""
    platforms: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one platform states. said: in words; value: as kept, a list where it states several. quote: the words, ""
    where they are not shown. provision, version: where they stand, "" where not known. is_conflict: its texts state
    different things."""

    state: State
    said: str
    value: Any = None
    quote: str = ""
    document: DocumentRecord | None = None
    provision: str = ""  # slug
    provision_id: str = ""
    version_id: str = ""
    is_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A column. is_question: else a fact. stated, not_stated, not_read: platforms, of those that are listed."""

    key: str
    title: str
    is_question: bool
    stated: int
    not_stated: int
    not_read: int

    @property
    def type(self) -> str:
        """The type of clause that a fact is of."""
        return self.key.partition(".")[0]

    @property
    def read(self) -> int:
        return self.stated + self.not_stated


@dataclass(frozen=True, slots=True)
class MatrixRow:
    platform: PlatformRecord
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Platforms by columns. unread: platforms of which no document could be read; they are in no row."""

    heads: tuple[Head, ...]
    rows: tuple[MatrixRow, ...]
    unread: tuple[PlatformRecord, ...]


def known_column(key: str) -> bool:
    """Whether a question or a fact has this key."""
    return key in questions() or tuple(key.split(".", 1)) in attributes()


def column_title(key: str) -> str:
    """What a column is called. KeyError for one that is not known."""
    if key in questions():
        return questions()[key].title
    type_, _, name = key.partition(".")
    return attributes()[type_, name].title


def matrix(asked: Asked) -> Matrix:
    """The table that is asked for. KeyError for a column that is not known."""
    platforms = _platforms(asked)
    read, _ = coverage(platforms)
    listed = [platform for platform in platforms if read[platform.pk]]
    answers = _answers([key for key in asked.columns if key in questions()], listed)
    facts = [key for key in asked.columns if key not in questions()]
    said = stated([_attribute(key) for key in facts], [platform.pk for platform in listed]) if facts else {}
    columns = [
        [answers[key, platform.pk] for platform in listed]
        if key in questions()
        else [_fact(key, platform, said, read) for platform in listed]
        for key in asked.columns
    ]
    rows = [MatrixRow(platform, tuple(column[n] for column in columns)) for n, platform in enumerate(listed)]
    for key in asked.with_:
        place = asked.columns.index(key) if key in asked.columns else None
        if place is not None:
            rows = [row for row in rows if row.cells[place].state is State.STATED]
    heads = tuple(_head(key, [row.cells[n] for row in rows]) for n, key in enumerate(asked.columns))
    unread = tuple(platform for platform in platforms if not read[platform.pk])
    return Matrix(heads, tuple(_sorted(rows, asked)), unread)


def _platforms(asked: Asked) -> Sequence[PlatformRecord]:
    if asked.platforms:
        found = catalogue.platforms_named(None, asked.platforms)
        return [one for one in found if not asked.category or one.category == asked.category]
    return catalogue.platforms(None, category=asked.category)


def _attribute(key: str) -> tuple[str, str]:
    type_, _, name = key.partition(".")
    return type_, name


def _fact(key: str, platform: PlatformRecord, said: Said, read: Read) -> MatrixCell:
    type_, name = _attribute(key)
    kinds = taxonomy()[type_].kinds
    may = any(not kinds or document.kind in kinds for document in read[platform.pk])
    cell = fact_cell(said.get((platform.pk, type_, name), ()), is_read=may)
    if not cell.stated:
        return MatrixCell(cell.state, cell.state.value)
    first = cell.stated[0]
    return MatrixCell(
        cell.state,
        cell.said,
        [one.raw for one in cell.stated] if len(cell.stated) > 1 else first.raw,
        first.quote,
        first.finding.document,
        first.finding.slug,
        first.finding.public_id,
        public_id("V", first.finding.version),
    )


def _answers(
    keys: Sequence[str], platforms: Sequence[PlatformRecord]
) -> Mapping[tuple[str, int], MatrixCell]:
    """(key, platform) → the cell."""
    asked = asking.answers_beside(None, [platform.slug for platform in platforms], keys) if keys else []
    cells = {(cell.key, cell.platform.pk): cell for cell in asked}
    return {
        (key, platform.pk): _answer(answer_cell(cells.get((key, platform.pk))))
        for key in keys
        for platform in platforms
    }


def _answer(known: AnswerCell) -> MatrixCell:
    cell = known.cell
    is_conflict = cell is not None and cell.is_conflict
    if cell is None or known.state is not State.STATED:
        return MatrixCell(known.state, known.said, is_conflict=is_conflict)
    return MatrixCell(
        known.state,
        known.said,
        cell.value,
        cell.quote,
        cell.document,
        version_id=public_id("V", cell.version) if cell.version else "",
        is_conflict=is_conflict,
    )


def _head(key: str, cells: Sequence[MatrixCell]) -> Head:
    states = [cell.state for cell in cells]
    return Head(
        key,
        column_title(key),
        key in questions(),
        states.count(State.STATED),
        states.count(State.NOT_STATED),
        states.count(State.NOT_READ),
    )


def _sorted(rows: list[MatrixRow], asked: Asked) -> list[MatrixRow]:
    """By a column's values, numbers by their size; what is not stated comes last, whichever way round."""
    key = asked.sort.removeprefix("-")
    turned = asked.sort.startswith("-")
    if key not in asked.columns:
        return rows[::-1] if turned and key == "platform" else rows
    place = asked.columns.index(key)
    said = [row for row in rows if row.cells[place].state is State.STATED]
    rest = [row for row in rows if row.cells[place].state is not State.STATED]
    said.sort(key=lambda row: _rank(row.cells[place]), reverse=turned)
    rest.sort(key=lambda row: row.cells[place].state is State.NOT_READ)
    return said + rest


def _rank(cell: MatrixCell) -> tuple[int, float, str]:
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return 0, float(cell.value), ""
    return 1, 0.0, cell.said.casefold()
