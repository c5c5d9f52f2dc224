"""An analysis put in other words by a language model: asked, checked, and cut down to what is grounded.

The composed analysis is not touched: what comes out stands beside it. What a model can do wrong ends as a count of
dropped sentences or as a typed error, and in no case as a sentence without a source.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from conductatlas.errors import LanguageModelError, ModelAnswerError, ModelMissingError
from conductatlas.provisions.language_model import Completion, LanguageModel, Request
from conductatlas.reading.law.register import register
from conductatlas.reading.writing.adopting import Adopted, Said, adopt
from conductatlas.reading.writing.analysis import Analysis
from conductatlas.reading.writing.sources import Source, sources
from conductatlas.reading.writing.subject import Subject

ATTEMPTS = 2  # with an answer of another form
MOST_TOKENS = 2_000  # of an answer
_LETTERS_A_TOKEN = 3  # at the fewest: what a request costs is not told too low


@dataclass(frozen=True, slots=True)
class Prompt:
    """version: counts up with every change of the words. again: what is added when the form was wrong."""

    version: int
    instructions: str
    again: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a model made of an analysis. model: the name that the server gave. tokens: of all its answers."""

    adopted: Adopted
    model: str
    tokens_in: int
    tokens_out: int
    seconds: float


@cache
def prompt() -> Prompt:
    """What prompt.toml holds. TypeError where it has other keys."""
    return Prompt(**tomllib.loads(files(__package__).joinpath("prompt.toml").read_text(encoding="utf-8")))


def request_for(subject: Subject, given: Sequence[Source], more: str = "") -> Request:
    """What is asked of a model about one finding: nothing but the sources, the names, and the form of the answer.

    ModelMissingError: pydantic, which checks answers, is not installed."""
    try:
        from conductatlas.provisions.model_answer import schema
    except ImportError:
        raise ModelMissingError("the extra `language-model` is not installed") from None
    listed = [{"number": one.number, "kind": one.kind, "text": one.text} for one in given]
    content = {
        "platform": subject.platform,
        "document": subject.document,
        "type": subject.finding.type,
        "sources": listed,
    }
    said = prompt().instructions.strip()
    return Request(
        f"{said}\n\n{more}".strip(), json.dumps(content, ensure_ascii=False), schema(), MOST_TOKENS
    )


def most_tokens(request: Request) -> int:
    """What a request and its answer may cost, at most."""
    asked = len(request.instructions) + len(request.content)
    return asked // _LETTERS_A_TOKEN + request.most_tokens


def rewrite(model: LanguageModel, subject: Subject, analysis: Analysis) -> Rewritten:
    """What may be published of what a model says about a finding; possibly nothing.

    An answer of another form is asked for once more. LanguageModelError of some kind: there is nothing that can be
    used, with the tokens that it cost."""
    given = sources(subject, analysis)
    completions: list[Completion] = []
    try:
        said = _said(model, subject, given, completions)
    except LanguageModelError as fault:
        fault.tokens_in += sum(one.tokens_in for one in completions)
        fault.tokens_out += sum(one.tokens_out for one in completions)
        raise
    return Rewritten(
        adopt(said, given, subject, register()),
        completions[-1].model,
        sum(one.tokens_in for one in completions),
        sum(one.tokens_out for one in completions),
        sum(one.seconds for one in completions),
    )


def _said(
    model: LanguageModel, subject: Subject, given: Sequence[Source], completions: list[Completion]
) -> list[Said]:
    """The sentences of an answer of the right form. completions: all answers that came are added to it."""
    for attempt in range(ATTEMPTS):
        request = request_for(subject, given, prompt().again if attempt else "")
        completions.append(model.complete(request))
        from conductatlas.provisions.model_answer import said

        if (found := said(completions[-1].text)) is not None:
            return found
    raise ModelAnswerError("the answer is not of the form that was asked for, twice")
