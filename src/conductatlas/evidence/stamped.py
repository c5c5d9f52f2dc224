"""The time stamps of a bundle: whether each is on the checkpoint it is said to be on, and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509

from conductatlas.archive.authority import Token
from conductatlas.archive.certificates import read_certificates
from conductatlas.archive.checkpoint import Note
from conductatlas.archive.timestamps import verify
from conductatlas.errors import BundleError, StampError
from conductatlas.evidence.bag import Bag
from conductatlas.evidence.columns import to_the_second

Told = tuple[bool, str, str]  # whether it holds, the subject, the sentence


def stamp_findings(bag: Bag, folder: str, notes: Mapping[int, Note], roots: Path | None) -> Iterator[Told]:
    """What holds of the stamp in a folder of a bag. roots: certificates had from elsewhere; without them the root that
    comes with the bundle is taken, which the sentence says."""
    try:
        about = json.loads(bag.text(f"{folder}about.json"))
        size, name = about["checkpoint"], str(about["authority"])
        asked_at, received_at, told = (
            datetime.fromisoformat(about[key]) for key in ("asked_at", "received_at", "moment")
        )
        token = Token(bag.read(f"{folder}request.tsq"), bag.read(f"{folder}reply.tsr"), asked_at, received_at)
        given = (
            read_certificates(roots)
            if roots
            else x509.load_pem_x509_certificates(bag.read(f"{folder}root.pem"))
        )
        note = notes[size]
    except (BundleError, ValueError, KeyError, TypeError) as fault:
        yield False, folder, f"the stamp cannot be read: {fault}"
        return
    subject = f"stamp by {name}"
    try:
        found = verify(token, sha256(str(note).encode()).digest(), given, received_at)
    except StampError as fault:
        yield False, subject, fault.message
        return
    if found.moment != told:
        yield False, subject, "its moment is another than the bundle tells"
        return
    whose = "a root that you gave" if roots else "a root that comes with the bundle"
    yield (
        True,
        subject,
        f"the checkpoint over {size} leaves existed no later than {to_the_second(found.moment)}, signed by "
        f"{found.signer}, whose certificate leads to {whose}; standing: {about.get('standing', 'not determined')}",
    )
