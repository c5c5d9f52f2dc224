"""Governance exposure: the severity of a clause, with the rows of the rubric and the words that give it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from conductatlas.reading.clauses.finding import Factor, Rating
from conductatlas.reading.clauses.rubric import rubric
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.draft import Draft, sentence

_IMPACT = (("rights", "Rights"), ("exposure", "Exposure"), ("discretion", "Discretion"))
_PARTLY = "; a fact that the rubric asks for was not found, and the lower points were taken"
QUOTE = 130  # characters


def exposure(draft: Draft) -> Iterator[Sentence]:
    """The rating in one sentence, then each factor that has points with its row and words; () of what is not rated."""
    rating = draft.finding.rating
    if rating is None:
        return
    yield sentence(
        _rated(rating), _on(rating.rights), _on(rating.exposure), _on(rating.discretion), _score(rating)
    )
    for name, word in _IMPACT:
        factor: Factor = getattr(rating, name)
        if factor.points:
            yield _reason(draft, word, factor)
    if rating.score:
        yield _around(rating)


def _rated(rating: Rating) -> str:
    level = rating.severity.value.capitalize()
    if not rating.score:
        return f"{level}: no right, money, data or discretion was found at stake in these words"
    said = f"{level}, with a score of {rating.score}"
    if rating.other is not None:
        said += f"; the text states two things, and with the other one it is rated {rating.other.value}"
    return said + (_PARTLY if rating.is_partial else "")


def _reason(draft: Draft, word: str, factor: Factor) -> Sentence:
    said = f"{word}, {_points(factor.points)}: {meaning(factor.row)}"
    spans = [span for span in factor.spans if span.end > span.start and not draft.is_shown(span)]
    if not spans:
        return sentence(said, _on(factor))
    quote = draft.quote(spans[0], None, QUOTE)
    return sentence(
        f"{said}, by the words {quote.said}",
        Ground(GroundKind.RUBRIC, factor.row, (*factor.spans, *quote.spans)),
    )


def _around(rating: Rating) -> Sentence:
    """The way out and the breadth, which count beside the impact."""
    said = (
        f"Way out, {_points(rating.way_out.points)}: {_lower(meaning(rating.way_out.row))}; "
        f"breadth, {_points(rating.breadth.points)}: {_lower(meaning(rating.breadth.row))}"
    )
    return sentence(said, _on(rating.way_out), _on(rating.breadth))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _points(points: int) -> str:
    return "1 point" if points == 1 else f"{points} points"


def meaning(row: str) -> str:
    """What a row of the rubric means; its id where the rubric no longer has it."""
    return _rows().get(row, row)


@cache
def _rows() -> Mapping[str, str]:
    return {
        **{row.id: row.says for rows in rubric().rows.values() for row in rows},
        "B1.plan": "One plan or product",
        "B2.region": "Most users: a region or an audience is named",
    }


def _on(factor: Factor) -> Ground:
    return Ground(GroundKind.RUBRIC, factor.row, tuple(factor.spans))


def _score(rating: Rating) -> Ground:
    return Ground(GroundKind.RUBRIC, f"score {rating.score}")
