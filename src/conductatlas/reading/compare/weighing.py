"""Hunks, weighed: what each is about, for whom, how severe, in which direction, and which comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from conductatlas.reading.compare.dates import StatedDates
from conductatlas.reading.compare.direction import NOTHING_CHANGED, Fact, Sides, direction_of
from conductatlas.reading.compare.hunks import Hunk
from conductatlas.reading.compare.normal import Clause, Span
from conductatlas.reading.compare.novelty import Wording, words_of
from conductatlas.reading.compare.passages import LONGEST, Passages
from conductatlas.reading.compare.ranking import Weighed, ranks
from conductatlas.reading.compare.scales import Direction, Severity
from conductatlas.reading.compare.severity import REST, Stake, severity_of
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.compare.topics import NO_TOPICS, Topics, in_order
from conductatlas.reading.compare.touched import Region, regions
from conductatlas.reading.text.marks import Reading

MOST_WEIGHED = 5_000  # hunks; the longest real rewriting known here has half as many
_NEWS = 0.5  # share of new wording from which whole sentences that came or went are something said or unsaid
_LONGEST_LABEL = 600  # characters
_LONGEST_WORD = 16  # characters; where words are longer than that on average, they are not parted by spaces
_CAPITALS = 0.65  # share of words that begin with a capital, in a menu
_STATEMENT = 5  # words from which something can be stated; fewer are a heading


_EDITORIAL = Weighed(
    substantive=False,
    severity=Severity.LOW,
    rules=(),
    topics=NO_TOPICS,
    edit=("", ""),
    words=0,
    is_label=False,
    signed=False,
    news=0.0,
)


class _Look(NamedTuple):
    """What was found in a hunk. facts: each with whether the sentences that tell it came or went whole."""

    hunk: Hunk
    touched: tuple[Region, ...]
    topics: Topics
    came: Topics
    went: Topics
    facts: tuple[tuple[Fact, bool], ...]
    is_label: bool


class _Rewritten(NamedTuple):
    """What whole sentences both brought in one place and took away in another: it was written anew."""

    topics: Topics
    rules: frozenset[str]


class Weigher:
    """Two readings and the dates that they state."""

    def __init__(
        self,
        old: Reading,
        old_lines: Sequence[Clause],
        new: Reading,
        new_lines: Sequence[Clause],
        dates: tuple[StatedDates, StatedDates],
    ) -> None:
        self._old, self._new = Passages(old, old_lines), Passages(new, new_lines)
        self._sides = Sides(old.text, new.text, new.language)
        self._effective = _moved_effective(*dates)
        self._hunks: Sequence[Hunk] = ()

    def weighed(self, hunks: Sequence[Hunk]) -> tuple[Hunk, ...]:
        """The hunks, in the same order, with everything that is said of them.

        More than MOST_WEIGHED are given back as they are: what is at stake in them is not determined.
        """
        if len(hunks) > MOST_WEIGHED:
            return tuple(hunks)
        if not hunks:
            return ()
        self._hunks = hunks
        looks = [self._look(hunk) for hunk in hunks]
        rewritten = _rewritten(looks)
        judged = [self._judged(look, rewritten) for look in looks]
        places = ranks([about for _, about in judged])
        return tuple(
            replace(hunk, rank=place, **said)
            for hunk, (said, _), place in zip(hunks, judged, places, strict=True)
        )

    def _look(self, hunk: Hunk) -> _Look:
        if hunk.significance is ChangeKind.EDITORIAL:
            return _Look(hunk, (), NO_TOPICS, NO_TOPICS, NO_TOPICS, (), is_label=False)
        touched = tuple(regions(hunk.ops, self._old.text, self._new.text))
        side, clause = self._shown(hunk)
        topics, came, went = self._topics(hunk, touched)
        is_label = _is_label(side.text[slice(*clause)])
        facts: list[tuple[Fact, bool]] = []
        if clause.end - clause.start <= LONGEST and not (is_label and None in (hunk.old, hunk.new)):
            facts = [
                (fact, region.is_whole)
                for region in touched
                for fact in self._facts(region, topics, hunk.rules)
            ]
        return _Look(hunk, touched, topics, came, went, tuple(facts), is_label)

    def _judged(self, look: _Look, rewritten: _Rewritten) -> tuple[dict[str, Any], Weighed]:
        """The fields of a hunk that are said now, and what its place follows from."""
        hunk = look.hunk
        if hunk.significance is ChangeKind.EDITORIAL:
            fair = {
                "severity": Severity.LOW,
                "severity_rule": REST,
                "direction": Direction.NEITHER,
                "direction_rules": (NOTHING_CHANGED,),
            }
            return fair, _EDITORIAL
        edit = _edit(hunk, self._old.text, self._new.text)
        words = sum(map(_length, edit))
        facts = [
            fact._replace(sign=None) if is_whole and fact.rule in rewritten.rules else fact
            for fact, is_whole in look.facts
        ]
        direction, direction_rules = direction_of(facts, words)
        moves_date = any(
            place is not None and span is not None and span.start <= place < span.end
            for place, span in zip(self._effective, (hunk.old, hunk.new), strict=True)
        )
        came, went = _without(look.came, rewritten.topics), _without(look.went, rewritten.topics)
        severity, rule = severity_of(Stake(hunk.rules, look.topics, came, went, facts, moves_date))
        about = Weighed(
            substantive=True,
            severity=severity,
            rules=hunk.rules,
            topics=look.topics,
            edit=edit,
            words=words,
            is_label=look.is_label,
            signed=direction not in (Direction.NEITHER, Direction.NOT_DETERMINED),
            news=max(
                (self._news(region) if region.is_whole else 1.0 for region in look.touched), default=1.0
            ),
        )
        said = {
            "severity": severity,
            "severity_rule": rule,
            "direction": direction,
            "direction_rules": direction_rules,
            "topics": in_order(look.topics.all),
            "audience": self._audience(hunk, look.touched),
        }
        return said, about

    def _shown(self, hunk: Hunk) -> tuple[Passages, Span]:
        """Where a hunk stands: in the new text, or if it is gone in the old one."""
        if hunk.new is not None:
            return self._new, hunk.new
        assert hunk.old is not None, "a hunk stands on one side at least"
        return self._old, hunk.old

    @cached_property
    def _went(self) -> Wording:
        return Wording(
            self._old.text[slice(*hunk.old)]
            for hunk in self._hunks
            if hunk.old is not None and hunk.is_edited
        )

    @cached_property
    def _came(self) -> Wording:
        return Wording(
            self._new.text[slice(*hunk.new)]
            for hunk in self._hunks
            if hunk.new is not None and hunk.is_edited
        )

    def _news(self, region: Region) -> float:
        """How much of sentences that came or went whole is said nowhere else where the texts differ."""
        if region.new.end > region.new.start:
            return self._went.news(self._new.text[slice(*region.new)])
        return self._came.news(self._old.text[slice(*region.old)])

    def _facts(self, region: Region, topics: Topics, rules: Sequence[str]) -> list[Fact]:
        """The facts that moved; of sentences that are still said elsewhere, none that could be told."""
        before, after = self._old.said(region.old).cues, self._new.said(region.new).cues
        found = list(self._sides.facts(region, before, after, topics.all, rules))
        if region.is_whole and found and self._news(region) < _NEWS:
            return [fact._replace(sign=None) for fact in found]
        return found

    def _topics(self, hunk: Hunk, touched: Sequence[Region]) -> tuple[Topics, Topics, Topics]:
        """What a hunk is about, and of that what whole sentences brought and took away."""
        topics = came = went = NO_TOPICS
        for region in touched:
            before, after = self._old.topics(region.old), self._new.topics(region.new)
            topics = topics | before | after
            if (region.is_whole and self._news(region) >= _NEWS) or (
                not region.is_whole and before.stated != after.stated
            ):
                came = came | (after if _is_statement(self._new.text, region.new) else NO_TOPICS)
                went = went | (before if _is_statement(self._old.text, region.old) else NO_TOPICS)
        if hunk.old is not None and hunk.new is not None:  # what the clause says anyway did not appear
            came = _without(came, self._old.topics(hunk.old)) if came.all else came
            went = _without(went, self._new.topics(hunk.new)) if went.all else went
        for side, clause in ((self._old, hunk.old), (self._new, hunk.new)):
            if clause is not None and topics is NO_TOPICS:
                topics = side.topics(clause)
        for side, clause in ((self._old, hunk.old), (self._new, hunk.new)):
            if clause is not None:
                above = side.above(clause)[: 1 if topics.all else None]
                for span in above:
                    topics = topics | side.topics(span)
        return topics, came, went

    def _audience(self, hunk: Hunk, touched: Sequence[Region]) -> tuple[Span, ...]:
        side, clause = self._shown(hunk)
        spans = [region.new if hunk.new is not None else region.old for region in touched] or [clause]
        found = {
            Span(span.start + place.start, span.start + place.end)
            for span in (*side.above(clause), *spans)
            for place in side.said(span).audience
        }
        return tuple(sorted(found))


def _rewritten(looks: Sequence[_Look]) -> _Rewritten:
    came = {name for look in looks for name in look.came.stated}
    went = {name for look in looks for name in look.went.stated}
    signs: dict[str, set[int]] = defaultdict(set)
    for look in looks:
        for fact, is_whole in look.facts:
            if is_whole and fact.sign:
                signs[fact.rule].add(fact.sign)
    both = frozenset(rule for rule, found in signs.items() if len(found) > 1)
    return _Rewritten(Topics(frozenset(came & went), frozenset()), both)


def _without(topics: Topics, known: Topics) -> Topics:
    return Topics(topics.stated - known.stated, topics.named - known.all) if topics.all else topics


def _edit(hunk: Hunk, old: str, new: str) -> tuple[str, str]:
    """The words that went, and those that came."""
    edits = [op for op in hunk.ops if op.op != "equal"]
    return (
        " ".join(old[op.old_start : op.old_end] for op in edits).strip(),
        " ".join(new[op.new_start : op.new_end] for op in edits).strip(),
    )


def _length(words: str) -> int:
    """About how many words these are; in a script without spaces, how many characters."""
    spaced = words.count(" ") + 1 if words else 0
    return spaced if len(words) <= _LONGEST_WORD * spaced else len(words_of(words))


def _is_label(clause: str) -> bool:
    """Whether a clause is hardly more than a heading or a menu: a few words, or many that begin with a capital."""
    if len(clause) > _LONGEST_LABEL:
        return False
    words = clause.split()
    if len(words) < _STATEMENT and len(words_of(clause)) < 2 * _STATEMENT:
        return True
    if clause[-1:] in ".:;!?":
        return False
    capitals = sum(word[:1].isupper() and not word.isupper() for word in words)
    return capitals >= _CAPITALS * len(words)


def _is_statement(text: str, span: Span) -> bool:
    return len(words_of(text[slice(*span)])) >= _STATEMENT


def _moved_effective(old: StatedDates, new: StatedDates) -> tuple[int | None, int | None]:
    """Where each side states an effective date, if the other one states another one or none."""
    before, after = old.effective, new.effective
    if (before and before.value) == (after and after.value):
        return None, None
    return (before.start if before else None), (after.start if after else None)
