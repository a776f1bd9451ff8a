"""Wrong characters are told by what the documents have that sounds alike, and by nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.language.sounds import folded, sounds
from retrieval.records import Document, Paragraph, Source

TEXTS = [
    "到2030年，智能终端产业规模达到八百亿元。",
    "智能终端包括智能汽车和智能机器人。",
    "智能终端的研发由实验室承担。",
    "数据库的事务默认最多执行五千条语句。",
    "一个事务超过时限就会回滚。",
    "长事务会占用内存，事务越短越好。",
    "水库的管理人员每天巡视两次。",
    "食堂早上七点开门，晚上九点关门。",
    "图书馆一次最多借十本书。",
]


@pytest.fixture
async def answerer(tokenizer: Tokenizer, tmp_path: Path) -> AsyncIterator[Answerer]:
    engine = LocalEngine(tmp_path / "index", tokenizer)
    async with engine.update(afresh=True) as update:
        for number, text in enumerate(TEXTS):
            folder = "private/" if "水库" in text else ""
            await update.put(Document(Source(f"{folder}{number}.txt", "说明"), (Paragraph(1, text),)))
        await update.commit()
    yield Answerer(engine, tokenizer, threshold=0)
    engine.close()


@pytest.mark.parametrize(
    ("question", "wrong", "right"),
    [
        ("治能终端产业规模是多少", "治能", "智能"),
        ("智能终瑞产业规模是多少", "终瑞", ""),  # looks alike, but sounds otherwise
        ("一个事物里最多几条语句", "事物", "事务"),
        ("智能鸡器人属于什么", "鸡器人", "机器人"),
        ("水裤每天巡视几次", "水裤", "水库"),
        ("钞过一天的事务会怎样", "钞过", "超过"),  # it stands beside a particle
        ("长事务超国时限会怎样", "超国", "超过"),  # and is one that is meant
        ("智能中端包括什么", "中端", "终端"),
        ("食糖几点开门", "食糖", ""),  # one paragraph is not enough to doubt a word of the language
        ("智能终端茶业规模是多少", "茶业", ""),
    ],
)
async def test_what_sounds_alike_is_looked_for(answerer: Answerer, question: str, wrong: str, right: str) -> None:
    answer = await answerer.answer(question)
    assert answer.corrections == (((wrong, right),) if right else ())


async def test_the_answer_is_that_of_the_right_question(answerer: Answerer) -> None:
    meant = await answerer.answer("智能终端产业规模是多少")
    answer = await answerer.answer("治能终端产业规模是多少")
    assert answer.question == "治能终端产业规模是多少"
    assert [quote.sentence for quote in answer.quotes] == [quote.sentence for quote in meant.quotes]
    assert answer.confidence == meant.confidence


async def test_a_question_can_be_taken_literally(answerer: Answerer) -> None:
    assert (await answerer.answer("治能终端产业规模是多少", literal=True)).corrections == ()


@pytest.mark.parametrize(
    "question", ["智能终端产业规模是多少", "食堂几点关门", "博物馆几点开门", "图书馆的抖音账号", "", "？"]
)
async def test_what_is_right_stays(answerer: Answerer, question: str) -> None:
    assert (await answerer.answer(question)).corrections == ()


async def test_traditional_questions_are_corrected_as_written(answerer: Answerer) -> None:
    assert (await answerer.answer("治能終端產業規模是多少")).corrections == (("治能", "智能"),)


async def test_what_must_not_be_seen_corrects_nothing(answerer: Answerer) -> None:
    seen = await answerer.answer("水裤每天巡视几次", hidden=frozenset({"private"}))
    assert seen.corrections == ()


@pytest.mark.parametrize(("one", "other"), [("智", "治"), ("终", "中"), ("产", "铲"), ("行", "航")])
def test_homophones(tokenizer: Tokenizer, one: str, other: str) -> None:
    alike = sounds(tokenizer.cache_folder, tokenizer.dictionary)
    assert other in alike.same(one, limit=200)
    assert one not in alike.same(one, limit=200)


@pytest.mark.parametrize(("one", "other"), [("南", "蓝"), ("是", "四"), ("林", "灵"), ("陈", "成")])
def test_sounds_that_many_do_not_tell_apart(tokenizer: Tokenizer, one: str, other: str) -> None:
    alike = sounds(tokenizer.cache_folder, tokenizer.dictionary)
    assert other in alike.similar(one, limit=200)
    assert other not in alike.same(one, limit=500)


def test_seldom_readings_do_not_count(tokenizer: Tokenizer) -> None:
    alike = sounds(tokenizer.cache_folder, tokenizer.dictionary)
    assert alike.syllables["位"] == ("wei",)
    assert set(alike.syllables["行"]) == {"xing", "hang"}


@pytest.mark.parametrize(("syllable", "other"), [("zhing", "zin"), ("neng", "len"), ("lan", "lan"), ("sheng", "sen")])
def test_folding_of_syllables(syllable: str, other: str) -> None:
    assert folded(syllable) == other
