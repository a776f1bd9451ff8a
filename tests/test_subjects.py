"""A conversation is about a name until another is named; a new topic is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.library import Library
from retrieval.question.subjects import Turn, carried
from testbed.reading import kept_readers

PLACES = {
    "云海塔": "门票：八十元。\n地址：滨江路一号。\n开放时间：早上九点到下午五点。\n建筑师：林远山。\n高度：二百米。",
    "青石桥": "门票：免费。\n地址：老城南门外。\n开放时间：全天开放。\n建筑师：周一鸣。\n高度：十二米。",
    "望月楼（旧址）": "门票：二十元。\n地址：东湖公园北门。\n开放时间：周二到周日。\n建筑师：不详。\n高度：三十米。",
    "员工须知": "食堂早上七点开门。\n班车从火车站出发。",
    "内部/暗月塔": "高度：九十米。",
    "林远山": "籍贯：临海县。\n生日：三月五日。",
    "《远航》": "作曲：周一鸣。\n发行时间：二零零三年。",
}


@pytest.fixture(scope="module")
def places(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("places")
    for title, text in PLACES.items():
        file = folder / f"{title}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{file.stem}\n\n" + text.replace("\n", "\n\n"), "utf-8")
    engine = LocalEngine(tmp_path_factory.mktemp("index"), tokenizer)
    asyncio.run(Library(folder, engine, tokenizer, readers=kept_readers).refresh())
    yield Answerer(engine, tokenizer, threshold=0.25)
    engine.close()


async def said(answerer: Answerer, texts: Sequence[str]) -> Turn:
    """The last of these turns as it was understood."""
    turn: Turn | None = None
    for text in texts:
        turn = await answerer.understood(text, turn)
    assert turn
    return turn


ABOUT = [
    (["云海塔的门票多少钱？", "地址在哪里？"], "云海塔地址在哪里？"),
    (["云海塔的门票多少钱？", "它有多高？"], "云海塔有多高？"),
    (["云海塔的门票多少钱？", "嗯，那这里几点开放？"], "云海塔这里几点开放？"),
    (["雲海塔的門票多少錢？", "它有多高？"], "云海塔有多高？"),
    (["云海塔的门票多少钱？", "地址在哪里？", "开放时间是几点？", "建筑师是谁？"], "云海塔建筑师是谁？"),
    (["云海塔的门票多少钱？", "青石桥呢？", "地址在哪里？"], "青石桥地址在哪里？"),
    (["云海塔的门票多少钱？", "青石桥多高？", "那建筑师是谁？"], "青石桥建筑师是谁？"),
    (["望月楼的门票多少钱？", "地址在哪里？"], "望月楼地址在哪里？"),
    (["云海塔的门票多少钱？", "地址呢？"], "云海塔地址呢？"),
    (["云海塔的门票多少钱？", "真贵，那它的地址在哪？"], "云海塔的地址在哪？"),
    (["云海塔的门票多少钱？", "就在青石桥的旁边。", "建筑师是谁？"], "云海塔建筑师是谁？"),
    (["云海塔的门票多少钱？", "是青石桥的建筑师造的。", "它有多高？"], "云海塔有多高？"),
    (["云海塔的门票多少钱？", "它离青石桥多远？", "它有多高？"], "云海塔有多高？"),
    (["云海塔的门票多少钱？", "听说青石桥也不错。", "建筑师是谁？"], "青石桥建筑师是谁？"),
    (["云海塔的门票多少钱？", "食堂我知道，地址在哪里？"], "云海塔地址在哪里？"),
    (["《远航》是谁作曲的？", "发行时间是哪年？"], "《远航》发行时间是哪年？"),
    (["《归途》是谁写的？", "这首歌发行时间是哪年？"], "归途这首歌发行时间是哪年？"),
]


@pytest.mark.parametrize(("texts", "question"), ABOUT)
async def test_the_subject_is_carried_over_until_another_is_named(
    places: Answerer, texts: list[str], question: str
) -> None:
    assert (await said(places, texts)).question == question


@pytest.mark.parametrize(
    "text",
    [
        "青石桥的地址在哪里？",
        "食堂几点开门？",
        "班车从哪里出发？",
        "云海塔有多高？",
        "青石桥这个地方开放吗？",
        "《归途》这首歌是谁作曲的？",
        "那关于青石桥你知道什么？",
        "它旁边的青石桥有多高？",
        "你们景区几点开放？",
    ],
)
async def test_what_names_its_own_subject_is_left_alone(places: Answerer, text: str) -> None:
    assert (await said(places, ["云海塔的门票多少钱？", text])).question == text


async def test_without_a_subject_nothing_is_carried_over(places: Answerer) -> None:
    assert (await said(places, ["食堂几点开门？", "门票多少钱？"])).question == "门票多少钱？"


@pytest.mark.attack
async def test_a_hidden_document_names_nothing(places: Answerer) -> None:
    last, text = Turn("暗月塔多少钱？"), "它的地址在南门吗？"
    assert (await places.understood(text, last)).question == "暗月塔的地址在南门吗？"
    assert (await places.understood(text, last, hidden=frozenset({"内部"}))).question == text


@pytest.mark.parametrize(
    ("question", "said", "text", "about"),
    [
        ("云海塔的建筑师是谁？", "建筑师：林远山。", "他的籍贯是哪里？", "林远山"),
        ("云海塔的建筑师是谁？", "建筑师：林远山。", "它有多高？", "云海塔"),
        ("云海塔的建筑师是谁？", "建筑师：林远山。", "地址在哪里？", "云海塔"),
        ("云海塔旁边是哪座桥？", "旁边是青石桥。", "它有多高？", "青石桥"),
        ("云海塔的地址在哪里？", "位于青石桥旁。", "它有多高？", "云海塔"),
        ("云海塔有多高？", "高度和青石桥一样。", "它的门票多少钱？", "云海塔"),
        ("哪座塔最高？", "最高的是云海塔。", "它的门票多少钱？", "云海塔"),
    ],
)
async def test_what_answered_a_question_can_be_pointed_at(
    places: Answerer, question: str, said: str, text: str, about: str
) -> None:
    turn = await places.understood(text, Turn(question, said=said))
    assert turn == Turn(carried(text, about), about, carried=True)


async def test_a_follow_up_is_ranked_once(places: Answerer) -> None:
    stages: list[str] = []

    def timed(stage: str) -> AbstractContextManager[None]:
        stages.append(stage)
        return nullcontext()

    counted = Answerer(places._engine, places._tokenizer, threshold=0.25, timed=timed)
    turn = await counted.understood("地址在哪里？", Turn("云海塔的门票多少钱？"))
    await counted.answer(turn.question)
    assert turn.carried
    assert stages.count("rank") == 1


async def test_more_is_asked_of_the_last_question_or_of_nothing(places: Answerer) -> None:
    last = Turn("地址在哪里？", "云海塔")
    assert await places.understood("还有吗", last) == Turn("地址在哪里？", "云海塔", more=True)
    assert await places.understood("还有吗", None) == Turn("", more=True)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("那它的门票呢？", "云海塔的门票呢？"),
        ("他有多高", "云海塔有多高"),
        ("这座塔多高", "云海塔这座塔多高"),
        ("不过那里远吗？", "云海塔那里远吗？"),
        ("那么多少钱", "云海塔多少钱"),
        ("還有它的地址在哪", "云海塔的地址在哪"),
        ("how tall is it?", "how tall is 云海塔?"),
        ("What is its address?", "What is 云海塔's address?"),
        ("", "云海塔"),
        ("？", "云海塔？"),
    ],
)
def test_the_subject_takes_the_place_of_what_points_at_it(text: str, question: str) -> None:
    assert carried(text, "云海塔") == question


@pytest.mark.parametrize("text", ["其他的呢", "其实不贵", "吉他怎么弹", "他们说的", "这么贵", "其乐无穷", "尤其贵"])
def test_what_only_looks_like_pointing(text: str) -> None:
    assert carried(text, "云海塔") == f"云海塔{text}"


@given(
    text=st.text(alphabet="那它他这里其的門票？，。 ＡaIt㎡😀\n", max_size=12),
    subject=st.sampled_from(["塔", "Tower", "㎡塔"]),
)
def test_any_text_can_be_about_any_subject(text: str, subject: str) -> None:
    assert subject in carried(text, subject)
