"""Short lines that head what stands below them, though nothing marks them as headings: 1.2 收费标准, 报名地点."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from retrieval.reading.content import Block
from retrieval.reading.lists import is_item

_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.、．]?\s?(?=[^\W\d])")
_FIRST_LEVEL = 16
"""The level of 1., below the headings that their words tell; 1.1 stands one below."""
_LONGEST_HEADING, _LONGEST_LABEL, _LONGEST_VALUE = 20, 10, 60
_FEWEST = 2  # headings or labels in a document: one alone is a line like others
_UNFINISHED = re.compile(r"[\w）)]\Z")
_MARK = re.compile(r"[。！？；，：!?;,:]")
_FINISHED = re.compile(r"[。！；.!;][”’」』）)]*\Z")


def headed(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks; numbered lines that sentences follow are headings, labels the section of their values."""
    return _labelled(_numbered(blocks))


def _numbered(blocks: Sequence[Block]) -> list[Block]:
    depths = {
        at: match["number"].count(".")
        for at, (block, following) in enumerate(pairwise(blocks))
        if _is_title(block, _LONGEST_HEADING) and (match := _NUMBERED.match(block.text)) and _is_sentence(following)
    }
    result = list(blocks)
    for at, depth in depths.items() if len(depths) >= _FEWEST else ():
        result[at] = blocks[at]._replace(level=_FIRST_LEVEL + depth, item=0)
    return result


def _labelled(blocks: list[Block]) -> list[Block]:
    labels = {at for at, (block, following) in enumerate(pairwise(blocks)) if _is_label(block) and _is_value(following)}
    if len(labels) < _FEWEST:
        return blocks
    result: list[Block] = []
    label = ""
    for at, block in enumerate(blocks):
        if at in labels:
            label = block.text
        elif label and _is_value(block):
            result.append(block._replace(under=(*block.under, label)))
        else:
            label = ""
            result.append(block)
    return result


def _is_title(block: Block, longest: int) -> bool:
    text = block.text
    return (
        block.level is None
        and not (block.code or block.questions or block.under)
        and len(text) <= longest
        and bool(_UNFINISHED.search(text))
        and not _MARK.search(text)
    )


def _is_sentence(block: Block) -> bool:
    is_text = block.level is None and not (block.code or block.item or is_item(block.text))
    return is_text and bool(_FINISHED.search(block.text))


def _is_label(block: Block) -> bool:
    if block.item or not _is_title(block, _LONGEST_LABEL) or not block.text.isalpha():
        return False
    from retrieval.reading.tables.names import is_name  # its pattern takes as long to compile as a short text to read

    return is_name(block.text)


def _is_value(block: Block) -> bool:
    return (
        block.level is None
        and not (block.code or block.item or block.questions or block.under)
        and len(block.text) <= _LONGEST_VALUE
        and not _is_label(block)
    )
