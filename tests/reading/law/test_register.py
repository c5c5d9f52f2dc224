"""The register of law: its schema, the status traps, what is printed of age, and that it copies nothing."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest

from conductatlas.reading.law.entry import Instrument, Status
from conductatlas.reading.law.register import (
    article,
    checked_words,
    instrument_of,
    register,
    status_words,
)

KEYS = {
    "short", "name", "citation", "jurisdiction", "authorities", "status", "since", "until", "link", "checked_on",
    "note", "unit", "articles",
}  # fmt: skip
OF_ARTICLE = {"about", "number", "status", "since", "until"}
FILES = {
    file.name: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in files("conductatlas.reading.law").joinpath("register").iterdir()
    if file.name.endswith(".toml")
}
TODAY = date(2026, 11, 27)

every_instrument = pytest.mark.parametrize("one", register().values(), ids=lambda one: one.id)


def test_it_holds_what_was_asked_for() -> None:
    assert len(register()) >= 70
    assert sum(len(one.articles) for one in register().values()) >= 250


def test_no_key_is_misspelt_and_no_id_is_in_two_files() -> None:
    names = [name for entries in FILES.values() for name in entries]
    assert len(names) == len(set(names))
    for entries in FILES.values():
        for name, entry in entries.items():
            assert set(entry) <= KEYS, name
            for number, about in entry["articles"].items():
                assert isinstance(about, str) or set(about) <= OF_ARTICLE, f"{name}/{number}"


@every_instrument
def test_an_entry_is_whole(one: Instrument) -> None:
    assert one.short and one.name and one.citation and one.articles
    assert one.link.startswith(("https://", "http://www.npc.gov.cn/"))  # that one has no https
    assert one.authorities
    assert one.checked_on <= TODAY
    assert one.since is None or one.until is None or one.since < one.until
    assert (one.status in (Status.REPEALED, Status.VACATED)) == (one.until is not None)
    for each in one.articles:
        assert each.id.startswith(f"{one.id}/") and each.number and each.about.endswith(".")
        assert len(each.about) <= 200, each.id


@every_instrument
def test_what_it_says_is_in_plain_words(one: Instrument) -> None:
    """`about` says what a rule is about; no word that judges a clause."""
    said = " ".join([one.note, *(each.about for each in one.articles)]).lower()
    for word in ("illegal", "unlawful", "violat", "non-compliant", "unenforceable", "engages"):
        assert word not in said


@every_instrument
def test_what_has_no_date_of_start_is_not_said_to_be_in_force(one: Instrument) -> None:
    for each in one.articles:
        if each.status is Status.IN_FORCE:
            assert each.since is not None and each.since <= one.checked_on, each.id
        if each.status in (Status.ADOPTED, Status.DELAYED) and each.since is not None:
            assert each.since > one.checked_on, each.id


def test_an_article_is_looked_up_by_its_id() -> None:
    assert article("gdpr/22").number == "art. 22"
    assert article("bipa/15(b)").number == "740 ILCS 14/15(b)"
    assert article("gdpr").about == "General Data Protection Regulation"
    assert instrument_of("uctd/annex-1-j").id == "uctd"
    with pytest.raises(KeyError):
        article("gdpr/1000")


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("negative_option_rule", "set aside by a court on 8 July 2025"),
        ("rosca/8403", "in effect since 29 December 2010"),
        ("odr/14", "repealed with effect from 20 July 2025"),
        ("uk_gdpr/22", "repealed with effect from 5 February 2026"),
        ("uk_gdpr/22A", "in effect since 5 February 2026"),
        ("uk_gdpr/22C", "in effect since 5 February 2026"),
        ("ai_act/26", "delayed, to take effect on 2 December 2027"),
        ("ai_act/50(1)", "in effect since 2 August 2026"),
        ("ai_act/5(1)(ba)", "adopted, to take effect on 2 December 2026"),
        ("ai_omnibus", "in effect since 27 July 2026"),
        ("crd/11a", "in effect since 19 June 2026"),
        ("withdrawal_function", "in effect since 19 June 2026"),
        ("dmcc/258", "delayed, no date set"),
        ("coppa/312.5", "in effect since 21 April 2000"),
        ("colorado_ai", "repealed with effect from 14 May 2026"),
        ("colorado_admt", "adopted, to take effect on 1 January 2027"),
        ("dpf", "in effect since 10 July 2023"),
        ("ccpa_regulations/7200", "adopted, to take effect on 1 January 2027"),
        ("efta", "status not verified"),
    ],
)
def test_the_traps_of_status(id: str, words: str) -> None:
    assert status_words(article(id), TODAY) == words


def test_what_a_reader_has_to_know_of_a_trap_stands_in_the_note() -> None:
    assert "Eighth Circuit" in register()["negative_option_rule"].note
    assert "stale reference" in register()["odr"].note
    assert "T-553/23" in register()["dpf"].note and "C-703/25 P" in register()["dpf"].note
    assert "Digital Omnibus" in register()["ai_act"].note
    assert "30 June 2026" in register()["colorado_ai"].note
    assert "22 April 2026" in register()["coppa"].note


def test_a_day_ahead_that_has_passed_is_said_to_have_passed() -> None:
    assert status_words(article("ai_act/26"), date(2027, 12, 2)).endswith(
        "a day that has passed since this was checked"
    )


@every_instrument
def test_the_age_of_an_entry_is_printed_after_180_days(one: Instrument) -> None:
    if one.status is Status.UNVERIFIED:
        assert checked_words(one, one.checked_on) == "not compared with an official source"
        return
    assert checked_words(one, date.fromordinal(one.checked_on.toordinal() + 180)) == ""
    stale = checked_words(one, date.fromordinal(one.checked_on.toordinal() + 181))
    assert stale == f"last checked on {one.checked_on.day} {one.checked_on:%B %Y}"
