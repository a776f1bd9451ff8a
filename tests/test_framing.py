"""What people put around a question is no part of it; where it may be what they ask about, it stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import Tokenizer, normalise
from retrieval.question import Question
from retrieval.question.courtesy import courtesy
from retrieval.question.framing import framed


def core(text: str) -> str:
    normal = normalise(text).text
    start, end = framed(normal)
    return re.sub(r"\W+$", "", normal[start:end])


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("请问食堂几点开门", "食堂几点开门"),
        ("帮我查一下社保怎么交", "社保怎么交"),
        ("我想知道，请假流程", "请假流程"),
        ("有没有人知道毕业要多少学分", "毕业要多少学分"),
        ("@zhangsan_01 报销流程是什么", "报销流程是什么"),
        ("😂😂请问押金退不退啊啊啊？？？", "押金退不退啊啊啊"),
        ("老师，我请假要什么材料", "我请假要什么材料"),
        ("社保怎么交帮我查一下", "社保怎么交"),
        ("年假几天呀？谢谢大家啦", "年假几天呀"),
        ("年假几天 在线等挺急的", "年假几天"),
        ("大家好，我想请教一下各位大佬，挂科了怎么办", "挂科了怎么办"),
        ("嗯嗯好的谢谢，周末开门吗", "周末开门吗"),
        ("請問報名費多少錢呢？", "报名费多少钱呢"),
        ("hello 请问营业时间", "营业时间"),
        ("弱弱地问一句，可以带宠物吗", "可以带宠物吗"),
        ("谁知道图书馆几点关门", "图书馆几点关门"),
        ("退货地址在哪 @helper_bot", "退货地址在哪"),
    ],
)
def test_the_question_is_what_is_left(text: str, asked: str) -> None:
    assert core(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "请问候新人的礼仪有哪些",
        "请教练要多少钱",
        "好的包包怎么挑",
        "老师请假怎么办",
        "客服电话是多少",
        "机器人目标是多少",
        "泰语怎么说谢谢",
        "谢谢惠顾活动怎么参加",
        "《请问》是谁唱的",
        "@override 注解是什么",
        "你知道的太多了出自哪里",
        "您好彩票什么时候开奖",
        "急诊室在哪",
        "问卷什么时候交",
        "那达慕大会在哪举行",
        "大家乐的营业时间",
        "各位数字之和是多少",
        "好学校怎么选",
        "如何求助",
        "查询条件怎么写",
        "能不能提前还款",
    ],
)
def test_what_may_be_asked_about_stays(text: str) -> None:
    assert core(text) == text


def test_what_follows_decides_where_the_request_ends() -> None:
    assert core("请问候车室在哪") == "候车室在哪"


@pytest.mark.parametrize("text", ["请问", "谢谢！", "好的，谢谢", "嗯嗯。"])
def test_nothing_but_a_frame_asks_nothing(tokenizer: Tokenizer, text: str) -> None:
    assert Question.of(text, tokenizer).terms == ()


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("你在听吗", "self"),
        ("你真可爱！", "self"),
        ("你怎么这么笨啊", "self"),
        ("你确定吗", "self"),
        ("你确定要退货吗", None),
        ("你们的客服真好吗", None),
        ("我的天哪", "chatter"),
        ("祝你生日快乐！", "chatter"),
        ("早点休息", "chatter"),
        ("生日快乐歌谁写的", None),
        ("几点休息", None),
    ],
)
def test_what_is_said_to_the_bot_and_wishes_ask_nothing(text: str, sort: str | None) -> None:
    assert courtesy(normalise(text).text) == sort


FRAMES = st.sampled_from(["请问", "你好，", "好的，", "我想知道", "有没有人知道", "麻烦帮我查一下", "嗯，那个，", "👋"])
ENDS = st.sampled_from(["", "？？", "？谢谢", "～在线等", "!!! 😭😭"])
ASKED = st.sampled_from(["报名费多少钱", "图书馆几点关门", "年假有几天", "押金能退吗", "校区面积"])


@given(st.lists(FRAMES, max_size=4), ASKED, ENDS)
def test_frames_may_be_many(openings: list[str], asked: str, end: str) -> None:
    assert core("".join(openings) + asked + end) == asked


@given(st.text(max_size=60))
def test_it_is_a_part_of_the_text(text: str) -> None:
    normal = normalise(text).text
    start, end = framed(normal)
    assert 0 <= start <= end <= len(normal)


@pytest.mark.parametrize(
    "unit",
    [
        "好",
        "急",
        "嗯",
        "谢谢",
        "请问",
        "好的",
        "吗",
        "啊?",
        "大家好",
        "@",
        "有没有人",
        "hi ",
        "please ",
        "说说",
        "求",
        "!",
        " ",
    ],
)
@pytest.mark.parametrize("end", ["", "a", "？"])
def test_no_text_takes_long(unit: str, end: str) -> None:
    text = unit * 4000 + end  # what grows with the square of it would take minutes
    assert framed(text)[1] <= len(text)
