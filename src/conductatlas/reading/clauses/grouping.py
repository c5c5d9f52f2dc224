"""Clauses of one type and one section, brought together as a lawyer reads them: what is one provision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.finding import Typed

SURE = (
    0.6  # confidence from which an item of a list is a provision of its own, unless its list is of its type
)
NEAR = 0.05  # what the confidence of two types of a clause may differ by, for the second to count as well
EVEN = 0.7  # how probable a further type has to be for a clause to go with what stands around it
PARAGRAPH = 3_000  # characters of a paragraph of one subject; a longer one is a document without paragraphs
AHEAD = 20  # provisions that may stand between two clauses of one type that are brought together
BRIDGE = 400  # characters of an untyped clause that parts two of one type and is taken with them

Types = Mapping[int, tuple[Typed, ...]]


@dataclass(slots=True)
class Group:
    """Places of the clauses of one provision, and its types, the first what it is called by.

    is_apart: it is some items of a list that is another provision; these need not be neighbours.
    """

    type: str
    is_apart: bool = False
    places: list[int] = field(default_factory=list)
    types: dict[str, Typed] = field(default_factory=dict)

    def take(self, place: int, typed: Sequence[Typed]) -> None:
        self.places.append(place)
        for one in typed:
            known = self.types.get(one.type)
            if known is None or one.confidence > known.confidence:
                self.types[one.type] = one

    def first_run(self) -> tuple[int, int]:
        """The first and last of its places that can be quoted as one: of items apart those that are neighbours."""
        last = self.places[0]
        for place in self.places[1:]:
            if self.is_apart and place != last + 1:
                break
            last = place
        return self.places[0], last

    def ordered(self) -> tuple[Typed, ...]:
        """Its types: that it is called by, then the others, the surest first."""
        others = sorted((t for t in self.types.values() if t.type != self.type), key=lambda t: -t.confidence)
        return (self.types[self.type], *others)


@dataclass(slots=True)
class _Block:
    """A clause that stands in no list with all that stands under it; parts of one paragraph are blocks of their own."""

    lead: Clause
    beneath: list[Clause] = field(default_factory=list)


def groups(
    text: str, clauses: Sequence[Clause], types: Types, silent: frozenset[int] = frozenset()
) -> tuple[Group, ...]:
    """The provisions of a text in its order; no clause is in two. silent: places of clauses that make none."""
    found: list[Group] = []
    for section in _by_section(clauses, silent):
        made = [_of_block(block, types) for block in section]
        found += _bridged(_joined([whole for whole, _ in made], clauses, types, text), clauses, types)
        found += [group for _, apart in made for group in apart]
    for group in found:
        group.places.sort()
    return tuple(sorted(found, key=lambda group: group.places[0]))


def _by_section(clauses: Sequence[Clause], silent: frozenset[int]) -> Iterator[list[_Block]]:
    blocks: list[_Block] = []
    roots: dict[int, _Block] = {}
    key: tuple[str, int] | None = None
    for clause in clauses:
        if clause.kind in (ClauseKind.HEADING, ClauseKind.REFERENCE) or clause.place in silent:
            if clause.parent in roots:  # what stands under it stands under what is over it
                roots[clause.place] = roots[clause.parent]
            continue
        here = (clause.section.title, clause.section.start)
        if here != key and blocks:
            yield blocks
            blocks, roots = [], {}
        key = here
        root = roots.get(clause.parent) if clause.parent is not None else None
        if root is None:
            root = _Block(clause)
            blocks.append(root)
        else:
            root.beneath.append(clause)
        roots[clause.place] = root
    if blocks:
        yield blocks


def _of_block(block: _Block, types: Types) -> tuple[Group, list[Group]]:
    """The list as one provision, and beside it, by their types, those items that surely say something else."""
    own = types.get(block.lead.place, ())
    if not block.beneath:
        return _group(block.lead, own, own[0].type if own else ""), []
    name = _type_of_list(block, types)
    among = {typed.type for typed in own if typed.confidence >= own[0].confidence - NEAR}
    whole = _group(block.lead, own, name)
    apart: dict[str, Group] = {}
    over: dict[int, Group] = {}  # by the place of an item that stands apart, for what stands under it
    for item in block.beneath:
        typed = types.get(item.place, ())
        outer = over.get(item.parent) if item.parent is not None else None
        if outer is not None and (
            not typed or typed[0].type == outer.type or not _is_apart(typed, outer.type, set())
        ):
            outer.take(item.place, typed)
            over[item.place] = outer
        elif _is_apart(typed, name, among):
            group = apart.setdefault(typed[0].type, Group(typed[0].type, is_apart=True))
            group.take(item.place, typed)
            over[item.place] = group
        else:
            whole.take(item.place, typed)
    return whole, list(apart.values())


def _is_apart(typed: Sequence[Typed], name: str, among: set[str]) -> bool:
    if not typed or not name or typed[0].type == name or typed[0].type in among:
        return False
    alternatives = {one.type for one in typed if one.confidence >= typed[0].confidence - NEAR}
    return typed[0].confidence >= SURE and name not in alternatives


def _type_of_list(block: _Block, types: Types) -> str:
    """What its introduction says, else what most of its words are of; "" if nothing is typed."""
    own = types.get(block.lead.place, ())
    if own:
        return own[0].type
    weights: dict[str, int] = {}
    for item in block.beneath:
        for typed in types.get(item.place, ())[:1]:
            weights[typed.type] = weights.get(typed.type, 0) + item.end - item.start
    return max(weights, key=lambda name: weights[name]) if weights else ""


def _group(clause: Clause, typed: Sequence[Typed], name: str) -> Group:
    group = Group(name)
    group.take(clause.place, typed)
    return group


def _joined(found: Sequence[Group], clauses: Sequence[Clause], types: Types, text: str) -> list[Group]:
    """What stands between two of one type goes with them if it is a part of the same paragraph, or of that type too."""
    kept: list[Group] = []
    position = 0
    while position < len(found):
        group = found[position]
        position += 1
        kept.append(group)
        again = _again(found, position, group, clauses, text)
        while again is not None:
            for other in found[position : again + 1]:
                for place in other.places:
                    group.take(place, types.get(place, ()))
            position = again + 1
            again = _again(found, position, group, clauses, text)
    return kept


def _again(
    found: Sequence[Group], position: int, group: Group, clauses: Sequence[Clause], text: str
) -> int | None:
    """Where, from `position` on, a group's type comes again, with nothing before that would part them."""
    last = clauses[group.places[-1]]
    # Whether what parts them need not be of the type, for the paragraph goes on with it.
    is_within = last.kind is ClauseKind.PART and not _is_without_paragraphs(text, last)
    needs_within = False
    if not group.type:
        return None
    end = last.end
    for later in range(position, min(position + AHEAD, len(found))):
        other = clauses[found[later].places[0]]
        is_within &= other.kind is ClauseKind.PART and "\n" not in text[end : other.start]
        end = other.end
        if found[later].type == group.type:
            return later if is_within or not needs_within else None
        needs_within |= not _is_also(found[later], group.type)
        if needs_within and not is_within:
            return None
    return None


