"""Suggested questions come out of the documents, and the documents answer them with the very sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.language.splitting import sentences
from retrieval.question.suggesting import LONGEST, SHORTEST, candidates, related, suggest
from retrieval.records import Answer, Document, Paragraph, Quote, Source


def document(
    path: str, *texts: str, title: str = "二〇二五年工作报告（征求意见稿）", section: tuple[str, ...] = ()
) -> Document:
    paragraphs = (Paragraph(number, text, section=section) for number, text in enumerate(texts, 1))
    return Document(Source(path, title), tuple(paragraphs))


class Script:
    """Answers every question with the sentence that was written down for it; ``asked`` is what it was asked."""

    def __init__(self, *documents: Document) -> None:
        self._quotes = {
            one.question: Quote(sentence, one.paragraph, each.source, 0.9)
            for each in documents
            for one in candidates(each)
            for sentence in sentences(one.paragraph.text)
            if one.start in {None, sentence.start}
        }
        self.asked: list[str] = []

    async def __call__(self, question: str, *, limit: int) -> Answer:
        self.asked.append(question)
        quote = self._quotes.get(question)
        return Answer(question, (quote,) if quote else (), 0.9)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("全市茶叶产量达到3万吨。", "全市茶叶产量达到多少？"),
        ("展览馆内有70多种矿石。", "展览馆内有多少种矿石？"),
        ("跨江大桥于1998年建成通车。", "跨江大桥什么时候建成通车？"),
        ("跨江大桥的作用是连接南北两岸。", "跨江大桥的作用是什么？"),
        ("由于江面风大，跨江大桥暂时关闭。", "为什么跨江大桥暂时关闭？"),
        ("飞行员不得在飞行前饮酒。", "飞行员不得做什么？"),
        ("交通运输局，将建设两座码头和一条公路。", "交通运输局将做什么？"),
        ("申请材料包括身份证、照片和申请表。", "申请材料包括什么？"),
        ("局长指出，今年要多修路。", "局长指出什么？"),
        ("跨江大橋於1998年建成通車。", "跨江大橋什麼時候建成通車？"),
        ("由於江面風大，跨江大橋暫時關閉。", "為什麼跨江大橋暫時關閉？"),
        ("局長指出，今年要多修路。", "局長指出什麼？"),
        ("乾隆皇帝的年号是这个名字的由来。", "乾隆皇帝的年号是什么？"),
    ],
)
def test_a_statement_becomes_a_question(text: str, question: str) -> None:
    assert [one.question for one in candidates(document("a.txt", text))] == [question]


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("第二章 申请条件", "申请条件是什么？"),
        ("3.1 办理流程", "办理流程是什么？"),
        ("（一）如何申请借书证", "如何申请借书证？"),
        ("怎样缴纳学费？", "怎样缴纳学费？"),
    ],
)
def test_a_heading_becomes_a_question(heading: str, question: str) -> None:
    found = candidates(document("a.txt", "略。", section=("总则", heading)))
    assert [one.question for one in found] == [question]


@pytest.mark.parametrize(
    "text",
    [
        "其产量达到3万吨。", "该桥于1998年建成通车。", "它的作用是连接两岸。", "此外，产量是3万吨。", "达到3万吨。",
        "“大桥”的作用是连接。", "大桥是否开放是个问题。", "因此集结约3000人。", "自1998年至2003年任县长。",
        "你好。", "Hello, world.",
    ],
)  # fmt: skip
def test_what_nobody_understands_alone_is_not_asked(text: str) -> None:
    assert candidates(document("a.txt", text)) == []


def test_a_short_title_names_the_subject_that_is_left_out() -> None:
    (found,) = candidates(document("a.txt", "全长两里，桥面宽度为30米。", title="跨江大桥"))
    assert found.question == "跨江大桥的桥面宽度为多少？"


async def test_the_question_is_kept_if_its_own_sentence_answers_it() -> None:
    first = document("a.txt", "跨江大桥的作用是连接南北两岸。", "跨江大桥于1998年建成通车。")
    found = await suggest(Script(first), [first], count=5)
    assert {(one.question, one.quote.paragraph.number) for one in found} == {
        ("跨江大桥的作用是什么？", 1),
        ("跨江大桥什么时候建成通车？", 2),
    }


async def test_the_question_is_dropped_if_another_sentence_or_none_answers_it() -> None:
    mine = document("a.txt", "跨江大桥的作用是连接南北两岸。")
    other = document("b.txt", "跨江大桥的作用是连接南北两岸。")
    assert await suggest(Script(other), [mine], count=5) == ()
    assert await suggest(Script(), [mine], count=5) == ()


async def test_documents_take_turns() -> None:
    many = [
        document(f"{name}.txt", *(f"{name}{part}的作用是连接两岸。" for part in ("大桥", "隧道", "渡口")))
        for name in ("东江", "西江", "北江")
    ]
    found = await suggest(Script(*many), many, count=4)
    assert [one.quote.source.path for one in found] == ["东江.txt", "西江.txt", "北江.txt", "东江.txt"]


async def test_no_sentence_is_asked_for_twice() -> None:
    one = document("a.txt", "渡口管理处共有30人，码头管理处共有20人。")
    assert len(candidates(one)) == 2
    assert len(await suggest(Script(one), [one], count=5)) == 1


async def test_it_takes_a_bounded_number_of_attempts() -> None:
    many = [document(f"{number}.txt", f"第{number}号大桥的作用是连接两岸。") for number in range(500)]
    nothing = Script()
    assert await suggest(nothing, many, count=5, attempts=30) == ()
    assert len(nothing.asked) == 30


async def test_of_an_endless_collection_only_the_beginning_is_read() -> None:
    def endless() -> Iterator[Document]:
        while True:
            yield document("a.txt", "略。")

    assert await suggest(Script(), endless(), count=5) == ()


async def test_related_questions_come_from_the_quoted_paragraphs_and_ask_for_something_else() -> None:
    one = document(
        "a.txt", "跨江大桥于1998年正式建成通车。跨江大桥的作用是连接南北两岸的城区。", "码头管理处共有30人。"
    )
    ask = Script(one)
    answer = await ask("跨江大桥什么时候正式建成通车？", limit=3)
    assert [next_.question for next_ in await related(ask, answer, count=2)] == ["跨江大桥的作用是什么？"]
    assert await related(ask, Answer("问题", (), 0.1), count=2) == ()


PIECES = st.sampled_from(
    ("跨江大桥", "的作用是", "产量达到", "包括", "由于", "于1998年", "3万吨", "不得", "将", *"，。、；“”（）\n㎡A")
)


@given(st.lists(PIECES, min_size=1, max_size=40).map("".join), st.integers(0, 40))
def test_any_text_gives_questions_that_fit_on_a_button_or_none(text: str, length: int) -> None:
    places = ("全市各县各区各乡" * 5)[:length]
    found = candidates(document("a.txt", f"{text}。{places}茶叶产量达到3万吨。"))
    assert [one.question for one in found if not SHORTEST <= len(one.question) <= LONGEST] == []
    assert [one.question for one in found if not one.question.endswith("？")] == []


async def test_real_answers_begin_with_the_sentence_that_the_question_was_made_from(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    many = [
        document(
            "a.txt", "跨江大桥于1998年建成通车。", "跨江大桥的作用是连接南北两岸。", "由于江面风大，跨江大桥暂时关闭。"
        ),
        document("b.txt", "全市茶叶产量达到3万吨。", "申请材料包括身份证、照片和申请表。", "飞行员不得在飞行前饮酒。"),
    ]
    engine = LocalEngine(tmp_path, tokenizer)
    async with engine.update() as update:
        for one in many:
            await update.put(one)
        await update.commit()
    answerer = Answerer(engine, tokenizer, threshold=0.5)
    found = await suggest(answerer.answer, many, count=6)
    again = await suggest(answerer.answer, many, count=6)
    firsts = [await answerer.answer(one.question, limit=1) for one in found]
    engine.close()
    assert found == again
    assert {one.quote.source.path for one in found} == {"a.txt", "b.txt"}
    assert [answer.quotes[0] for answer in firsts] == [one.quote for one in found]
