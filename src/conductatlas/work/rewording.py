"""Analyses put in other words by a language model: one finding after another, within a budget and a rate.

Nothing of it runs by itself. Each attempt is a row, so that one that is stopped is gone on with by asking again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import QuerySet

from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.clock import Clock
from conductatlas.config import Config
from conductatlas.errors import (
    LanguageModelError,
    ModelBusyError,
    ModelForbiddenError,
    ModelMissingError,
    NotFoundError,
)
from conductatlas.ids import parse_id
from conductatlas.provisions import counts, made
from conductatlas.provisions.analysing import Written, written
from conductatlas.provisions.language_model import Completion, LanguageModel, Request, ServedModel
from conductatlas.provisions.models import Analysis, CurrentExtraction, Finding
from conductatlas.provisions.rewriting import ATTEMPTS, Rewritten, most_tokens, request_for, rewrite
from conductatlas.reading.writing.sources import sources, stands_alone
from conductatlas.writing import writing

PAUSE = 20.0  # seconds, where a server asks for a pause and does not say how long
LONGEST_PAUSE = 120.0  # seconds; who is asked for more ends
MOST_FAILURES = 3  # in a row, after which a server is left alone


class End(StrEnum):
    """Why no more findings are put in other words."""

    DONE = "done"  # none is left of those that were asked for
    LIMIT = "limit"  # so many were asked about as were to be
    BUDGET = "budget"  # the next one might not fit into what is left of today's tokens
    BUSY = "busy"  # the server asks for a long pause
    FAILING = "failing"  # the server failed several times in a row
    STOPPED = "stopped"


@dataclass(slots=True)
class Rewording:
    """What puts findings in other words. name: of the model that is asked for; per_minute: requests; budget: tokens a
    day; private: private documents may be given to this model."""

    model: LanguageModel
    name: str
    clock: Clock
    per_minute: int
    budget: int
    prices: made.Prices | None = None
    private: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    end: End = End.DONE
    wait: Callable[[float], bool] | None = None  # whether it was stopped meanwhile; None: `stop.wait`
    _asked_at: float | None = None

    def due(self, target: str = "") -> list[int]:
        """The findings that the model is still to be asked about: of all documents, of `platform/document`, or the one
        of a provision (CA-P…). NotFoundError, ModelForbiddenError: of a target."""
        return made.due(self.name, chosen(target, private=self.private))

    def run(self, findings: Iterable[int], limit: int | None = None) -> Iterator[Analysis]:
        """Each finding put in other words, at most `limit`, as the row of the attempt; `end` says why there are no
        more. Those that a model cannot tell without others are left out (`stands_alone`)."""
        self.end, failures, asked = End.DONE, 0, 0
        for key in findings:
            if asked == limit:
                self.end = End.LIMIT
                return
            one = self._written(key)
            if one is None:
                continue
            asked += 1
            row, fault = self._attempt(one)
            if row is None:
                return
            yield row
            if isinstance(fault, ModelBusyError):
                pause = PAUSE if fault.retry_after is None else fault.retry_after
                if pause > LONGEST_PAUSE:
                    self.end = End.BUSY
                    return
                if self._waited(pause):
                    return
            failures = failures + 1 if fault is not None else 0
            if failures == MOST_FAILURES:
                self.end = End.FAILING
                return

    def _attempt(self, one: Written) -> tuple[Analysis | None, LanguageModelError | None]:
        """The row of an attempt, and what went wrong; no row where it was not made, and `end` says why."""
        given = sources(one.subject, one.analysis)
        today = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        most = ATTEMPTS * most_tokens(request_for(one.subject, given))
        if counts.tokens_since(today) + most > self.budget:
            self.end = End.BUDGET
            return None, None
        outcome: Rewritten | LanguageModelError
        try:
            outcome = rewrite(_Paced(self), one.subject, one.analysis)
        except _StoppedError:
            self.end = End.STOPPED
            return None, None
        except LanguageModelError as fault:
            outcome = fault
        with writing():
            row = made.keep(one.finding, self.name, outcome, self.prices, self.clock.now())
        return row, outcome if isinstance(outcome, LanguageModelError) else None

    def _written(self, finding: int) -> Written | None:
        """What is composed of a finding; None where it does not stand alone, or its words may not be given away any
        more."""
        rows = CurrentExtraction.objects.select_related("document__platform", "extraction__reading")
        row = rows.prefetch_related("extraction__findings__facts", "extraction__findings__types").filter(
            extraction__findings=finding
        )
        found = row.first()
        if found is None or not made.allowed(private=self.private).filter(pk=finding).exists():
            return None
        one = next(written(found.extraction, DocumentRecord.of(found.document, None), {finding}), None)
        return one if one is not None and stands_alone(one.subject) else None

    def paced(self) -> bool:
        """Wait until another request may be made; whether it was stopped meanwhile."""
        left = 0.0 if self._asked_at is None else self._asked_at + 60 / self.per_minute - time.monotonic()
        if self.stop.is_set() or (left > 0 and self._waited(left)):
            return True
        self._asked_at = time.monotonic()
        return False

    def _waited(self, seconds: float) -> bool:
        return (self.wait or self.stop.wait)(seconds)


class _StoppedError(Exception):
    """Somebody stopped it while it waited for its turn."""


@dataclass(frozen=True, slots=True)
class _Paced:
    """The model, asked at most so often."""

    rewording: Rewording

    def complete(self, request: Request) -> Completion:
        if self.rewording.paced():
            raise _StoppedError
        return self.rewording.model.complete(request)


def make_rewording(config: Config, clock: Clock, stop: threading.Event) -> Rewording:
    """What puts findings in other words, as the settings want it. ModelMissingError: they name no model."""
    if not config.language_model_url or not config.language_model_name:
        raise ModelMissingError("no language model is set up")
    return Rewording(
        ServedModel(
            config.language_model_url,
            config.language_model_name,
            config.language_model_key,
            config.language_model_timeout,
        ),
        config.language_model_name,
        clock,
        config.language_model_per_minute,
        config.language_model_daily_budget,
        made.Prices.of(config.language_model_prices),
        config.language_model_private_documents,
        stop,
    )


def chosen(target: str, *, private: bool) -> QuerySet[Finding]:
    """The findings of a target that a model may be given. NotFoundError: nothing is called so, or it says nothing now;
    ModelForbiddenError: it is there, and none may be given away."""
    if not target:
        return made.allowed(private=private)
    current = _current(target)
    if not current.exists():
        raise NotFoundError(f"{target} is no document or provision that says something now")
    allowed = made.allowed(private=private).filter(pk__in=current.values("pk"))
    if not allowed.exists():
        raise ModelForbiddenError(
            f"the text of {target} may not be given to a language model: it is private, withheld or not open"
        )
    return allowed


def _current(target: str) -> QuerySet[Finding]:
    rows = Finding.objects.filter(extraction__current__isnull=False)
    match parse_id(target):
        case ("P", key):
            return rows.filter(provision=key)
        case ("D", key):
            return rows.filter(provision__document=key)
        case _:
            platform, _, slug = target.strip("/").partition("/")
            return rows.filter(provision__document__platform__slug=platform, provision__document__slug=slug)
