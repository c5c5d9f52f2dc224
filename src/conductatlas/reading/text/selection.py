"""Which parts of a page an operator's selectors name, as spans of its document order.

Every node has a position in document order, and a node's subtree is a span of positions; so an element, a range
between two elements and any union of them are spans, and nested matches are simply overlapping ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode, SelectolaxError

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.page import Selector

STARTS = ("startBefore", "startAfter")
ENDS = ("endBefore", "endAfter")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read of a page. `holds` is asked for text nodes; `unmatched` are the selectors that named nothing."""

    included: frozenset[int]
    unmatched: tuple[Selector, ...]

    def holds(self, node: LexborNode) -> bool:
        return node.mem_id in self.included


def describe(selector: Selector) -> str:
    """A selector as one line for people; of a range, where it starts first, in whatever order a store gave it back."""
    if isinstance(selector, str):
        return selector
    return ", ".join(f"{edge}: {place}" for edge, place in sorted(selector.items(), reverse=True))


class DocumentOrder:
    """The nodes of a tree numbered from 0 in document order."""

    def __init__(self, root: LexborNode) -> None:
        self._root = root
        self._nodes = [node.mem_id for node in root.traverse(include_text=True)]
        self._positions = {mem_id: position for position, mem_id in enumerate(self._nodes)}

    def select(self, select: Sequence[Selector], remove: Sequence[Selector]) -> Selection:
        """What `select` names (all if empty) and `remove` does not.

        Raises UnreadableError for a selector that is no CSS, or a range without a start or an end.
        """
        unmatched: list[Selector] = []
        chosen: set[int] = set() if select else set(range(len(self._nodes)))
        for selector in select:
            spans = self._spans(selector)
            if not spans:
                unmatched.append(selector)
            for span in spans:
                chosen.update(span)
        for selector in remove:
            spans = self._spans(selector)
            if not spans:
                unmatched.append(selector)
            for span in spans:
                chosen.difference_update(span)
        return Selection(frozenset(self._nodes[position] for position in chosen), tuple(unmatched))

    def _spans(self, selector: Selector) -> list[range]:
        if isinstance(selector, str):
            return [self._subtree(node) for node in self._find(selector)]
        return self._range(selector)

    def _range(self, selector: Mapping[str, str]) -> list[range]:
        starts = [key for key in STARTS if key in selector]
        ends = [key for key in ENDS if key in selector]
        if len(starts) != 1 or len(ends) != 1 or len(selector) != 2:
            raise UnreadableError(
                f"not a range: {describe(selector)}",
                remedy="A range has one of startBefore, startAfter and one of endBefore, endAfter.",
            )
        first = next(iter(self._find(selector[starts[0]])), None)
        lasts = self._find(selector[ends[0]])
        if first is None:
            return []
        opening = self._subtree(first)
        start = opening.start if starts[0] == "startBefore" else opening.stop
        for last in lasts:
            closing = self._subtree(last)
            end = closing.start if ends[0] == "endBefore" else closing.stop
            if closing.start > opening.start and end > start:
                return [range(start, end)]
        return []

    def _find(self, selector: str) -> list[LexborNode]:
        try:
            found = self._root.css(selector)
        except SelectolaxError as error:
            raise UnreadableError(
                f"not a CSS selector: {selector}",
                remedy="Mend the selector in the declaration of this source.",
            ) from error
        return [node for node in found if node.mem_id in self._positions]

    def _subtree(self, node: LexborNode) -> range:
        start = self._positions[node.mem_id]
        after: LexborNode | None = node
        while after is not None and after.mem_id != self._root.mem_id:
            if after.next is not None:
                return range(start, self._positions.get(after.next.mem_id, len(self._nodes)))
            after = after.parent
        return range(start, len(self._nodes))
