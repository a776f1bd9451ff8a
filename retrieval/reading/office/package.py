"""Office files as packages: parts of XML, and how one leads to the others (ECMA-376 part 2)."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from retrieval.reading.archives.container import open_office, read_member
from retrieval.reading.content import Raw

_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"


class Link(NamedTuple):
    """How a part leads to another: the id of the relationship, its kind (``styles``) and the other part's name."""

    id: str
    kind: str
    target: str


class Package:
    """An Office file: its parts by name. ``bytes`` is the file, in the namespaces that libraries know."""

    def __init__(self, raw: Raw) -> None:
        """Raises ``UnreadableDocument`` as ``open_office`` does."""
        self.bytes = _transitional(raw)
        self._archive = ZipFile(io.BytesIO(self.bytes))
        # Some programs write names with backslashes, or in other letters than those that lead to them.
        self._members = {_plain(member.filename): member for member in self._archive.infolist()}

    def data(self, name: str) -> bytes | None:
        """The bytes of a part, if it is there."""
        member = self._members.get(_plain(name))
        return None if member is None else read_member(self._archive, member)

    def root(self, name: str) -> Any:
        """The root element of a part, if it is there. Raises ``etree.XMLSyntaxError`` when it is damaged."""
        data = self.data(name)
        return None if data is None else etree.fromstring(data, _parser())

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """The elements of a part that have one of the local names, in order; each is emptied after its turn."""
        data = self.data(name)
        if data is None:
            return
        found = etree.iterparse(
            io.BytesIO(data), tag=[f"{{*}}{tag}" for tag in tags], resolve_entities=False, no_network=True
        )
        for _, element in found:
            yield element
            element.clear()
            while (before := element.getprevious()) is not None:
                element.getparent().remove(before)

    def links(self, part: str = "") -> list[Link]:
        """Where the part leads, or with no name the package as a whole."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: list[Link] = []
        for element in () if root is None else root.iterfind("{*}Relationship"):
            if element.get("TargetMode") != "External":
                target = element.get("Target", "").replace("\\", "/")
                place = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found.append(Link(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], place))
        return found

    def linked(self, part: str, kind: str) -> str:
        """The name of the first part of this kind to which the part leads; empty when there is none."""
        return next((link.target for link in self.links(part) if link.kind == kind), "")

    def related(self, part: str, kind: str) -> Any:
        """The root of that part; ``None`` when there is none."""
        name = self.linked(part, kind)
        return self.root(name) if name else None


def link_id(element: Any, name: str = "id") -> str:
    """The id of the relationship that an element refers to."""
    return str(element.get(f"{{{_RELATIONSHIPS}}}{name}") or "")


def is_on(element: Any, name: str) -> bool:
    """Whether an element has a child of this local name that says yes; one without a value does."""
    child = None if element is None else element.find(f"{{*}}{name}")
    if child is None:
        return False
    return next((value for key, value in child.attrib.items() if key.rpartition("}")[2] == "val"), "1") not in {
        "0", "false", "off", "none",
    }  # fmt: skip


def _transitional(raw: Raw) -> bytes:
    """The bytes of a file that may be opened; Strict Open XML says the same under other names."""
    with open_office(raw) as archive:
        relations = next((member for member in archive.infolist() if member.filename == "_rels/.rels"), None)
        if relations is None or not _STRICT.search(read_member(archive, relations)):
            return raw.data
        renamed = io.BytesIO()
        with ZipFile(renamed, "w", ZIP_DEFLATED) as written:
            for member in archive.infolist():
                data = read_member(archive, member)
                if member.filename.lower().endswith((".xml", ".rels")):
                    data = _STRICT.sub(_TRANSITIONAL, data)
                written.writestr(member.filename, data)
        return renamed.getvalue()


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
