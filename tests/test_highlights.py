"""The tightest span that answers, on the original glyphs."""

from __future__ import annotations

import pytest

from retrieval.language import Tokenizer
from tests.asking import document, highlighted, rank


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("产值是多少？", "去年，全县的产值达到35.8亿元，比前年增长百分之七。", "35.8亿元"),
        ("大桥哪一年通车？", "大桥历经四年建设，于1998年通车，车流量逐年上升。", "1998年"),
        ("展览什么时候开幕？", "展览由三家单位合办，将于5月3日开幕，欢迎参观。", "5月3日"),
        ("比赛持续多久？", "这场比赛十分激烈，一共持续了三个小时，观众很多。", "三个小时"),
        ("谁执导了这部电影？", "这部电影由王小川执导，在本地拍摄完成。", "王小川"),
        ("总部位于哪里？", "这家企业的总部位于苏州市工业园区，员工两千。", "苏州市工业园区"),
        ("这种果实有多长？", "这种果实表面光滑，长15至20厘米，成熟时呈红色。", "15至20厘米"),
        ("这种鱼分布在哪些地区？", "这种鱼分布于日本、台湾、菲律宾等海域，数量不多。", "日本、台湾、菲律宾等海域"),
        ("林先生的妻子是谁？", "林先生的妻子是伊丽莎白·乔西，两人育有两子。", "伊丽莎白·乔西"),
        ("冷库的温度是多少度？", "一号冷库的温度保持在-18℃，由专人看守。", "-18℃"),
        ("冬天最低多少度？", "这里冬天最低零下20度，夏天很凉快。", "零下20度"),
        ("冷库的温度是多少？", "一号冷库的温度是-5至-18℃，由专人看守。", "-5至-18℃"),
        ("他是哪国人？", "他是一位葡萄牙航海家，一生四次远航。", "葡萄牙"),
    ],
)
def test_typed_span(tokenizer: Tokenizer, question: str, text: str, expected: str) -> None:
    (span,) = highlighted(rank(tokenizer, question, [document(text)]))
    assert expected in span
    assert len(span) <= len(expected) + 3


def test_the_clause_where_an_answer_has_no_form(tokenizer: Tokenizer) -> None:
    text = document("新馆今年开放，主要收藏明清两代的地方瓷器，另有书画若干。")
    assert highlighted(rank(tokenizer, "新馆主要收藏什么？", [text])) == ["主要收藏明清两代的地方瓷器"]


def test_what_the_question_says_itself_is_no_answer(tokenizer: Tokenizer) -> None:
    text = document("从2010年到2019年，全市的绿地面积达到480公顷。")
    assert highlighted(rank(tokenizer, "2019年全市绿地面积是多少？", [text])) == ["480公顷"]


def test_offsets_are_those_of_the_original_glyphs(tokenizer: Tokenizer) -> None:
    text = document("㈱山海公司在㎡標準之外，產值達到７０００億元，創下紀錄。")
    (span,) = highlighted(rank(tokenizer, "山海公司的产值是多少？", [text]))
    assert "７０００億元" in span


def test_numerals_that_grow_do_not_move_the_span(tokenizer: Tokenizer) -> None:
    text = document("到二〇二五年，全区产值突破七千亿元，企业达到三百家。")
    (span,) = highlighted(rank(tokenizer, "全区产值突破多少？", [text]))
    assert "七千亿元" in span
