"""What stands beside the cells of a sheet: comments and text boxes."""

from __future__ import annotations

from typing import Any

from retrieval.reading.office.package import Package
from retrieval.reading.office.workbook import REFERENCE, Sheet, column_number, text_of, whole
from retrieval.reading.tables.cells import cell_text


def comments(package: Package, sheet: Sheet) -> list[tuple[int, int, str]]:
    """What people have noted on the cells of a sheet: row, column and text."""
    links = package.links(sheet.part)
    found: list[tuple[int, int, str]] = []
    for link in links:
        if link.kind == "threadedComment":
            found.extend(_noted(element, text_of(element)) for element in _all(package, link.target, "threadedComment"))
    for link in links:
        if link.kind == "comments":
            authors = [element.text or "" for element in _all(package, link.target, "author")]
            for element in _all(package, link.target, "comment"):
                author = whole(element.get("authorId"), len(authors))
                name = authors[author] if author < len(authors) else ""
                # Those of a thread are there a second time, for programs that know no threads.
                if not name.startswith("tc="):
                    text = text_of(element.find("{*}text")).strip()
                    found.append(_noted(element, text.removeprefix(f"{name}:").removeprefix(f"{name}：")))
    return [(row, column, cell_text(text).replace("\n", " ")) for row, column, text in found if row and text.strip()]


def boxes(package: Package, sheet: Sheet) -> tuple[list[str], int]:
    """The texts of the text boxes on a sheet, and how many pictures and charts lie on it."""
    root = package.related(sheet.part, "drawing")
    if root is None:
        return [], 0
    texts = [
        cell_text("\n".join("".join(piece.text or "" for piece in line.iter("{*}t")) for line in body.iter("{*}p")))
        for body in root.iter("{*}txBody")
    ]
    pictures = sum(1 for _ in root.iter("{*}pic", "{*}graphicFrame"))
    return [text.replace("\n", " ") for text in texts if text], pictures


def _all(package: Package, part: str, tag: str) -> list[Any]:
    root = package.root(part)
    return [] if root is None else list(root.iter(f"{{*}}{tag}"))


def _noted(element: Any, text: str) -> tuple[int, int, str]:
    place = REFERENCE.match(element.get("ref", ""))
    return (int(place[2]), column_number(place[1]), text) if place else (0, 0, text)
