"""Checks a leaf of a ConductAtlas ledger, with nothing of ConductAtlas: python3 check_leaf.py SITE INDEX [KEY]

KEY is the log's key, NAME+ID+KEY, as you noted it when you first met the log; its signature is checked where the
package `cryptography` is installed. Each line says what holds; the first thing that does not ends it with code 1.
"""

import base64
import hashlib
import json
import sys
from typing import Any
from urllib.request import urlopen


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to from the leaf at `index` of `size` (RFC 9162, 2.1.3.2)."""
    last = size - 1
    for step in path:
        if last == 0:
            sys.exit("the path is too long")
        if index % 2 or index == last:
            leaf = node(step, leaf)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            leaf = node(leaf, step)
        index, last = index // 2, last // 2
    if last:
        sys.exit("the path is too short")
    return leaf


def is_signed(note: str, key: str) -> bool:
    """Whether the note has a good signature of this key (C2SP signed-note, Ed25519)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, _, encoded = key.split("+", 2)
    text, signatures = note.split("\n\n", 1)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    for line in signatures.splitlines():
        if line.startswith(f"— {name} "):
            try:
                public.verify(base64.b64decode(line.rsplit(" ", 1)[1])[4:], f"{text}\n".encode())
            except InvalidSignature:
                continue
            return True
    return False


def check(told: dict[str, Any], key: str = "") -> None:
    if not told.get("leaf"):
        sys.exit("what this leaf says is not for everybody: only its hash is told")
    leaf = hashlib.sha256(b"\x00" + told["leaf"].encode()).digest()
    if leaf.hex() != told["hash"]:
        sys.exit("the row is not what was entered: it gives another hash")
    print("the leaf has the hash that is told:", told["hash"])
    if not told["checkpoint"]:
        sys.exit("no checkpoint is over it yet")
    note = told["checkpoint"]["note"]
    _, size, root = note.split("\n")[:3]
    path = [bytes.fromhex(step) for step in told["path"]]
    if told["index"] >= int(size) or root_over(leaf, told["index"], int(size), path) != base64.b64decode(
        root
    ):
        sys.exit("the leaf is not under this checkpoint")
    print("it stands under the checkpoint over", size, "leaves, root", root)
    if not key:
        print("no key was given: the signature was not checked")
    elif is_signed(note, key):
        print("the checkpoint is signed by", key)
    else:
        sys.exit("the checkpoint is not signed by this key")
    print("the leaf says:", json.dumps(json.loads(told["leaf"]), indent=1))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    with urlopen(f"{sys.argv[1].rstrip('/')}/ledger/leaf/{int(sys.argv[2])}.json") as answer:  # noqa: S310
        check(json.load(answer), *sys.argv[3:])
