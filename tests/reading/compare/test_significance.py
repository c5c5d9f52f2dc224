"""What makes a difference substantive, what leaves it editorial, and the tables behind it."""

from __future__ import annotations

import re

import pytest

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import lexicon, spellings
from conductatlas.reading.compare.normal import Passage
from conductatlas.reading.compare.side import Side
from conductatlas.reading.compare.signals import signals
from conductatlas.reading.compare.significance import (
    ChangeKind,
    Judgement,
    in_order,
    judge_clause,
    judge_pair,
)


def judged(old: str, new: str, language: str = "en", around: str = "") -> Judgement:
    old_side, new_side = Side(f"{around}\n{old}", language), Side(f"{around}\n{new}", language)
    return judge_pair(old_side, Passage(old, 0), new_side, Passage(new, 0), whole_sentences=False)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("a fee of 2 %", "a fee of 3 %", "S1"),
        ("two users", "three users", "S1"),
        ("thirty (30) days", "thirty (60) days", "S1"),
        ("1,000 users", "10,000 users", "S1"),
        ("30 or 60 days", "60 or 30 days", "S1"),
        ("effective May 1, 2024", "effective May 2, 2024", "S2"),
        ("it will result in a ban", "it can result in a ban", "S3"),
        ("we can share it", "we can't share it", "S4"),
        ("no table", "notable", "S4"),
        ("including but not limited to names", "including names", "S4"),
        ("any changes to this list", "any replacement on this list", "S5"),
        ("the greater of both", "the lesser of both", "S5"),
        ("stored in Ireland", "stored in the United States", "S6"),
        ("you can opt out by mail", "you can decide by mail", "S8"),
        ("offered to consumers", "offered to businesses", "S11"),
        ('"Content" means texts', '"Content" means films', "S10"),
        ("we like maps", "we like globes", "U"),
        ("the licensor pays", "the licensee pays", "U"),
        ("in preset cases", "in present cases", "U"),
        ("effective October 29, 2025", "effective 30 October 2025", "S2"),
        ("Pelican Ltd is the controller", "Pelican LLC is the controller", "S6"),
        ("with Pelican, Inc. in Oslo", "with Heron, Inc. in Oslo", "S6"),
    ],
)
def test_substantive(old: str, new: str, rule: str) -> None:
    for judgement in (judged(old, new), judged(new, old)):
        assert judgement.kind is ChangeKind.SUBSTANTIVE
        assert rule in judgement.rules


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("the “Service”", 'the "Service"', "N1"),
        ("• an item", "an item", "N1"),
        ("third parties—including courts", "third parties-including courts", "N1"),
        ("third parties — only courts", "third parties—only courts", "N1"),
        ("if youare there", "if you are there", "N1"),
        ("an authorised organisation", "an authorized organization", "N2"),
        ("upon expiry", "upon expiration", "N2"),
        ("under US law", "under U.S. law", "N2"),
        ("sent by mail", "sent by post", "N2"),
        ("a violation of these terms", "a breach of these terms", "N2"),
        ("Effective October 29, 2025", "Effective 29 October 2025", "N2"),
        ("It ends on Oct 29, 2025.", "It ends on 2025-10-29.", "N2"),
        ("personal data is persnal data", "personal data is personal data", "N2"),
        ("your persnal information", "your personal information", "N2"),
        ("for the purposes of support", "for purposes of support", "N2"),
        ("see the list", "please see the list", "N2"),
        ("Overview.", "A.1. Overview.", "N3"),
        ("Name\tYears", "Name: Years", "N6"),
        ("Accept all cookies", "Accept all", "N8"),
        ("Getting started", "First steps", "N8"),
        ("2 categories", "two categories", "N2"),
        ("30 days", "thirty (30) days", "N2"),
        ("1,000 users", "1000 users", "N2"),
        ("names, addresses, and dates", "names, addresses and dates", "N2"),
        ("in good-faith", "in good faith", "N1"),
        ("our Help Center", "our help centre", "N2"),
        ("under U.S. law", "under US law", "N2"),
        ("an item;", "an item.", "N2"),
        ("3. Fees", "4. Fees", "N3"),
        ("10 Fees", "10. Fees", "N3"),
        ("2.3 all fees that are due", "(c) all fees that are due", "N3"),
        ("Except for fees, nothing is due", "L.3.a. Except for fees, nothing is due", "N3"),
        ("“Fees” are what you pay", "C.1.a.ii. “Fees” are what you pay", "N3"),
        ("Clause 7 (Docking) applies", "A.1.a. Clause 7 (Docking) applies", "N3"),
        (
            "If you're based in Italy, click here.",
            "If you're based in Italy, click here. / Clicca qui.",
            "N8",
        ),
        ("the birds, and their “songs”", "the birds and their songs", "N2"),
        ("see https://www.pelican.example/ for it", "see https://pelican.example for it", "N2"),
        ("under the ervices", "under the services", "N2"),
        ("data that birds send", "data birds send", "N2"),
        ("YOU PAY", "You pay", "N10"),
        ("Last updated: May 1, 2024", "Last updated: June 3, 2024", "N9"),
        ("Last updated: May 1, 2024", "Last revision: June 3, 2024", "N9"),
    ],
)
def test_editorial(old: str, new: str, rule: str) -> None:
    for judgement in (judged(old, new), judged(new, old)):
        assert judgement == Judgement(ChangeKind.EDITORIAL, (rule,))


