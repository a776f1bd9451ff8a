"""Plain text: lines to paragraphs, in the ways that real .txt files set them."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.joining import collapse, join_lines, width
from retrieval.reading.lists import is_item
from retrieval.reading.outline import spoken_level
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.front_matter import split
from retrieval.reading.web import page

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SENTENCE_END = re.compile(r"[。！？!?.…：:；;][”’」』）)\]】》\"']*$")
_INDENT = re.compile(r"[\u3000\t]| {2,}")
# What begins a paragraph besides the items of lists: articles, dates, quotations and marks of other formats.
_BEGINNING = re.compile(r"\d{4}[-/年.]\d|\[|【|[#>|]|第[〇零一二三四五六七八九十百千\d]+[编篇章节条部卷回]")
_RULE = re.compile(r"[\s=\-_*~#+.·—－＝…★☆]{3,}$")
_NARROWEST_WRAP, _WIDEST_WRAP = 30, 130
_LONGEST_TITLE = 60


def read(raw: Raw) -> Content:
    """The paragraphs of a text file, below its front matter; an HTML body is read as HTML."""
    decoded = decode(raw)
    metadata, body, remarks = split(decoded.text)
    if page.looks_like_html(body):
        content = page.read_text(body, raw)
        return Content(
            format="html",
            blocks=content.blocks,
            metadata=metadata.over(content.metadata),
            encoding=decoded.encoding,
            remarks=decoded.remarks + remarks + content.remarks,
        )
    blocks = list(paragraphs(body))
    if metadata.title is None and (title := _title(blocks)):
        metadata = Metadata(title=title).over(metadata)
        blocks[0] = Block(title, level=1)
    return Content(
        format="text",
        blocks=blocks,
        metadata=metadata,
        encoding=decoded.encoding,
        remarks=decoded.remarks + remarks,
    )


def paragraphs(text: str) -> list[Block]:
    """The text's paragraphs.

    Most Chinese text files have a paragraph a line; others are wrapped at a fixed width. Lines are joined only in a
    file that is wrapped, and then never across a blank line, the end of a sentence, or before an indented line, a list
    item or a heading, nor after a line that stops short of the width.
    """
    lines = _LINE_END.split(text)
    wrap_width = _wrap_width(lines)
    blocks: list[Block] = []
    open_lines: list[str] = []

    def close() -> None:
        joined = collapse(join_lines(open_lines))
        if joined and not _RULE.match(joined):
            blocks.append(Block(joined, item=is_item(joined)))
        open_lines.clear()

    for line in lines:
        if open_lines and not (wrap_width and _continues(open_lines[-1], line, wrap_width)):
            close()
        if line.strip():
            open_lines.append(line)
    close()
    return blocks


def _wrap_width(lines: list[str]) -> int | None:
    """The width at which the file is wrapped, or ``None`` when a line is a paragraph.

    It is wrapped when nearly all of the lines that could go on in the next one are about as long as the longest line.
    """
    longest = max((width(line.rstrip()) for line in lines), default=0)
    if not _NARROWEST_WRAP <= longest <= _WIDEST_WRAP:
        return None
    open_ended = [width(line.rstrip()) for line, following in pairwise(lines) if _may_continue(line, following)]
    full = sum(columns >= _full(longest) for columns in open_ended)
    return longest if full and full >= 0.75 * len(open_ended) else None


def _full(wrap_width: int) -> float:
    """The width that a wrapped line reaches at least: the next word did not fit any more."""
    return wrap_width - max(8, 0.15 * wrap_width)


def _may_continue(line: str, following: str) -> bool:
    stripped = line.strip()
    return bool(
        stripped
        and following.strip()
        and not _SENTENCE_END.search(stripped)
        and not _INDENT.match(following)
        and not is_item(following)
        and not _BEGINNING.match(following)
        and not _RULE.match(following)
        and spoken_level(stripped) is None
    )


def _continues(line: str, following: str, wrap_width: int) -> bool:
    return _may_continue(line, following) and width(line.rstrip()) >= _full(wrap_width)


def _title(blocks: list[Block]) -> str | None:
    """The first line, where it is set like a title: short, without a mark at its end, above something longer."""
    if len(blocks) < 2:
        return None
    first, second = blocks[0].text, blocks[1].text
    unfinished = re.search(r"[\w）)》”\"】]$", first) and not re.search(r"[。；;]", first)
    if unfinished and width(first) <= _LONGEST_TITLE and len(second) > len(first) and not is_item(first):
        return first
    return None
