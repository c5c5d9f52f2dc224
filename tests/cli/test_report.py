"""`report`, as people run it."""

from __future__ import annotations

import json

from tests.cli.conftest import Shell
from tests.cli.test_provisions import watched

__all__ = ["watched"]


def test_a_report_is_written_and_is_the_same_each_time(watched: Shell) -> None:
    (first, *_) = watched("report", "--json").rows
    assert first["slug"] == "ai-platforms"
    text = watched("report", "notice-of-change").out
    assert text.startswith("# Who gives notice before the terms change\n")
    assert watched("report", "notice-of-change").out == text
    data = json.loads(watched("report", "notice-of-change", "--format", "json").out)
    assert data["report"] == "notice-of-change" and data["matrix"]["rows"][0]["platform"] == "heron"
    file = watched.folder / "notice.html"
    (row,) = watched("report", "notice-of-change", "--out", str(file), "--json").rows
    assert row == {"file": str(file), "format": "html", "bytes": file.stat().st_size}
    assert file.read_text("utf-8").startswith("<!doctype html>")


def test_what_can_not_be_made_is_said(watched: Shell) -> None:
    missing = watched("report", "nothing")
    assert missing.code == 1 and "no report is called nothing" in missing.err
    assert watched("report", "notice-of-change", "--format", "doc").code == 2
    empty = watched("report", "ai-platforms")  # the one platform is of another category
    assert empty.code == 1 and "has been read yet" in empty.err
