"""The harness for judging samples: what is drawn from which population, what a reader sees, and how it is summed up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.bench.judging import verdicts
from tests.bench.judging.__main__ import main, table
from tests.bench.judging.population import Difference, Side, by_platform, differences
from tests.bench.judging.sample import draw, shares
from tests.bench.judging.sheets import sheet
from tests.bench.judging.verdicts import Judged, sums, upper_bound
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.catalogue.models import Document
from conductatlas.reading.text.marks import Reading

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DRAWN = {"x/terms/1-2": ("published", "substantive"), "x/terms/2-3": ("suppressed", "withdrawn")}


@dataclass(frozen=True)
class Item:
    id: str
    platform: str


# ── the draw ─────────────────────────────────────────────────────────────────────────────────────
def test_strata_are_drawn_by_their_share() -> None:
    assert shares({"a": 50, "b": 30, "c": 20}, 10) == {"a": 5, "b": 3, "c": 2}
    assert shares({"a": 2, "b": 1}, 10) == {"a": 2, "b": 1}
    taken = shares({f"p{n}": 7 * n + 1 for n in range(45)}, 300)
    assert sum(taken.values()) == 300
    assert all(taken[f"p{n}"] <= 7 * n + 1 for n in range(45))


def test_a_draw_is_the_same_whatever_the_order_and_another_with_another_seed() -> None:
    items = [Item(f"{n % 4}/{n}", str(n % 4)) for n in range(200)]
    drawn = draw(items, 40)
    assert draw(items[::-1], 40) == drawn
    assert draw(items, 40, seed=1) != drawn
    assert Counter(item.platform for item in drawn) == {"0": 10, "1": 10, "2": 10, "3": 10}
    assert len(set(drawn)) == 40
    assert [item.platform for item in drawn] != sorted(item.platform for item in drawn)


# ── the population ───────────────────────────────────────────────────────────────────────────────
TEXTS = {
    "A": CLAUSES,
    "B": tuple(text.replace("30 days", "10 days") for text in CLAUSES),
    "D": tuple(text.replace("16 years", "18 years") for text in CLAUSES),
    "E": tuple(text.replace("30 days", "thirty (30) days") for text in CLAUSES),
}
GERMAN = (
    "Diese Bedingungen regeln die Nutzung des Dienstes Heron. Mit der Nutzung stimmen Sie ihnen zu.",
    "Sie müssen mindestens sechzehn Jahre alt sein und haften für alles, was in Ihrem Konto geschieht.",
    "Wir können diese Bedingungen ändern und teilen Ihnen das mindestens dreißig Tage vorher mit.",
    "Unsere Haftung ist auf die Entgelte beschränkt, die Sie in den letzten zwölf Monaten gezahlt haben.",
)


def checked(archive: Archive, letters: str) -> Document:
    document = archive.document()
    for letter in letters:
        archive.serve(policy(*GERMAN, lang="de") if letter == "G" else policy(*TEXTS[letter]))
        archive.check(document)
        archive.later(hours=2)
    return document


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("AAB", []),  # a candidate is neither
        ("AABB", [("published", "substantive")]),
        ("AAEE", [("suppressed", "editorial")]),
        ("AABAA", [("suppressed", "withdrawn")]),
        ("AABABB", [("suppressed", "withdrawn")]),  # told once it has stayed for three days
        ("AABBAA", [("published", "substantive")]),  # the return is told as one
        ("AABBDD", [("published", "substantive")] * 2),
        ("AAGAA", [("suppressed", "another language")]),
    ],
)
def test_every_difference_is_told_or_suppressed(letters: str, expected: list[tuple[str, str]]) -> None:
    checked(Archive(), letters)
    found = [("published" if one.is_published else "suppressed", one.reason) for one in differences()]
    assert found == expected


@pytest.mark.django_db
def test_ids_are_those_of_the_texts() -> None:
    checked(Archive(), "AABB")
    (one,) = differences()
    old, new = one.old.load(), one.new.load()
    assert one.id == f"heron/terms/{old.digest[:16]}-{new.digest[:16]}"
    assert ("30 days" in old.text, "10 days" in new.text) == (True, True)
    text = sheet(one)
    assert "[-30-]{+10+}" in text
    assert one.course == (("old", 2), ("new", 2))
    assert "checks, in order        old × 2, new × 2" in text
    assert "substantive" not in text
    assert "published" not in text


@pytest.mark.django_db
def test_what_became_of_everything_adds_up() -> None:
    checked(Archive(), "AABBAADA")
    counted = by_platform()["heron"]
    assert (counted["captures"], counted["versions"], counted["distinct texts"]) == (8, 3, 3)
    for part in ("kind", "state"):
        assert sum(n for name, n in counted.items() if name.startswith(f"{part} ")) == counted["changes"] == 2
    lines = table({"heron": counted, "stork": Counter(captures=2)}).splitlines()
    assert lines[0].split()[:2] == ["captures", "versions"]
    assert [line.split()[0] for line in lines[1:]] == ["heron", "stork", "in"]
    assert lines[-1].split()[2] == "10"


# ── the sheet ────────────────────────────────────────────────────────────────────────────────────
def test_a_sheet_shows_words_on_both_sides_and_what_stands_around() -> None:
    old = Reading("Terms\nWe will warn you.\nBye.\nYou pay.", (), "", "en")
    new = Reading("Terms\nWe may warn you.\nBye.\nYou pay.\nNo refunds.", (), "", "en")
    text = sheet(_difference(old, new))
    assert "We [-will-]{+may+} warn you." in text
    assert "   … Terms\n" in text
    assert "{+No refunds.+}" in text
    assert "S3" in text


def test_a_long_sheet_says_what_it_leaves_out() -> None:
    names = [chr(97 + n // 26) + chr(97 + n % 26) for n in range(100)]
    old = Reading("\n".join(f"We share {name}{name} data." for name in names), (), "", "en")
    new = Reading("\n".join(f"We share {name}{name} data and {name}." for name in names), (), "", "en")
    assert "── and 40 more" in sheet(_difference(old, new))


def _difference(old: Reading, new: Reading) -> Difference:
    sides = [Side(NOW, text.digest, lambda text=text: text) for text in (old, new)]  # type: ignore[misc]
    return Difference("x/terms/1-2", "x", "X, Terms", True, "substantive", *sides)


# ── the sum ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("wrong", "judged", "bound"),
    [(0, 300, 0.00994), (1, 300, 0.01572), (2, 300, 0.02085), (15, 300, 0.0758), (0, 1, 0.95), (3, 3, 1.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, judged: int, bound: float) -> None:
    assert upper_bound(wrong, judged) == pytest.approx(bound, abs=2e-4)


def test_disagreement_counts_as_wrong() -> None:
    published, suppressed = sums(
        [
            Judged("1", "published", "", {"a": "real", "b": "real"}),
            Judged("2", "published", "", {"a": "real", "b": "noise"}),
            Judged("3", "published", "", {"a": "noise", "b": "noise"}),
            Judged("4", "suppressed", "", {"a": "noise", "b": "noise"}),
            Judged("5", "suppressed", "", {"a": "real", "b": "noise"}),
        ]
    )
    assert (published.judged, published.right, published.disputed) == (3, 1, 1)
    assert (suppressed.judged, suppressed.right, suppressed.disputed) == (2, 1, 1)
    assert published.right_at_least == 1 - published.wrong_at_most < 1 / 3


def files(folder: Path, *readers: list[dict[str, str]]) -> list[Path]:
    made = [folder / f"{n}.jsonl" for n in range(len(readers))]
    for file, rows in zip(made, readers, strict=True):
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return made


def verdict(key: str, reader: str, said: str = "real") -> dict[str, str]:
    return {"id": key, "reader": reader, "verdict": said}


def test_two_readers_judge_each_difference_that_was_drawn(tmp_path: Path) -> None:
    one, two = ([verdict(key, reader) for key in DRAWN] for reader in "ab")
    judged = verdicts.merged(DRAWN, files(tmp_path, one, two))
    assert [(row.id, row.sample, row.is_right) for row in judged] == [
        ("x/terms/1-2", "published", True),
        ("x/terms/2-3", "suppressed", False),
    ]


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        ([verdict("x/terms/1-2", "b")], "1 without a verdict, the first: b: x/terms/2-3"),
        ([verdict("x/terms/1-2", "a"), verdict("x/terms/2-3", "b")], "judged x/terms/1-2 before"),
        ([verdict("x/other/1-2", "b")], "x/other/1-2 was not drawn"),
        ([verdict("x/terms/1-2", "b", "maybe")], "a verdict is real or noise"),
        ([], "two readers judge, not 1"),
    ],
)
def test_what_is_missing_or_odd_is_said(second: list[dict[str, str]], fault: str, tmp_path: Path) -> None:
    first = [verdict(key, "a") for key in DRAWN]
    with pytest.raises(ValueError, match=fault):
        verdicts.merged(DRAWN, files(tmp_path, first, second))


def test_verdicts_are_kept_once_an_id(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.jsonl"
    rows = [Judged(key, "published", "", {"a": "real", "b": "real"}) for key in ("b/1", "a/1")]
    verdicts.keep(rows, file)
    later = Judged("b/1", "suppressed", "editorial", {"c": "noise", "d": "noise"})
    verdicts.keep([later], file)
    assert [row.id for row in verdicts.kept(file)] == ["a/1", "b/1"]
    assert verdicts.kept(file)[1] == later


def test_sheets_are_not_written_into_the_checkout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["judging", "draw", str(Path(__file__).parent / "sheets")])
    assert main() == 1
    assert "outside the checkout" in capsys.readouterr().err


def test_half_a_replay_is_not_drawn_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr("sys.argv", ["judging", "draw", str(tmp_path)])
    monkeypatch.setattr("tests.bench.judging.__main__.SHARED", tmp_path)
    (tmp_path / "corpus").mkdir()
    assert main() == 1
    assert "cut off" in capsys.readouterr().err
