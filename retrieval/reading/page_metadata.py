"""What a page says of itself: its <meta> elements, OpenGraph, JSON-LD, and the date that it shows."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from retrieval.reading.content import Metadata
from retrieval.reading.dates import iso_date
from retrieval.reading.joining import collapse

_TITLE = ("og:title", "articletitle", "dc.title", "title")
_AUTHOR = ("author", "article:author", "og:article:author", "dc.creator", "contentsource", "mediaid", "byl")
_DATE = (
    "article:published_time", "og:published_time", "publishdate", "pubdate", "publish_date", "publish-date", "publishtime", "date",
    "dc.date", "dc.date.issued", "og:release_date", "weibo:article:create_at", "firstpublishedtime", "citation_publication_date",
)  # fmt: skip
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)\s*-->")
_SHOWN_DATE = (
    "[itemprop=datePublished], time[datetime], time, .pubtime, .pub-time, .publish-time, .pubdate, .date, .time"
)
_FULL_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")


def page_metadata(tree: LexborHTMLParser, text: str) -> Metadata:
    """Title, author, date and address of the page, as far as it says them."""
    named: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        content = collapse(attributes.get("content") or "")
        if name and content:
            named.setdefault(name.lower(), content)

    def first(names: tuple[str, ...]) -> str | None:
        return next((named[name] for name in names if name in named), None)

    author = first(_AUTHOR)
    return Metadata(
        title=_title(tree, first(_TITLE)),
        author=author if author and not author.startswith("http") else None,
        date=_date(tree, first(_DATE), text),
        url=_url(tree, named.get("og:url"), text),
    )


def _title(tree: LexborHTMLParser, declared: str | None) -> str | None:
    """The title without the name of the site, which <title> usually appends and the first heading does not."""
    element, heading = tree.css_first("title"), tree.css_first("h1")
    title = collapse(element.text(deep=True)) if element else ""
    shown = collapse(heading.text(deep=True)) if heading else ""
    if shown and shown in title:
        return shown
    if declared:
        return declared
    head, mark, _ = title.partition("_")
    return (head if mark and len(head) >= 6 else title) or None


def _date(tree: LexborHTMLParser, declared: str | None, text: str) -> str | None:
    if declared and (date := iso_date(declared)):
        return date
    if (linked := _LINKED_DATE.search(text)) and (date := iso_date(linked[1])):
        return date
    for node in tree.css(_SHOWN_DATE)[:20]:
        shown = node.attributes.get("datetime") or collapse(node.text(deep=True))[:60]
        if _FULL_DATE.search(shown) and (date := iso_date(shown)):
            return date
    return None


def _url(tree: LexborHTMLParser, declared: str | None, text: str) -> str | None:
    link = tree.css_first("link[rel=canonical]")
    saved = _SAVED_FROM.search(text[:2000])
    candidates = (link.attributes.get("href") if link else None, declared, saved[1] if saved else None)
    return next((url for url in candidates if url and re.match(r"https?://\S+$", url)), None)
