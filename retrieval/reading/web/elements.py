"""Elements of a page or a text with markup: a tree of no more than reading needs, and a walk without recursion."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# Elements whose text is not the page's: code, form controls, embedded things, readings above ideographs.
TEXTLESS = frozenset((
    "head", "script", "style", "noscript", "template", "iframe", "frame", "frameset", "noframes", "object", "embed",
    "applet", "svg", "canvas", "video", "audio", "map", "button", "input", "select", "option", "textarea", "datalist",
    "meter", "progress", "dialog", "rt", "rp", "annotation", "annotation-xml",
))  # fmt: skip
# Elements that stand by themselves: text before and after them is parted.
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
HEADINGS = {f"h{level}": level for level in range(1, 7)}
NO_ATTRIBUTES: Mapping[str, str] = {}


class Element:
    """An element: its name, its attributes, and the elements and texts that it holds, in order."""

    __slots__ = ("attributes", "contents", "name", "parent")

    def __init__(
        self, name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES, *, parent: Element | None = None
    ) -> None:
        """Make it the last one of the ``parent``'s contents, if it has one."""
        self.name, self.attributes, self.parent = name, attributes, parent
        self.contents: list[Node] = []
        if parent is not None:
            parent.contents.append(self)


class Text(str):
    """The text between two tags. Equal ones in two places are two nodes."""

    __slots__ = ()


Node = Element | Text
"""What a tree is made of."""


def walk(root: Element, enter: Callable[[Node], bool], leave: Callable[[Element], None] | None = None) -> None:
    """Visit every node under the root, the root included, in the order of the page.

    ``enter`` is called on the way in and says whether to go further in; ``leave``, on the way out of an element, if it
    said so. The tree must not be changed meanwhile. There is no recursion, so depth does not matter.
    """
    # What is still to be entered, the next at the end; in a tuple, what is to be left.
    pending: list[Node | tuple[Element]] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            if leave:
                leave(node[0])
        elif enter(node) and isinstance(node, Element):
            if leave:
                pending.append((node,))
            pending += reversed(node.contents)
