"""Preformatted text: code, which is one paragraph with its lines, or prose, whose lines are those of a text file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.reading.content import Block
from retrieval.reading.joining import without_invisible
from retrieval.reading.web.elements import Element, Node, Text, walk
from retrieval.reading.wrapping import LINE_END, blocks

_LONGEST = 4000
_CODE = re.compile(
    r"code|highlight|prettyprint|brush|lang(?:uage)?-|syntax|shell|console|terminal|listing", re.IGNORECASE
)
_CODE_ELEMENTS = frozenset({"code", "kbd", "samp", "tt"})
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_PROSE = 0.4  # of the letters are ideographs


def preformatted(element: Element) -> Iterator[Block]:
    """Return the paragraphs of a ``<pre>``."""
    pieces: list[str] = []
    marked = bool(_CODE.search(element.attributes.get("class", "")))

    def enter(node: Node) -> bool:
        nonlocal marked
        if isinstance(node, Text):
            pieces.append(node)
            return False
        marked = marked or node.name in _CODE_ELEMENTS
        if node.name in {"br", "div", "p", "li"} and pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")
        return True

    walk(element, enter)
    text = without_invisible("".join(pieces))
    letters = sum(map(str.isalnum, text))
    if not marked and len(_IDEOGRAPH.findall(text)) >= _PROSE * letters:
        yield from blocks(text)
    else:
        yield from (Block(part, code=True) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """The code in parts of bounded length, cut between lines."""
    gathered: list[str] = []
    length = 0
    for line in (line.rstrip() for line in LINE_END.split(text)):
        if length + len(line) > _LONGEST and gathered:
            yield "\n".join(gathered).strip()
            gathered, length = [], 0
        if line:
            gathered.append(line)
            length += len(line) + 1
    if gathered:
        yield "\n".join(gathered).strip()
