"""What programs for notes write into running text, as they show it: links to notes, marks, decorations, names."""

from __future__ import annotations

import re

CALLOUT = re.compile(r"\[!([\w-]{1,30})\][+-]?[ \t]*")
"""What begins a quotation that is shown as a box, before its title."""
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_MARKED = re.compile(r"==(?=[^\s=])([^=\n]{1,500})(?<=\S)==")
_BLOCK_NAME = re.compile(r"(?:(?<=\s)|(?<=[。！？；：，）”」]))\^[A-Za-z][\w-]{0,40}$|\s\^[0-9a-f]{6}$")
# Icons, classes and marks of an edit, which are set among the text and show no word.
_DECORATION = re.compile(
    r":(?:material|fontawesome|octicons|simple)-[\w-]{1,60}: ?"
    r"|\{[:\s]{0,2}[.#][^{}\n]{1,80}\}|\{(?:\+\+|==|>>)|(?:\+\+|==|<<)\}"
)
_SIGN = re.compile(r"\[\[|==|[:{}]")
"""What a text has that holds a link to a note, a mark or a decoration."""
_BOX = re.compile(r"\[([ xX])\]\s+")


def shown(text: str) -> str:
    """Return a text without its marks and decorations, and with what its links show."""
    if _SIGN.search(text):
        return _MARKED.sub(r"\1", _WIKI_LINK.sub(_linked, _DECORATION.sub("", text)))
    return text


def without_name(text: str) -> str:
    """Return the end of a block without the name by which others link to it."""
    return _BLOCK_NAME.sub("", text)


def ticked(text: str) -> str:
    """Return the beginning of an item with its box to tick as a sign.

    >>> ticked("[x] 已办"), ticked("[1] 附件")
    ('☑ 已办', '[1] 附件')
    """
    box = _BOX.match(text)
    return text if box is None else ("☐ " if box[1] == " " else "☑ ") + text[box.end() :]


def _linked(link: re.Match[str]) -> str:
    """What a link to another note shows; a note or picture that is set in shows nothing here."""
    embedded, name, text = link.groups()
    if embedded:
        return ""
    return (text or name.replace("#", " › ").strip(" ›")).rstrip("\\").strip()
