"""What a page says of itself: its <meta> elements, OpenGraph, JSON-LD, and the date that it shows."""

from __future__ import annotations

import datetime as dt
import re

from bs4 import BeautifulSoup
from bs4.element import Tag

from retrieval.reading.content import Metadata
from retrieval.reading.dates import iso_date
from retrieval.reading.joining import collapse
from retrieval.reading.web.soup import attributes_of
from retrieval.simplified import in_both_scripts

_TITLE = ("og:title", "articletitle", "dc.title", "title")
_AUTHOR = ("author", "article:author", "og:article:author", "dc.creator", "contentsource", "mediaid", "byl")
_DATE = (
    "article:published_time", "og:published_time", "publishdate", "pubdate", "publish_date", "publish-date",
    "publishtime", "date", "dc.date", "dc.date.issued", "og:release_date", "weibo:article:create_at",
    "firstpublishedtime", "citation_publication_date",
)  # fmt: skip
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)\s*-->")
_DATE_NAME = re.compile(
    r"(?:.{1,20}-)?(?:date|time|update|fbsj|fbrq|riqi|shijian)"
    r"|(?:pub|publish(?:ed)?|post(?:ed)?|release|update|create|entry|article|news|info)-?(?:date|time|at|on)"
)
_SECONDS = re.compile(r"\bvar (?:ct|publish_time|create_time) ?= ?[\"'](\d{10})[\"']")
_CHINA = dt.timezone(dt.timedelta(hours=8))
_MOST_DATES = 20
_SEPARATOR = re.compile(r"\s?[_|｜»]+\s?|\s[-–—·:]+\s|(?<=[^\x00-\x7f])[-–—]+(?=[^\x00-\x7f])")
# What the names of those end in who publish pages.
_SITE = re.compile(
    in_both_scripts(
        r"(?:[网站厅局处委部办院所校行会社台馆]|政府|政务|门户|官网|中心|大学|中学|小学|医院|公司|集团|频道|新闻|资讯|要闻|平台|社区|论坛|博客|百科|首页|"
        r"主页|信息公开|通知公告|\.(?:com|cn|net|org)|\b(?:wiki|blog|forum|news|docs|documentation"
        r"|home|official site))$"
    ),
    re.IGNORECASE,
)
_SHORTEST_OWN = 6
_FULL_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")


def page_metadata(tree: BeautifulSoup, text: str) -> Metadata:
    """Title, author, date and address of the page, as far as it says them."""
    page = _Witnesses(tree)

    def first(names: tuple[str, ...]) -> str | None:
        return next((page.named[name] for name in names if name in page.named), None)

    author = first(_AUTHOR)
    return Metadata(
        title=_title(page, first(_TITLE)),
        author=author if author and not author.startswith("http") else None,
        date=_date(page, first(_DATE), text),
        url=_url(page.canonical, page.named.get("og:url"), text),
    )


class _Witnesses:
    """The elements that say what the page is, gathered in one way through it."""

    def __init__(self, tree: BeautifulSoup) -> None:
        self.named: dict[str, str] = {}
        self.title = self.heading = self.canonical = ""
        self.dates: list[Tag] = []
        for node in tree.descendants:
            if isinstance(node, Tag):
                self._look(node)

    def _look(self, node: Tag) -> None:
        if node.name == "meta":
            self._meta(attributes_of(node))
        elif node.name == "title" and not self.title:
            self.title = collapse(node.get_text())
        elif node.name == "h1" and not self.heading:
            self.heading = collapse(node.get_text())
        elif node.name == "link" and not self.canonical and node.get("rel") == "canonical":
            self.canonical = str(node.get("href") or "")
        elif len(self.dates) < _MOST_DATES and _shows_date(node):
            self.dates.append(node)

    def _meta(self, attributes: dict[str, str]) -> None:
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        content = collapse(attributes.get("content", ""))
        if name and content:
            self.named.setdefault(name.lower(), content)


def _shows_date(node: Tag) -> bool:
    if node.name == "time" or node.get("itemprop") == "datePublished":
        return True
    names = f"{node.get('class') or ''} {node.get('id') or ''}".lower().replace("_", "-").split()
    return any(map(_DATE_NAME.fullmatch, names))


def _title(page: _Witnesses, declared: str | None) -> str | None:
    """The title without the name of the site, which <title> usually appends and the first heading does not."""
    own = _without_site(page.title)
    if page.heading and page.heading in page.title and not (_SITE.search(page.heading) and own != page.title):
        return page.heading
    return _without_site(declared or page.title) or None


def _without_site(title: str) -> str:
    """The title without the names of sites and authorities that stand before or behind it.

    >>> _without_site("放假的通知-某某学院"), _without_site("某某大学 | 停课的通知"), _without_site("2023-05-06 值班")
    ('放假的通知', '停课的通知', '2023-05-06 值班')
    """
    parts = [part.strip() for part in _SEPARATOR.split(title) if part.strip()]
    if len(parts) < 2:
        return title
    own = [part for part in parts if not _SITE.search(part)]
    if own and len(own) < len(parts):
        return own[0]
    return parts[0] if "_" in title and len(parts[0]) >= _SHORTEST_OWN else title


def _date(page: _Witnesses, declared: str | None, text: str) -> str | None:
    if declared and (date := iso_date(declared)):
        return date
    if (linked := _LINKED_DATE.search(text)) and (date := iso_date(linked[1])):
        return date
    for node in page.dates:
        shown = str(node.get("datetime") or "") or collapse(node.get_text())[:60]
        if _FULL_DATE.search(shown) and (date := iso_date(shown)):
            return date
    seconds = _SECONDS.search(text)
    return dt.datetime.fromtimestamp(int(seconds[1]), _CHINA).date().isoformat() if seconds else None


def _url(canonical: str, declared: str | None, text: str) -> str | None:
    saved = _SAVED_FROM.search(text[:2000])
    candidates = (canonical, declared, saved[1] if saved else None)
    return next((url for url in candidates if url and re.match(r"https?://\S+$", url)), None)
