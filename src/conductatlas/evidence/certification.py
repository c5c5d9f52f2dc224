"""Forms for a person to complete: what the record holds is filled in, opinions and signatures are blank.

`us`: for Federal Rules of Evidence 902(13) and (14), as a declaration under 28 U.S.C. § 1746. `neutral`: for anywhere
else. Neither says that anything is admitted anywhere; that is for whoever signs it, and for a court.
"""

from __future__ import annotations

from importlib.resources import files
from string import Template

from conductatlas.evidence.columns import in_words, to_the_second
from conductatlas.evidence.exhibit import CaptureExhibit, Exhibit
from conductatlas.evidence.proofs import Proofs

FORMS = {"us": "certification-us-unsigned.txt", "neutral": "certification-neutral-unsigned.txt"}


def forms(exhibit: Exhibit, proofs: Proofs) -> dict[str, str]:
    """File name → form, in plain text of at most 78 columns where the facts allow."""
    facts = {
        "id": exhibit.id,
        "permalink": exhibit.permalink,
        "platform": exhibit.document.platform.name,
        "title": exhibit.document.title,
        "operator": exhibit.operator or "______________________________",
        "captures": "\n\n".join(map(_capture, exhibit.captures)),
        "texts": "\n".join(
            f"   {one.record.public_id}: first captured {in_words(one.record.first_seen_at)}\n"
            f"      SHA-256 of its text: {one.digest}"
            for one in exhibit.versions
        ),
        "ledger": _ledger(proofs),
    }
    return {name: Template(_template(form)).substitute(facts) for form, name in FORMS.items()}


def _template(form: str) -> str:
    return (files("conductatlas.evidence") / "forms" / f"{form}.txt").read_text("utf-8")


def _capture(one: CaptureExhibit) -> str:
    record = one.record
    lines = [
        f"   Capture {record.pk}",
        f"      Address asked for: {record.requested_url or 'erased'}",
        f"      Begun: {to_the_second(record.started_at)}",
        f"      Ended: {to_the_second(record.finished_at)}",
        f"      Answer: status {record.status if record.status is not None else 'not recorded'}",
    ]
    lines += [f"      SHA-256 of {what}: {digest}" for digest, what in one.files.items()]
    return "\n".join(
        [*lines, *(f"      {condition.name}: {condition.value}" for condition in one.conditions)]
    )


def _ledger(proofs: Proofs) -> str:
    lines = [
        f"   {head.origin}, {head.size} leaves, signed {to_the_second(head.at)}\n      root {head.root}"
        for head in proofs.checkpoints
    ]
    lines += [
        f"   Time stamp by {stamp.authority}: {to_the_second(stamp.moment)}, policy {stamp.policy_oid}"
        for stamp in proofs.all_stamps
    ]
    return "\n".join(lines) or "   None: the rows are under no checkpoint yet."
