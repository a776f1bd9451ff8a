"""Bylines: what lines at the edges of a text say of its author and date, where nothing else does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.reading.content import Block, Metadata
from retrieval.reading.dates import iso_date
from retrieval.simplified import in_both_scripts

_NUMERAL = "[一二三四五六七八九十]{1,3}"
_DAY = (
    r"(?:\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}"
    rf"|[〇○零一二三四五六七八九]{{4}}年{_NUMERAL}月{_NUMERAL}|[A-Z][a-z]{{2,8}}\.? \d{{1,2}}, \d{{4}})\s?日?"
)
_PUBLISHED = re.compile(
    in_both_scripts(
        r"(?:(?:发布|发文|成文|印发|发表|公布|更新|修改|创建)(?:时间|日期|于)?|^(?:日期|Date|Published|Created|Updated))"
        rf"\s?[：:]\s?({_DAY})"
    ),
    re.IGNORECASE,
)
_SIGNED = re.compile(rf"(?:[^：:]{{0,40}}[^：:\d〇零一二三四五六七八九年月])?({_DAY})$")
_ENACTED = re.compile(rf"[（(][^（()）]{{0,20}}?({_DAY})")
_AUTHOR = re.compile(
    in_both_scripts(r"(?:作者|撰文|撰稿人?|发布者|发布人|Author|By)\s?[：:]\s?([^，。；\s][^，。；：:]{0,30})$"),
    re.IGNORECASE,
)
_LONGEST = 150
_FIRST, _LAST = 6, 4


def byline(blocks: Sequence[Block]) -> Metadata:
    """Return author and date as the text's first and last lines say them: a label before them, or a signature."""
    first = [block.text for block in blocks[:_FIRST] if len(block.text) <= _LONGEST]
    last = [block.text for block in blocks[_FIRST:][-_LAST:] if len(block.text) <= _LONGEST]
    published = (found[1] for text in (*first, *last) if (found := _PUBLISHED.search(text)))
    enacted = (found[1] for text in first[:4] if (found := _ENACTED.match(text)))
    signed = (found[1] for text in reversed(last or first[1:]) if (found := _SIGNED.match(text)))
    dates = (iso_date(said) for group in (published, enacted, signed) for said in group)
    author = next((found[1].strip() for text in first if (found := _AUTHOR.match(text))), None)
    return Metadata(author=author, date=next(filter(None, dates), None))
