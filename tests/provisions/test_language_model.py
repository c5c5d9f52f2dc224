"""The seam of the language model: one contract on the server behind it and on its twin; and how a server can fail."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.provisions.model_server import KEY, NAME, Turn, says, serving

from conductatlas import errors
from conductatlas.provisions.language_model import (
    LONGEST_PAUSE,
    LanguageModel,
    Request,
    ScriptedModel,
    ServedModel,
    _seconds,
)

ASKED = Request("Say it.", '{"sources": []}', {"type": "object"}, 50)


@pytest.fixture(params=["served", "scripted"])
def model(request: pytest.FixtureRequest) -> Iterator[LanguageModel]:
    """One that says two things, and then is busy."""
    if request.param == "scripted":
        yield ScriptedModel(["one", "two", errors.ModelBusyError("a pause", retry_after=7)])
        return
    busy = Turn(b"{}", 429, {"Retry-After": "7"})
    with serving(says("one"), says("two"), busy) as server:
        yield server.model()


def test_the_contract(model: LanguageModel) -> None:
    first, second = model.complete(ASKED), model.complete(ASKED)
    assert (first.text, second.text) == ("one", "two")
    assert first.model
    assert first.tokens_in >= 0
    assert first.tokens_out >= 0
    assert first.seconds >= 0
    with pytest.raises(errors.ModelBusyError) as busy:
        model.complete(ASKED)
    assert busy.value.retry_after == 7
    assert busy.value.transient
    with pytest.raises(errors.LanguageModelError):
        model.complete(ASKED)


def test_what_is_asked_and_what_is_told() -> None:
    with serving(says("yes")) as server:
        answer = server.model().complete(ASKED)
    ((headers, body),) = server.asked
    assert headers["authorization"] == f"Bearer {KEY}"
    assert [message["content"] for message in body["messages"]] == ["Say it.", '{"sources": []}']
    assert (body["model"], body["max_tokens"], body["temperature"]) == (NAME, 50, 0)
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (answer.model, answer.tokens_in, answer.tokens_out) == (NAME + "-served", 120, 30)


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (Turn(b"{}", 429), errors.ModelBusyError),
        (Turn(b"{}", 500), errors.ModelUnreachableError),
        (Turn(b"{}", 503), errors.ModelUnreachableError),
        (Turn(b"{}", 401), errors.ModelRefusedError),
        (Turn(b"{}", 404), errors.ModelRefusedError),
        (Turn(b"<html>no</html>"), errors.ModelAnswerError),
        (Turn(b"[]"), errors.ModelAnswerError),
        (Turn(b'{"choices": []}'), errors.ModelAnswerError),
        (Turn(b'{"choices": [{"message": null}]}'), errors.ModelAnswerError),
        (Turn(b" " * 1_100_000), errors.ModelAnswerError),
        (says(None), errors.ModelAnswerError),
        (says("  "), errors.ModelAnswerError),
        (says("half of it", "length"), errors.ModelCutShortError),
        (Turn(says("half of it").body, cut=40), errors.ModelCutShortError),
        (says("", "content_filter"), errors.ModelRefusedError),
        (says(None, refusal="I will not."), errors.ModelRefusedError),
    ],
)
def test_each_way_to_fail_is_typed(turn: Turn, kind: type[errors.LanguageModelError]) -> None:
    with serving(turn) as server, pytest.raises(kind) as fault:
        server.model().complete(ASKED)
    assert type(fault.value) is kind
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "turn", [Turn(says("late").body, slow=20), Turn(says("drop by drop").body, drip=0.05)]
)
def test_a_slow_server_is_not_waited_for(turn: Turn) -> None:
    with serving(turn) as server, pytest.raises(errors.ModelTimeoutError):
        server.model(timeout=0.3).complete(ASKED)


def test_a_server_that_is_not_there() -> None:
    with serving() as server:
        model = server.model()
    with pytest.raises(errors.ModelUnreachableError):
        model.complete(ASKED)


def test_a_server_that_knows_no_schemas_is_asked_without_one_from_then_on() -> None:
    with serving(Turn(b"{}", 400), says("one"), says("two")) as server:
        model = server.model()
        assert [model.complete(ASKED).text for _ in range(2)] == ["one", "two"]
    assert ["response_format" in body for _, body in server.asked] == [True, False, False]


def test_what_a_refused_answer_cost_is_known() -> None:
    with serving(says("half", "length")) as server, pytest.raises(errors.ModelCutShortError) as fault:
        server.model().complete(ASKED)
    assert (fault.value.tokens_in, fault.value.tokens_out) == (120, 30)


def test_the_key_is_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = f'{{"error": {{"message": "Incorrect API key provided: {KEY}"}}}}'.encode()
    with serving(Turn(told, 401)) as server, pytest.raises(errors.ModelRefusedError) as fault:
        server.model().complete(ASKED)
    assert KEY not in str(fault.value) + str(fault.value.diagnostics()) + caplog.text
    assert fault.value.__cause__ is None


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("12", 12),
        ("0.5", 0.5),
        ("-3", 0),
        ("1e12", LONGEST_PAUSE),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 01 Jan 2999 00:00:00 GMT", LONGEST_PAUSE),
    ],
)
def test_pauses_are_seconds_or_a_date(stated: str | None, seconds: float | None) -> None:
    assert _seconds(stated) == seconds


def test_without_the_sdk_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(errors.ModelMissingError) as fault:
        ServedModel("http://127.0.0.1:1/v1", "any")
    assert "conductatlas[language-model]" in fault.value.remedy


def test_nobody_who_does_not_ask_loads_the_sdk() -> None:
    code = (
        "import sys, django; django.setup(); import conductatlas.work.rewording, conductatlas.provisions.analysing; "
        "print(sorted({'openai', 'pydantic'} & set(sys.modules)))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "conductatlas.django_settings", "PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
