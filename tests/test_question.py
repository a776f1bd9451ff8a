"""What a question asks for, and what is left of it when it has been understood."""

from __future__ import annotations

import pytest

from retrieval.language import Tokenizer
from retrieval.question import Question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("产业规模是多少？", "number"),
        ("有几家企业？", "number"),
        ("塔有多高？", "number"),
        ("大会什么时候召开？", "time"),
        ("他是哪一年出生的？", "year"),
        ("任期有多久？", "duration"),
        ("编辑是谁？", "person"),
        ("由哪位作家写成？", "person"),
        ("总部在哪里？", "place"),
        ("他是哪国人？", "country"),
        ("为什么停产？", "reason"),
        ("村子的名字是怎么来的？", "reason"),
        ("怎么建设工厂？", "manner"),
        ("什么是数字孪生？", "definition"),
        ("有哪些举措？", "list"),
        ("它又叫什么？", "name"),
        ("瞄准什么经济？", "which"),
        ("智慧道路和车联网", "none"),
    ],
)
def test_kind_of_answer(tokenizer: Tokenizer, text: str, kind: str) -> None:
    assert Question.of(text, tokenizer).kind.name == kind


@pytest.mark.parametrize(
    "text", ["请问产业规模是多少？", "麻烦您告诉我产业规模是多少呢？", "產業規模是多少", "产业规模是多少?!"]
)
def test_politeness_script_and_punctuation_do_not_matter(tokenizer: Tokenizer, text: str) -> None:
    assert (
        Question.of(text, tokenizer).words[:2]
        == Question.of("产业规模是多少？", tokenizer).words[:2]
        == ("产业", "规模")
    )


def test_words_that_ask_are_no_terms(tokenizer: Tokenizer) -> None:
    terms = Question.of("大会什么时候在哪里召开？", tokenizer).terms
    assert "召开" in terms
    assert not {"什么", "时候", "什么时候", "哪里", "么", "哪"} & set(terms)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("新员工 年假 天数", "duration"),
        ("借书 数量 图书馆", "number"),
        ("图书馆 借书数量", "number"),
        ("退货地址", "place"),
        ("退貨 地址", "place"),
        ("报销 材料", "list"),
        ("停车场 免费", "none"),
        ("价格", "none"),
        ("时间都去哪儿了", "place"),
    ],
)
def test_keywords_ask_by_a_noun(tokenizer: Tokenizer, text: str, kind: str) -> None:
    assert Question.of(text, tokenizer).kind.name == kind


def test_the_noun_of_keywords_is_not_missed(tokenizer: Tokenizer) -> None:
    asked = Question.of("图书馆 借书 数量", tokenizer)
    assert "数量" in asked.words
    assert [token.text for token in asked.contents] == ["图书馆"]


def test_pairs_do_not_reach_over_what_was_taken_off(tokenizer: Tokenizer) -> None:
    assert Question.of("投资什么到账", tokenizer).pairs == ("投资", "到账")


def test_the_noun_asked_for(tokenizer: Tokenizer) -> None:
    assert Question.of("总部设在哪个城市？", tokenizer).focus == "城市"


def test_numerals_are_the_same_however_written(tokenizer: Tokenizer) -> None:
    assert Question.of("二〇二五年七千亿", tokenizer).words == Question.of("2025年7000亿", tokenizer).words


@pytest.mark.parametrize("text", ["", "？？？", "😀", "   "])
def test_nothing_to_ask(tokenizer: Tokenizer, text: str) -> None:
    assert Question.of(text, tokenizer).terms == ()


@pytest.mark.parametrize(
    ("text", "part", "number"),
    [("第二步做什么？", "第二步", "2"), ("2.2条规定了什么", "2.2条", "2.2"), ("第十二条说了什么", "第12条", "12")],
)
def test_part_is_looked_for_by_its_number(tokenizer: Tokenizer, text: str, part: str, number: str) -> None:
    question = Question.of(text, tokenizer)
    assert (part, number) in question.synonyms
    assert number in question.terms
    assert not {"什么", "做", "规定", "说"} & set(question.words)


@pytest.mark.parametrize(
    ("text", "answer", "other"),
    [
        ("图书馆有多少本书？", "藏书三千本", "共有三千人"),
        ("会员费多少钱？", "每年300元", "共有300人"),
        ("有几个校区？", "两个校区", "两个学院"),
        ("店长多少薪水？", None, None),
        ("队里有多少运动员？", None, None),
        ("新产品要有多少个？", None, None),  # 个 counts anything
    ],
)
def test_a_unit_must_stand_with_the_number_and_a_noun_need_not(
    tokenizer: Tokenizer, text: str, answer: str | None, other: str | None
) -> None:
    unit = Question.of(text, tokenizer).unit
    if answer is None or other is None:
        assert unit is None
    else:
        assert unit is not None
        assert unit.search(answer)
        assert not unit.search(other)
