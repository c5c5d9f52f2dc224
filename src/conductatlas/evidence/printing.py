"""How HTML becomes a PDF/A-2b file that is the same to the byte: our fonts, nothing from elsewhere, no clock."""

from __future__ import annotations

import unicodedata
import warnings
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from conductatlas.errors import StatementUnavailableError

VARIANT = "pdf/a-2b"
# Each face is a family of its own: WeasyPrint takes two files of one family and weight for one font, and draws the
# glyphs of the one where the other's are meant.
_FACES = {
    "Atlas Plain": "atlas-plain-latin",
    "Atlas Plain Ext": "atlas-plain-latin-ext",
    "Atlas Strong": "atlas-plain-semibold-latin",
    "Atlas Strong Ext": "atlas-plain-semibold-latin-ext",
    "Atlas Mono": "atlas-mono-latin",
}


def to_pdf(html: str, what: str) -> bytes:
    """The PDF file. StatementUnavailableError if WeasyPrint, or the Pango it needs, is not there; `what` it was to be,
    as in "the statement"."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as fault:
        raise StatementUnavailableError(f"{what} cannot be written: {str(fault)[:200]}") from None
    page = HTML(string=html, base_url="", url_fetcher=_local())
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # it leaves its colour profile to the garbage collector
        made: bytes = page.write_pdf(pdf_variant=VARIANT, pdf_tags=True)
    return made


def printed(text: str) -> str:
    """Escaped, and without characters that no font draws."""
    spaced = (" " if letter in "\n\t" else letter for letter in text)
    return escape("".join(one for one in spaced if unicodedata.category(one) not in {"Cc", "Cf", "Cn", "Co"}))


def style(*names: str) -> str:
    """The fonts, and some style sheets of this package."""
    folder = _fonts()
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{(folder / file).as_uri()}.woff2") }}\n'
        for family, file in _FACES.items()
    )
    return faces + "".join((files("conductatlas.evidence") / name).read_text("utf-8") for name in names)


def _fonts() -> Path:
    import conductatlas

    return Path(conductatlas.__file__).parent / "web" / "static" / "fonts"


def _local() -> Any:
    """Gives out the fonts and nothing else, whatever a text may ask for."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fonts(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            path = Path(unquote(urlsplit(url).path))
            if urlsplit(url).scheme != "file" or path.parent != _fonts():
                raise ValueError("a printed page loads nothing but its fonts")
            return URLFetcherResponse(url, path.read_bytes())

    return Fonts()
