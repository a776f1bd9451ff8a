from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.records import Document

Read = Callable[..., Document]
LIST = "步骤如下：\n1. 断电\n2. 换上\n3. 通电"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.md", "步骤如下：\n\n1. 断电\n2. 换上\n3. 通电"),
        ("a.md", "步骤如下：\n\n1. 断电\n\n2. 换上\n\n3. 通电"),
        ("a.md", "步骤如下：\n1. 断电\n1. 换上\n1. 通电"),
        ("a.html", "<p>步骤如下：</p><ol><li>断电<li>换上<li>通电</ol>"),
        ("a.html", "<p>步骤如下：</p><ol><li><p>断电</p></li><li><p>换上</p></li><li><div>通电</div></li></ol>"),
        ("a.html", "<p>步骤如下：</p><p>1. 断电</p><p>2. 换上</p><p>3. 通电</p>"),
        ("a.html", "<div>步骤如下：<br>1. 断电<br>2. 换上<br>3. 通电</div>"),
        ("a.txt", "步骤如下：\n1. 断电\n2. 换上\n3. 通电"),
        ("a.txt", "步骤如下：\n\n1. 断电\n\n2. 换上\n\n3. 通电\n"),
    ],
)
def test_list_is_one_paragraph_with_its_lead(read_one: Read, name: str, written: str) -> None:
    assert [p.text for p in read_one(written, name).paragraphs] == [LIST]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("正文。\n\n1. 甲\n2. 乙", ["正文。", "1. 甲\n2. 乙"]),
        ("材料如下。\n\n- 甲\n- 乙", ["材料如下。\n• 甲\n• 乙"]),
        ("**材料**\n\n- 甲\n- 乙", ["材料\n• 甲\n• 乙"]),
        ("要求：\n\n1. 甲：\n   - 丙\n   - 丁\n2. 乙", ["要求：\n1. 甲：\n  • 丙\n  • 丁\n2. 乙"]),
        ("1. 甲\n\n   补充。\n2. 乙", ["1. 甲\n补充。\n2. 乙"]),
        ("- 甲\n- 乙\n\n<!-- -->\n\n1. 丙\n2. 丁", ["• 甲\n• 乙", "1. 丙\n2. 丁"]),
        ("带上：\n1、甲；\n2、乙。\n\n正文。", ["带上：\n1、甲；\n2、乙。", "正文。"]),
        ("带上：\n\n（1）甲\n\n1、乙", ["带上：\n（1）甲", "1、乙"]),
        ("运行：\n\n```\nab\ncd\n```", ["运行：\nab\ncd"]),
        ("- ✅ 甲\n- ❌ 乙", ["✅ 甲\n❌ 乙"]),
    ],
)
def test_items_are_kept_with_their_marks(read_one: Read, written: str, expected: list[str]) -> None:
    assert [p.text for p in read_one(written, "a.md").paragraphs] == expected


def test_numbered_sections_lead_in_to_their_own_items(read_one: Read) -> None:
    text = "办事指南\n\n一、申请条件：\n1. 年满十八岁；\n2. 住在本市。\n二、申请材料：\n（1）身份证；\n（2）照片。\n"
    assert [p.text for p in read_one(text).paragraphs] == [
        "一、申请条件：\n1. 年满十八岁；\n2. 住在本市。",
        "二、申请材料：\n（1）身份证；\n（2）照片。",
    ]


def test_items_that_are_whole_paragraphs_stay_apart_below_their_lead(read_one: Read) -> None:
    items = [f"{number}. 说明很长，" + "需要逐一核对并且签字盖章之后再行提交，" * 7 + "完。" for number in (1, 2)]
    assert [(p.section, p.text) for p in read_one("说明。要求如下：\n" + "\n".join(items)).paragraphs] == [
        ((), "说明。要求如下："),
        (("要求如下",), items[0]),
        (("要求如下",), items[1]),
    ]


def test_list_that_is_too_long_goes_on_below_its_lead(read_one: Read) -> None:
    items = [f"• 第{number}项" for number in range(50)]
    markup = f"<p>请带上：</p><ul>{''.join(f'<li>{item[2:]}</li>' for item in items)}</ul><p>完。</p>"
    assert [(p.section, p.text) for p in read_one(markup, "a.html").paragraphs] == [
        ((), "\n".join(["请带上：", *items[:40]])),
        (("请带上",), "\n".join(items[40:])),
        ((), "完。"),
    ]


def test_heading_below_a_lead_is_no_list_of_one(read_one: Read) -> None:
    document = read_one("事项如下：\n一、时间安排\n三月五日至九日。\n二、地点安排\n大礼堂。")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        ((), "事项如下："),
        (("一、时间安排",), "三月五日至九日。"),
        (("二、地点安排",), "大礼堂。"),
    ]
