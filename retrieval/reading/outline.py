"""From blocks to numbered paragraphs, each under the headings it stands below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.reading.content import Block
from retrieval.records import Paragraph
from retrieval.simplified import in_both_scripts

_NUMERAL = "[〇零一二三四五六七八九十百千两0-9０-９]+"
# Levels of headings told by their words; those told by markup (1 to 9) stand above them all.
_SPOKEN_LEVELS = tuple(
    (level, re.compile(in_both_scripts(pattern)))
    for level, pattern in (
        (11, rf"第{_NUMERAL}(?:编|篇|卷|部分?)(?:[\s:：]|(?!.{{20}}))"),
        (12, rf"第{_NUMERAL}[章回](?:[\s:：]|(?!.{{20}}))"),
        (13, rf"第{_NUMERAL}节(?:[\s:：]|(?!.{{20}}))"),
        (14, r"[一二三四五六七八九十]{1,3}、"),
        (15, r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    )
)
_NUMBERED = re.compile("[第正（(一二三四五六七八九十]")  # what begins with nothing else has no such level
_ITEM_LEVEL, _ARTICLE_LEVEL = 14, 20
# What a numbered line says besides naming what stands below it: 二、会员押金 三百元.
_STATEMENT = re.compile(
    in_both_scripts(
        r"(?P<named>.{1,4}、\s?\S{2,40})\s{1,9}\S{0,40}[\d一二三四五六七八九十百千万两]"
        r"|.{0,40}[\d一二三四五六七八九十百千万两]\s?(?:元|折|点|小时|分钟|天|[%％]|个(?:工作日|月|小时))"
    )
)
_ARTICLE = re.compile(in_both_scripts(rf"(第{_NUMERAL}条(?:之[一二三四五六七八九十]+)?)(?=[\s:：、【\[]|$)"))
_LONGEST_HEADING = 40
# The place in a book that web pages of novels put before the chapter's name.
_PLACE = re.compile(r"正文[\s:：]+(?=第)")
_NO_HEADING = re.compile(r"[。！？；!?;：:，,]$|[。！？；]")


def spoken_level(text: str) -> int | None:
    """The level of a line that is a heading by its words (第二章 总则, 一、总体要求), or ``None``."""
    return None if len(text) > _LONGEST_HEADING or _NO_HEADING.search(text) else _numbered_level(text)


def _numbered_level(text: str) -> int | None:
    """The level at which the text numbers itself (第二章, 一、), be it a heading or a paragraph."""
    if not _NUMBERED.match(text):
        return None
    if place := _PLACE.match(text):
        text = text[place.end() :]
    return next((level for level, pattern in _SPOKEN_LEVELS if pattern.match(text)), None)


def is_article(text: str) -> bool:
    """Whether the text begins an article of a law: ``第五条 …``."""
    return bool(_ARTICLE.match(text))


def title_of(blocks: Sequence[Block]) -> str | None:
    """The text's own title: its first heading."""
    return next((block.text for block in blocks if block.level is not None), None)


def stands_alone(blocks: Sequence[Block], title: str) -> bool:
    """Whether no other heading is of the title's rank, so that it names the whole and not a part."""
    headings = [block for block in blocks if block.level is not None]
    rank = next((block.level for block in headings if block.text == title), None)
    return rank is None or not any(block.level <= rank for block in headings if block.level and block.text != title)


def number(blocks: Iterable[Block], *, title: str | None) -> Iterator[Paragraph]:
    """The paragraphs among the blocks, numbered from 1.

    A heading becomes the section of the paragraphs below it. One that nothing stands below is a paragraph itself, so
    that no text is lost; a heading that is the ``title`` is left out, where it would only be repeated. An
    article of a law (第五条 …) stays in its paragraph and also names the section up to the next one, and so does a
    numbered line that states an amount (二、会员押金 三百元), without the amount.
    A paragraph that is numbered as headings are (二、…。)
    ends the sections of its rank and below.
    """
    path: list[tuple[int, str]] = []
    bare: Block | None = None  # the innermost heading, as long as nothing stands below it
    count = 0

    def made(block: Block) -> Paragraph:
        nonlocal count
        count += 1
        section = tuple(heading for _, heading in path if heading != title)
        return Paragraph(
            number=count,
            text=block.text,
            section=section + block.under,
            page=block.page,
            questions=block.questions,
        )

    for block in blocks:
        level = block.level if block.level is not None else spoken_level(block.text)
        if level is None:
            bare = None
            article = _ARTICLE.match(block.text)
            rank = _numbered_level(block.text)
            if rank and rank >= _ITEM_LEVEL:
                path = [(above, heading) for above, heading in path if above < rank]
            elif article:
                path = [(above, heading) for above, heading in path if above < _ARTICLE_LEVEL]
                path.append((_ARTICLE_LEVEL, article[1]))
            yield made(block)
            continue
        if bare and path and level <= path[-1][0]:
            path.pop()
            if bare.text != title:
                yield made(bare)
        path = [(above, heading) for above, heading in path if above < level]
        statement = _STATEMENT.match(block.text) if level >= _ITEM_LEVEL else None
        path.append((level, (statement and statement["named"]) or _PLACE.sub("", block.text)))
        if statement:
            yield made(block)
        bare = None if statement else block
    if bare and bare.text != title:
        path.pop()
        yield made(bare)
