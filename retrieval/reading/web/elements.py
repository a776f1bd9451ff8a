"""HTML elements: which of them part text, which carry none, and a walk over them without recursion."""

from __future__ import annotations

from collections.abc import Callable

from bs4.element import NavigableString, PageElement, Tag

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


def tag_of(node: PageElement) -> str:
    """The name of an element, the empty string for what is none."""
    return node.name if isinstance(node, Tag) else ""


def attributes_of(node: PageElement) -> dict[str, str]:
    """The attributes of an element; what is none has none."""
    return {name: str(value) for name, value in node.attrs.items()} if isinstance(node, Tag) else {}


def is_text(node: PageElement) -> bool:
    """Whether the node is text of the page, and not a comment or the content of a script."""
    return type(node) is NavigableString


def walk(
    root: PageElement, enter: Callable[[PageElement], bool], leave: Callable[[PageElement], None] | None = None
) -> None:
    """Visits every node under the root, the root included, in the order of the page.

    ``enter`` is called on the way in and says whether to go further in; ``leave``, on the way out, if it said so. The
    tree must not be changed meanwhile. There is no recursion, so depth does not matter.
    """
    # What is still to be entered, the next at the end; in a tuple, what is to be left.
    pending: list[PageElement | tuple[PageElement]] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            if leave:
                leave(node[0])
        elif enter(node):
            if isinstance(node, Tag):
                if leave:
                    pending.append((node,))
                pending.extend(reversed(node.contents))
            elif leave:
                leave(node)
