"""A language model that may be asked: the seam, the server behind it, and its in-memory twin.

A model is asked one thing at a time and keeps nothing between two requests. Who asks checks every word of the answer
(`reading/writing/adopting.py`); nothing here decides what is published.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from conductatlas.clock import SystemClock
from conductatlas.errors import (
    LanguageModelError,
    ModelAnswerError,
    ModelBusyError,
    ModelCutShortError,
    ModelMissingError,
    ModelRefusedError,
    ModelTimeoutError,
    ModelUnreachableError,
)

LARGEST = 1_000_000  # bytes of an answer
LONGEST_PAUSE = 86_400.0  # seconds; who asks for more is taken at this
_UNKNOWN_FORMAT = {400, 415, 422}  # what servers say to a form of answer that they do not know


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked. instructions: ours; content: what it works on; schema: JSON Schema of the answer;
    most_tokens: of the answer."""

    instructions: str
    content: str
    schema: Mapping[str, Any]
    most_tokens: int


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered. model: the name that the server gives it; tokens_in, tokens_out: as it counted them, 0
    where it does not say; seconds: from asking to the last byte."""

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    seconds: float


class LanguageModel(Protocol):
    def complete(self, request: Request) -> Completion:
        """The answer, whole. LanguageModelError of some kind if there is none."""
        ...


@dataclass(slots=True)
class ScriptedModel:
    """The in-memory twin: says its lines in order, then no more. An error among them is raised. `asked` is what it was
    asked, for tests."""

    lines: Iterable[str | LanguageModelError]
    name: str = "scripted"
    asked: list[Request] = field(default_factory=list)
    _left: Iterator[str | LanguageModelError] | None = None

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        self._left = iter(self.lines) if self._left is None else self._left
        line = next(self._left, None)
        if line is None:
            raise ModelUnreachableError("the script has ended")
        if isinstance(line, LanguageModelError):
            raise line
        return Completion(line, self.name, len(request.content) // 4, len(line) // 4, 0.0)


class ServedModel:
    """A model behind the chat API of OpenAI, which many servers speak. url: up to and with its version (`…/v1`).

    The form of the answer is asked for as a JSON schema; a server that does not know that is asked without, once and
    for all, since the answer is checked anyway. ModelMissingError: the SDK is not installed.
    """

    def __init__(self, url: str, name: str, key: str = "", timeout: float = 60.0) -> None:
        try:
            import openai
        except ImportError:
            raise ModelMissingError("the extra `language-model` is not installed") from None
        self._errors = openai
        self._client = openai.OpenAI(
            base_url=url, api_key=key or "none", timeout=timeout, max_retries=0, organization="", project=""
        )
        self._name, self._timeout = name, timeout
        self._knows_schemas = True

    def complete(self, request: Request) -> Completion:
        started = time.monotonic()
        body = self._body(request, started)
        try:
            answer = json.loads(body)
            choice = answer["choices"][0]
            text, why = choice["message"].get("content"), choice.get("finish_reason")
            refusal = choice["message"].get("refusal")
        except (ValueError, LookupError, TypeError, AttributeError):
            raise ModelAnswerError("the server's answer is not of the chat API") from None
        tokens_in, tokens_out = _tokens(answer, "prompt_tokens"), _tokens(answer, "completion_tokens")
        fault: LanguageModelError | None = None
        if refusal or why == "content_filter":
            fault = ModelRefusedError("the model declines to answer")
        elif why == "length":
            fault = ModelCutShortError("the answer ends before its end")
        elif not isinstance(text, str) or not text.strip():
            fault = ModelAnswerError("the answer is empty")
        if fault is not None:
            fault.tokens_in, fault.tokens_out = tokens_in, tokens_out
            raise fault
        name = answer.get("model")
        return Completion(
            str(text),
            name[:200] if isinstance(name, str) and name else self._name,
            tokens_in,
            tokens_out,
            time.monotonic() - started,
        )

    def _body(self, request: Request, started: float) -> bytes:
        """The bytes of an answer. What the server says about a failure is not repeated: it may hold the key."""
        openai = self._errors
        try:
            return self._asked(request, started)
        except openai.APITimeoutError:
            raise ModelTimeoutError(f"no answer within {self._timeout:g} seconds") from None
        except openai.APIStatusError as fault:
            if self._knows_schemas and fault.status_code in _UNKNOWN_FORMAT:
                self._knows_schemas = False
                return self._body(request, started)
            raise _told(fault.status_code, fault.response.headers.get("retry-after")) from None
        except openai.APIConnectionError:
            raise ModelUnreachableError("the server cannot be reached") from None
        except openai.OpenAIError:
            raise ModelAnswerError("the server's answer is not of the chat API") from None

    def _asked(self, request: Request, started: float) -> bytes:
        import httpx2

        form: dict[str, Any] = {}
        if self._knows_schemas:
            schema = {"name": "analysis", "strict": True, "schema": dict(request.schema)}
            form = {"response_format": {"type": "json_schema", "json_schema": schema}}
        asking = self._client.chat.completions.with_streaming_response.create(
            model=self._name,
            messages=[
                {"role": "system", "content": request.instructions},
                {"role": "user", "content": request.content},
            ],
            max_tokens=request.most_tokens,
            temperature=0,
            **form,
        )
        body = b""
        try:
            with asking as response:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise ModelAnswerError("the answer is too large")
                    if time.monotonic() - started > self._timeout:
                        raise ModelTimeoutError(f"no whole answer within {self._timeout:g} seconds")
        except httpx2.TimeoutException:
            raise ModelTimeoutError(f"no whole answer within {self._timeout:g} seconds") from None
        except httpx2.HTTPError:
            raise ModelCutShortError("the connection ended before the answer did") from None
        return body


def _told(status: int, retry_after: str | None) -> LanguageModelError:
    if status == 429:
        return ModelBusyError("the server asks for a pause", retry_after=_seconds(retry_after))
    if status in {408, 409, 425} or status >= 500:
        return ModelUnreachableError(f"the server answered {status}")
    return ModelRefusedError(f"the server answered {status}")


def _seconds(retry_after: str | None) -> float | None:
    """Seconds of a Retry-After, which are a number or a date (RFC 9110 section 10.2.3); None if neither."""
    try:
        pause = float(retry_after or "")
    except ValueError:
        try:
            pause = (parsedate_to_datetime(retry_after or "") - SystemClock().now()).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(pause, 0.0), LONGEST_PAUSE) if pause == pause else None


def _tokens(answer: Any, name: str) -> int:
    usage = answer.get("usage")
    number = usage.get(name) if isinstance(usage, dict) else None
    return number if isinstance(number, int) and 0 <= number < 100_000_000 else 0
