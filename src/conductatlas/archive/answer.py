"""What was asked of a server, and what it answered: the evidence of one attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conductatlas.errors import FetchError

Fields = tuple[tuple[str, str], ...]  # header names and values in order, duplicates kept, decoded as latin-1


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of `url`, conditional if it carries validators (RFC 9110, section 13).

    etag, last_modified: as an earlier answer stated them, verbatim.
    validated_url: the `final_url` of that answer, "" for `url` itself. Validators belong to one address; they
    are sent to that one only, wherever in a chain of redirects it comes. A page that begins to redirect
    elsewhere cannot be mistaken for an unchanged one because two hosts chose the same short tag.
    accept_language: the language of the document, as BCP 47; "" for the fetcher's own.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    validated_url: str = ""
    accept_language: str = ""


@dataclass(frozen=True, slots=True)
class Tls:
    """version: "TLSv1.3". cipher: OpenSSL's name. certificate: SHA-256 of the leaf certificate (DER), hex."""

    version: str
    cipher: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer that redirected. location: verbatim. peer: "ip:port"."""

    url: str
    status: int
    location: str
    headers: Fields
    peer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and how it was come by.

    url: the address asked for; final_url: the one that answered, after `hops`.
    http_version: "HTTP/1.0", "HTTP/1.1" or "HTTP/2".
    request_headers: the fields sent to final_url. In HTTP/2 Host stands for the pseudo-field ":authority".
    headers: the fields received, as on the wire.
    body: without its content coding if `decoded`; else exactly as received, because the coding is unknown or
    broken or the body was cut. Empty for a redirect: its body is not read.
    wire_digest, wire_length: SHA-256 (hex) and bytes of the body as received, content coding still on,
    transfer coding off.
    peer_address: "ip:port", "[ip]:port" in IPv6; behind a proxy, the one that it was asked to connect to.
    started_at: when final_url was asked. finished_at: when the last byte had come.
    """

    url: str
    final_url: str
    status: int
    http_version: str
    hops: tuple[Hop, ...]
    request_headers: Fields
    headers: Fields
    body: bytes
    decoded: bool
    wire_digest: str
    wire_length: int
    peer_address: str
    tls: Tls | None
    started_at: datetime
    finished_at: datetime

    def header(self, name: str) -> str | None:
        """The first value of that field, in any spelling of its name; None if there is none."""
        return next((value for field, value in self.headers if field.lower() == name.lower()), None)

    @property
    def content_type(self) -> str | None:
        return self.header("content-type")

    @property
    def etag(self) -> str | None:
        return self.header("etag")

    @property
    def last_modified(self) -> str | None:
        return self.header("last-modified")

    @property
    def location(self) -> str | None:
        """Where it redirects to (RFC 9110, section 15.4), verbatim; None if it does not."""
        return self.header("location") if self.status in {301, 302, 303, 307, 308} else None


def answer_of(error: FetchError) -> Answer | None:
    """What had arrived when the attempt failed, None if nothing had."""
    return error.answer if isinstance(error.answer, Answer) else None
