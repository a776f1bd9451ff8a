"""References, tables of contents, link lists and notices come behind text that says the same."""

from __future__ import annotations

import pytest

from retrieval.language import Tokenizer
from retrieval.records import Document, Paragraph, Source
from tests.asking import document, rank

TEXT = "游泳馆周一闭馆，其余各天早上六点开门。"
QUESTION = "游泳馆几点开门"


def placed(text: str, *, path: str = "a.md", section: tuple[str, ...] = ()) -> Document:
    return Document(Source(path, "指南"), (Paragraph(1, text, section=section),))


@pytest.mark.parametrize(
    "furniture",
    [
        placed("游泳馆几点开门", section=("相关链接",)),
        placed("[3] 游泳馆几点开门，晚报，2019年", section=("正文", "参考资料")),
        placed("游泳馆几点开门\n食堂几点开门\n校车时刻\n医院挂号\n书店地址"),
        placed("游泳馆几点开门 ........ 12"),
        placed("游泳馆几点开门", path="docs/SUMMARY.md"),
        placed("游泳馆几点开门？"),
    ],
    ids=["links", "references", "link list", "contents", "summary", "question"],
)
def test_furniture_comes_behind_text(tokenizer: Tokenizer, furniture: Document) -> None:
    ranking = rank(tokenizer, QUESTION, [placed(TEXT, path="b.md"), furniture])
    assert ranking.candidates[0].sentence.text == TEXT
    assert len(ranking.candidates) > 1


def test_who_asks_for_the_references_gets_them(tokenizer: Tokenizer) -> None:
    references = placed("《水上运动史》第三版", section=("参考资料",))
    others = placed("水上运动在夏天举行。", path="b.md")
    ranking = rank(tokenizer, "水上运动的参考资料是什么", [references, others])
    assert ranking.candidates[0].sentence.text == "《水上运动史》第三版"


@pytest.mark.parametrize(
    ("question", "answer"),
    [("浴室的开放时间从什么时候开始调整？", "自2021年6月1日起"), ("这份通知的文号是什么？", "某后发〔2021〕7号")],
)
def test_lines_around_an_official_text_come_behind_it(tokenizer: Tokenizer, question: str, answer: str) -> None:
    text = "某后发〔2021〕7号\n各单位：\n自2021年6月1日起，浴室早上六点半开门。\n2021年5月20日"
    notice = document(text, title="关于调整浴室开放时间的通知")
    assert answer in rank(tokenizer, question, [notice]).candidates[0].sentence.text
