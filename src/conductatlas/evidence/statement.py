"""The statement that people read: the exhibit, its proofs and its limits as a PDF/A-2b file.

Made again of the same record by the same release, it is the same to the byte: its only date is the record's own, its
fonts are those of the site, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from conductatlas.evidence.citation import Citation
from conductatlas.evidence.claims import NOT_SHOWN, claims, stamped
from conductatlas.evidence.columns import Column, in_words, to_the_second
from conductatlas.evidence.exhibit import CaptureExhibit, ChangeExhibit, Exhibit, VersionExhibit
from conductatlas.evidence.printing import printed, style, to_pdf
from conductatlas.evidence.proofs import Proofs
from conductatlas.history.hunk_queries import HunkRecord

MOST_HUNKS = 40  # shown with their words; the redline beside the statement has all
LONGEST = 700  # characters of one wording
_DIRECTIONS = {
    "less_favourable": "less favourable to the user than the earlier wording",
    "more_favourable": "more favourable to the user than the earlier wording",
    "both": "both less and more favourable to the user than the earlier wording",
    "neither": "neither less nor more favourable",
    "not_determined": "not determined",
}
_STATES = {
    "two_texts": "two texts in circulation",
    "review": "awaiting a person",
    "contested": "under review",
}


def statement(exhibit: Exhibit, proofs: Proofs, citation: Citation) -> bytes:
    """The PDF file. StatementUnavailableError if WeasyPrint, or the Pango it needs, is not there."""
    return to_pdf(page_html(exhibit, proofs, citation), "the statement")


def page_html(exhibit: Exhibit, proofs: Proofs, citation: Citation) -> str:
    """The statement as a page of HTML, which the PDF file is made of."""
    document = exhibit.document
    what = "change" if exhibit.change else "version"
    title = f"{document.platform.name}: {document.title}"
    when = exhibit.at.isoformat(timespec="seconds")
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f"<title>{printed(f'{exhibit.id}, record of a {what}: {title}')}</title>",
            f'<meta name="author" content="{printed(exhibit.operator or "ConductAtlas")}">',
            f'<meta name="dcterms.created" content="{when}"><meta name="dcterms.modified" content="{when}">',
            f"<style>{style('statement.css')}</style></head><body>",
            f'<p class="id">{printed(exhibit.id)}</p><h1>Record of a {what}<br>{printed(title)}</h1>',
            f'<p class="lead">{printed(_lead(exhibit))}</p>',
            f'<p class="note">{printed(_scope(exhibit))}</p>',
            "<h2>Cite as</h2>",
            f"<p>{printed(citation.plain)}</p>",
            *(_version(one) for one in exhibit.versions),
            *([_change(exhibit.change, exhibit)] if exhibit.change else []),
            "<h2>What the record shows, and on whose word</h2>",
            *_columns(exhibit, proofs),
            "<h3>Not shown by it</h3>",
            _list(NOT_SHOWN),
            "<h2>Captures, and the conditions they were made under</h2>",
            '<p class="note">All of this is stated by the operator. “Not recorded” means that the record does not '
            "hold it.</p>",
            *map(_capture, exhibit.captures),
            "<h2>In the ledger</h2>",
            _ledger(proofs),
            "<h2>How to check this without trusting whoever gave it to you</h2>",
            "<p>The file VERIFY.md in this bundle has the commands, for openssl, sha256sum and Python's standard "
            "library. The digest of this statement is in manifest-sha256.txt, too. A character that no font here draws "
            "is a box; the texts in data/texts have it.</p>",
            "</body></html>",
        ]
    )


def _lead(exhibit: Exhibit) -> str:
    old, new = exhibit.versions[0], exhibit.versions[-1]
    if exhibit.change:
        record = exhibit.change.record
        return (
            f"The wording captured on {in_words(record.seen_at)} differs from the one last captured on "
            f"{in_words(record.old_last_seen_at)}. When it changed between these two captures, and whether it did so "
            "once, the record cannot say."
        )
    claimed = f", as {new.claimed_by} states" if old.claimed_by else ""
    return f"This wording was first captured on {in_words(new.record.first_seen_at)}{claimed}."


def _scope(exhibit: Exhibit) -> str:
    operator = exhibit.operator or "whoever operates the archive named in the permanent address"
    withheld = next((one.record.withheld for one in exhibit.versions if one.record.withheld), None)
    hidden = (
        f" Its text is withheld from the public since {in_words(withheld.at)}: {withheld.reason}"
        if withheld
        else ""
    )
    return (
        f"As published, as it was captured: not as it applied to anybody. The texts are those of "
        f"{exhibit.document.platform.name}, kept as a record; {operator} is not affiliated with or endorsed by it. "
        f"This statement is made by software from the record. It is neither signed nor advice.{hidden}"
    )


def _version(one: VersionExhibit) -> str:
    record = one.record
    dated = "the date is a claim of " + one.claimed_by if one.claimed_by else "by the operator's clock"
    rows = {
        "First captured": f"{to_the_second(record.first_seen_at)} ({dated})",
        "Last captured with this text": to_the_second(one.last_seen_at)
        if one.last_seen_at
        else "not recorded",
        "Read from": "; ".join(capture.record.source_url for capture in one.captures)
        or "a text that was taken in",
        "Date of last update it prints": str(record.stated_updated or "none found"),
        "Date it says it takes effect": str(record.stated_effective or "none found"),
        "Language": record.language or "not determined",
        "Length": f"{record.words} words",
        "Read by": f"reader {one.reader_version}",
        "Text in this bundle": f"data/texts/{record.public_id}.txt",
    }
    digest = {"SHA-256 of the text": one.digest}
    return f"<h2>Version {printed(record.public_id)}</h2>{_table(rows, digest)}"


def _change(change: ChangeExhibit, exhibit: Exhibit) -> str:
    record = change.record
    rows = {
        "Kind": record.kind,
        "Severity": record.severity or "not determined",
        "Direction": _DIRECTIONS.get(record.direction or "", "not determined"),
        "Printed date": "The date printed on the page is the same in both wordings. Possible reasons: another variant "
        "of the page, an editorial correction, a date that is not maintained."
        if record.date_mismatch
        else "see the two versions",
        "Counts": record.counts,
        "What became of it": "; ".join(
            f"{_STATES.get(event.state, event.state)}, {to_the_second(event.at)}" for event in change.events
        ),
    }
    shown = [hunk for hunk in change.hunks if not hunk.is_editorial][:MOST_HUNKS]
    rest = len(change.hunks) - len(shown)
    old, new = exhibit.versions
    parts = [
        f"<h2>What differs</h2>{_table(rows, {})}",
        '<p class="note">Severity and direction are what named rules of the software give; each difference has its '
        "rules. They are no opinion of a lawyer.</p>",
        *(_hunk(hunk, old.text.text, new.text.text) for hunk in shown),
    ]
    if rest:
        parts.append(f"<p>{rest} more, editorial or of lower rank: data/redline.html has all of them.</p>")
    return "".join(parts)


def _hunk(hunk: HunkRecord, old: str, new: str) -> str:
    judged = ", ".join(
        filter(None, (hunk.kind, hunk.severity, _DIRECTIONS.get(hunk.direction or ""), " ".join(hunk.rules)))
    )
    sides = []
    if hunk.old:
        sides.append(f"<p>Earlier wording</p><blockquote>{_wording(hunk, old, 'old')}</blockquote>")
    if hunk.new:
        sides.append(f"<p>Later wording</p><blockquote>{_wording(hunk, new, 'new')}</blockquote>")
    if hunk.is_relinked:
        sides.append(
            f'<p class="address">link: {printed(hunk.old_target or "none")} → {printed(hunk.new_target or "none")}</p>'
        )
    return f'<div class="hunk"><h3>Difference {hunk.number} ({printed(judged)})</h3>{"".join(sides)}</div>'


def _wording(hunk: HunkRecord, text: str, side: str) -> str:
    """One side of a difference, its own words marked, cut where it is long."""
    span, tag = (hunk.old, "del") if side == "old" else (hunk.new, "ins")
    assert span is not None, "a side that is shown has words"
    parts = []
    left = LONGEST
    ops = [
        (op.op, *((op.old_start, op.old_end) if side == "old" else (op.new_start, op.new_end)))
        for op in hunk.ops
    ]
    for kind, start, end in ops or [("equal" if hunk.kind == "moved" else "replace", *span)]:
        words = printed(text[start : min(end, start + left)])
        left -= end - start
        if words:
            parts.append(words if kind == "equal" else f"<{tag}>{words}</{tag}>")
        if left < 0:
            return "".join(parts) + " […]"
    return "".join(parts)


def _columns(exhibit: Exhibit, proofs: Proofs) -> Iterable[str]:
    told = claims(exhibit, proofs)
    for column in Column:
        yield f"<h3>{column.capitalize()}</h3>{_list(claim.sentence for claim in told if claim.column is column)}"


def _capture(one: CaptureExhibit) -> str:
    record = one.record
    rows = {
        "Address asked for": record.requested_url or "erased",
        "Final address": record.final_url or "erased",
        "Begun": to_the_second(record.started_at),
        "Ended": to_the_second(record.finished_at),
        "Status": str(record.status) if record.status is not None else "not recorded",
        "Provenance": record.provenance,
    } | {condition.name: condition.value for condition in one.conditions}
    digests = {f"SHA-256 of {what}": digest for digest, what in one.files.items()}
    return f"<h3>Capture {record.pk}</h3>{_table(rows, digests)}"


def _ledger(proofs: Proofs) -> str:
    if not proofs.checkpoints:
        return "<p>Nothing of this is under a signed checkpoint yet.</p>"
    parts = []
    for head in proofs.checkpoints:
        stamps = "; ".join(map(stamped, proofs.stamps.get(head.size, ()))) or "none"
        rows = {
            "Log": head.origin,
            "Leaves": str(head.size),
            "Signed (operator's clock)": to_the_second(head.at),
            "Time stamps": stamps,
            "Co-signatures": ", ".join(one.name for one in head.witnesses) or "none",
        }
        parts.append(_table(rows, {"Root": head.root, "Key": head.verifier}))
    return "".join(parts)


def _table(rows: dict[str, str], digests: dict[str, str]) -> str:
    lines = [f"<tr><th>{printed(name)}</th><td>{printed(value)}</td></tr>" for name, value in rows.items()]
    lines += [
        f'<tr><th>{printed(name)}</th><td class="digest">{printed(value)}</td></tr>'
        for name, value in digests.items()
    ]
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


def _list(sentences: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{printed(sentence)}</li>" for sentence in sentences) + "</ul>"
