"""The law that a clause cites or that may govern it, on its conditions, and the authorities of that law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.law.entry import Answer, Article, Condition, Instrument, Mapping, Relation, Status
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.draft import Draft, sentence, stop
from conductatlas.reading.writing.quoting import whole_words
from conductatlas.reading.writing.sayings import joined

QUOTE = 110  # characters
AS_ABOVE = "as above"
_GOVERNS = {
    Relation.GOVERNS_TERM: "may govern the form or the effect of this clause",
    Relation.GOVERNS_PRACTICE: "may govern the practice that is described",
    Relation.GOVERNS_DISCLOSURE: "may govern what has to be told here",
    Relation.PROCEDURAL: "may govern the procedure",
    Relation.CITES: "is cited",
}


def law(draft: Draft) -> Iterator[Sentence]:
    """For each mapping: how the article may stand to the clause and on which conditions, what it is about, and where
    it stands; the status of an instrument once."""
    told: set[tuple[str, Status]] = set()
    quoted: set[Condition] = set()
    for mapping in draft.subject.mappings:
        yield _relation(draft, mapping, quoted)
        about = mapping.article.about.rstrip(".")
        if about != _cited(mapping):  # an instrument as a whole is about what it is called
            yield Sentence(f"{_cited(mapping)}: {about}.", (_on(mapping),), is_general=True)
        key = mapping.instrument.id, mapping.article.status
        if key not in told:
            told.add(key)
            yield Sentence(stop(_status(mapping.instrument, mapping.article)), (_on(mapping),))


def authorities(draft: Draft) -> Iterator[Sentence]:
    """Who enforces or supervises the mapped instruments, each once."""
    told: set[str] = set()
    for mapping in draft.subject.mappings:
        instrument = mapping.instrument
        if instrument.id not in told and instrument.authorities:
            told.add(instrument.id)
            named = stop(f"{instrument.short}: {joined(list(instrument.authorities))}")
            yield Sentence(named, (Ground(GroundKind.LAW, instrument.id),))


def _relation(draft: Draft, mapping: Mapping, quoted: set[Condition]) -> Sentence:
    shown = [one for one in mapping.conditions if one.answer is Answer.SHOWN]
    held = [one for one in mapping.conditions if one.answer is Answer.REGISTER]
    unknown = [one for one in mapping.conditions if one.answer is Answer.UNKNOWN]
    quotes, spans = _quotes(draft, shown, quoted)
    if mapping.relation is Relation.CITES:
        said = f"The clause cites {_cited(mapping)}" + (
            f": {quotes[0][1]}" if quotes and quotes[0][1] else ""
        )
        return sentence(said, _on(mapping, *spans))
    said = f"{_cited(mapping)} {_GOVERNS[mapping.relation]}, on these conditions. "
    parts = []
    if shown:
        parts.append(
            "The text shows: " + "; ".join(f"{says} ({quote})" if quote else says for says, quote in quotes)
        )
    if held:
        parts.append("The register holds: " + "; ".join(one.says for one in held))
    parts.append(
        "Not known here: " + "; ".join(one.says for one in unknown)
        if unknown
        else "No further condition is listed here"
    )
    return Sentence(stop(said + ". ".join(parts)), (_on(mapping, *spans),))


def _quotes(
    draft: Draft, shown: list[Condition], told: set[Condition]
) -> tuple[list[tuple[str, str]], list[Span]]:
    """What the text shows, with the words that show it; words that another mapping quoted are not quoted again."""
    quotes: list[tuple[str, str]] = []
    spans: list[Span] = []
    for one in shown:
        spans += one.spans
        if one in told or not one.spans:
            quotes.append((one.says, AS_ABOVE if one.spans else ""))
            continue
        told.add(one)
        quote = draft.quote(whole_words(draft.text, one.spans[0]), None, QUOTE)
        quotes.append((one.says, quote.said))
        spans += quote.spans
    return quotes, spans


def _cited(mapping: Mapping) -> str:
    return f"{mapping.instrument.short} {mapping.article.number}".strip()


def _status(instrument: Instrument, article: Article) -> str:
    """Where an article stands, with the day on which that was checked."""
    since = article.since or instrument.since
    until = article.until or instrument.until
    name = f"{instrument.short} {article.number}".strip()
    match article.status:
        case Status.IN_FORCE:
            said = f"{name} has had effect since {_day(since)}" if since else f"{name} is in effect"
        case Status.PARTLY:
            said = f"{name} has effect in part" + (f", since {_day(since)}" if since else "")
        case Status.ADOPTED:
            said = f"{name} is adopted and not yet in effect" + (
                f"; its day is {_day(since)}" if since else ""
            )
        case Status.DELAYED:
            said = f"{name} is delayed" + (f", to {_day(since)}" if since else "")
        case Status.VACATED:
            said = f"{name} was set aside by a court" + (f", as of {_day(until)}" if until else "")
        case Status.REPEALED:
            said = f"{name} is repealed" + (f", as of {_day(until)}" if until else "")
        case Status.UNVERIFIED:
            return f"The status of {name} could not be compared with a source; what is said of it here is unverified"
    checked = f"{said}, as checked on {_day(instrument.checked_on)}"
    return f"{checked}. {instrument.note}" if instrument.note else checked


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _on(mapping: Mapping, *spans: Span) -> Ground:
    return Ground(GroundKind.LAW, mapping.article.id, tuple(dict.fromkeys(spans)))
