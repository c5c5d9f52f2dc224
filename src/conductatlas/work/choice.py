"""Which captures an export is to hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from conductatlas.archive import warc_writer
from conductatlas.archive.models import Capture
from conductatlas.catalogue.models import PublishText
from conductatlas.ids import public_id

SHOWN = (PublishText.FULL, PublishText.SIGNED_IN)  # whose pages the site shows to persons who signed in


@dataclass(frozen=True, slots=True)
class Choice:
    """Which captures are wanted: those of any of the named (nothing named: all), whose checks began in
    [since, until). platforms: slugs. documents, captures: keys.

    with_refused: the bytes of refused and failed captures, too. with_private: documents whose whole texts the site
    shows to nobody but operators and owners, and what is withheld, too.
    """

    platforms: tuple[str, ...] = ()
    documents: tuple[int, ...] = ()
    captures: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    with_refused: bool = False
    with_private: bool = False

    @property
    def names_any(self) -> bool:
        return bool(self.platforms or self.documents or self.captures)

    def in_words(self) -> str:
        """The choice, as the file says what it holds."""
        named = [f"platform {slug}" for slug in self.platforms]
        named += [public_id("D", key) for key in self.documents]
        named += [f"capture {key}" for key in self.captures]
        said = [", ".join(named) or "all captures"]
        said += [f"from {warc_writer.date(self.since)}"] if self.since else []
        said += [f"before {warc_writer.date(self.until)}"] if self.until else []
        said += ["with refused bytes"] if self.with_refused else []
        said += ["with what is not public"] if self.with_private else []
        return "; ".join(said)


def chosen(choice: Choice) -> QuerySet[Capture]:
    """The captures of a choice, whoever may see them, in the order in which they are written."""
    named = Q(source__document__in=choice.documents) | Q(pk__in=choice.captures)
    named |= Q(source__document__platform__slug__in=choice.platforms)
    rows = Capture.objects.filter(named) if choice.names_any else Capture.objects.all()
    if choice.since is not None:
        rows = rows.filter(check_row__started_at__gte=choice.since)
    if choice.until is not None:
        rows = rows.filter(check_row__started_at__lt=choice.until)
    return rows.order_by("check_row__started_at", "check_row", "source__position", "pk")


def public(rows: QuerySet[Capture]) -> QuerySet[Capture]:
    """Those of documents whose pages the site shows to persons who signed in."""
    return rows.filter(
        source__document__owner__isnull=True, source__document__platform__publish_text__in=SHOWN
    )
