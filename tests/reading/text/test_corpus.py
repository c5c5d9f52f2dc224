"""The reader on real pages: the figures that the project promises."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / ".." / "shared" / "corpus"


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_reader", ROOT / "tests" / "bench" / "reader.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.corpus
@pytest.mark.skipif(
    not (CORPUS / "index.jsonl").exists(), reason="the corpus does not lie beside the checkout"
)
def test_nearly_all_selected_words_are_found_and_little_else() -> None:
    figures = bench().run(CORPUS, every=200)
    assert figures["captures"] >= 80
    assert figures["recall"]["median"] >= 0.97 and figures["recall"]["p10"] >= 0.93
    assert figures["precision"]["median"] >= 0.95
