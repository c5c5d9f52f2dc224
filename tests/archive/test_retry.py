from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.retry import ATTEMPTS, LONGEST_PAUSE, LONGEST_WISH, next_try, retry_after
from conductatlas.errors import (
    AddressRefusedError,
    BrokenAnswerError,
    FetchTimeoutError,
    HostUnreachableError,
    RobotsRefusedError,
    StatusError,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "error",
    [StatusError(404), StatusError(403), AddressRefusedError("no"), RobotsRefusedError("no")],
    ids=repr,
)
def test_what_will_not_change_is_not_tried_again(error: StatusError) -> None:
    assert next_try(error, 1) is None


@pytest.mark.parametrize(
    "error",
    [
        StatusError(429),
        StatusError(503),
        BrokenAnswerError("cut"),
        FetchTimeoutError("slow"),
        HostUnreachableError(""),
    ],
    ids=repr,
)
def test_pauses_grow_with_jitter_until_the_attempts_are_used_up(error: StatusError) -> None:
    pauses = [next_try(error, attempt) for attempt in range(1, ATTEMPTS + 1)]
    assert pauses[-1] is None
    for attempt, pause in enumerate(pauses[:-1]):
        assert pause is not None
        assert 60 * 2**attempt <= pause <= 90 * 2**attempt <= LONGEST_PAUSE


def test_what_the_server_wishes_is_the_least_to_wait() -> None:
    pause = next_try(StatusError(503, retry_after=7), 1)
    assert pause is not None
    assert 7 <= pause <= 10.5
    longest = next_try(StatusError(503, retry_after=1e9), 1)
    assert longest is not None
    assert longest <= 1.5 * LONGEST_WISH


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, LONGEST_WISH),
        ("Sun, 01 Mar 2026 12:00:03 GMT", 3.0),
        ("Sunday, 01-Mar-26 12:00:03 GMT", 3.0),
        ("Sun Mar  1 12:00:03 2026", 3.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2099 12:00:00 GMT", LONGEST_WISH),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("Sun, 99 Mar 2026 99:00:03 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WISH
