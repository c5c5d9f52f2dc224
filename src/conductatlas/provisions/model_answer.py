"""The form of a language model's answer. Imported only where a model is asked: it needs the extra `language-model`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conductatlas.reading.writing.adopting import PARTS, Said

MOST_SENTENCES = 24
MOST_SOURCES = 8  # of a sentence


class _Sentence(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    part: Literal["what", "why", "you", "contract", "questions"]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    sources: Annotated[list[int], Field(min_length=1, max_length=MOST_SOURCES)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    sentences: Annotated[list[_Sentence], Field(max_length=MOST_SENTENCES)]


def schema() -> dict[str, Any]:
    """JSON Schema of an answer, as strict servers take it: no other keys, all of them required."""
    text = {"type": "string"}
    numbers = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": MOST_SOURCES}
    part = {"type": "string", "enum": [key.value for key in PARTS]}
    sentence = {
        "type": "object",
        "properties": {"part": part, "text": text, "sources": numbers},
        "required": ["part", "text", "sources"],
        "additionalProperties": False,
    }
    sentences = {"type": "array", "items": sentence, "maxItems": MOST_SENTENCES}
    return {
        "type": "object",
        "properties": {"sentences": sentences},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def said(text: str) -> list[Said] | None:
    """The sentences of an answer; None if it is not JSON, or of another form. A fence around it is not minded."""
    text = text.strip()
    if text.startswith("```"):
        text = text.removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError:
        return None
    return [Said(one.part, one.text, tuple(one.sources)) for one in answer.sentences]
