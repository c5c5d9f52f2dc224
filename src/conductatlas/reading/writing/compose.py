"""The analysis of a finding, composed from its facts, its words and the law: deterministic, and grounded throughout."""

from __future__ import annotations

from conductatlas.reading.writing.analysis import Analysis, Part, PartKey
from conductatlas.reading.writing.asking import actions, questions
from conductatlas.reading.writing.contract import contract
from conductatlas.reading.writing.draft import Draft
from conductatlas.reading.writing.exposure import exposure
from conductatlas.reading.writing.lawful import authorities, law
from conductatlas.reading.writing.noting import note
from conductatlas.reading.writing.placing import jurisdiction
from conductatlas.reading.writing.stating import for_you, what_it_is, why_it_matters
from conductatlas.reading.writing.subject import Subject

# Counts up whenever the same finding, mappings and register may read otherwise.
WRITER_VERSION = 1

_PARTS = (
    (PartKey.WHAT, what_it_is),
    (PartKey.WHY, why_it_matters),
    (PartKey.YOU, for_you),
    (PartKey.LAW, law),
    (PartKey.EXPOSURE, exposure),
    (PartKey.JURISDICTION, jurisdiction),
    (PartKey.CONTRACT, contract),
    (PartKey.QUESTIONS, questions),
    (PartKey.AUTHORITIES, authorities),
    (PartKey.ACTIONS, actions),
)


def compose(subject: Subject) -> Analysis:
    """What can be said of a finding. Parts in the order in which they are read; those with nothing to say are left out.
    The same subject gives the same analysis. Raises nothing for a finding of a type of the taxonomy."""
    draft = Draft(subject)
    parts = [Part(key, tuple(write(draft))) for key, write in _PARTS]
    has_inferred = any(sentence.is_inferred for part in parts for sentence in part.sentences)
    parts.append(Part(PartKey.NOTE, tuple(note(draft, has_inferred=has_inferred))))
    return Analysis(tuple(part for part in parts if part.sentences), WRITER_VERSION)
