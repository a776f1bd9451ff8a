"""The tokens of Markdown as elements: the tree that a browser makes of them, without the way through HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

from markdown_it.token import Token

from retrieval.reading.limits import Limits
from retrieval.reading.web.elements import NO_ATTRIBUTES, Element, Text

# The HTML that needs no parser: breaks, comments, and the boxes of dialects.
_PIECE = re.compile(
    r"<(?P<box>details|summary)>|</(?P<end>details|summary)>|(?P<break><br ?/?>)|<!--(?:[^<>-]|-(?!-))*-->"
    r"|(?P<text>(?:[^<&]|&(?:amp|lt|gt|quot|\#x27);)+)"
)
_TEXT = frozenset({"text", "softbreak"})
_HTML = frozenset({"html_block", "html_inline"})
_CODE = frozenset({"fence", "code_block"})
_VOID = {"hardbreak": "br", "image": "img", "hr": "hr"}


def element_of(tokens: Iterable[Token], *, limits: Limits) -> Element | None:
    """Return the tree of the tokens; ``None`` where they hold HTML that a parser has to put right, or too much."""
    tree = _Tree()
    if not tree.add_all(tokens) or tree.count > limits.element_count or tree.depth > limits.html_depth:
        return None
    return tree.root


class _Tree:
    """A tree that grows at its end: ``count`` elements, nested at most ``depth`` deep."""

    def __init__(self) -> None:
        self.root = self.innermost = Element("[document]")
        self.count = self.depth = self._level = 0

    def add_all(self, tokens: Iterable[Token]) -> bool:
        """Add the tokens; ``False`` where HTML made of them would say something else."""
        for token in tokens:
            kind = token.type
            if kind in _TEXT:
                self._text(token.content or "\n" * (kind == "softbreak"))
            elif kind == "inline":
                if not self.add_all(token.children or ()):
                    return False
            elif kind in _HTML:
                if not self._html(token.content):
                    return False
            elif kind == "code_inline":
                self._leaf("code", token.content)
            elif kind in _CODE:
                self._open("pre")
                self._leaf("code", token.content)
                self._close("pre")
            elif kind in _VOID:
                self._leaf(_VOID[kind])
            elif token.hidden:
                pass
            elif token.nesting > 0:
                self._open(token.tag, token.attrs)
            elif token.nesting == 0 or not self._close(token.tag):
                return False
        return True

    def _text(self, text: str) -> None:
        contents = self.innermost.contents
        if contents and isinstance(contents[-1], Text):
            contents[-1] = Text(contents[-1] + text)
        elif text:
            contents.append(Text(text))

    def _leaf(self, name: str, text: str = "") -> None:
        self._open(name)
        self._text(text)
        self._close(name)

    def _open(self, name: str, attributes: Mapping[str, object] | None = None) -> None:
        said = {key: str(value) for key, value in attributes.items()} if attributes else NO_ATTRIBUTES
        self.innermost = Element(name, said, parent=self.innermost)
        self.count += 1
        self._level += 1
        self.depth = max(self.depth, self._level)

    def _close(self, name: str) -> bool:
        parent = self.innermost.parent
        if parent is None or self.innermost.name != name:
            return False
        self.innermost = parent
        self._level -= 1
        return True

    def _html(self, html: str) -> bool:
        position = 0
        while position < len(html):
            piece = _PIECE.match(html, position)
            if piece is None:
                return False
            position = piece.end()
            if name := piece["box"]:
                self._open(name)
            elif name := piece["end"]:
                if not self._close(name):
                    return False
            elif piece["break"]:
                self._leaf("br")
            elif text := piece["text"]:
                self._text(unescape(text))
            else:
                self.innermost.contents.append(Text())  # a comment parts the texts around it
        return True
