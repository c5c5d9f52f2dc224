"""From which vantage a document is asked for, and what to make of what the second one is shown.

The first vantage holds the record; the second is its witness. It is asked where one place is too little to tell by:
whether a document is gone, whether another one stands in its place, whether its printed date stayed while its words
changed. It takes turns with the first, so that a proxy that fails, or is shut out, holds nothing up. What it is shown
makes no version and no sighting, since texts differ from place to place: either it is what the first was shown, or
the check is held and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conductatlas.archive.models import CheckOutcome
from conductatlas.archive.reasons import VANTAGES_DIFFER
from conductatlas.archive.services import Observation
from conductatlas.catalogue.models import Document
from conductatlas.history import disappearing, telling
from conductatlas.work.due import DISAPPEARANCE
from conductatlas.work.finding import Finding
from conductatlas.work.known import Known


def is_for_second(document: Document, known: Known) -> bool:
    """Whether it is the second vantage's turn: of looks at what disappeared the second, of those that may confirm a
    change the first, and then every other one."""
    is_odd = document.due.failures % 2 == 1
    if document.due.why == DISAPPEARANCE:
        return is_odd and not disappearing.gone([document.pk])
    if not known.confirming or is_odd or known.before is None:
        return False
    change = telling.open_change(known.before.version)
    return change is not None and telling.wants_two_vantages(change)


def weighed(document: Document, seen: Sequence[Observation], finding: Finding, known: Known) -> Finding:
    """The finding on what the second vantage was shown: held where that is not what the first was shown.

    Where it was shown no document at all (shut out, or gone there too) the finding stays as it is.
    """
    if not (seen and all(part.good for part in seen)):
        return finding
    is_same = (
        finding.outcome == CheckOutcome.UNCHANGED
        and known.before is not None
        and finding.found is not None
        and finding.found.version == known.before.version
    )
    if is_same and document.due.why != DISAPPEARANCE:
        return finding
    return replace(
        finding, outcome=CheckOutcome.HELD, reason=VANTAGES_DIFFER, text=None, normal=None, found=None
    )
