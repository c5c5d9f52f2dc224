"""What is shown to the rules and to the model: a clause's words, and what they stand under."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """text: the clause's own words. path: titles it stands under, outermost first. lead: the words that introduce it
    (of a list's item), "" if none. kind: of its document ("terms", "privacy"), "" if not known. language: BCP 47
    primary tag, "" is read as English.
    """

    text: str
    path: tuple[str, ...] = ()
    lead: str = ""
    kind: str = ""
    language: str = "en"