def test_capitals_of_a_defined_term_matter() -> None:
    around = 'We offer software (the "Services").'
    assert judged("of our Services", "of our services").kind is ChangeKind.EDITORIAL
    assert judged("of our Services", "of our services", around=around).kind is ChangeKind.SUBSTANTIVE
    assert judged("of our Services", "of our SERVICES", around=around).kind is ChangeKind.EDITORIAL


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.5 million users", "3.5 million users"),
        ("10 days", "11 days"),
        ("E.164 numbers", "E.165 numbers"),
        ("patents US12032921 and others", "patents US12032922 and others"),
        ("10 Fees", "11. Fees"),
        ("2.3 all fees", "all fees"),
        ("Do birds sing?", "Do birds sing."),
    ],
)
def test_substantive_whatever_it_looks_like(old: str, new: str) -> None:
    for judgement in (judged(old, new), judged(new, old)):
        assert judgement.kind is ChangeKind.SUBSTANTIVE


@pytest.mark.parametrize(
    ("clause", "is_item", "kind", "rules"),
    [
        ("your shoe size;", True, ChangeKind.SUBSTANTIVE, ("S7",)),
        ("We may sell it for 30 coins.", False, ChangeKind.SUBSTANTIVE, ("S1", "S3", "S9")),
        ("8. A heading", False, ChangeKind.EDITORIAL, ("N8",)),
        ("8. A heading", True, ChangeKind.SUBSTANTIVE, ("S7",)),
        ("8. Binding arbitration", False, ChangeKind.SUBSTANTIVE, ("S6", "S9")),
        ("It binds.", False, ChangeKind.SUBSTANTIVE, ("S9",)),
        ("* * *", False, ChangeKind.EDITORIAL, ("N1",)),
        ("© 2024 Pelican, Inc.", False, ChangeKind.EDITORIAL, ("N8",)),
        ("Last updated: May 1, 2024", False, ChangeKind.EDITORIAL, ("N9",)),
        ("Effective: May 1, 2024", False, ChangeKind.SUBSTANTIVE, ("S2", "S9")),
    ],
)
def test_whole_clauses(clause: str, is_item: bool, kind: ChangeKind, rules: tuple[str, ...]) -> None:
    assert judge_clause(Side(clause, "en"), Passage(clause, 0), is_item=is_item) == Judgement(kind, rules)


