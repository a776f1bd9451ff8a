"""Questions and their answers: a block that answers a question knows the question, and holds the answer only.

A document pairs them by marks (问：… 答：…, Q1. … A1. …, 【问】), by headings or bold lines that ask, by folds and
terms whose name asks, or, where it does so again and again, by lines that are nothing but a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.reading.content import Block
from retrieval.reading.lists import is_item, mark_of
from retrieval.simplified import in_both_scripts

_NUMERAL = r"(?:\d{1,4}|[一二三四五六七八九十]{1,4})?"
_ASKER = r"(?-i:[\u4e00-\u9fff]{0,4})"  # with IGNORECASE, Python would look up each of these
_QUESTION_MARK = re.compile(
    in_both_scripts(
        rf"(?:[【\[（(]\s?(?:问|问题|提问|Q|Question)\s?{_NUMERAL}\s?[】\]）)]\s?[：:]?"
        rf"|(?:问|提问|Question)\s?{_NUMERAL}\s?[：:]|Q\s?\d{{0,4}}\s?[：:.．、]|Q\s?\d{{1,4}}\s)\s*"
    ),
    re.IGNORECASE,
)
# Marks that also stand before what is no question; with these an answer must be marked too.
_WEAK_MARK = re.compile(in_both_scripts(rf"(?:(?:问题|咨询|疑问)\s?{_NUMERAL}|{_ASKER}问)\s?[：:]\s*"))
_ANSWER_MARK = re.compile(
    in_both_scripts(
        rf"(?:[【\[（(]\s?(?:答|答案|回答|解答|回复|A|Answer)\s?{_NUMERAL}\s?[】\]）)]\s?[：:]?"
        rf"|(?:答|回答|答复|解答|回复|答案|解决(?:方法|办法|方案)|Answer)\s?{_NUMERAL}\s?[：:]"
        rf"|{_ASKER}(?:答|回答)[：:]|A\s?\d{{0,4}}\s?[：:.．、]|A\s?\d{{1,4}}\s)\s*"
    ),
    re.IGNORECASE,
)
_MARK_WITHIN = re.compile(
    in_both_scripts(
        rf"(?<=[？?。！!\s])(?:[【\[（(]?(?:问|答|回答|Q|A){_NUMERAL}[】\]）)]?[：:]|[【\[](?:问|答)[】\]])"
    ),
    re.IGNORECASE,
)
_OTHER_WORDING = re.compile(
    in_both_scripts(r"(?:相似|相近|类似|其他|其它|同义)(?:问题|问法|提问|问)?\s?[：:]\s*|又问[：:]\s*")
)
_NUMBERING = re.compile(
    r"(?:[•·●○■◆▪►➢※☐☑*-]\s*|\d{1,3}(?:\.\d{1,3}){1,4}[.、．]?\s*|\d{1,3}[.、．)）]\s*|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[）)]\s*"
    r"|[一二三四五六七八九十]{1,3}[、.．]\s*|[①-⑳]\s*)"
)
_ASKS_AT_END = re.compile(r"[？?][”」』）)\]】》\"'*]*\Z")
_ASKS = re.compile(
    in_both_scripts(
        r"(?:如何|怎么|怎样|为什么|为何|什么是|何谓|何时|哪里|哪些|哪个|谁|能否|可否|是否)"
        r"|.*(?:是什么|有哪些|怎么办|怎么样|怎么处理|如何处理|如何解决|怎么解决|多少钱?|多久|多长时间|在哪[里儿]?|什么意思"
        r"|为什么|怎么回事|几点|吗)\Z|how (?:do|does|to|can|should|long|much|many)\b"
    ),
    re.IGNORECASE,
)
_ANSWER_HEADING = re.compile(
    in_both_scripts(r"(?:答|答案|回答|解答|解决(?:方法|办法|方案)?|处理(?:方法|办法)?|原因|answer|solution)\Z"),
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[^，。？?]{1,8}[：:]|[“「『\"]")
_LONGEST_QUESTION = 80
_LONGEST_MARKED = 400
_LONGEST_ANSWER = 3000
_FEWEST_LINES = 2
_FEWEST_SHARE = 0.2


def asks(text: str) -> bool:
    """Whether a heading, a bold line or a term asks something that the text below it answers."""
    text = text.rstrip("：: *")
    if len(text) > _LONGEST_QUESTION:
        return False
    return bool(_ASKS_AT_END.search(text) or _ASKS.match(wording(text)))


def is_marked(text: str) -> bool:
    """Whether the text begins with a mark of a question or an answer: 问：, A1:, 【答】."""
    return bool(_QUESTION_MARK.match(text) or _ANSWER_MARK.match(text))


def wording(text: str) -> str:
    """Return the question without its number and mark: ``1. 问：几点开门？`` asks ``几点开门？``."""
    for pattern in (_NUMBERING, _QUESTION_MARK, _WEAK_MARK, _NUMBERING):
        found = pattern.match(text)
        if found and found.end() < len(text):
            text = text[found.end() :]
    return text.strip(" *")


def paired(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks; those that answer a question have it in ``questions``, and not in their text.

    A question that is a heading of the document stays one too. One that nothing answers stays the text that it is.
    """
    held = [part for block in blocks for part in _parts(block)]
    return list(_Pairing(held).run())


def _parts(block: Block) -> Iterator[Block]:
    """The block, cut where it holds question and answer one after the other."""
    bare = _bare(block.text)
    first = None if block.level is not None or block.questions else _QUESTION_MARK.match(bare)
    if first is None:
        yield block
        return
    start = 0
    for mark in _MARK_WITHIN.finditer(block.text, len(block.text) - len(bare) + first.end()):
        yield block._replace(text=block.text[start : mark.start()].strip())
        start = mark.start()
    yield block._replace(text=block.text[start:].strip())


