"""For the person whom the document binds: is the new wording more or less favourable, and by which rule?

Only facts of the signed table (directions.toml) speak; prose without such a fact is never guessed at. A practice that a
text newly names may be an old one: then the direction is not determined.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from conductatlas.reading.compare.facts import Figure, FigureKind, companies, figures
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.modality import modality
from conductatlas.reading.compare.phrasebook import Found, outermost
from conductatlas.reading.compare.printed import printed_dates
from conductatlas.reading.compare.scales import Direction
from conductatlas.reading.compare.touched import Region

NOTHING_CHANGED = "F0"  # an editorial difference
_NEAR = 160  # characters between a figure and the words that say what it is
_FEW_WORDS = 16  # changed words up to which a hunk of unsigned facts holds nothing else


class Fact(NamedTuple):
    """A fact that moved. sign: 1 is for the reader, -1 against, 0 neither, None not to be determined."""

    rule: str
    sign: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the signed table; what the fields mean is said there."""

    name: str
    title: str
    kind: str
    more: int | None
    topics: frozenset[str]
    disclosed: bool
    gone_whole: bool
    outweighed_by: frozenset[str]


class Cue(NamedTuple):
    """What a phrase stands for. is_none: it is no such fact, whatever it holds."""

    rule: str
    name: str
    is_none: bool


Cues = Mapping[str, list[Found["Cue"]]]
"""The phrases of a passage by the rule that they belong to, in order."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Two texts and the language of the newer one, of whose sentences facts are asked."""

    old: str
    new: str
    language: str

    def facts(
        self, region: Region, before: Cues, after: Cues, topics: frozenset[str], differs: Collection[str]
    ) -> Iterator[Fact]:
        """The facts that moved in some sentences that are about `topics`.

        before, after: the phrases of both sides. differs: the rules of substance that say in what they differ.
        """
        old, new = self.old[slice(*region.old)], self.new[slice(*region.new)]
        for name in before.keys() | after.keys():
            rule = rules()[name]
            if rule.topics and not rule.topics & topics:
                continue
            if rule.kind == "words":
                yield from _said(rule, before.get(name, []), after.get(name, []), region.is_whole)
            elif rule.kind == "set":
                yield from _named(rule, before.get(name, []), after.get(name, []), region)
        if "S1" in differs or "S2" in differs:
            yield from self._figures(old, new, before, after, topics)
            if _dates(old) != _dates(new):
                yield Fact("F45", 0)
        if not region.is_whole:
            if "S3" in differs:
                yield from (Fact(*found) for found in modality(region, self.old, self.new, self.language))
            if companies(old) != companies(new):
                yield Fact("F46", 0)

    def _figures(
        self,
        old: str,
        new: str,
        before: Cues,
        after: Cues,
        topics: frozenset[str],
    ) -> Iterator[Fact]:
        went, came = _by_kind(old, self.language), _by_kind(new, self.language)
        for kind in went.keys() | came.keys():
            gone, come = went.get(kind, []), came.get(kind, [])
            if [figure.value for figure in gone] == [figure.value for figure in come]:
                continue
            if len(gone) == len(come):
                for one, other in zip(gone, come, strict=True):
                    if one.value != other.value:
                        rule = _rule_near(other, after, kind, topics) or _rule_near(one, before, kind, topics)
                        if rule is not None:
                            longer = 1 if other.value > one.value else -1
                            yield Fact(rule.name, None if rule.more is None else rule.more * longer)
            else:  # newly stated, or no longer, is not longer or shorter
                for figure, near in (
                    ((gone[0], before),) if gone and not come else ((come[0], after),) if come else ()
                ):
                    rule = _rule_near(figure, near, kind, topics)
                    if rule is not None:
                        yield Fact(rule.name, None)


