from __future__ import annotations

import json
import warnings
from collections.abc import Iterator

import pytest
import structlog

from conductatlas import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def break_with(secret: str) -> None:
    log = structlog.get_logger("conductatlas.test")
    try:
        int("no number")
    except ValueError:
        log.exception("check broke", document=7)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_trace_shows_no_values_and_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    logs.configure(log_format, "info")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        break_with("hunter" + "2")
    told = capsys.readouterr()
    assert told.out == ""
    assert "ValueError" in told.err
    assert "hunter2" not in told.err


def test_json_is_one_object_a_line_with_what_is_bound(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json", "info")
    with structlog.contextvars.bound_contextvars(document=7):
        structlog.get_logger().warning("pack not sealed", source=3)
    structlog.get_logger().debug("not told at this level")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["document"], told["source"]) == ("pack not sealed", 7, 3)
