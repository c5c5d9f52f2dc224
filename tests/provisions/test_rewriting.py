"""From a server's answer to what is published of it: one case for each way in which a model is wrong."""

from __future__ import annotations

import json

import pytest
from tests.provisions.model_server import Turn, says, serving
from tests.reading.writing.subjects import ARBITRATION, subject_of

from conductatlas import errors
from conductatlas.provisions.rewriting import most_tokens, prompt, request_for, rewrite
from conductatlas.reading.writing.adopting import PARTS
from conductatlas.reading.writing.compose import compose
from conductatlas.reading.writing.sources import sources

SUBJECT = subject_of(ARBITRATION)
COMPOSED = compose(SUBJECT)
GOOD = "The clause requires “final and binding arbitration administered by JAMS”."


def answer(*texts: str) -> Turn:
    return says(json.dumps({"sentences": [{"part": "what", "text": text, "sources": [1]} for text in texts]}))


@pytest.mark.parametrize(
    ("turns", "kept", "dropped"),
    [
        ([answer(GOOD)], 1, {}),
        ([answer()], 0, {}),
        ([answer(GOOD, "The clause requires “a friendly talk over tea”.")], 1, {"quote": 1}),
        ([answer(GOOD, "The clause states what GDPR art. 99 requires.")], 1, {"citation": 1}),
        ([answer(GOOD, "The clause requires unfair arbitration.")], 1, {"word": 1}),
        ([answer(GOOD, "The clause requires arbitration within 90 days.")], 1, {"number": 1}),
        ([says('{"sentences": "none"}'), answer(GOOD)], 1, {}),
        ([says("Here you are!"), answer(GOOD)], 1, {}),
    ],
)
def test_what_is_kept_of_an_answer(turns: list[Turn], kept: int, dropped: dict[str, int]) -> None:
    with serving(*turns) as server:
        found = rewrite(server.model(), SUBJECT, COMPOSED)
    assert len(found.adopted.kept) == kept
    assert {why.value: number for why, number in found.adopted.dropped.items()} == dropped
    assert (found.tokens_in, found.tokens_out) == (120 * len(turns), 30 * len(turns))


@pytest.mark.parametrize(
    ("turns", "kind", "tokens"),
    [
        ([says("no"), says("no")], errors.ModelAnswerError, 300),
        ([says('{"sentences": []', "length")], errors.ModelCutShortError, 150),
        ([says("no"), Turn(b"{}", 500)], errors.ModelUnreachableError, 150),
        ([Turn(b"{}", 429, {"Retry-After": "5"})], errors.ModelBusyError, 0),
        ([Turn(b"{}", 500)], errors.ModelUnreachableError, 0),
        ([Turn(b"<p>no</p>")], errors.ModelAnswerError, 0),
        ([Turn(answer(GOOD).body, cut=60)], errors.ModelCutShortError, 0),
        ([Turn(answer(GOOD).body, slow=20)], errors.ModelTimeoutError, 0),
    ],
)
def test_what_cannot_be_used_is_an_error_that_knows_what_it_cost(
    turns: list[Turn], kind: type[errors.LanguageModelError], tokens: int
) -> None:
    with serving(*turns) as server, pytest.raises(kind) as fault:
        rewrite(server.model(timeout=1.0), SUBJECT, COMPOSED)
    assert fault.value.tokens_in + fault.value.tokens_out == tokens
    assert len(server.asked) == len(turns)


def test_the_prompt_names_the_parts_and_has_a_version() -> None:
    assert prompt().version >= 1
    assert all(f"{key.value} (" in prompt().instructions or key.value == "contract" for key in PARTS)
    request = request_for(SUBJECT, sources(SUBJECT, COMPOSED))
    assert most_tokens(request) > request.most_tokens


def test_the_form_that_is_asked_for_is_the_one_that_is_taken() -> None:
    """The schema that servers are given, and the one that answers are held to, have the same keys and parts."""
    from conductatlas.provisions.model_answer import _Answer, schema

    given, held = schema(), _Answer.model_json_schema()
    sentence = held["$defs"]["_Sentence"]
    assert set(given["properties"]) == set(held["properties"])
    assert set(given["properties"]["sentences"]["items"]["properties"]) == set(sentence["properties"])
    parts = given["properties"]["sentences"]["items"]["properties"]["part"]["enum"]
    assert parts == sentence["properties"]["part"]["enum"]
