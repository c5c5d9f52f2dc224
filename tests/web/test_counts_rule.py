"""House rule 8: every number that is shown comes from a counts.py, so nothing else that reads aggregates."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import conductatlas

SOURCE = Path(conductatlas.__file__).parent
AGGREGATES = {"Count", "Sum", "Avg", "Max", "Min", "StdDev", "Variance"}
METHODS = {"aggregate", "count"}
FILES = sorted(
    [
        *(SOURCE / "web").rglob("*.py"),
        *(SOURCE / "cli").rglob("*.py"),
        *SOURCE.glob("*/*queries.py"),
        *SOURCE.glob("*/admin.py"),
    ]
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_nothing_else_aggregates(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models")
        for alias in node.names
    }
    assert imported & AGGREGATES == set()
    called = [
        f"line {node.lineno}: .{node.func.attr}()"
        for node in ast.walk(tree)
        # str.count takes what it counts; a query's takes nothing.
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in METHODS
        and not node.args
    ]
    assert called == []
