"""Official documents (公文): the title in their first lines, the date below the signature."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.reading.content import Block, Metadata
from retrieval.reading.dates import iso_date
from retrieval.simplified import in_both_scripts

_KIND = (
    r"(?:通知|通告|通报|公告|公示|决定|决议|意见|批复|报告|请示|函|复函|纪要|方案|办法|规定|说明|答复|命令|公报|倡议书|"
    r"公开信|情况|名单)"
)
_TITLE = re.compile(in_both_scripts(rf"(?:[^。；，]{{0,40}})关于[^。；]{{2,80}}{_KIND}(?:[（(][^（(]{{1,12}}[）)])?$"))
_ABOUT = re.compile(in_both_scripts("关于"))
_SHORT_TITLE = re.compile(in_both_scripts(r"[^。；，：:\s]{2,30}(?:通知|通告|通报|公告|公示)$"))
_YEAR = r"(?:(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})"
_DAY = r"[\d一二三四五六七八九十]{1,3}"
_DATE = rf"[（(]?({_YEAR}\s?[年/.-]\s?{_DAY}\s?[月/.-]\s?{_DAY}\s?日?)[）)]?"
_DATE_LINE = re.compile(rf"(?:[\u4e00-\u9fff（）()]{{2,40}}\s+)?{_DATE}$")
_FIRST_LINES = 6


def notice(blocks: Sequence[Block]) -> Metadata:
    """The title and date of an official document; nothing where the blocks have no title like one's.

    >>> notice([Block("关于停水的通知"), Block("各户："), Block("物业中心"), Block("二〇二三年四月二十日")])
    Metadata(title='关于停水的通知', author=None, date='2023-04-20', url=None, categories=())
    """
    title = _title([block.text for block in blocks[:_FIRST_LINES]])
    if title is None:
        return Metadata()
    lines = (_DATE_LINE.match(block.text) for block in reversed(blocks))
    return Metadata(title=title, date=next((iso_date(line[1]) for line in lines if line), None))


def as_notice(blocks: list[Block], metadata: Metadata) -> tuple[list[Block], Metadata]:
    """Return blocks and metadata, where they are an official document with its title as a heading and its own date."""
    official = notice(blocks)
    if official.title is None:
        return blocks, metadata
    headed = [block._replace(level=1) if block.text == official.title else block for block in blocks]
    return headed, official.over(metadata)


def _title(lines: list[str]) -> str | None:
    for at, line in enumerate(lines):
        if _TITLE.match(line):
            return line
        # A long title is set in two or three lines.
        for end in (at + 2, at + 3):
            whole = "".join(lines[at:end])
            if _ABOUT.search(line) and len(lines) >= end and _TITLE.match(whole) and not re.search(r"[。：:]", whole):
                return whole
    return lines[0] if lines and _SHORT_TITLE.match(lines[0]) else None
