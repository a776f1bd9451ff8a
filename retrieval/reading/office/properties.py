"""What Office files say of themselves, without what the programs put there by default."""

from __future__ import annotations

import re
from typing import Protocol

from retrieval.reading.content import Metadata
from retrieval.reading.dates import iso_date
from retrieval.reading.text.front_matter import metadata_of

_DEFAULT_TITLE = re.compile(
    r"(?:\(?anonymous\)?|PowerPoint (?:演示文稿|Presentation)|(?:幻灯片|Slide) ?\d*"
    r"|(?:无标题|未命名|Untitled|Document|文档|工作簿|Book)[\s\d]*|Word Document"
    r"|Microsoft (?:Word|PowerPoint|Excel) - .*|.*\.(?:docx?|pptx?|xlsx?|wps|indd|tex))$",
    re.IGNORECASE,
)
_DEFAULT_AUTHOR = re.compile(
    r"(?:administrator|admin|user|owner|unknown|\(?anonymous\)?|微软用户|(?:Windows|Office|MC|WPS)[\s_]*(?:用户|User)"
    r"|Microsoft(?: Office)?(?: User| 用户)?|python-docx|openpyxl|Apache POI|Steve Canny)$",
    re.IGNORECASE,
)


class Properties(Protocol):
    """The core properties that the Office formats share, under the names of the libraries that read them."""

    title: str | None
    created: object
    modified: object
    keywords: str | None
    category: str | None


def properties(core: Properties) -> Metadata:
    """Title, author, date of making and key words of an Office file."""
    author = getattr(core, "author", None) or getattr(core, "creator", None)  # openpyxl calls him creator
    return sound_metadata(
        title=core.title, author=author, date=core.created or core.modified, keywords=core.keywords or core.category
    )


def sound_metadata(*, title: object, author: object, date: object, keywords: object = None) -> Metadata:
    """The metadata that a program has written, without the titles and authors that it invents."""
    said = metadata_of({"title": title, "author": author, "keywords": keywords})
    return Metadata(
        title=None if said.title and _DEFAULT_TITLE.match(said.title) else said.title,
        author=None if said.author and _DEFAULT_AUTHOR.match(said.author) else said.author,
        date=iso_date(date) if date else None,
        categories=said.categories,
    )
