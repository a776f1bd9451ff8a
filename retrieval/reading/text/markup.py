"""HTML within a tree of Markdown: taken in as elements where it is simple, else parsed with all that is around it."""

from __future__ import annotations

import re
from html import escape, unescape

from retrieval.reading.text.tree import Html
from retrieval.reading.web.elements import BLOCKS, Element, Node, Text, walk

# The HTML that needs no parser: breaks, comments, and the boxes of dialects.
_PIECE = re.compile(
    r"<(?P<box>details|summary)>|</(?P<end>details|summary)>|(?P<break><br ?/?>)|<!--(?:[^<>-]|-(?!-))*-->"
    r"|(?P<text>(?:[^<&]|&(?:amp|lt|gt|quot|\#x27);)+)"
)
_VOID = frozenset({"br", "img", "hr"})


def simple(root: Element) -> Element | None:
    """Return the tree with its HTML as elements; ``None`` where a parser has to put right what it says."""
    copy = _Copy()
    walk(root, copy.enter, copy.leave)
    return copy.root if copy.is_whole else None


def written(root: Element) -> str:
    """Return the tree as HTML."""
    pieces: list[str] = []

    def enter(node: Node) -> bool:
        if isinstance(node, Element):
            attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
            pieces.append(f"<{node.name}{attributes}>" if node is not root else "")
        else:
            pieces.append(node if isinstance(node, Html) else escape(node, quote=False))
        return True

    def leave(node: Element) -> None:
        if node is not root and node.name not in _VOID:
            pieces.append(f"</{node.name}>" + "\n" * (node.name in BLOCKS))

    walk(root, enter, leave)
    return "".join(pieces)


class _Copy:
    """A copy of a tree, in which HTML opens and closes elements."""

    def __init__(self) -> None:
        self.root = self._innermost = Element("[document]")
        self.is_whole = True

    def enter(self, node: Node) -> bool:
        """Begin a node; nothing more is copied when the copy is not whole."""
        if isinstance(node, Html):
            self.is_whole = self.is_whole and self._html(node)
        elif isinstance(node, Text):
            self._text(node)
        elif node.parent is not None:
            self._innermost = Element(node.name, node.attributes, parent=self._innermost)
        return self.is_whole

    def leave(self, node: Element) -> None:
        """End an element."""
        self.is_whole = self.is_whole and (node.parent is None or self._close(node.name))

    def _text(self, text: str) -> None:
        contents = self._innermost.contents
        if contents and isinstance(contents[-1], Text):
            contents[-1] = Text(contents[-1] + text)
        else:
            contents.append(Text(text))

    def _close(self, name: str) -> bool:
        parent = self._innermost.parent
        if parent is None or self._innermost.name != name:
            return False
        self._innermost = parent
        return True

    def _html(self, html: str) -> bool:
        position = 0
        while position < len(html):
            piece = _PIECE.match(html, position)
            if piece is None:
                return False
            position = piece.end()
            if name := piece["box"]:
                self._innermost = Element(name, parent=self._innermost)
            elif name := piece["end"]:
                if not self._close(name):
                    return False
            elif piece["break"]:
                Element("br", parent=self._innermost)
            elif text := piece["text"]:
                self._text(unescape(text))
            else:
                self._innermost.contents.append(Text())  # a comment parts the texts around it
        return True
