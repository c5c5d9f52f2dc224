"""Files read in a child process: what they give, and what becomes of those that would do harm."""

from __future__ import annotations

import pytest
from tests.pdf_writer import File, pdf
from tests.pdf_writer import Page as Sheet

from conductatlas.archive import confined
from conductatlas.errors import ReaderUnavailableError, UnreadableError
from conductatlas.reading.text import reader
from conductatlas.reading.text.page import Page

WORDS = "These terms govern your use of the ferry between the two islands."


def terms() -> bytes:
    return pdf(Sheet().text(60, 780, "Terms of Carriage", font="F2", size=18).text(60, 750, WORDS))


def drawing_itself() -> bytes:
    file = File([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"])
    resources = b"/Resources << /XObject << /F 5 0 R >> >>"
    file.add(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R %s >>" % resources)
    file.stream(b"/F Do")
    file.stream(b"/F Do /F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + resources)
    return file.finish()


def test_a_file_gives_the_same_in_the_child_as_here() -> None:
    page = Page(terms(), "application/octet-stream", "https://ferry.example/terms")
    assert confined.examine(page) == reader.examine(page)


def test_a_page_is_read_here_and_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "CHILD", "no.such.module")
    assert confined.read(Page(b"<p>terms</p>", "text/html")).text == "terms"


def test_a_refusal_comes_back_as_it_was_raised() -> None:
    with pytest.raises(UnreadableError) as caught:
        confined.examine(Page(pdf(Sheet().picture()), "application/pdf"))
    assert caught.value.reason == "scanned_pdf"
    assert "another source" in caught.value.remedy


@pytest.mark.parametrize(("limit", "value"), [("CPU_SECONDS", 1), ("SECONDS", 2)])
def test_a_file_that_never_ends_is_beyond_limits(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(confined, limit, value)
    with pytest.raises(UnreadableError) as caught:
        confined.examine(Page(drawing_itself(), "application/pdf"))
    assert caught.value.reason == "beyond_limits"


def test_a_child_without_memory_or_that_says_too_much_is_beyond_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for limit, value in (("MEMORY", 1_000_000), ("MAX_ANSWER", 20)):
        with monkeypatch.context() as patched:
            patched.setattr(confined, limit, value)
            with pytest.raises(UnreadableError) as caught:
                confined.examine(Page(terms(), "application/pdf"))
            assert caught.value.reason == "beyond_limits"


def test_no_process_to_be_had_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    with pytest.raises(ReaderUnavailableError) as caught:
        confined.examine(Page(terms(), "application/pdf"))
    assert caught.value.transient


def test_the_child_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTATLAS_DATABASE_URL", "postgresql://secret")
    assert not any(name.startswith("CONDUCTATLAS_") for name in confined._environment())
