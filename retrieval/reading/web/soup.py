"""Beautiful Soup's tree, from which HTML is read, as elements."""

from __future__ import annotations

from bs4.element import NavigableString, Tag

from retrieval.reading.web.elements import Element, Text


def attributes_of(tag: Tag) -> dict[str, str]:
    """Return the attributes of a tag."""
    return {name: str(value) for name, value in tag.attrs.items()}


def element_of(soup: Tag) -> Element:
    """Return the tag with all that it holds, without comments and the content of scripts."""
    root = Element(soup.name, attributes_of(soup))
    pending = [(soup, root)]
    while pending:
        tag, element = pending.pop()
        for node in tag.contents:
            if isinstance(node, Tag):
                pending.append((node, Element(node.name, attributes_of(node), parent=element)))
            elif type(node) is NavigableString:
                element.contents.append(Text(node))
    return root
