"""The text of a part of the tree, for rules that ask how much there is."""

from __future__ import annotations

from selectolax.lexbor import LexborNode


def content(node: LexborNode) -> str:
    """All text under `node`, as the page has it. Its bytes are UTF-8, as the parser was given UTF-8."""
    return node.text_lexbor()
