"""The definitions of reports: their schema, and that their words are those that are allowed."""

from __future__ import annotations

import re

import pytest

from conductatlas.provisions.reports.compose import SECTIONS as COMPOSED
from conductatlas.provisions.reports.compose import accuracy
from conductatlas.provisions.reports.definition import SECTIONS, Definition, definitions, read
from conductatlas.reading.clauses.questions import questions
from conductatlas.reading.clauses.taxonomy import taxonomy

# The words that sentences about a platform may be made of (judgement on wording).
SAYS = re.compile(r"(?:state|require|send|name|permit|reserve|exclude)s?\b")

every = pytest.mark.parametrize("one", definitions().values(), ids=str)


def test_five_are_shipped() -> None:
    assert len(definitions()) == 5
    assert len({one.title for one in definitions().values()}) == 5


@every
def test_all_that_is_named_is_known(one: Definition) -> None:
    assert set(one.questions) <= questions().keys()
    assert set(one.charts) <= set(one.questions) and set(one.quotes) <= set(one.questions)
    assert set(one.types) <= taxonomy().keys()
    assert set(one.sections) <= set(SECTIONS) == COMPOSED.keys()
    assert one.months > 0 and one.licence
    for found in one.findings:
        question = questions()[found.question]
        assert found.question in one.questions
        for value in (*(found.values or ()), *found.but):
            assert not question.values or value in question.values or isinstance(value, bool | int), value
        assert found.values != () and not (found.values and found.but)


@every
def test_headlines_state_and_do_not_judge(one: Definition) -> None:
    for found in one.findings:
        assert SAYS.match(found.says) and SAYS.match(found.says_one)
        assert found.says != found.says_one


def test_what_is_missing_or_not_known_is_said() -> None:
    with pytest.raises(KeyError):
        read("x", 'title = "T"\nlead = "L"')
    with pytest.raises(TypeError):
        read("x", 'title = "T"\nlead = "L"\nquestions = ["arbitration"]\nunknown = 1')
    made = read("x", 'title = "T"\nlead = "L"\nquestions = ["arbitration"]\n[[replies]]\nplatform = "Larkspur"\n'
                'asked = "2026-11-01"\nanswer = "No."')  # fmt: skip
    assert made.replies[0].answer == "No." and made.charts == ("arbitration",) and made.months == 12


def test_accuracy_is_known_by_question() -> None:
    known = accuracy()
    assert set(known["keys"]) <= questions().keys()
    for one in known["keys"].values():
        assert one.keys() == {"right", "not_stated", "wrong"} and sum(one.values()) <= known["platforms"]