def _is_also(group: Group, name: str) -> bool:
    """Whether a provision is more probably of a further type than not."""
    typed = group.types.get(name)
    return typed is not None and typed.confidence >= EVEN


def _is_without_paragraphs(text: str, part: Clause) -> bool:
    """Whether the line that a part is of is longer than a paragraph of one subject."""
    begin = text.rfind("\n", max(part.start - PARAGRAPH, 0), part.start)
    end = text.find("\n", part.end, part.end + PARAGRAPH)
    begin = begin if begin >= 0 or part.start > PARAGRAPH else 0
    end = end if end >= 0 or len(text) > part.end + PARAGRAPH else len(text)
    return begin < 0 or end < 0 or end - begin > PARAGRAPH


def _bridged(found: list[Group], clauses: Sequence[Clause], types: Types) -> list[Group]:
    """Neighbours of one type made one; what is untyped and short between two of one type goes with them."""
    kept: list[Group] = []
    waiting: list[Group] = []
    for group in found:
        if not group.type:
            waiting.append(group)
            continue
        last = kept[-1] if kept else None
        if last is not None and _are_one(last, group) and _is_short(waiting, clauses):
            for other in (*waiting, group):
                for place in other.places:
                    last.take(place, types.get(place, ()))
        else:
            kept.append(group)
        waiting = []
    return [group for group in kept if group.type in group.types]


def _are_one(last: Group, group: Group) -> bool:
    """Whether two provisions of one section with nothing typed between them are one."""
    if last.type == group.type:
        return True
    # The second type of a clause counts where it is nearly as sure as its first.
    other = group.types.get(last.type)
    return other is not None and other.confidence >= group.types[group.type].confidence - NEAR


def _is_short(waiting: Sequence[Group], clauses: Sequence[Clause]) -> bool:
    return sum(clauses[place].end - clauses[place].start for g in waiting for place in g.places) <= BRIDGE
