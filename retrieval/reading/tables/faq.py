"""Tables of questions and answers: which columns ask and answer, and what a row of them pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from retrieval.simplified import in_both_scripts

_LOOKED_AT = 30
_QUESTION_MARK = re.compile(r"[？?][”」』）)]?$")
_ASKS = re.compile(
    in_both_scripts(
        r"(?:(?:常见|标准|用户|客户|相似|相近|类似|扩展|同义|核心|主|原始|知识)?(?:问题|问法|问句|提问|疑问|问)(?:描述|内容|标题|列表)?"
        r"|(?:知识|文章)?标题|关键词|关键字|触发词|faq|q|query|title"
        r"|(?:(?:similar|standard|alternative|user)[ _]?)?questions?)"
    ),
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    in_both_scripts(
        r"(?:(?:标准|参考|知识|最佳|官方)?(?:答案|回答|答复|回复|解答|应答|答)(?:内容|文本)?"
        r"|(?:(?:standard|best)[ _]?)?answers?|response|reply|a)"
    ),
    re.IGNORECASE,
)
_TITLES = re.compile(in_both_scripts(r"(?:知识|文章)?标题|title"), re.IGNORECASE)
_CONTENTS = re.compile(in_both_scripts(r"(?:知识|文章)?(?:内容|正文)|content|body|text"), re.IGNORECASE)
_CATEGORIES = re.compile(
    in_both_scripts(
        r"(?:问题|知识|所属|[一二三]级)*(?:分类|类别|类目|目录|栏目|模块|主题|板块)|category|topic|section|module"
    ),
    re.IGNORECASE,
)
_MEANINGLESS = re.compile(
    in_both_scripts(r"序号|编号|编码|(?:知识|问题)?id|no\.?|index|(?:创建|更新|修改|录入)(?:时间|日期|人)|状态|status"),
    re.IGNORECASE,
)
_DECORATION = re.compile(r"[（(【\[][^（(【\[]*[）)】\]]|[\s*：:#\d]+")
_SPEAKER = re.compile(in_both_scripts(r"(?:问|答|[QA])\s*[：:]\s*"), re.IGNORECASE)
_WORDINGS = re.compile(r"\n|(?<![^\S\n])[^\S\n]*(?:[|｜]+|##+|@@+)\s*")


class FaqColumns(NamedTuple):
    """The columns of a table of questions and answers: those that ask, the one that answers, and two other kinds.

    ``categories`` say what a pair is about; ``meaningless`` ones count the rows or say who keeps them.
    """

    questions: tuple[int, ...]
    answer: int
    categories: tuple[int, ...] = ()
    meaningless: tuple[int, ...] = ()

    def details(self, width: int) -> list[int]:
        """The columns of a row that say something more of the pair."""
        others = {*self.questions, self.answer, *self.categories, *self.meaningless}
        return [at for at in range(width) if at not in others]


class Pair(NamedTuple):
    """What a row of such a table asks, in each of its wordings, and what it answers."""

    questions: tuple[str, ...]
    answer: str


def faq_columns(names: Sequence[str], rows: Iterable[Sequence[str]] = ()) -> FaqColumns | None:
    """The columns that ask and answer, by their names or else by the question marks in ``rows``."""
    told = list(map(_told, names))
    plain = [name for name, _, _ in told]
    asking = [at for at, (_, asks, _) in enumerate(told) if asks]
    answering = [at for at, (_, _, answers) in enumerate(told) if answers]
    if not answering and any(_TITLES.fullmatch(plain[at]) for at in asking):
        answering = [at for at, name in enumerate(plain) if _CONTENTS.fullmatch(name)]
    if asking and answering and asking[0] != answering[0]:
        return _divided(plain, tuple(at for at in asking if at != answering[0]), answering[0])
    return _by_marks(plain, [row for row, _ in zip(rows, range(_LOOKED_AT), strict=False)])


@lru_cache(maxsize=1 << 10)  # the tables of a manual have the same few names
def _told(name: str) -> tuple[str, bool, bool]:
    """A column's name without decoration, and whether by that the column asks or answers."""
    plain = _DECORATION.sub("", name)
    return plain, bool(_ASKS.fullmatch(plain)), bool(_ANSWERS.fullmatch(plain))


def _by_marks(names: list[str], rows: list[Sequence[str]]) -> FaqColumns | None:
    width = max(map(len, rows), default=0)
    if len(rows) < 2 or width > 6:
        return None
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    marked = [sum(bool(_QUESTION_MARK.search(text)) for text in texts) >= 0.7 * len(rows) for texts in columns]
    if sum(marked) != 1:
        return None
    asking = marked.index(True)
    others = [at for at in range(asking + 1, width) if len(columns[at]) >= 0.7 * len(rows)]
    if not others:
        return None
    answer = max(others, key=lambda at: sum(map(len, columns[at])))
    return _divided(names, (asking,), answer)


def _divided(names: list[str], asking: tuple[int, ...], answer: int) -> FaqColumns:
    others = [at for at in range(len(names)) if at not in asking and at != answer]
    categories = tuple(at for at in others if _CATEGORIES.fullmatch(names[at]))
    meaningless = tuple(at for at in others if _MEANINGLESS.fullmatch(names[at]))
    return FaqColumns(asking, answer, categories, meaningless)


def question_answer(columns: FaqColumns, row: Sequence[str]) -> Pair | None:
    """What the row asks and answers; ``None`` where it leaves one of them empty.

    A cell may hold several wordings, on a line each or parted by ``|`` or ``##``.

    >>> question_answer(FaqColumns((0, 1), 2), ["几点开门？", "何时营业|营业时间", "九点。"])
    Pair(questions=('几点开门？', '何时营业', '营业时间'), answer='九点。')
    """
    cells = [row[at] for at in columns.questions if at < len(row)]
    wordings = (_said(wording.strip()) for cell in cells for wording in _WORDINGS.split(cell))
    questions = tuple(dict.fromkeys(filter(None, wordings)))
    answer = row[columns.answer] if columns.answer < len(row) else ""
    answer = _said(answer.replace("\n", " "))
    return Pair(questions, answer) if questions and answer else None


def _said(text: str) -> str:
    """The text without the mark of who speaks: 问：, A:."""
    mark = _SPEAKER.match(text)
    return text[mark.end() :] if mark else text
