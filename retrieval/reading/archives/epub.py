"""EPUB: the chapters of a book in reading order, each below its heading."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

from retrieval.errors import UnreadableDocument
from retrieval.reading.archives.container import open_zip, read_member
from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.front_matter import metadata_of
from retrieval.reading.web import page

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})


def read(raw: Raw) -> Content:
    """The text of the book's spine. Raises ``UnreadableDocument`` when the book is locked or names no chapters."""
    with open_zip(raw) as archive:
        if _RIGHTS in archive.namelist():
            raise UnreadableDocument(raw.path, "is protected against copying (DRM)")
        package_path = _package_path(archive, raw)
        package = fromstring(_part(archive, package_path))
        base = posixpath.dirname(package_path)
        blocks: list[Block] = []
        remarks: list[str] = []
        missing = 0
        titles = _contents(archive, package, base)
        for path in _spine(package, base):
            try:
                data = _part(archive, path)
            except KeyError:
                missing += 1
                continue
            part = Raw(path=f"{raw.path}/{path}", data=data, limits=raw.limits)
            decoded = decode(part)
            chapter = page.read_fragment(decoded.text, part)
            if chapter.blocks and path in titles and all(block.level is None for block in chapter.blocks):
                blocks.append(Block(titles[path], level=1))
            blocks.extend(chapter.blocks)
            remarks.extend(f"{path}: {remark}" for remark in (*decoded.remarks, *chapter.remarks))
    if missing:
        remarks.append(f"{missing} chapters that the book names are not in it")
    return Content(format="epub", blocks=blocks, metadata=_metadata(package), remarks=tuple(remarks))


def _package_path(archive: ZipFile, raw: Raw) -> str:
    try:
        container = fromstring(_part(archive, _CONTAINER))
    except KeyError:
        raise UnreadableDocument(raw.path, f"is no EPUB: {_CONTAINER} is missing") from None
    path = next((node.get("full-path") for node in _named(container, "rootfile")), None)
    if not path or path not in archive.namelist():
        raise UnreadableDocument(raw.path, "is no EPUB: it has no package file")
    return path


def _part(archive: ZipFile, path: str) -> bytes:
    return read_member(archive, archive.getinfo(path))


def _named(root: Element, name: str) -> list[Element]:
    """The elements of that local name, of whatever namespace: versions of EPUB differ in those."""
    return [node for node in root.iter() if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name]


def _path(base: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(base, unquote(href.partition("#")[0])))


def _spine(package: Element, base: str) -> list[str]:
    """The chapters' paths in reading order, without the table of contents."""
    items = {
        node.get("id"): node
        for node in _named(package, "item")
        if node.get("media-type") in _PAGES and "nav" not in (node.get("properties") or "").split()
    }
    named = (items.get(node.get("idref")) for node in _named(package, "itemref"))
    return [_path(base, node.get("href") or "") for node in named if node is not None]


def _contents(archive: ZipFile, package: Element, base: str) -> dict[str, str]:
    """Chapters' titles from the table of contents of EPUB 2, which books for version 3 keep for older readers."""
    titles: dict[str, str] = {}
    for item in _named(package, "item"):
        if item.get("media-type") != "application/x-dtbncx+xml":
            continue
        path = _path(base, item.get("href") or "")
        if path not in archive.namelist():
            continue
        for point in _named(fromstring(_part(archive, path)), "navPoint"):
            label, content = _named(point, "text"), _named(point, "content")
            if label and content:
                chapter = _path(posixpath.dirname(path), content[0].get("src") or "")
                titles.setdefault(chapter, collapse(label[0].text or ""))
    return {chapter: title for chapter, title in titles.items() if title}


def _metadata(package: Element) -> Metadata:
    def said(name: str) -> list[str]:
        return [text for node in _named(package, name) if (text := collapse("".join(node.itertext())))]

    title, date = said("title"), said("date")
    return metadata_of(
        {
            "title": title[0] if title else None,
            "author": said("creator"),
            "date": date[0] if date else None,
            "tags": said("subject"),
        }
    )
