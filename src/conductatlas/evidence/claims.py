"""What a bundle shows, in three columns that are never mixed: proven by mathematics, witnessed by others, stated by the
operator. And what it does not show.
"""

from __future__ import annotations

from conductatlas.archive.stamp_queries import StampRecord
from conductatlas.evidence.columns import Claim, Column, to_the_second
from conductatlas.evidence.exhibit import Exhibit
from conductatlas.evidence.proofs import Proofs

NOT_SHOWN = (
    "That a server of the platform sent these bytes: a TLS connection leaves no signature that could be shown to "
    "others.",
    "That the bytes existed at the moment of the capture, other than on the operator's word: a stamp says that a "
    "checkpoint was there by a moment, and not since when.",
    "That there is no second ledger under the same name which says otherwise; witnesses, where there are any, are "
    "there to notice one.",
    "What other visitors were shown, in another place, language or account, or what stood there between two captures.",
    "Which text governed anybody's contract. That depends on what was agreed and when, on plan, place and law.",
)


def claims(exhibit: Exhibit, proofs: Proofs) -> list[Claim]:
    """The claims of a bundle, each as one sentence, in the order of the columns."""
    return [
        *(Claim(Column.MATHEMATICS, sentence) for sentence in _proven(proofs)),
        *(Claim(Column.WITNESSES, sentence) for sentence in _witnessed(proofs)),
        *(Claim(Column.OPERATOR, sentence) for sentence in _stated(exhibit)),
    ]


def standing(stamp: StampRecord) -> str:
    """What the operator looked up about an authority."""
    if not stamp.standing:
        return "not determined"
    checked = f", as checked on {stamp.standing_checked_on}" if stamp.standing_checked_on else ""
    return f"{stamp.standing} (EU Trusted List{checked})"


def stamped(stamp: StampRecord) -> str:
    """A stamp in one sentence."""
    give = f", give or take {stamp.accuracy.total_seconds():g} s" if stamp.accuracy else ""
    return f"{stamp.authority} states {to_the_second(stamp.moment)}{give}; {standing(stamp)}"


def _proven(proofs: Proofs) -> list[str]:
    found = ["Each file is the one whose SHA-256 the bag lists: a changed byte changes the digest."]
    if proofs.entered:
        sizes = ", ".join(str(head.size) for head in proofs.checkpoints)
        found.append(
            f"{len(proofs.entered)} rows of the record (captures, versions, readings and what follows from them) stand "
            f"in the ledger under signed checkpoints over {sizes} leaves. Leaves hold the digests of the bytes and "
            "texts in this bundle: none of them was put in or altered after its checkpoint."
        )
    if proofs.growth:
        found.append("From the first of these checkpoints to the last, the ledger has only grown.")
    if proofs.missing:
        names = ", ".join(f"{kind} {key}" for kind, key in proofs.missing)
        found.append(f"Not proven: under no checkpoint yet are {names}.")
    return found


def _witnessed(proofs: Proofs) -> list[str]:
    found = [
        f"The checkpoint over {size} leaves existed no later than this moment: {stamped(stamp)}."
        for size in sorted(proofs.stamps)
        for stamp in proofs.stamps[size]
    ]
    for head in proofs.checkpoints:
        found += [
            f"{one.name} states that it saw the checkpoint over {head.size} leaves at {to_the_second(one.seen_at)}, "
            "and that the ledger had only grown since the one it saw before."
            for one in head.witnesses
        ]
        if head.beacon:
            chain, number, _ = head.beacon
            found.append(
                f"The checkpoint over {head.size} leaves holds round {number} of the public beacon {chain[:16]}…: it "
                "was not signed before that was public."
            )
    return found or ["Nothing: no time stamp, co-signature or beacon stands beside the checkpoints."]


def _stated(exhibit: Exhibit) -> list[str]:
    found = [
        f"Capture {one.record.pk}: that {one.record.requested_url or 'an address that was erased'} answered, at "
        f"{to_the_second(one.record.started_at)}, under the conditions listed"
        + (
            f"; its date and content are as {one.record.claimed_by} states them."
            if one.record.claimed_by
            else "."
        )
        for one in exhibit.captures
    ]
    found.append(
        "That the key which signed the checkpoints is the operator's own; compare it with one had elsewhere."
    )
    if exhibit.change:
        found.append(
            "How the two texts were compared, and what each difference was judged to be: by rules of the software that "
            "are public. The texts are here, to be compared by other means."
        )
    return found
