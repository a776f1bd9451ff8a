"""What belongs to a document without being its text: references, tables of contents, link lists, licence notices.

So do the lines around an official text, such as 各部门：. All of it is kept and can be found, but says little of its
own and often in the question's very words. A question of the document is no answer to a question, nor is what leads in
to something else. All come behind text that says the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import basename, splitext

import numpy as np

from retrieval.language import folded
from retrieval.ranking.asked import asks_back, unfinished
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array
from retrieval.records import Hit

PENALTY, NO_ANSWER_PENALTY = 3.0, 6.0
"""What is taken off the model's value, in log-odds: furniture must be twenty times as likely to come first, and what is
no answer four hundred times."""

_HEADING = re.compile(
    r"(?:[\d.]+|[一二三四五六七八九十]+、)?\s*(?:参考(?:资料|文献|来源|链接|书目)?|引用(?:资料|文献|来源)?|资料来源|注释|注解|脚注|尾注|"
    r"外部(?:链接|连结)|(?:相关|友情|参考|快速|实用)(?:链接|连结)|(?:相关|延伸|扩展|推荐|更多)(?:阅读|文章|条目|文档)|另见|另请参阅|参见|目录|导航|"
    r"贡献者(?:名单|列表)?|致谢|鸣谢|许可协议|授权条款|版权(?:声明|信息|所有)|"
    r"references?|footnotes|citations|bibliography|see also|external links|further reading|related (?:links|articles|"
    r"pages|topics)|next steps|table of contents|contents|contributors|acknowledge?ments|licen[cs]e|copyright)\s*[:：]?"
)
_FILE = re.compile(r"summary|_?sidebar|_?navbar|_?nav|_?toc|contents|licen[cs]e|copying|authors|contributors|目录|导航")
_NOTICE = re.compile(
    r"all rights reserved|permission is hereby granted|licensed under|spdx-license|copyright (?:\(c\)|©|\d)|版权所有|"
    r"(?<!\.)\.{4,}\s*\d+\s*$|(?<!…)…{2,}\s*\d+\s*$|\bisbn[ :\d]|\bdoi:"
)
_FORMAL = re.compile(
    r"(?:\d{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日"
    r"|[\u4e00-\u9fff]{1,12}[(\[【〔]\d{4}[)\]】〕]第?\d{1,5}号|(?:各|尊敬的)[\u4e00-\u9fff、,]{1,30}:|附件\d{0,2}:[^。]{1,40})\s*"
)
"""A whole paragraph of an official document, in its normalised text."""
_ASKS_FOR_FORMAL = re.compile(r"文号|编号|几号文|落款|成文|印发|发[布文出]|签[发署]|日期|谁|附件|哪些")
_MARKS = ("rights", "permission", "licen", "copyright", "版权", "....", "……", "isbn", "doi")
"""One of these stands in every notice: they are found much sooner than the pattern."""
_ENDS_SENTENCE = re.compile(r"[。！？；：，!?;:,]")
_LINKS = 5
"""Lines from which on a paragraph of nothing but short names is taken for a list of links."""
_NAME_LIMIT = 24


def penalties(evidence: Evidence) -> Array:
    """Return what to take off each sentence's value."""
    asked = evidence.question.normal.text
    of_hit = np.zeros(len(evidence.passages.hits))
    for number in set(evidence.hit[evidence.likely].tolist()):
        normal = evidence.passages.prepared[number].normal.text
        of_hit[number] = _is_furniture(evidence.passages.hits[number], normal, asked)
    no_answer = np.maximum(asks_back(evidence), unfinished(evidence))
    return np.asarray(np.maximum(PENALTY * of_hit[evidence.hit], NO_ANSWER_PENALTY * no_answer))


def _is_furniture(hit: Hit, normal: str, asked: str) -> bool:
    """Whether a paragraph is furniture, unless the question asks for just that."""
    if hit.paragraph.questions:
        return False
    for heading in hit.paragraph.section[-2:]:
        if (furniture := _heading(heading)) and furniture not in asked:
            return True
    formal, notice = _signs(normal, hit.paragraph.text)
    return notice or _is_listing(hit.source.path) or (formal and not _ASKS_FOR_FORMAL.search(asked))


@lru_cache(maxsize=4096)
def _heading(heading: str) -> str:
    """Return a heading normalised if what stands below is furniture, else nothing."""
    normal = folded(heading).strip()
    return normal if _HEADING.fullmatch(normal) else ""


@lru_cache(maxsize=4096)
def _is_listing(path: str) -> bool:
    return bool(_FILE.fullmatch(folded(splitext(basename(path))[0])))


@lru_cache(maxsize=4096)
def _signs(normal: str, text: str) -> tuple[bool, bool]:
    """Return whether a paragraph is a line of an official document, and whether it is a notice or a list of links."""
    notice = (any(mark in normal for mark in _MARKS) and bool(_NOTICE.search(normal))) or _is_link_list(text)
    return bool(_FORMAL.fullmatch(normal)), notice


def _is_link_list(text: str) -> bool:
    """Whether there are names only, line below line, that nothing leads in to."""
    if text.count("\n") < _LINKS - 1:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    return len(lines) >= _LINKS and all(len(line) <= _NAME_LIMIT and not _ENDS_SENTENCE.search(line) for line in lines)
