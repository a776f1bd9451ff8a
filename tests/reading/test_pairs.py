from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.records import Document

Read = Callable[..., Document]
LOST, OPEN = (("会员卡丢了怎么办？",), "带身份证到前台补办。"), (("几点闭馆？",), "晚上九点。")


def pairs(document: Document) -> list[tuple[tuple[str, ...], str]]:
    return [(paragraph.questions, paragraph.text) for paragraph in document.paragraphs]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("问：", "答："), ("问1：", "答1："), ("Q: ", "A: "), ("Q1. ", "A1. "), ("Q1：", "A1："), ("【问】", "【答】"),
        ("【问题1】", "【答案】"),
        ("[问] ", "[答] "), ("问题一：", "回答："), ("问题：", "解答："), ("1. 问：", "答："), ("記者問：", "答："),
        ("提问：", "回复："),
        ("Question 1: ", "Answer: "), ("1、", "答："), ("（1）", "答："), ("q：", "a："),
    ],
)  # fmt: skip
def test_marks_of_question_and_answer_pair_them(read_one: Read, question: str, answer: str) -> None:
    text = (
        f"常见问答\n\n{question}会员卡丢了怎么办？\n{answer}带身份证到前台补办。\n\n"
        f"{question}几点闭馆？\n{answer}晚上九点。\n"
    )
    assert pairs(read_one(text)) == [LOST, OPEN]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.md", "# 帮\n\n## 会员卡丢了怎么办？\n\n带身份证到前台补办。\n\n## 2. 几点闭馆？\n\n晚上九点。"),
        ("a.md", "# 帮\n\n### Q1：会员卡丢了怎么办？\nA：带身份证到前台补办。\n\n### Q2：几点闭馆？\n\nA：晚上九点。"),
        ("a.md", "# 帮\n\n**会员卡丢了怎么办？**\n\n带身份证到前台补办。\n\n**几点闭馆？**\n\n晚上九点。"),
        ("a.md", "# 帮\n\n**Q：会员卡丢了怎么办？**\n带身份证到前台补办。\n\n**Q：几点闭馆？**\n晚上九点。"),
        ("a.md", "# 帮\n\n1. **会员卡丢了怎么办？**\n\n   带身份证到前台补办。\n\n2. **几点闭馆？**\n\n   晚上九点。"),
        ("a.md", "# 帮\n\n::: details 会员卡丢了怎么办？\n带身份证到前台补办。\n:::\n\n"
                 "> [!faq]- 几点闭馆？\n> 晚上九点。"),
        ("a.html", "<details><summary>会员卡丢了怎么办？</summary>带身份证到前台补办。</details>"
                   "<details><summary>几点闭馆？</summary><p>晚上九点。</p></details>"),
        ("a.html", "<dl><dt>会员卡丢了怎么办？<dd>带身份证到前台补办。<dt>几点闭馆？<dd>晚上九点。</dl>"),
        ("a.html", "<p><b>问：会员卡丢了怎么办？</b><br>答：带身份证到前台补办。</p>"
                   "<p><b>问：几点闭馆？</b><br>答：晚上九点。</p>"),
        ("a.html", "<h3>会员卡丢了怎么办？</h3><p>带身份证到前台补办。</p><h3>几点闭馆？</h3><p>晚上九点。</p>"),
        ("a.txt", "会员卡丢了怎么办？\n带身份证到前台补办。\n\n几点闭馆？\n晚上九点。"),
        ("a.txt", "问：会员卡丢了怎么办？答：带身份证到前台补办。\n问：几点闭馆？答：晚上九点。"),
        ("a.txt", "问：会员卡丢了怎么办？答：带身份证到前台补办。问：几点闭馆？答：晚上九点。"),
        ("a.txt", "1. 会员卡丢了怎么办？\n带身份证到前台补办。\n2. 几点闭馆？\n晚上九点。"),
    ],
)  # fmt: skip
def test_question_is_paired_in_every_format(read_one: Read, name: str, written: str) -> None:
    assert pairs(read_one(written, name)) == [LOST, OPEN]


def test_heading_that_asks_stays_a_section_and_a_bold_line_does_not(read_one: Read) -> None:
    document = read_one("# 帮\n\n## 如何退卡\n\n到前台。\n\n## 其他\n\n**几点闭馆？**\n\n九点。", "a.md")
    assert [(p.section, p.questions, p.text) for p in document.paragraphs] == [
        (("如何退卡",), ("如何退卡",), "到前台。"),
        (("其他",), ("几点闭馆？",), "九点。"),
    ]


def test_answer_of_several_paragraphs_knows_its_question_in_each(read_one: Read) -> None:
    text = "## 需要什么材料？\n\n需要：\n\n- 身份证\n- 照片\n\n原件退还。\n\n## 说明\n\n其他。"
    assert pairs(read_one(text, "a.md")) == [
        (("需要什么材料？",), "需要：\n• 身份证\n• 照片"),
        (("需要什么材料？",), "原件退还。"),
        ((), "其他。"),
    ]


def test_several_wordings_have_one_answer(read_one: Read) -> None:
    text = "问：怎么退卡？\n问：卡不用了怎么办？\n相似问：退卡流程；注销会员\n答：到前台。"
    assert pairs(read_one(text)) == [(("怎么退卡？", "卡不用了怎么办？", "退卡流程", "注销会员"), "到前台。")]


@pytest.mark.parametrize(
    "text",
    [
        "思考题\n\n1. 为什么下雨？\n2. 为什么刮风？\n3. 为什么打雷？",
        "小明停下来。\n“你去哪里？”\n“我回家。”\n他走了。\n“真的吗？”\n“真的。”",
        "这是一段很长的话。\n究竟是为什么呢？\n没有人知道。\n后来再也没有人提起。\n又过了很久。\n大家都忘了。\n只有他还记得。",
        "A. 甲\nB. 乙\nQ. 丙",
        "问题：网络很慢。\n大家都在等。",
        "最后一行是问题？",
    ],
)
def test_what_only_looks_like_a_pair_is_text(read_one: Read, text: str) -> None:
    document = read_one(text)
    assert [p.questions for p in document.paragraphs] == [()] * len(document.paragraphs)
    assert "".join(p.text for p in document.paragraphs).replace("\n", "") in text.replace("\n", "")


def test_question_above_a_whole_article_is_its_title(read_one: Read) -> None:
    document = read_one("# 为什么读书？\n\n" + "\n\n".join(["这一段讲读书的道理，" * 20 + "完。"] * 20), "a.md")
    assert {p.questions for p in document.paragraphs} == {()}
