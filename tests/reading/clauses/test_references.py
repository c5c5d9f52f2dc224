"""Documents that a text names."""

from __future__ import annotations

from conductatlas.reading.clauses.references import references
from conductatlas.reading.clauses.segment import segment
from conductatlas.reading.text.markdown import read_markdown


def test_documents_are_named_once_each_and_other_pages_are_not() -> None:
    reading = read_markdown(
        "# Legal\n\n- [Terms of service](https://example.org/terms)\n- [Pricing](https://example.org/pricing)\n\n"
        "Our [privacy policy](https://example.org/privacy) holds, and the "
        "[privacy policy](https://www.example.org/privacy/) again.\n"
    )
    found = references(reading, segment(reading))
    assert [(r.title, r.target, r.kind, r.is_label) for r in found] == [
        ("Terms of service", "https://example.org/terms", "terms", True),
        ("privacy policy", "https://example.org/privacy", "privacy", False),
    ]
    assert [r.span.of(reading.text) for r in found] == ["Terms of service", "privacy policy"]
