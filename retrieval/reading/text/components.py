"""Components of MDX: the tags that pages made of Markdown and JSX set around their text.

A tag that stands by itself (``<Tab title="甲">`` … ``</Tab>``) becomes an element of HTML that says what a reader sees,
a heading over what is folded under it; one within a line is left out, and its text stays in the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape

_NAME = re.compile(r"</?([A-Za-z][\w.]*)?")
_ATTRIBUTE = re.compile(r"\s*([A-Za-z_:@][\w:.@-]*)(?:\s{0,100}=\s{0,100}(?:\"([^\"]*)\"|'([^']*)'|(?=\{)))?")
_BRACE = re.compile(r"[{}]")
_TEXT_IN_BRACES = re.compile(r"\{\s{0,100}(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)\s{0,100}\}")
_END = re.compile(r"\s*(/?)>")
_TICKS_OR_BLANK_LINE = re.compile(r"`+|\n[ \t]*(?=\n)")
_LONGEST_TAG = 4000
_MOST_ATTRIBUTES = 40
_DEEPEST_BRACES = 20
# Attributes that are shown: as the heading of what the component holds, and as text of its own.
_HEADINGS = ("title", "question", "header", "heading", "label", "summary")
_TEXTS = ("description", "caption", "answer", "content", "text")
_ORNAMENTS = frozenset({"Badge", "Chip", "Icon", "Tag"})
# ``<API_KEY>`` is to be filled in; in HTML the few elements in capitals have shorter names.
_PLACEHOLDER = re.compile(r"(?!TABLE|TBODY|THEAD|CENTER|STRONG|SPAN|IMG|DIV|FONT)[A-Z][A-Z0-9_]{2,}")
_ELEMENTS = {"Steps": "ol", "Step": "li"}
# Elements of HTML within which MDX reads Markdown.
_CONTAINERS = frozenset({"div", "section", "center", "main", "article", "aside"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag where it stands in the text; ``block`` says that it stands by itself, not in a line of text."""

    start: int
    end: int
    name: str
    closing: bool = False
    empty: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    block: bool = False


def without_components(text: str, *, all_tags: bool) -> str:
    r"""Return the Markdown with its components as HTML, each that stands by itself parted from the text by blank lines.

    ``all_tags`` also takes in the tags of HTML, whose attributes MDX writes as no browser reads them
    (``style={{ width: 1 }}``). Code spans are left alone; fenced code must not be in the text.
    """
    pieces: list[str] = []
    done = 0
    for tag in _placed(text, list(_tags(text, all_tags=all_tags))):
        pieces.append(text[done : tag.start])
        if tag.block:
            indent = _indent(text, tag.start)
            pieces.append(f"\n\n{indent}{_html(tag)}\n\n{indent}")
        elif _PLACEHOLDER.fullmatch(tag.name):
            pieces.append(escape(text[tag.start : tag.end]))
        else:
            pieces.append(_inline(tag))
        done = tag.end
    pieces.append(text[done:])
    return "".join(pieces)


def _tags(text: str, *, all_tags: bool) -> Iterator[Tag]:
    spans = _code_spans(text) if "<" in text else []
    position = 0
    while (start := text.find("<", position)) >= 0:
        while spans and spans[-1][1] <= start:
            spans.pop()
        if spans and spans[-1][0] <= start:
            position = spans[-1][1]
            continue
        tag = _tag_at(text, start)
        if tag and (all_tags or tag.name[:1].isupper()):
            yield tag
            position = tag.end
        else:
            position = start + 1


def _tag_at(text: str, start: int) -> Tag | None:
    named = _NAME.match(text, start)
    if named is None:
        return None
    name, closing, position = named[1] or "", text.startswith("</", start), named.end()
    last = start + _LONGEST_TAG
    attributes: dict[str, str] = {}
    for _ in range(_MOST_ATTRIBUTES):
        if end := _END.match(text, position, last):
            return Tag(start, end.end(), name, closing, bool(end[1]), attributes)
        found = _ATTRIBUTE.match(text, position, last)
        if not name or closing or found is None or not found[0][:1].isspace():
            return None
        position = found.end()
        value = found[2] or found[3] or ""
        if text.startswith("{", position) and found[0].rstrip().endswith("="):
            braces = _braces_end(text, position, last)
            if braces is None:
                return None
            quoted = _TEXT_IN_BRACES.fullmatch(text, position, braces)
            value = next(filter(None, quoted.groups()), "") if quoted else ""
            position = braces
        attributes[found[1]] = value
    return None


def _braces_end(text: str, start: int, last: int) -> int | None:
    depth = 0
    for brace in _BRACE.finditer(text, start, last):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
        if depth > _DEEPEST_BRACES:
            return None
    return None


