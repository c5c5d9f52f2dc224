"""Quotes of provisions against the texts they are cut from: each has to be what was found, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from conductatlas.evidence.audit.findings import Area, Kind, Tally
from conductatlas.history.models import RemovedVersion
from conductatlas.ids import public_id
from conductatlas.provisions.models import Extraction

AT_ONCE = 20  # extractions, each with a whole text


def left(key: int) -> int:
    """How many extractions have a key above `key`."""
    return Extraction.objects.filter(pk__gt=key).count()


def parts_after(key: int) -> Iterator[list[Extraction]]:
    """The extractions with a key above `key`, a part at a time, with all that was found."""
    rows = Extraction.objects.select_related("reading").prefetch_related("findings__facts", "named")
    while part := list(rows.filter(pk__gt=key).order_by("pk")[:AT_ONCE]):
        key = part[-1].pk
        yield part


def examine(part: list[Extraction], tally: Tally) -> None:
    """Whether what stands at the offsets of each finding has its digest, and facts and references lie in the text.
    Removed texts have no words."""
    versions = [row.reading.version_id for row in part]
    removed = set(RemovedVersion.objects.filter(version__in=versions).values_list("version", flat=True))
    for extraction in part:
        if extraction.reading.version_id not in removed:
            _examine(extraction, tally)


def _examine(extraction: Extraction, tally: Tally) -> None:
    text = extraction.reading.text
    for row in extraction.findings.all():
        subject = f"{public_id('P', row.provision_id)} in {public_id('V', extraction.reading.version_id)}"
        quote = text[row.start : row.end]
        _tell(
            tally,
            subject,
            _digest(quote) == row.digest,
            "Other words stand there than those that were found.",
        )
        for fact in row.facts.all():
            lies = bool(fact.spans) and all(_lies_in(text, span) for span in fact.spans)
            _tell(tally, subject, lies, f"What its {fact.name} rests on does not lie in the text.")
    for named in extraction.named.all():
        subject = f"reference {named.pk} in {public_id('V', extraction.reading.version_id)}"
        _tell(tally, subject, _lies_in(text, (named.start, named.end)), "It does not lie in the text.")


def _tell(tally: Tally, subject: str, holds: bool, sentence: str) -> None:
    if holds:
        tally.count(Area.QUOTES)
    else:
        tally.note(Area.QUOTES, Kind.QUOTE_DIFFERS, subject, sentence)


def _lies_in(text: str, span: Any) -> bool:
    return len(span) == 2 and 0 <= span[0] < span[1] <= len(text)


def _digest(quote: str) -> str:
    return sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()
