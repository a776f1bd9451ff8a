"""Markdown as a tree: what its parser finds, event by event, as the elements that a browser would make of it.

What CommonMark has no element for is shown as in the programs that know it: footnotes, boxes, links to notes, marks.
HTML within the text is not looked into: it lies in the tree as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import dedent
from typing import Any

import pyromark
from pyromark.event import Range

from retrieval.reading.text.lines import Lines, join
from retrieval.reading.text.notation import CALLOUT, shown, ticked, without_name
from retrieval.reading.web.elements import NO_ATTRIBUTES, Element, Text

DEEPEST = 100
_MOST_INDENTS = 20
_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_SUBSCRIPT  # or a single ~, which is written between numbers, would strike out as well
)
_BLOCKS = {
    "Paragraph": "p",
    "Item": "li",
    "BlockQuote": "blockquote",
    "Table": "table",
    "TableHead": "tr",
    "TableRow": "tr",
    "DefinitionList": "dl",
    "DefinitionListTitle": "dt",
    "DefinitionListDefinition": "dd",
}
_INLINE = {"Emphasis": "em", "Strong": "strong", "Strikethrough": "s", "Link": "a", "Image": "img", "Subscript": "~"}
_NOTED = frozenset({"Paragraph", "Heading", "Table"})
"""Blocks behind which the notes stand that they refer to."""
_TIGHT = frozenset({"li", "dt", "dd"})
"""Elements that hold running text with no paragraph around it, and the notes behind it."""


class Html(Text):
    """HTML as it is written in a text."""

    __slots__ = ()


class Tree:
    """The tree of a text, below its ``root``.

    ``html`` tells whether HTML is in it, ``too_deep`` whether something was left out that lies more than ``DEEPEST``
    elements deep. MDX has no code by indentation, since components indent what they hold.
    """

    def __init__(self, text: str, *, mdx: bool) -> None:
        self.root = self._innermost = Element("[document]")
        self.html = self.too_deep = False
        self._mdx = mdx
        self._level = 0
        self._left_out = 0  # open elements that are too deep
        self._cell = "td"
        self._held: list[str] | None = None  # of an open block of code or HTML
        self._indented = False  # whether it is code by indentation
        self._pictures = 0  # open ones, whose text is not part of the page's
        self._begin_run()
        self._wrapped: list[Lines] = []
        self._notes: dict[str, Element] = {}
        self._outside: list[Element] = []  # what is open around an open note
        self._referred: list[str] = []
        self._note_places: list[tuple[Element, list[str]]] = []
        self._add(text)
        join(self._wrapped)
        self._place_notes()

    def _add(self, text: str, indents: int = 0) -> None:
        """Add a text from which so many indents have been taken."""
        source = text.encode()
        for event, place in pyromark.events_with_range(text, options=_OPTIONS, merge_text=True):
            kind: str
            value: Any
            ((kind, value),) = event.items() if isinstance(event, dict) else ((event, ""),)
            if kind == "Start":
                self._start(value, place, source)
            elif kind == "End":
                self._end(value, place, source, indents)
            elif self._left_out:
                pass
            elif self._held is not None:
                self._held.append(value)
            elif kind == "Rule":
                self._end_run(source)
                self._leaf("hr")
            else:
                self._run.append(place)
                if kind == "Text":
                    self._text(value)
                else:
                    self._inline(kind, value)

    def _start(self, value: Any, place: Range, source: bytes) -> None:
        name: str
        details: Any
        ((name, details),) = value.items() if isinstance(value, dict) else ((value, None),)
        if self._left_out or self._level >= DEEPEST:
            self._left_out += 1
            self.too_deep = True
        elif name in _INLINE:
            self._run.append(place)
            if name == "Image":
                self._pictures += 1
                self._leaf("img")
            elif name == "Subscript":
                self._text("~")
            elif not self._pictures:
                self._open(_INLINE[name])
        else:
            self._end_run(source)
            if name == "TableCell":
                self._open(self._cell)
            elif name in _BLOCKS:
                self._open(_BLOCKS[name])
                self._cell = "th" if name == "TableHead" else "td"
            elif name == "Heading":
                self._open(details["level"].lower())
            elif name == "List":
                self._open(*(("ul",) if details is None else ("ol", {"start": str(details)})))
            elif name == "FootnoteDefinition":
                self._outside.append(self._innermost)
                self._innermost = self._notes.setdefault(details, Element("div"))
            else:  # a block of code or HTML
                self._held, self._indented = [], details == "Indented"

    def _end(self, value: Any, place: Range, source: bytes, indents: int) -> None:
        (name,) = value if isinstance(value, dict) else (value,)
        if self._left_out:
            self._left_out -= 1
        elif name in _INLINE:
            self._run.append(place)
            if name == "Image":
                self._pictures -= 1
            elif name == "Subscript":
                self._text("~")
            elif not self._pictures:
                self._close()
        elif self._held is not None:
            text, self._held = "".join(self._held), None
            if name == "HtmlBlock":
                self._html(text)
            elif self._mdx and self._indented and indents < _MOST_INDENTS:
                self._add(dedent(text), indents + 1)
            else:
                self._open("pre")
                self._leaf("code", text)
                self._close()
        else:
            self._end_run(source)
            if name == "FootnoteDefinition":
                self._innermost = self._outside.pop()
                return
            self._close()
            if name in _NOTED:
                self._refer()

    def _inline(self, kind: str, value: str) -> None:
        if kind == "InlineHtml":
            self._html(value)
        elif kind == "FootnoteReference":
            if not self._outside:
                self._referred.append(value)
        elif kind == "Code":
            self._line.append(value)
            if not self._pictures:
                self._leaf("code", value)
        elif not self._pictures:
            self._break(soft=kind == "SoftBreak")

    def _text(self, text: str) -> None:
        self._line.append(text)
        if self._pictures:
            return
        if text.startswith("[") and (holder := self._begun()):
            if holder.name == "li":
                text = ticked(text)
            elif holder.name == "blockquote" and (callout := CALLOUT.match(text)):
                self._open_title(holder)
                text = text[callout.end() :]
        if text := shown(text):
            self._innermost.contents.append(Text(text))

    def _begun(self) -> Element | None:
        """Return the element whose text begins here, beneath its first paragraph if it has one."""
        block = self._innermost
        if block.contents:
            return None
        if block.name != "p":
            return block
        return block.parent if block.parent and block.parent.contents == [block] else None

    def _open_title(self, quote: Element) -> None:
        """Make a fold of a quotation that Obsidian and GitHub show as a box (``> [!note] 标题``), to be headed."""
        quote.name = "details"
        self._innermost = Element("summary", parent=quote)
        quote.contents.reverse()

    def _end_title(self) -> None:
        summary, quote = self._innermost, self._innermost.parent
        if quote and isinstance(paragraph := quote.contents[-1], Element):
            self._innermost = paragraph
            quote.contents = [summary, paragraph] if summary.contents else [paragraph]
        self._begin_run()

    def _break(self, *, soft: bool) -> None:
        if self._innermost.name == "summary":
            self._end_title()
            return
        self._lines.append("".join(self._line).strip())
        self._line.clear()
        self._breaks.append(Element("br", parent=self._innermost))
        self._soft.append(soft)

    def _begin_run(self) -> None:
        """Begin running text: where its parts lie, the line that is open, the lines before, and the breaks between."""
        self._run: list[Range] = []
        self._line: list[str] = []
        self._lines: list[str] = []
        self._breaks: list[Element] = []
        self._soft: list[bool] = []

    def _end_run(self, source: bytes) -> None:
        """End the running text, if there is one, where a block begins or ends."""
        if not self._run:
            return
        if self._innermost.name == "summary":
            self._end_title()
        contents = self._innermost.contents
        if contents and type(last := contents[-1]) is Text and "^" in last:
            contents[-1] = Text(without_name(last))
        if self._breaks:
            self._lines.append("".join(self._line).strip())
            self._wrapped.append(Lines(_written(source, self._run), self._lines, self._breaks, self._soft))
        if self._innermost.name in _TIGHT:
            self._refer()
        self._begin_run()

    def _refer(self) -> None:
        """Keep a place for the notes that have been referred to."""
        if self._referred:
            self._note_places.append((Element("div", parent=self._innermost), self._referred))
            self._referred = []

    def _place_notes(self) -> None:
        """Put each note behind what first refers to it, and the others at the end."""
        for place, labels in [*self._note_places, (self.root, list(self._notes))]:
            for label in labels:
                if note := self._notes.pop(label, None):
                    note.parent = place
                    place.contents.append(note)

    def _html(self, text: str) -> None:
        self.html = True
        self._innermost.contents.append(Html(text))

    def _leaf(self, name: str, text: str = "") -> None:
        element = Element(name, parent=self._innermost)
        if text:
            element.contents.append(Text(text))

    def _open(self, name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES) -> None:
        self._innermost = Element(name, attributes, parent=self._innermost)
        self._level += 1

    def _close(self) -> None:
        assert self._innermost.parent  # noqa: S101 - the parser closes nothing that it has not opened
        self._innermost = self._innermost.parent
        self._level -= 1


def _written(source: bytes, run: Sequence[Range]) -> list[str]:
    """Return the lines of running text, without the indent and the signs of the quotation in which it stands."""
    start, end = run[0]["start"], run[-1]["end"]
    indent = start - source.rfind(b"\n", 0, start) - 1
    first, *others = source[start:end].decode().split("\n")
    return [first, *(line[:indent].lstrip("> \t") + line[indent:] for line in others)]