def _code_spans(text: str) -> list[tuple[int, int]]:
    """The spans of inline code, the last one first: from a run of backticks to the next one as long."""
    spans: list[tuple[int, int]] = []
    runs: list[re.Match[str]] = []

    def close() -> None:
        following: dict[int, int] = {}
        next_alike: list[int | None] = [None] * len(runs)
        for index in range(len(runs) - 1, -1, -1):
            length = len(runs[index][0])
            next_alike[index] = following.get(length)
            following[length] = index
        index = 0
        while index < len(runs):
            closer = next_alike[index]
            if closer is None:
                index += 1
                continue
            spans.append((runs[index].start(), runs[closer].end()))
            index = closer + 1
        runs.clear()

    for found in _TICKS_OR_BLANK_LINE.finditer(text):
        if found[0].startswith("`"):
            runs.append(found)
        else:
            close()
    close()
    spans.reverse()
    return spans


def _placed(text: str, tags: list[Tag]) -> list[Tag]:
    """The tags, each with whether it stands by itself: at its line's start or end, and its counterpart so too."""
    partner = _partners(tags)
    starts = _at_line_start(text, tags)
    ends = _at_line_end(text, tags)
    block = [False] * len(tags)
    for index, tag in enumerate(tags):
        mate = partner.get(index)
        if (tag.name[:1].islower() and (tag.name not in _CONTAINERS or tag.empty)) or _PLACEHOLDER.fullmatch(tag.name):
            continue
        if tag.empty or mate is None:
            block[index] = starts[index] and ends[index]
        elif tag.closing:
            block[index] = block[mate]
        else:
            apart = text.find("\n", tag.end, tags[mate].start) >= 0
            block[index] = starts[index] and (apart or ends[mate])
    return [replace(tag, block=block[index]) for index, tag in enumerate(tags)]


def _partners(tags: list[Tag]) -> dict[int, int]:
    """Opening and closing tags that belong together, both ways."""
    partner: dict[int, int] = {}
    opened: list[int] = []
    count: dict[str, int] = {}
    for index, tag in enumerate(tags):
        if tag.empty:
            continue
        if not tag.closing:
            opened.append(index)
            count[tag.name] = count.get(tag.name, 0) + 1
            continue
        while count.get(tag.name) and opened:
            opener = opened.pop()
            count[tags[opener].name] -= 1
            if tags[opener].name == tag.name:
                partner[opener], partner[index] = index, opener
                break
    return partner


def _at_line_start(text: str, tags: list[Tag]) -> list[bool]:
    """For each tag whether nothing but white space and other such tags comes before it in its line."""
    result: list[bool] = []
    for index, tag in enumerate(tags):
        before = tags[index - 1].end if index else 0
        line = text.rfind("\n", before, tag.start) + 1
        if line:
            result.append(not text[line : tag.start].strip())
        else:
            result.append(not text[before : tag.start].strip() and (index == 0 or result[-1]))
    return result


def _at_line_end(text: str, tags: list[Tag]) -> list[bool]:
    result: list[bool] = []
    following = len(text)
    for tag in reversed(tags):
        line = text.find("\n", tag.end, following)
        if line >= 0:
            result.append(not text[tag.end : line].strip())
        else:
            result.append(not text[tag.end : following].strip() and (following == len(text) or result[-1]))
        following = tag.start
    result.reverse()
    return result


def _indent(text: str, start: int) -> str:
    line = text.rfind("\n", max(0, start - 200), start) + 1
    before = text[line:start]
    return before[: len(before) - len(before.lstrip(" \t"))]


def _html(tag: Tag) -> str:
    element = tag.name if tag.name in _CONTAINERS else _ELEMENTS.get(tag.name, "details")
    if tag.closing:
        return f"</{element}>"
    if tag.name in _ORNAMENTS:
        return f"<{element}>" * (not tag.empty)
    heading = next((escape(tag.attributes[name]) for name in _HEADINGS if tag.attributes.get(name)), "")
    texts = "".join(f"<p>{escape(tag.attributes[name])}</p>" for name in _TEXTS if tag.attributes.get(name))
    if element == "li":
        return f"<li>{heading}{texts}"
    if tag.empty:
        return f"<p>{heading}</p>{texts}" if heading else texts
    if element != "details":
        return f"<{element}>"
    return f"<details><summary>{heading}</summary>{texts}" if heading else f"<details>{texts}"


def _inline(tag: Tag) -> str:
    if tag.name[:1].islower():
        return f"<{'/' * tag.closing}{tag.name}{_kept(tag)}{'/' * tag.empty}>"
    shown = next((tag.attributes[name] for name in (*_HEADINGS, *_TEXTS) if tag.attributes.get(name)), "")
    return escape(shown) if tag.empty else ""


def _kept(tag: Tag) -> str:
    """The attributes of HTML that say what is seen: which are spans, numbers, hidden."""
    return "".join(
        f' {name}="{escape(tag.attributes[name])}"'
        for name in ("colspan", "rowspan", "start", "hidden", "href", "src", "alt")
        if name in tag.attributes
    )
