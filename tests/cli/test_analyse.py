"""`analyse`: off until it is set up; then each provision is asked about once, with what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conftest import CLAUSES, Shell, Web
from tests.provisions.model_server import KEY, NAME, Turn, says, serving


@pytest.fixture
def watched(shell: Shell, web: Web, policy: Callable[..., bytes]) -> Shell:
    """An archive whose one document was checked."""
    shell.declare(web.url)
    web.page = policy()
    done = shell("check", "--all", "--json")
    assert done.code == 0 and done.rows[0]["outcome"] == "changed", done.err
    return shell


def answer(*texts: str) -> Turn:
    sentences = [{"part": "what", "text": text, "sources": [1]} for text in texts]
    return says(json.dumps({"sentences": sentences}))


def test_it_is_off_until_it_is_set_up(watched: Shell) -> None:
    done = watched("analyse", "--json")
    assert done.code == 1
    assert done.rows[0]["error"]["code"] == "model_missing"
    assert "language_model_url" in done.rows[0]["error"]["remedy"]


def test_what_is_said_is_kept_shown_and_checked_and_the_key_is_not_told(watched: Shell) -> None:
    age = next(row for row in watched("provisions", "list", "--json").rows if row["type"] == "age")
    good = "The clause requires “at least 16 years old to open an account”."
    assert "at least 16 years old to open an account" in CLAUSES[1]
    with serving(answer(good, "The clause requires a blue hat.", "This is unlawful.")) as server:
        watched.environment |= {
            "CONDUCTATLAS_LANGUAGE_MODEL_URL": server.url,
            "CONDUCTATLAS_LANGUAGE_MODEL_NAME": NAME,
            "CONDUCTATLAS_LANGUAGE_MODEL_KEY": KEY,
            "CONDUCTATLAS_LANGUAGE_MODEL_PRICES": '{"in": "10", "out": "20", "currency": "EUR"}',
        }
        done = watched("analyse", age["id"], "--json")
        assert done.code == 0, done.err
        assert len(server.asked) == 1
        again = watched("analyse", age["id"])
        assert again.code == 0 and "0 asked, 0 left" in again.out
        assert len(server.asked) == 1
    row, summary = done.rows
    assert (row["id"], row["outcome"], row["model"]) == (age["id"], "written", NAME + "-served")
    assert [one["text"] for one in row["sentences"]] == [good]
    assert row["sentences"][0]["grounds"][0]["kind"] == "span"
    assert row["dropped"] == {"stray": 1, "word": 1}
    assert (row["tokens_in"], row["tokens_out"], row["cost"], row["currency"]) == (120, 30, "0.001800", "EUR")
    assert summary == {"end": "done", "asked": 1, "left": 0, "kept": 1, "dropped": 2, "tokens": 150}
    (shown,) = watched("provisions", "show", age["id"], "--json").rows
    assert shown["model_analysis"]["sentences"] == row["sentences"]
    told = watched("config", "show")
    assert KEY not in done.out + done.err + told.out + told.err
    assert "language_model_key = " in told.out
    checked = watched("verify", "--archive", "--json")
    assert checked.code == 0, checked.out


def test_a_server_that_fails_leaves_a_row_for_each_and_ends(watched: Shell) -> None:
    with serving() as server:
        watched.environment |= {
            "CONDUCTATLAS_LANGUAGE_MODEL_URL": server.url,
            "CONDUCTATLAS_LANGUAGE_MODEL_NAME": NAME,
            "CONDUCTATLAS_LANGUAGE_MODEL_PER_MINUTE": "6000",
        }
        done = watched("analyse", "heron/terms", "--json")
    *rows, summary = done.rows
    assert [row["outcome"] for row in rows] == ["model_unreachable"] * len(rows)
    assert 0 < len(rows) <= 3
    assert summary["kept"] == 0


def test_a_key_does_not_go_over_the_network_in_the_clear(watched: Shell) -> None:
    watched.environment |= {
        "CONDUCTATLAS_LANGUAGE_MODEL_URL": "http://model.example/v1",
        "CONDUCTATLAS_LANGUAGE_MODEL_KEY": KEY,
    }
    done = watched("config", "show")
    assert done.code == 1
    assert "in the clear" in done.err
    assert KEY not in done.out + done.err
