"""What anyone needs who checks the ledger with tools of their own: its checkpoints, its tree, its leaves.

    /ledger/checkpoint            the newest one, as a signed note (C2SP tlog-checkpoint), with its witnesses' lines
    /ledger/checkpoint/<size>     the one over so many leaves
    /ledger/tile/…                hashes of the tree (C2SP tlog-tiles), as far as a checkpoint has signed them
    /ledger/leaf/<index>.json     a leaf, its hash, and what leads from it to a checkpoint

Hashes are everybody's; what a leaf says is for whoever may see the document that its row is of.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from conductatlas.archive import ledger, ledger_queries, tiles
from conductatlas.archive.ledger_queries import CheckpointRecord, Position
from conductatlas.archive.merkle import HASH_SIZE
from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.errors import NotFoundError
from conductatlas.web.converters import TileName
from conductatlas.web.found import viewer_of

LARGEST = 2**63  # what a column of whole numbers holds
FOREVER = "public, max-age=31536000, immutable"


def newest(_request: HttpRequest) -> HttpResponse:
    return _note(ledger_queries.newest())


def checkpoint(_request: HttpRequest, size: int) -> HttpResponse:
    return _note(ledger_queries.checkpoint_over(size) if size < LARGEST else None)


def tile(_request: HttpRequest, name: TileName) -> HttpResponse:
    """The whole tile, or its first hashes; 404 for more of them than the newest checkpoint has signed."""
    head = ledger_queries.newest()
    if head is None or name.width > tiles.width_at(head.size, name.level, name.number):
        raise Http404
    hashes = ledger.tile(name.level, name.number)[: name.width * HASH_SIZE]
    response = HttpResponse(hashes, content_type="application/octet-stream")
    # What stands in a part never changes either, but one asks for the next part soon.
    response["Cache-Control"] = FOREVER if name.width == tiles.WIDTH else "public, max-age=3600"
    return _not_indexed(response)


def leaf(request: HttpRequest, index: int) -> HttpResponse:
    """JSON: `index`, `hash`; and where its document may be seen `leaf` (the canonical JSON whose hash it is, as a
    string), and once a checkpoint is over it `path` (hexadecimal, RFC 9162 2.1.3) and `checkpoint` (`size`, `root`,
    `note`), else null."""
    place = ledger_queries.at_index(index) if index < LARGEST else None
    if place is None:
        raise Http404
    said: dict[str, object] = {"index": index, "hash": place.hash}
    if _may_see(viewer_of(request), place):
        said |= _told(place)
    return _not_indexed(JsonResponse(said, json_dumps_params={"indent": 1}))


def _told(place: Position) -> dict[str, object]:
    proof = ledger_queries.prove(place)
    if proof is None:
        return {"leaf": ledger_queries.leaf_of(place).decode(), "path": None, "checkpoint": None}
    head = proof.checkpoint
    return {
        "leaf": proof.leaf.decode(),
        "path": list(proof.path),
        "checkpoint": {"size": head.size, "root": head.root, "note": head.cosigned},
    }


def _may_see(viewer: Viewer, place: Position) -> bool:
    try:
        document = ledger_queries.document_of(place)
    except NotFoundError:  # a row that is not there any more is nobody's
        return False
    return document is None or catalogue.document_by_key(viewer, document) is not None


def _note(found: CheckpointRecord | None) -> HttpResponse:
    if found is None:
        raise Http404
    response = HttpResponse(found.cosigned, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"  # witnesses may still add their lines
    return _not_indexed(response)


def _not_indexed(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
