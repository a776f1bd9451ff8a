"""Front matter: the YAML or TOML block that says title, author and date above a text."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from frontmatter.default_handlers import BaseHandler, YAMLHandler

from retrieval.reading.content import Metadata
from retrieval.reading.dates import iso_date
from retrieval.reading.joining import collapse


class TOMLHandler(BaseHandler):
    """TOML between ``+++`` lines, read by the standard library (the handler of the library wants another one)."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "+++"

    def load(self, fm: str, **_: object) -> dict[str, object]:
        """The values of the block; ``tomllib.TOMLDecodeError`` (a ``ValueError``) where it is malformed."""
        return tomllib.loads(fm)


_HANDLERS = (("YAML", YAMLHandler()), ("TOML", TOMLHandler()))
_KEY_LINE = re.compile(r"\s*[\w\"'-]+\s*[:=]")

_TITLE = ("title", "标题", "標題")
_AUTHOR = ("author", "authors", "byline", "作者")
_DATE = ("date", "published", "pubdate", "publish_date", "datepublished", "created", "日期", "发布日期", "updated")
_URL = ("url", "link", "source_url", "original", "canonical", "permalink", "source", "链接", "原文链接")
_CATEGORIES = ("categories", "category", "tags", "keywords", "分类", "标签")


def split(text: str) -> tuple[Metadata, str, tuple[str, ...]]:
    """The metadata above the text, the body below it, and remarks.

    Malformed front matter gives no metadata and a remark, and the body is read all the same. A text that merely
    begins with a rule of dashes has no front matter, and loses nothing.
    """
    stripped = text.lstrip("\ufeff \t\r\n\v\f\u3000")
    for language, handler in _HANDLERS:
        if not handler.detect(stripped):
            continue
        try:
            block, body = handler.split(stripped)
        except ValueError:
            continue
        try:
            values = handler.load(block)
        except Exception as error:
            first_line = block.strip().partition("\n")[0]
            if not _KEY_LINE.match(first_line):
                continue
            reason = " ".join(str(error).split())[:200]
            remark = f"the {language} front matter is malformed and was left out: {reason}"
            return Metadata(), body, (remark,)
        if isinstance(values, Mapping):
            return metadata_of(values), body, ()
        if values is None:
            return Metadata(), body, ()
    return Metadata(), text, ()


def metadata_of(values: Mapping[Any, object]) -> Metadata:
    """What the values say under the names that people give these things, in English and Chinese."""
    named = {str(key).strip().lower(): value for key, value in values.items()}

    def first(names: tuple[str, ...]) -> object:
        return next((named[name] for name in names if named.get(name) not in (None, "", [])), None)

    date, url = first(_DATE), _text(first(_URL))
    return Metadata(
        title=_text(first(_TITLE)),
        author=_text(first(_AUTHOR)),
        date=iso_date(date) if isinstance(date, str | int | dt.date) else None,
        url=url if url and re.match(r"https?://\S+$", url) else None,
        categories=_texts(first(_CATEGORIES)),
    )


def _texts(value: object) -> tuple[str, ...]:
    """The value as a list of texts: one text is cut at commas, what is no text is left out."""
    if isinstance(value, str):
        value = re.split(r"[,，、;；]", value)
    if not isinstance(value, list):
        return ()
    texts = (_name(item) for item in value[:100])
    return tuple(dict.fromkeys(text for text in texts if text))


def _text(value: object) -> str | None:
    """The value as a text: a list of names is joined, what is nested deeper is no name and is left out."""
    if isinstance(value, list):
        return "、".join(filter(None, map(_name, value[:20]))) or None
    return _name(value)


def _name(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, str | int | float | dt.date) and not isinstance(value, bool):
        return collapse(str(value)) or None
    return None
