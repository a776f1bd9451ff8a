"""Lists: their items belong to the sentence that leads in to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from retrieval.reading.content import Block

_LONGEST_JOINED = 200
_ITEM = re.compile(
    r"[-*+•●○■□◆◇▪·►➢※◎]\s|[①-⑳㈠-㈩]|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[）)]"
    r"|(?:\d{1,3}|[一二三四五六七八九十]{1,3})、|\d{1,3}[）)．]|\d{1,3}\.(?!\d)|\d{1,2}(?:\.\d{1,2})+\.?\s|[a-zA-Z][.)]\s"
)
_LAST_SENTENCE = re.compile(r"[^。！？!?]*$")


def is_item(text: str) -> bool:
    """Whether a line begins with the mark or the number of a list's item."""
    return bool(_ITEM.match(text))


def gather(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, the items of a list put with the sentence that leads in to it with a colon.

    A short list becomes one paragraph with it, so that one sentence says it all: ``材料包括： 身份证 户口本``.
    The items of a longer one stay paragraphs, and stand below the sentence as below a heading.
    """
    lead: Block | None = None
    items: list[Block] = []
    for block in blocks:
        if lead is not None and block.item and block.level is None:
            items.append(block)
            continue
        if lead is not None:
            yield from _joined(lead, items)
            lead, items = None, []
        if block.level is None and block.text.endswith(("：", ":")):
            lead = block
        else:
            yield block
    if lead is not None:
        yield from _joined(lead, items)


def _joined(lead: Block, items: list[Block]) -> list[Block]:
    text = " ".join([lead.text, *(item.text for item in items)])
    if len(text) <= _LONGEST_JOINED:
        return [replace(lead, text=text)]
    sentence = _LAST_SENTENCE.search(lead.text.rstrip("：:"))
    under = (sentence[0].strip(),) if sentence and sentence[0].strip() else ()
    return [lead, *(replace(item, under=item.under + under) for item in items)]
