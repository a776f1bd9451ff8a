"""What is quoted: the sentence that was ranked, or the list or the lines that it cannot be understood without.

A list is one answer to who asks for what its lead-in names; who asks for something that a single item says gets that
item. A sentence that only leads in to something is quoted with it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from retrieval.language import normalise
from retrieval.language.enumeration import Enumeration, Span, enumerations, ordinal_value, unmarked
from retrieval.question import Question
from retrieval.records import Hit, Sentence

ITEM_COUNT = 12
"""Items of a list that are quoted; of a longer one the first."""
LIST_LIMIT = 600
"""Characters of a list that are quoted, if more than one item is."""
ITEM_LIMIT = 300
"""Characters of an item up to which it is quoted as a whole."""

_LISTED = re.compile(
    r"哪些|有哪|什么(?:材料|条件|手续|资料|证件|步骤|流程|程序|要求|东西|内容|方法|方式|情形|情况|注意|食材|原料|配料|调料|工具|文件)|"
    r"步骤|流程|手续|程序|材料|用料|食材|配料|条件|注意事项|怎么|如何|怎样|咋|哪[几两二三四五六七八九]|几[种类个项步]|"
    r"which|what are|how (?:to|do|can|should)|steps|requirements"
)
_PRECISE = frozenset(("number", "time", "year", "duration", "person", "country"))
"""Kinds of question that a single item answers."""
_COMMENT = re.compile(r"\s*(?:#(?!#)|//|--|;)\s*\S")
_COMMENTED = re.compile(r"(?m)^[ \t]*(?:#(?!#)|//|--|;)[ \t]*\S.*\n(?=.*\S)")
"""A comment with a line below it, as in configuration files."""
_STEP = re.compile(
    r"第(?P<ordinal>[一二三四五六七八九十\d]{1,2})步|(?:最后|最末|末尾|倒数第)[^步]?步|(?:last|final) step"
)


class Unit(NamedTuple):  # made sooner than a dataclass, as hits are
    """A quotable piece of a paragraph.

    ``items`` are the spans, in the paragraph's text, of the items of a quoted list, without their marks; ``more`` tells
    how many items are left out. ``lead`` is the lead-in of an item that is quoted without it.
    """

    sentence: Sentence
    items: tuple[Span, ...] = ()
    more: int = 0
    lead: str | None = None


def unit(question: Question, sentence: Sentence, hit: Hit) -> Unit:
    """Return what is quoted of a paragraph where ``sentence`` of it was ranked."""
    text = hit.paragraph.text
    if sentence.end - sentence.start == len(text):
        return Unit(sentence)
    if "\n" in text and _COMMENTED.search(text):
        return Unit(_explained(text, sentence))
    for one in enumerations(text):
        start, end = one.span
        if sentence.start < end and start < sentence.end:
            topic = "\n".join((hit.source.title, *hit.paragraph.section, *hit.paragraph.questions))
            return _of_list(question, text, sentence, one, topic)
    if leads_in(sentence.text):
        return Unit(_with_next_line(text, sentence))
    return Unit(sentence)


def leads_in(text: str) -> bool:
    """Return whether a sentence leads in to what follows it."""
    return text.rstrip().endswith((":", "："))


def is_comment(text: str) -> bool:
    """Return whether a line explains what follows it, as in configuration files."""
    return _COMMENT.match(text) is not None


def _of_list(question: Question, text: str, sentence: Sentence, one: Enumeration, topic: str) -> Unit:
    if (item := _named(question, one)) is not None:
        return Unit(_sentence(text, *item), lead=text[slice(*one.lead)].rstrip(":：") or None)
    own = [item for item in one.items if item[0] < sentence.end and sentence.start < item[1]]
    lead = text[slice(*one.lead)]
    if not own or len(own) > 1 or sentence.start < one.lead[1]:  # the lead-in, perhaps with items
        return _list(text, one) if sentence.end < one.span[1] else Unit(sentence)
    if _asks_for(question, text[slice(*own[0])], f"{topic}\n{lead}"):
        return _list(text, one)
    start, end = own[0]
    whole = _sentence(text, start, end) if end - start <= ITEM_LIMIT else sentence
    return Unit(whole, lead=lead.rstrip(":：") or None)


def _named(question: Question, one: Enumeration) -> Span | None:
    """The item that a question names by its number, or as the last."""
    named = _STEP.search(question.normal.text)
    if named is None:
        return None
    number = ordinal_value(named["ordinal"]) if named["ordinal"] else len(one.items)
    return one.items[number - 1] if 0 < number <= len(one.items) else None


def _asks_for(question: Question, item: str, topic: str) -> bool:
    """Whether a question asks for a list rather than for one of its items: no item says more of it than the topic."""
    if question.kind.name in _PRECISE or not _LISTED.search(question.normal.text):
        return False
    said, item = normalise(topic).text, normalise(item).text
    return not any(len(word) > 1 and word in item and word not in said for word in question.words)


def _list(text: str, one: Enumeration) -> Unit:
    count = 1
    while count < min(len(one.items), ITEM_COUNT) and one.items[count][1] - one.span[0] <= LIST_LIMIT:
        count += 1
    shown = one.items[:count]
    start = one.lead[0] if one.lead[1] > one.lead[0] else shown[0][0]
    items = tuple((begin + unmarked(text[begin:end]), end) for begin, end in shown)
    return Unit(_sentence(text, start, shown[-1][1]), items, len(one.items) - count)


def _explained(text: str, sentence: Sentence) -> Sentence:
    """A line with the comment above it, and a comment with the line that it explains."""
    if is_comment(sentence.text):
        return _with_next_line(text, sentence)
    before = text[: sentence.start].rstrip()
    above = before.rfind("\n") + 1
    if is_comment(before[above:]):
        return _sentence(text, above, sentence.start + len(sentence.text.rstrip()))
    return sentence


def _with_next_line(text: str, sentence: Sentence) -> Sentence:
    """A sentence with the line below it, which it leads in to or explains."""
    end = sentence.end + len(text[sentence.end :]) - len(text[sentence.end :].lstrip())
    stop = text.find("\n", end)
    return _sentence(text, sentence.start, len(text) if stop < 0 else stop)


def _sentence(text: str, start: int, end: int) -> Sentence:
    return Sentence(text[start:end], start, end)