def test_words_of_another_language_are_known_in_it_only() -> None:
    text = "Wir dürfen nicht teilen."
    assert {s.rule for s in signals(Side(text, "de"), Passage(text, 0))} == {"S3", "S4"}
    assert signals(Side(text, "fi"), Passage(text, 0)) == []


def test_rules_are_in_the_order_of_the_book() -> None:
    assert in_order({"U", "N10", "S12", "S2", "N2"}) == ("S2", "S12", "N2", "N10", "U")


def test_the_tables_hold_what_they_say() -> None:
    data = table("significance")
    for rule, entry in data["rules"].items():
        assert re.fullmatch(r"S\d{1,2}", rule)
        assert entry["title"]
        for language in set(entry) - {"title"}:
            assert lexicon(language).phrases
            assert len(entry[language]) == len(set(entry[language]))


def test_no_phrase_of_a_language_is_in_two_rules() -> None:
    for language in ("en", "de", "fr", "es", "zh", "ja"):
        phrases = [words for found in lexicon(language).phrases.values() for words, _ in found]
        assert len(phrases) == len(set(phrases)), language


def test_no_spelling_pair_hides_a_word_of_weight() -> None:
    weight = {words: signal for found in lexicon("en").phrases.values() for words, signal in found}
    for british, american in spellings().items():
        assert weight.get((british,)) == weight.get((american,))
        assert american not in spellings()


HEADINGS = "5 Payment\nWe take payment when you order.\n6 Delivery\nSellers deliver.\n7 Returns"


def test_a_bare_number_that_goes_on_from_the_headings_before_it_is_a_printed_number() -> None:
    assert judged("8 Ratings", "7 Ratings", around="5 Payment\n6 Delivery\n7 Returns") == Judgement(
        ChangeKind.SUBSTANTIVE, ("S1",)
    ), "the later text has no run that 7 belongs to"
    old = Side(HEADINGS + "\n8 Ratings", "en")
    new = Side("4 Payment\n5 Delivery\n6 Returns\n7 Ratings", "en")
    pair = judge_pair(old, Passage("8 Ratings", 0), new, Passage("7 Ratings", 0), whole_sentences=False)
    assert pair == Judgement(ChangeKind.EDITORIAL, ("N3",))


def test_a_bare_number_that_follows_no_other_is_an_amount() -> None:
    around = "Returns\nRefunds"
    assert judged("14 Day Refund Policy", "30 Day Refund Policy", around=around).rules == ("S1",)


def test_a_common_slip_is_a_spelling() -> None:
    assert judged("We recieve your order.", "We receive your order.").kind is ChangeKind.EDITORIAL


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Effective December 12, 2023", "Effective from 12 December 2023"),
        ("what you do off of our sites", "what you do off our sites"),
        ("facts such as your name", "facts like your name"),
        (
            "Cookies are small texts that are stored on a browser.",
            "Cookies are small texts that are stored in a browser.",
        ),
        ("These Polices hold.", "These Policies hold."),
    ],
)
def test_british_and_american_phrases(old: str, new: str) -> None:
    assert judged(old, new).kind is judged(new, old).kind is ChangeKind.EDITORIAL


def test_a_preposition_that_went_or_stands_among_other_words_counts() -> None:
    assert judged("Switch it on at the door of the nest.", "Switch it at the door of the nest.").rules == (
        "U",
    )
    assert judged("You must put it in the nest.", "You may put it on the nest.").rules == ("S3",)


def test_the_year_of_a_copyright_line_says_nothing() -> None:
    assert judged("Heron Ltd © 2025", "Heron Ltd © 2026") == Judgement(ChangeKind.EDITORIAL, ("N8",))
    assert judged("Heron Ltd © 2025", "Egret Ltd © 2026").kind is ChangeKind.SUBSTANTIVE
    assert judged("Claims of 2025 are void.", "Claims of 2026 are void.").rules == ("S1",)