def _bare(text: str) -> str:
    found = _NUMBERING.match(text)
    return text[found.end() :] if found else text


@dataclass(slots=True)
class _Question:
    """What is being asked: its wordings, the blocks that are nothing but them, and how much has answered."""

    wordings: list[str]
    blocks: list[Block] = field(default_factory=list)
    marked: bool = False
    answered: int = 0


class _Pairing:
    """One way through the blocks: a question is held until something answers it."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.room = _room(blocks)
        self.lines = _asking_lines(blocks)
        self.open: _Question | None = None

    def run(self) -> Iterator[Block]:
        """The blocks, in order."""
        for index, block in enumerate(self.blocks):
            if block.level is not None:
                yield from self._heading(index, block)
            elif block.questions:
                yield from self._close()
                yield block
            elif block.under and asks(block.under[-1]):
                yield from self._close()
                *under, question = block.under
                yield block._replace(under=tuple(under), questions=(wording(question),), text=_answer(block.text))
            elif (asked := self._question(index, block)) is not None:
                yield from self._ask(asked, block)
            else:
                yield from self._answer(block)
        yield from self._close()

    def _heading(self, index: int, block: Block) -> Iterator[Block]:
        if self.open and _ANSWER_HEADING.match(block.text):
            yield block
            return
        yield from self._close()
        yield block
        if asks(block.text) and self.room[index] <= _LONGEST_ANSWER:
            self.open = _Question([wording(block.text)], marked=True)

    def _question(self, index: int, block: Block) -> _Question | None:
        """The question that the block is, if it is nothing else and something follows it."""
        text = _bare(block.text)
        if index + 1 == len(self.blocks) or block.code or len(text) > _LONGEST_MARKED:
            return None
        following = self.blocks[index + 1]
        answered = following.level is None and bool(_ANSWER_MARK.match(following.text))
        if (wordings := self._marked(text, answered=answered)) is not None:
            return _Question(wordings, [block], marked=True) if all(wordings) else None
        asking = answered and len(text) <= _LONGEST_QUESTION and bool(_ASKS_AT_END.search(text))
        if (asking or (block.strong and asks(block.text)) or index in self.lines) and (
            following.level is None and _is_answer(block, following)
        ):
            return _Question([wording(text)], [block])
        return None

    def _marked(self, text: str, *, answered: bool) -> list[str] | None:
        """The wordings behind a mark that says that they ask; ``None`` without such a mark."""
        if mark := _QUESTION_MARK.match(text):
            return [text[mark.end() :]]
        if self.open and not self.open.answered and (mark := _OTHER_WORDING.match(text)):
            return re.split(r"[；;|｜]\s*", text[mark.end() :])
        if answered and (mark := _WEAK_MARK.match(text)):
            return [text[mark.end() :]]
        return None

    def _ask(self, question: _Question, block: Block) -> Iterator[Block]:
        waiting = self.open is not None and not self.open.answered and self.open.blocks
        if waiting and self.open and self.open.marked and question.marked:
            self.open.wordings += question.wordings
            self.open.blocks.append(block)
            return
        yield from self._close()
        self.open = question

    def _answer(self, block: Block) -> Iterator[Block]:
        if self.open is None:
            yield block
            return
        if block.strong and not self.open.marked and self.open.answered:
            self.open = None
            yield block
            return
        text = _answer(block.text) if not block.code else block.text
        self.open.answered += max(1, len(text))
        if text:
            yield block._replace(text=text, questions=tuple(dict.fromkeys(filter(None, self.open.wordings))))
        if self.open.answered > _LONGEST_ANSWER:
            self.open = None

    def _close(self) -> Iterator[Block]:
        """Ends the answer; a question that had none is text."""
        if self.open and not self.open.answered:
            yield from self.open.blocks
        self.open = None


def _answer(text: str) -> str:
    mark = _ANSWER_MARK.match(text)
    return text[mark.end() :] if mark else text


def _is_answer(question: Block, following: Block) -> bool:
    """Whether what follows a line that asks may answer it: it asks nothing, and is no further item of the same list."""
    if _ASKS_AT_END.search(following.text) and len(following.text) <= _LONGEST_QUESTION:
        return False
    return not is_item(question.text) or mark_of(following.text) != mark_of(question.text)


def _room(blocks: Sequence[Block]) -> list[int]:
    """For each block, the characters between it and the next heading."""
    room = [0] * len(blocks)
    count = 0
    for index in range(len(blocks) - 1, -1, -1):
        room[index] = count
        count = 0 if blocks[index].level is not None else count + len(blocks[index].text)
    return room


def _asking_lines(blocks: Sequence[Block]) -> frozenset[int]:
    """Where lines are nothing but a question, in a document that pairs such lines with answers throughout."""
    lines: list[int] = []
    texts = 0
    for index, block in enumerate(blocks):
        if block.level is not None or block.code:
            continue
        texts += 1
        text = _bare(block.text)
        if (
            len(text) <= _LONGEST_QUESTION
            and _ASKS_AT_END.search(text)
            and not re.search(r"[。！；]", text)
            and not _SPEAKER.match(text)
        ):
            lines.append(index)
    alone = lines == [0] and sum(len(block.text) for block in blocks) <= _LONGEST_ANSWER
    often = len(lines) >= _FEWEST_LINES and len(lines) >= _FEWEST_SHARE * texts
    return frozenset(lines) if alone or often else frozenset()
