"""Taking away what may be personal in the record of a capture: the addresses that answered and were asked, header
fields, redirects, what a page was said to print. Its bytes, digests and moments stay, and so does its place in the
ledger: the leaf holds commitments, and those are kept while the values and their salt go.
"""

from __future__ import annotations

from datetime import datetime

from conductatlas.accounts.models import User
from conductatlas.archive import ledger
from conductatlas.archive.leaves import PERSONAL, commitments
from conductatlas.archive.models import Capture, Erasure, Tombstone
from conductatlas.errors import NotFoundError
from conductatlas.writing import writing

# What `Capture.erasable` lets go, as the columns have it.
BLANK = {
    "peer_address": "",
    "requested_url": "",
    "final_url": "",
    "hops": [],
    "request_headers": [],
    "headers": [],
    "detail": "",
    "salt": "",
}


def held(capture: Capture) -> list[str]:
    """Those of the fields that are there to be erased."""
    return [name for name, blank in BLANK.items() if name != "salt" and getattr(capture, name) != blank]


def erase_personal(capture: Capture, reason: str, ground: str, *, at: datetime, by: User | None) -> Tombstone:
    """Erase them, with a tombstone that says why: one transaction. NotFoundError without a reason, or where it was done
    before."""
    if not reason.strip():
        raise NotFoundError("a record is erased for a stated reason only", remedy="Say why with --reason.")
    if capture.salt == "":
        raise NotFoundError("nothing of it is left to erase", remedy="Its page says when and why it went.")
    with writing():
        stone = Tombstone.objects.create(
            document_id=capture.check_row.document_id,
            reason=reason.strip()[:500],
            ground=ground.strip()[:200],
            at=at,
            by=by,
        )
        Erasure.objects.create(
            tombstone=stone,
            kind="capture",
            subject=capture.pk,
            commitments=commitments("capture", capture, PERSONAL),
        )
        ledger.enter(stone)
        Capture.objects.filter(pk=capture.pk).update(**BLANK)
    return stone
