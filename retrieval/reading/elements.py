"""HTML elements: which of them part text, which carry none, and a walk over them that knows no depth."""

from __future__ import annotations

from collections.abc import Callable

from selectolax.lexbor import LexborNode

# Elements whose text is not the page's: code, form controls, embedded things, readings above ideographs.
TEXTLESS = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "frame",
        "frameset",
        "noframes",
        "object",
        "embed",
        "applet",
        "svg",
        "canvas",
        "video",
        "audio",
        "map",
        "button",
        "input",
        "select",
        "option",
        "textarea",
        "datalist",
        "meter",
        "progress",
        "dialog",
        "rt",
        "rp",
    ]
)
# Elements that stand by themselves: text before and after them is parted.
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}


def walk(
    root: LexborNode, enter: Callable[[LexborNode], bool], leave: Callable[[LexborNode], None] = lambda node: None
) -> None:
    """Visits every node under the root, the root included, in the order of the page.

    ``enter`` is called on the way in and says whether to go further in; ``leave``, on the way out, if it said so. The
    tree must not be changed meanwhile. There is no recursion, so depth does not matter.
    """
    node = root
    while True:
        following = None
        if enter(node):
            following = node.child
            if following is None:
                leave(node)
        while following is None:
            if node.mem_id == root.mem_id:
                return
            following = node.next
            if following is None:
                parent = node.parent
                if parent is None:
                    return
                node = parent
                leave(node)
        node = following
