"""Running text of several lines in Markdown: which line ends its author meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.reading.web.elements import Element, Text
from retrieval.reading.wrapping import goes_on, is_cut, wrap_width


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines as they are ``written``, what is ``shown`` of them, and the ``breaks`` between: ``<br>`` elements.

    ``soft`` tells which of these may be ends of lines only.
    """

    written: list[str]
    shown: list[str]
    breaks: list[Element]
    soft: list[bool]


def join(texts: Sequence[Lines]) -> None:
    """Take away the breaks that only the width of the page has put there."""
    columns = wrap_width([line for text in texts for line in (*text.written, "")])
    for text in texts:
        gone = {
            id(element)
            for element, soft, (line, following) in zip(text.breaks, text.soft, pairwise(text.shown), strict=True)
            if soft and ((columns is not None and goes_on(line, following, columns)) or is_cut(line, following))
        }
        for parent in {id(one.parent): one.parent for one in text.breaks if id(one) in gone}.values():
            if parent is not None:
                _join(parent, gone)


def _join(parent: Element, gone: Collection[int]) -> None:
    """Put a line end in the place of the breaks that are gone, and into one text what it joins."""
    pieces: list[str] = []
    nodes, parent.contents = [*parent.contents, None], []
    for node in nodes:
        if id(node) in gone:
            pieces.append("\n")
        elif type(node) is Text:
            pieces.append(node)
        else:
            if pieces:
                parent.contents.append(Text("".join(pieces)))
                pieces.clear()
            if node is not None:
                parent.contents.append(node)
