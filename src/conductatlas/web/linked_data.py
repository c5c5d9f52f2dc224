"""What a page says to machines that read pages: JSON-LD (W3C, 1.1) in the words of schema.org, as a block of data.

A block of data is no script: nothing runs, and the content policy has nothing to allow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conductatlas.provisions.analysis_records import AnalysisRecord
from conductatlas.provisions.records import FindingRecord
from conductatlas.reading.writing.grounding import Piece

MOST_SENTENCES = 3  # of a part in an answer
LONGEST_QUOTE = 1000  # characters of the clause
_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What readers ask, and what the page answers: in stretches, the quoted ones marked."""

    question: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(f"“{piece.words}”" if piece.is_quote else piece.words for piece in self.pieces)


def questions(platform: str, analysis: AnalysisRecord | None) -> list[Answer]:
    """What readers ask of a provision, and what this page answers."""
    found: list[Answer] = []
    for question, part in (
        (_("Why does this clause matter?"), "why"),
        (_("What does it mean for a person?"), "you"),
    ):
        sentences = analysis.parts.get(part, ()) if analysis else ()
        if sentences:
            said = [(*one.pieces, Piece(" ", is_quote=False)) for one in sentences[:MOST_SENTENCES]]
            found.append(Answer(question, tuple(piece for pieces in said for piece in pieces)))
    found.append(
        _plain(
            _("Is this page affiliated with %s?") % platform,
            _(
                "No. ConductAtlas watches what platforms publish, and is not affiliated with %s. The text belongs to "
                "its publisher or to others who hold rights in it."
            )
            % platform,
        )
    )
    found.append(
        _plain(
            _("Is this legal advice?"),
            _("No. It is general information on a published text. What governs a contract may differ."),
        )
    )
    return found


def _plain(question: str, answer: str) -> Answer:
    return Answer(question, (Piece(answer, is_quote=False),))


def of_provision(site: str, finding: FindingRecord, original: str, answers: Sequence[Answer]) -> SafeString:
    """A provision as a graph of its page, what it quotes, where it stands, and the questions answered. site: the
    address of this one, without a closing slash."""
    document = finding.document
    path = reverse("provision", args=[document.platform.slug, document.slug, finding.slug])
    trail = (
        (document.platform.name, reverse("platform", args=[document.platform.slug])),
        (document.title, reverse("document", args=[document.platform.slug, document.slug])),
        (finding.title, path),
    )
    page: dict[str, Any] = {
        "@type": "WebPage",
        "@id": site + path,
        "name": f"{document.platform.name}: {finding.title}",
        "identifier": finding.public_id,
        "about": {
            "@type": "DigitalDocument",
            "name": document.title,
            "author": {"@type": "Organization", "name": document.platform.name},
        },
        "dateModified": finding.at.isoformat(),
    }
    if original:
        page["about"]["url"] = original
    if finding.quote:
        page["mainEntity"] = {
            "@type": "Quotation",
            "text": finding.quote[:LONGEST_QUOTE],
            "identifier": f"sha256:{finding.digest}",
        }
    crumbs = [
        {"@type": "ListItem", "position": place, "name": name, "item": site + at}
        for place, (name, at) in enumerate(trail, 1)
    ]
    asked = [
        {
            "@type": "Question",
            "name": one.question,
            "acceptedAnswer": {"@type": "Answer", "text": one.text.strip()},
        }
        for one in answers
    ]
    graph = [
        page,
        {"@type": "BreadcrumbList", "itemListElement": crumbs},
        {"@type": "FAQPage", "mainEntity": asked},
    ]
    said = json.dumps(
        {"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":")
    )
    return mark_safe(said.translate(_ESCAPES))  # noqa: S308  # nothing in it can end the block
