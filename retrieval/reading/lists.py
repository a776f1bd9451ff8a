"""Lists: a list is one paragraph, below the sentence that leads in to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.reading.content import Block
from retrieval.simplified import in_both_scripts

_INDENT = "  "
_MOST_ITEMS = 40
_LONGEST_LIST = 4000
_LONGEST_ITEM = 120  # on average; longer ones are paragraphs by themselves
_ITEM = re.compile(
    r"(?P<bullet>[-*+•●○■□◆◇▪·►➢※◎☐☑]\s)|(?P<circled>[①-⑳㈠-㈩])"
    r"|(?P<bracketed>[（(](?:\d{1,3}|[a-zA-Z])[）)])|(?P<section>[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)"
    r"|(?P<number>\d{1,3}、|\d{1,3}[）)．]|\d{1,3}\.(?!\d))|(?P<clause>\d{1,2}(?:\.\d{1,2})+\.?\s)|(?P<letter>[a-zA-Z][.)]\s)"
)
_TYPED = frozenset({"circled", "bracketed", "number", "letter"})
_FIRST = re.compile(r"1\D")
_LEADS = re.compile(in_both_scripts(r"[：:]\Z|(?:如下|以下|下列|下述|下面|步骤)[^。！？]{0,20}。?\Z"))
_UNFINISHED = re.compile(r"\w\Z")
_LONGEST_LABEL = 20
_SENTENCE_ENDS = "。！？!?"


def is_item(text: str) -> bool:
    """Whether a line begins with the mark or the number of a list's item."""
    return bool(_ITEM.match(text))


def mark_of(text: str) -> str | None:
    """Return the kind of mark that the line begins with, which the items of a list share; ``None`` without one."""
    found = _ITEM.match(text)
    return found.lastgroup if found else None


def gather(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, the items of each list in one paragraph with the sentence that leads in to them.

    Lead and items stand on lines of their own, and so does code below the sentence that announces it. Of a list that is
    too long for one paragraph the next ones stand below its lead as below a heading. Items that are whole paragraphs
    stay apart, below the lead.
    """
    lead: Block | None = None
    items: list[Block] = []
    for block in _with_typed(blocks):
        if items and _goes_on(block, items):
            items.append(block)
            continue
        if items:
            yield from _joined(lead, items)
            lead, items = None, []
        if _begins(block):
            if lead and not (_stands_with(block, lead) and _is_lead(lead, code=block.code)):
                yield lead
                lead = None
            items.append(block)
            continue
        if lead:
            yield lead
        lead = block if block.level is None else None
        if lead is None:
            yield block
    if items:
        yield from _joined(lead, items)
    elif lead:
        yield lead


def _with_typed(blocks: Iterable[Block]) -> Iterator[Block]:
    """Return the blocks; paragraphs below a lead that somebody has numbered by hand are items."""
    led: str | None = None  # the mark of the list that is open; an empty text behind its lead
    for block in blocks:
        mark = (
            mark_of(block.text) if block.level is None and not (block.item or block.code or block.questions) else None
        )
        if led is not None and mark in _TYPED and led in {"", mark}:
            led = mark
            yield block._replace(item=1)
            continue
        led = "" if block.level is None and not block.item and _LEADS.search(block.text[-40:]) else None
        yield block


def _begins(block: Block) -> bool:
    """Whether the block may begin a list: it is an item or code, and no numbered section that leads in to a list."""
    return block.level is None and bool(block.item or block.code) and not _leads_in(block)


def _leads_in(block: Block) -> bool:
    return mark_of(block.text) == "section" and bool(_LEADS.search(block.text[-40:]))


def _goes_on(block: Block, items: Sequence[Block]) -> bool:
    """Whether the block goes on with the list, or with the code, that the items before it make up."""
    if block.level is not None or not _stands_with(block, items[-1]) or _leads_in(block):
        return False
    if not items[0].item:
        return block.code and not block.item
    return bool(block.item) and not (block.item == 1 and _starts_anew(block, items))


def _starts_anew(block: Block, items: Sequence[Block]) -> bool:
    """Whether an outermost item is the first of another list: it counts from one again, or numbers after bullets."""
    kind = mark_of(block.text)
    if kind != "number" or not _FIRST.match(block.text):
        return False
    kinds = {mark_of(item.text) for item in items if item.item == 1}
    return "number" in kinds or "bullet" in kinds


def _stands_with(block: Block, other: Block) -> bool:
    return (block.under, block.questions) == (other.under, other.questions)


def _is_lead(block: Block, *, code: bool) -> bool:
    """Whether the block announces what follows; if that is a list, also as a label without a mark at its end."""
    if _LEADS.search(block.text[-40:]):
        return True
    label = block.strong or len(block.text) <= _LONGEST_LABEL
    return not code and label and not block.item and bool(_UNFINISHED.search(block.text))


def _joined(lead: Block | None, items: Sequence[Block]) -> Iterator[Block]:
    if not _is_list(lead, items):
        under = _said(lead) if lead else ()
        if lead:
            yield lead
        yield from (item._replace(under=item.under + under) for item in items)
        return
    under = ()
    for number, part in enumerate(_bounded(items)):
        lines = [lead, *part] if lead and not number else part
        text = "\n".join(_INDENT * (block.item - 1) + block.text for block in lines)
        yield lines[0]._replace(text=text.strip(), under=lines[0].under + under)
        under = _said(lead) if lead else ()


def _is_list(lead: Block | None, items: Sequence[Block]) -> bool:
    """Whether the items make up one list, and are not the paragraphs of a text that numbers them."""
    if items[0].code:
        return True
    if len(items) == 1 and mark_of(items[0].text) == "section" and _UNFINISHED.search(items[0].text):
        return False  # a heading, whose text follows
    if sum(len(item.text) for item in items) > _LONGEST_ITEM * len(items):
        return False
    return lead is not None or mark_of(items[0].text) != "section"


def _bounded(items: Sequence[Block]) -> Iterator[list[Block]]:
    part: list[Block] = []
    length = 0
    for item in items:
        if part and (len(part) == _MOST_ITEMS or length + len(item.text) > _LONGEST_LIST):
            yield part
            part, length = [], 0
        part.append(item)
        length += len(item.text)
    yield part


def _said(lead: Block) -> tuple[str, ...]:
    """The last sentence of the lead, as a heading of what follows it."""
    text = lead.text.rstrip("：: " + _SENTENCE_ENDS)
    start = max(map(text.rfind, _SENTENCE_ENDS)) + 1
    return tuple(filter(None, (text[start:].strip(),)))
