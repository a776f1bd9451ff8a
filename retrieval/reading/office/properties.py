"""What Office files say of themselves, without what the programs put there by default."""

from __future__ import annotations

import re

from lxml import etree

from retrieval.reading.content import Metadata
from retrieval.reading.dates import iso_date
from retrieval.reading.office.package import Package
from retrieval.reading.text.front_matter import metadata_of
from retrieval.simplified import in_both_scripts

_DEFAULT_TITLE = re.compile(
    in_both_scripts(
        r"(?:\(?anonymous\)?|PowerPoint (?:演示文稿|Presentation)|(?:幻灯片|Slide) ?\d*"
        r"|(?:无标题|未命名|Untitled|Document|文档|工作簿|Book)[\s\d]*|Word Document"
        r"|Microsoft (?:Word|PowerPoint|Excel) - .*|.*\.(?:docx?|pptx?|xlsx?|wps|indd|tex))$"
    ),
    re.IGNORECASE,
)
_DEFAULT_AUTHOR = re.compile(
    in_both_scripts(
        r"(?:administrator|admin|user|owner|unknown|\(?anonymous\)?|微软用户|(?:Windows|Office|MC|WPS)[\s_]*(?:用户|User)"
        r"|Microsoft(?: Office)?(?: User| 用户)?|python-docx|openpyxl|Apache POI|Steve Canny)$"
    ),
    re.IGNORECASE,
)
_TEMPLATE_DATE = "2013-12-23T23:15:00Z"  # of the template from which python-docx makes its files


def properties(package: Package) -> Metadata:
    """Title, author, date of making and key words of an Office file; those that are damaged say nothing."""
    try:
        root = package.related("", "core-properties")
    except etree.XMLSyntaxError:
        root = None
    said = {} if root is None else {str(child.tag).rpartition("}")[2]: child.text for child in root.iterfind("*")}
    dates = (said.get(name) for name in ("created", "modified"))
    return sound_metadata(
        title=said.get("title"),
        author=said.get("creator"),
        date=next((date for date in dates if date and date != _TEMPLATE_DATE and iso_date(date)), None),
        keywords=said.get("keywords") or said.get("category"),
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
