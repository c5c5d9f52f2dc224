"""Two platforms beside each other: what they answer, which types one has and the other lacks, what was not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.provisions import asking, counts
from conductatlas.provisions.asking import Cell
from conductatlas.provisions.comparing import coverage
from conductatlas.provisions.comparison import Outcome, State, outcome_of
from conductatlas.reading.clauses.questions import Question, questions
from conductatlas.reading.clauses.taxonomy import ClauseType, taxonomy

OWN = frozenset(  # questions to which every platform answers for itself: that they differ says nothing
    {
        *("privacy_contact_email", "legal_entity", "entity_country", "terms_last_updated", "terms_effective"),
        *("privacy_last_updated", "privacy_effective"),
    }
)


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """What one platform answers to a question. cell: None where it was not asked."""

    state: State
    cell: Cell | None

    @property
    def said(self) -> str:
        if self.cell is None or self.state is not State.STATED:
            return "conflicting" if self.cell and self.cell.is_conflict else self.state.value
        return self.cell.said


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question and the answers of both."""

    question: Question
    cells: tuple[AnswerCell, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Lack:
    """A type that one platform has clauses of and the other lacks, though documents of such a kind could be read of
    both. number: clauses that the one has."""

    type: ClauseType
    number: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. only: types that the other lacks; read, unread: its documents."""

    platform: PlatformRecord
    only: tuple[Lack, ...]
    read: tuple[DocumentRecord, ...]
    unread: tuple[DocumentRecord, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Two platforms. both: how many types both have; untold: types that one has, of which nothing can be said of the
    other, since no document of the kinds they stand in could be read of it."""

    sides: tuple[Side, Side]
    rows: tuple[AnswerRow, ...]
    both: int
    untold: tuple[ClauseType, ...]

    def of(self, outcome: Outcome) -> tuple[AnswerRow, ...]:
        """The questions that stand so, without those to which everyone answers for itself."""
        return tuple(row for row in self.rows if row.outcome is outcome and row.question.key not in OWN)

    @property
    def own(self) -> tuple[AnswerRow, ...]:
        """Those that one of them at least answers, of the questions to which everyone answers for itself."""
        return tuple(row for row in self.rows if row.question.key in OWN and row.outcome is not Outcome.NONE)


def beside(one: PlatformRecord, other: PlatformRecord) -> Beside:
    """Two platforms, by their public documents as they stand."""
    platforms = (one, other)
    read, unread = coverage(platforms)
    kinds = [{document.kind for document in read[platform.pk]} for platform in platforms]
    numbers = [counts.clauses_by_type(platform.pk) for platform in platforms]
    only, untold = _lacks(numbers, kinds)
    sides = [
        Side(platform, only[n], read[platform.pk], unread[platform.pk])
        for n, platform in enumerate(platforms)
    ]
    both = sum(name in numbers[1] for name in numbers[0])
    return Beside((sides[0], sides[1]), answer_rows(platforms), both, untold)


def answer_rows(platforms: Sequence[PlatformRecord]) -> tuple[AnswerRow, ...]:
    """The questionnaire over some platforms, in their order, in the order of the questions."""
    asked: dict[tuple[str, str], Cell] = {
        (cell.platform.slug, cell.key): cell
        for cell in asking.answers_beside(None, [platform.slug for platform in platforms])
    }
    rows = []
    for key, question in questions().items():
        cells = tuple(answer_cell(asked.get((platform.slug, key))) for platform in platforms)
        outcome = outcome_of([(cell.state, cell.said) for cell in cells])
        rows.append(AnswerRow(question, cells, outcome))
    return tuple(rows)


def answer_cell(cell: Cell | None) -> AnswerCell:
    """A cell with what is known: not read where none of the documents that may answer it could be asked."""
    if cell is None or not (cell.searched or cell.value is not None):
        return AnswerCell(State.NOT_READ, cell)
    return AnswerCell(State.NOT_STATED if cell.value is None else State.STATED, cell)


def _lacks(
    numbers: Sequence[Mapping[str, Mapping[str, int]]], kinds: Sequence[set[str]]
) -> tuple[list[tuple[Lack, ...]], tuple[ClauseType, ...]]:
    """Of either side the types that the other lacks, and those of which nothing can be said."""
    only: list[list[Lack]] = [[], []]
    untold = []
    for name, one in taxonomy().items():
        having = [n for n in (0, 1) if name in numbers[n]]
        if len(having) != 1:
            continue
        by_kind, theirs = numbers[having[0]][name], kinds[1 - having[0]]
        if by_kind.keys() & theirs:
            only[having[0]].append(Lack(one, sum(by_kind.values())))
        else:
            untold.append(one)
    return [tuple(found) for found in only], tuple(untold)
