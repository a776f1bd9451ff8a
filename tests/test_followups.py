"""Follow-ups are completed from the last question; what is a question of its own is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import Tokenizer
from retrieval.question.following_up import FollowUp, follow_up

OUTPUT = "新能源汽车的产量是多少？"
INVENTOR = "谁发明了蒸汽机？"
YEARLY = "2021年茶叶出口了多少吨？"
RULE = "第三条规定了什么？"
LIBRARY = "市图书馆什么时候开放？"

MORE = [
    "还有吗", "还有吗？", "還有嗎？", "还有呢", "还有别的吗", "还有其他的吗？", "还有没有", "更多", "更多！",
    "继续", "再来一些", "再来几条", "别的呢", "其他呢", "還有什麼", "more", "More?", "Anything else?",
]  # fmt: skip

COMPLETED = [
    # bare words that ask
    (OUTPUT, "什么时候？", "新能源汽车的产量是什么时候？"),
    (OUTPUT, "什麼時候？", "新能源汽车的产量是什麼時候？"),
    (OUTPUT, "那是什么时候呢", "新能源汽车的产量是什么时候？"),
    (OUTPUT, "为什么呢", "新能源汽车的产量是为什么？"),
    (OUTPUT, "為什麼？", "新能源汽车的产量是為什麼？"),
    (OUTPUT, "在哪里", "新能源汽车的产量是在哪里？"),
    (INVENTOR, "什么时候", "什么时候发明了蒸汽机？"),
    (INVENTOR, "那为什么呢？", "为什么发明了蒸汽机？"),
    (INVENTOR, "在哪里？", "在哪里发明了蒸汽机？"),
    (LIBRARY, "多久", "市图书馆多久开放？"),
    (LIBRARY, "在哪儿呢", "市图书馆在哪儿开放？"),
    (YEARLY, "为什么", "2021年茶叶出口了为什么？"),
    ("哪家公司生产电池？", "在哪里", "在哪里生产电池？"),
    ("图书馆在哪一年建成？", "谁？", "图书馆在谁建成？"),
    ("水稻的产量", "多少", "水稻的产量多少？"),
    ("水稻的產量", "多少？", "水稻的產量多少？"),
    # another topic
    (OUTPUT, "那机器人呢？", "机器人的产量是多少？"),
    (OUTPUT, "那機器人呢？", "機器人的产量是多少？"),
    (OUTPUT, "机器人呢", "机器人的产量是多少？"),
    (OUTPUT, "那么机器人的呢？", "机器人的产量是多少？"),
    ("新能源汽車的產量是多少？", "那機器人呢", "機器人的產量是多少？"),
    ("请问新能源汽车产量是多少", "机器人呢？", "请问机器人产量是多少"),
    (INVENTOR, "那电灯呢？", "谁发明了电灯？"),
    (LIBRARY, "博物馆呢？", "博物馆什么时候开放？"),
    ("飞行员能在飞行前饮酒吗？", "那乘务员呢？", "乘务员能在飞行前饮酒吗？"),
    ("新能源汽车产量在2021年是多少", "机器人呢", "机器人产量在2021年是多少"),
    ("蒸汽机是什么", "内燃机呢", "内燃机是什么"),
    (YEARLY, "2022年呢？", "2022年茶叶出口了多少吨？"),
    (YEARLY, "那去年呢", "去年茶叶出口了多少吨？"),
    (OUTPUT, "2022年呢", "2022年新能源汽车的产量是多少？"),
    (RULE, "那第四条呢？", "第四条规定了什么？"),
    ("第12条规定了什么？", "第13条呢？", "第13条规定了什么？"),
]

LEFT_ALONE = [
    "新能源汽车的产量是多少？", "谁发明了电话", "蒸汽机是什么时候发明的？", "什么是蒸汽机", "图书馆在哪里",
    "为什么天是蓝的", "水稻产量多少", "如何报名", "怎么办理借书证", "2022年茶叶出口了多少吨", "机器人",
    "第四条", "那一年发生了什么", "那你呢？", "你呢", "然后呢", "人呢？", "好的", "谢谢", "你好", "真的吗",
    "是吗？", "可以吗", "什么？", "啥", "怎么样", "?", "", "😀", "他为什么还没有来呢", "我正在想呢",
    "还有哪些城市通了地铁？", "还有多少人没有报名", "继续教育是什么", "更多的人选择了什么交通工具",
    "图书馆几点开门呢", "这是什么？", "那么蒸汽机的效率为什么比内燃机的效率低呢？",
]  # fmt: skip


@pytest.mark.parametrize("text", MORE)
def test_asking_for_more_repeats_the_last_question(text: str, tokenizer: Tokenizer) -> None:
    assert follow_up(text, OUTPUT, tokenizer) == FollowUp(OUTPUT, more=True)


@pytest.mark.parametrize(("last", "text", "completed"), COMPLETED)
def test_a_follow_up_is_completed(last: str, text: str, completed: str, tokenizer: Tokenizer) -> None:
    assert follow_up(text, last, tokenizer) == FollowUp(completed)


@pytest.mark.parametrize("text", LEFT_ALONE)
@pytest.mark.parametrize("last", [OUTPUT, INVENTOR])
def test_anything_else_is_left_alone(text: str, last: str, tokenizer: Tokenizer) -> None:
    assert follow_up(text, last, tokenizer) is None


def test_follow_ups_follow_one_another(tokenizer: Tokenizer) -> None:
    question = OUTPUT
    for text in ("那机器人呢？", "什么时候？", "无人机呢"):
        completed = follow_up(text, question, tokenizer)
        assert completed
        question = completed.question
    assert question == "无人机的产量是什么时候？"


phrases = st.lists(
    st.sampled_from(
        [
            *"那呢吗的是在？ ",
            "什么时候",
            "為什麼",
            "多少",
            "还有",
            "机器人",
            "ＣＰＵ",
            "5㎡",
            "第三条",
            "2021年",
            "😀",
            "\n",
        ]
    ),
    max_size=8,
).map("".join)


@given(text=phrases, last=phrases)
def test_any_two_messages_are_understood_or_left_alone(text: str, last: str, tokenizer: Tokenizer) -> None:
    completed = follow_up(text, last, tokenizer)
    assert completed is None or completed.question.strip()
