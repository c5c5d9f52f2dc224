"""What a page says to machines that read pages: JSON-LD (W3C, 1.1) in the words of schema.org, as a block of data.

A block of data is no script: nothing runs, and the content policy has nothing to allow.
"""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conductatlas.provisions.analysis_records import AnalysisRecord
from conductatlas.provisions.records import FindingRecord

MOST_SENTENCES = 3  # of a part in an answer
LONGEST_QUOTE = 1000  # characters of the clause
_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}

Answers = list[tuple[str, str]]


def questions(platform: str, analysis: AnalysisRecord | None) -> Answers:
    """What readers ask of a provision, and what this page answers."""
    found: Answers = []
    for question, part in (
        (_("Why does this clause matter?"), "why"),
        (_("What does it mean for a person?"), "you"),
    ):
        sentences = analysis.parts.get(part, ()) if analysis else ()
        if sentences:
            found.append((question, " ".join(one.text for one in sentences[:MOST_SENTENCES])))
    found.append(
        (
            _("Is this page affiliated with %s?") % platform,
            _(
                "No. ConductAtlas watches what platforms publish, and is not affiliated with %s. The text belongs to "
                "its publisher or to others who hold rights in it."
            )
            % platform,
        )
    )
    found.append(
        (
            _("Is this legal advice?"),
            _("No. It is general information on a published text. What governs a contract may differ."),
        )
    )
    return found


def of_provision(site: str, finding: FindingRecord, original: str, answers: Answers) -> SafeString:
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
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
        for question, answer in answers
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
