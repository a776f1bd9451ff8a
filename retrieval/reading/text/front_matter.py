"""Front matter: the YAML or TOML block that says title, author and date above a text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from retrieval.reading.content import Metadata
from retrieval.reading.dates import iso_date
from retrieval.reading.joining import collapse
from retrieval.simplified import to_simplified

_FENCES = {
    "-": ("YAML", re.compile(r"(?:(?<!-)-{3,}|\.{3})[ \t]*$")),
    "+": ("TOML", re.compile(r"(?<!\+)\+{3,}[ \t]*$")),
}
_LONGEST = 64 * 1024
_DEEPEST = 20
_MOST_ALIASES = 20
_KEY = re.compile(r"[\"']?[^\s\"':=#\[{-][^\"':=\n]{0,60}[\"']?\s{0,10}[:=]")
# Hexo does without the first fence, where title and date come first.
_BARE = re.compile(
    r"((?:(?:title|date|tags|categories|author|updated|layout)[ \t]*:[^\n]{0,200}\n|[ \t]*- [^\n]{0,80}\n){2,20})"
    r"-{3,}[ \t]*\r?\n"
)
_PLACEHOLDER = re.compile(r"\s*[\"']?\{\{.*\}\}[\"']?\s*$|\s*<%.*%>\s*$")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")

_NOTHING: tuple[object, ...] = (None, "", [], "null", "~")
_TITLE = ("title", "标题")
_AUTHOR = ("author", "authors", "byline", "作者")
_DATE = ("date", "published", "pubdate", "publish_date", "datepublished", "created", "日期", "发布日期", "updated")
_URL = ("url", "link", "source_url", "original", "canonical", "permalink", "source", "链接", "原文链接")
_CATEGORIES = ("categories", "category", "tags", "keywords", "分类", "标签")


def split(text: str) -> tuple[Metadata, str, tuple[str, ...]]:
    """Return the metadata above the text, the body below it, and remarks.

    A value that is malformed costs only itself and is remarked, and the body is read all the same. A text that merely
    begins with a rule of dashes has no front matter, and loses nothing.
    """
    stripped = text.lstrip("\ufeff \t\r\n\v\f\u3000")
    parted = _parted(stripped)
    if parted is None:
        return Metadata(), text, ()
    language, block, body = parted
    load = _yaml if language == "YAML" else _toml
    try:
        values = load(block)
    except Exception:  # a parser may raise anything; its values are then read one by one
        if not _KEY.match(block.lstrip()):
            return Metadata(), text, ()
        values, remarks = _one_by_one(block, language, load)
        return metadata_of(values), body, remarks
    if values is None or isinstance(values, Mapping):
        return metadata_of(values or {}), body, ()
    return Metadata(), text, ()


def _parted(text: str) -> tuple[str, str, str] | None:
    """The language of the front matter, its text, and the text below it; ``None`` where there is none."""
    if bare := _BARE.match(text):
        return "YAML", bare[1], text[bare.end() :]
    first, _, rest = text[: _LONGEST + 1].partition("\n")
    language, fence = _FENCES.get(first[:1], ("", None))
    if fence is None or not fence.match(first.rstrip("\r")):
        return None
    start = len(first) + 1
    position = start
    for line in rest.splitlines(keepends=True):
        position += len(line)
        if fence.match(line.rstrip("\r\n")):
            return language, text[start : position - len(line)], text[position:]
    return None


def _toml(block: str) -> object:
    """Return what a block of TOML holds. Raises ``ValueError`` when it is malformed."""
    import tomllib  # most texts have no front matter

    return tomllib.loads(block)


def _yaml(block: str) -> object:
    """The values of the block, all of them as texts: ``007`` and ``No`` are what somebody wrote.

    Raises ``ValueError`` or ``yaml.YAMLError`` when it is malformed, or nested or repeated to no good end.
    """
    import yaml  # most texts have no front matter

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    depth = aliases = 0
    for event in yaml.parse(block, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > _DEEPEST or aliases > _MOST_ALIASES:
            raise ValueError("nested too deep")
    return yaml.load(block, Loader=loader)  # noqa: S506 - it makes nothing but texts, lists and maps


def _one_by_one(block: str, language: str, load: Callable[[str], object]) -> tuple[dict[Any, object], tuple[str, ...]]:
    """The values of a malformed block as far as they can be read, and which lines could not."""
    values: dict[Any, object] = {}
    malformed: list[str] = []
    for number, lines in _entries(block):
        if language == "YAML" and _PLACEHOLDER.match(lines[0].partition(":")[2]):
            continue
        try:
            value = load("\n".join(lines))
        except Exception:  # as above
            value = None
        if isinstance(value, Mapping):
            values |= value
            continue
        key, _, rest = lines[0].partition(":" if language == "YAML" else "=")
        rest = rest.strip()
        simple = language == "YAML" and rest and not rest.startswith(("[", "{", "|", ">", "&", "*", "!"))
        if simple:
            values.setdefault(key.strip(" \"'"), rest.strip("\"'"))
        if not simple or len(lines) > 1:
            malformed.append(str(number + bool(simple)))
    if not malformed:
        return values, ()
    which = f"line {malformed[0]}" if len(malformed) == 1 else f"lines {', '.join(malformed[:20])}"
    return values, (f"{which} of the {language} front matter is malformed and was left out",)


def _entries(block: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of each key of the outermost level, with the line of the file's front matter on which it begins."""
    gathered: list[str] = []
    first = 0
    for number, line in enumerate(block.splitlines(), start=2):
        if _KEY.match(line):
            if gathered:
                yield first, gathered
            gathered, first = [line], number
        elif gathered and line.strip() and not line.startswith("#"):
            gathered.append(line)
    if gathered:
        yield first, gathered


def metadata_of(values: Mapping[Any, object]) -> Metadata:
    """What the values say under the names that people give these things, in English and Chinese."""
    named = {to_simplified(str(key).strip().lower()): value for key, value in values.items()}

    def first(names: tuple[str, ...]) -> object:
        return next((named[name] for name in names if named.get(name) not in _NOTHING), None)

    date, url = first(_DATE), _text(first(_URL))
    return Metadata(
        title=_text(first(_TITLE)),
        author=_names(first(_AUTHOR)),
        date=iso_date(date) if isinstance(date, str | int | dt.date) else None,
        url=url if url and re.match(r"https?://\S+$", url) else None,
        categories=_texts(first(_CATEGORIES)),
    )


def _names(value: object) -> str | None:
    """The names of people as one text: ``张三, 李四`` are two, ``Li, San`` is one."""
    if isinstance(value, str) and _IDEOGRAPH.search(value):
        value = re.split(r"[,，;；]", value)
    return _text(value)


def _texts(value: object) -> tuple[str, ...]:
    """The value as a list of texts: one text is cut at commas, what is no text is left out."""
    if isinstance(value, str):
        parts = re.split(r"[,，、;；]", value)
        value = parts if len(parts) > 1 or not _IDEOGRAPH.search(value) else value.split()
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
