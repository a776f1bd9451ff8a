"""Labels that lead to what stands elsewhere in the page: those of tabs head their panels, a table of contents goes."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from retrieval.reading.web.elements import HEADINGS
from retrieval.reading.web.soup import attributes_of

_FEWEST = 2
_LONGEST_LABEL = 30
_MOST_NODES = 12  # within a label
_TAB = re.compile(r"(?<![a-z])tab(?:s|[-_ ]|\b|[a-z]*(?:nav|title|list|head|menu))", re.IGNORECASE)
_PANEL = re.compile(r"(?<![a-z])(?:tab|panel|pane|content|item|con)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TARGETS = ("aria-controls", "data-bs-target", "data-target", "href")


def place_labels(page: BeautifulSoup) -> None:
    """Make each panel of tabs a fold that its label heads, and take out labels that only lead to headings."""
    places = {str(element["id"]): element for element in page.find_all(id=True)}
    for row in page.find_all(["ul", "ol", "div", "nav"]):
        labels = _elements(row.contents)
        if len(labels) < _FEWEST or not all(map(_text, labels)):
            continue
        led_to = [target for label in labels if (target := _target(label, places))]
        if len(led_to) == len(labels) and all(target.name in HEADINGS for target in led_to):
            row.decompose()
            continue
        panels = led_to if len(led_to) == len(labels) and all(map(_is_panel, led_to)) else _behind(row, len(labels))
        if len({id(panel) for panel in panels}) == len(labels):
            for label, panel in zip(labels, panels, strict=True):
                _fold(page, panel, _text(label))
            row.decompose()


def _fold(page: BeautifulSoup, panel: Tag, label: str) -> None:
    summary = page.new_tag("summary")
    summary.string = label
    panel.name, panel.attrs = "details", {}
    panel.insert(0, summary)


def _elements(nodes: object) -> list[Tag]:
    return [node for node in nodes if isinstance(node, Tag)]  # type: ignore[attr-defined]


def _text(label: Tag) -> str:
    """The text of a label; an empty one where it holds too much to be one."""
    pieces: list[str] = []
    for count, node in enumerate(label.descendants):
        if count == _MOST_NODES:
            return ""
        if type(node) is NavigableString:
            pieces.append(node)
    text = " ".join("".join(pieces).split())
    return text if len(text) <= _LONGEST_LABEL else ""


def _target(label: Tag, places: dict[str, Tag]) -> Tag | None:
    """The element that a label opens or leads to, by its id."""
    for element in (label, *label.find_all(True)):
        attributes = attributes_of(element)
        for name in _TARGETS:
            place = places.get(attributes.get(name, "").removeprefix("#"))
            if place is not None and place is not label and label not in place.parents and place not in label.parents:
                return place
    return None


def _is_panel(element: Tag) -> bool:
    attributes = attributes_of(element)
    return attributes.get("role") == "tabpanel" or bool(_PANEL.search(attributes.get("class", "")))


def _behind(row: Tag, count: int) -> list[Tag]:
    """The panels behind a row of labels, one for each: next to each other, or in an element of their own."""
    attributes = attributes_of(row)
    if not _TAB.search(f"{attributes.get('class', '')} {attributes.get('id', '')}"):
        return []
    behind = _elements(row.next_siblings)
    for panels in (behind, _elements(behind[0].contents) if behind else []):
        hidden = any(_HIDDEN.search(attributes_of(panel).get("style", "")) for panel in panels)
        if len(panels) == count and (hidden or all(map(_is_panel, panels))):
            return panels
    return []