def direction_of(facts: Iterable[Fact], changed_words: int) -> tuple[Direction, tuple[str, ...]]:
    """Where the facts of one hunk point, and the rules that say so. changed_words: of the hunk, on both sides."""
    found = _without_outweighed(list(facts))
    signs = {fact.sign for fact in found}
    signed = {fact.sign for fact in found if fact.sign}
    if signed == {1, -1}:
        direction, telling = Direction.BOTH, signed
    elif signed == {-1} or (signed == {1} and None not in signs):
        direction = Direction.MORE_FAVOURABLE if 1 in signed else Direction.LESS_FAVOURABLE
        telling = signed
    elif signs == {0} and changed_words <= _FEW_WORDS:
        direction, telling = Direction.NEITHER, {0}
    else:
        return Direction.NOT_DETERMINED, in_order(fact.rule for fact in found if fact.sign is None)
    return direction, in_order(fact.rule for fact in found if fact.sign in telling)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Rule ids by their numbers, each once."""
    return tuple(sorted(set(names), key=lambda name: int(name[1:])))


@cache
def rules() -> Mapping[str, Rule]:
    """The signed table, by rule id."""
    return {
        name: Rule(
            name=name,
            title=entry["title"],
            kind=entry["kind"],
            more=more if isinstance(more := entry.get("more"), int) else None,
            topics=frozenset(entry.get("topics", ())),
            disclosed=entry.get("disclosed", False),
            gone_whole=entry.get("gone_whole", False),
            outweighed_by=frozenset(entry.get("outweighed_by", ())),
        )
        for name, entry in table("directions")["rules"].items()
    }


def _without_outweighed(facts: list[Fact]) -> list[Fact]:
    against = {fact.rule for fact in facts if fact.sign == -1}
    return [fact for fact in facts if fact.sign != 1 or not rules()[fact.rule].outweighed_by & against]


def _said(rule: Rule, before: list[Found[Cue]], after: list[Found[Cue]], is_whole: bool) -> Iterator[Fact]:
    more = _count(after) - _count(before)
    if more < 0 and rule.gone_whole and not is_whole:
        return  # the same may be said in other words
    if more and rule.more is not None:
        yield Fact(rule.name, rule.more if more > 0 else -rule.more)


def _count(found: list[Found[Cue]]) -> int:
    return sum(not phrase.value.is_none for phrase in outermost(found))


def _named(rule: Rule, before: list[Found[Cue]], after: list[Found[Cue]], region: Region) -> Iterator[Fact]:
    gone, come = (
        {phrase.value.name: phrase for phrase in outermost(found) if not phrase.value.is_none}
        for found in (before, after)
    )
    lost = [phrase for name, phrase in gone.items() if name not in come]
    gained = [phrase for name, phrase in come.items() if name not in gone]
    if not (lost or gained) or rule.more is None:
        return
    if region.is_whole:
        if rule.more:
            yield Fact(rule.name, None if rule.disclosed else rule.more if gained else -rule.more)
    elif lost and gained:
        yield Fact(rule.name, 0 if len(lost) == len(gained) or rule.more == 0 else None)
    elif rule.more == 0:
        yield Fact(rule.name, 0)
    elif gained:
        at = region.new.start
        is_added = any(region.inserts(at + phrase.start, at + phrase.end) for phrase in gained)
        yield Fact(rule.name, rule.more if is_added else None)
    else:
        at = region.old.start
        is_dropped = any(region.deletes(at + phrase.start, at + phrase.end) for phrase in lost)
        yield Fact(rule.name, -rule.more if is_dropped else None)


def _rule_near(figure: Figure, cues: Cues, kind: FigureKind, topics: frozenset[str]) -> Rule | None:
    """The rule whose words stand nearest to a figure."""
    nearest: tuple[int, Rule] | None = None
    for name, found in cues.items():
        rule = rules()[name]
        if rule.kind != kind or (rule.topics and not rule.topics & topics):
            continue
        for phrase in found:
            distance = max(phrase.start - figure.end, figure.start - phrase.end, 0)
            if distance <= _NEAR and (nearest is None or distance < nearest[0]):
                nearest = distance, rule
    return nearest[1] if nearest else None


def _by_kind(text: str, language: str) -> dict[FigureKind, list[Figure]]:
    dates = [(date.start, date.end) for date in printed_dates(text, None)]
    found: dict[FigureKind, list[Figure]] = defaultdict(list)
    for figure in figures(text, language):
        if not any(start <= figure.start < end for start, end in dates):
            found[figure.kind].append(figure)
    return found


def _dates(text: str) -> Counter[object]:
    return Counter(date.value or text[date.start : date.end] for date in printed_dates(text, None))


def by_rule(found: Iterable[Found[Cue]]) -> Cues:
    """Phrases, in order, by the rule that they belong to."""
    cues: dict[str, list[Found[Cue]]] = defaultdict(list)
    for phrase in found:
        cues[phrase.value.rule].append(phrase)
    return cues


def phrases(language: str) -> Iterator[tuple[str, Cue]]:
    """The phrases of a language, "" for English, and the fact that each states or stands near."""
    for rule, entry in table("directions")["rules"].items():
        for phrase in entry.get(language or FALLBACK_LANGUAGE, ()):
            yield phrase.removeprefix("! "), Cue(rule, phrase, phrase.startswith("! "))
