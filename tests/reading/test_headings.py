"""Short lines that head what stands below them, though nothing marks them as headings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.records import Document

Read = Callable[..., Document]


def sections(document: Document) -> list[tuple[tuple[str, ...], str]]:
    return [(paragraph.section, paragraph.text) for paragraph in document.paragraphs]


def test_numbered_line_above_a_sentence_is_a_heading(read_one: Read) -> None:
    text = "借书规则须知\n\n1. 范围\n适用于所有读者。\n1.1 期限\n每册三十天。\n2. 罚则\n逾期每天一角。\n"
    assert sections(read_one(text))[-3:] == [
        (("1. 范围",), "适用于所有读者。"),
        (("1. 范围", "1.1 期限"), "每册三十天。"),
        (("2. 罚则",), "逾期每天一角。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. 洗菜\n2. 切菜\n3. 下锅",
        "1. 只有一行这样\n下面是一句话。",
        "1. 关上阀门。\n听到响声为止。\n2. 拧下螺丝。\n放在盘里。",
    ],
    ids=["items of a list", "one alone", "sentences"],
)
def test_numbered_lines_that_head_nothing_are_text(read_one: Read, text: str) -> None:
    assert not any(section for section, _ in sections(read_one(f"说明书\n\n先看完这一整段话再动手。\n\n{text}")))


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_label_is_the_section_of_the_values_below_it(read_one: Read, name: str) -> None:
    lines = ["请大家踊跃参加，名额有限。", "报名时间", "三月一日至十日", "报名地点", "少年宫一楼", "凭证入场。"]
    text = "\n".join(f"<p>{line}</p>" if name.endswith("html") else line for line in lines)
    assert sections(read_one(text, name))[-4:] == [
        ((), "请大家踊跃参加，名额有限。"),
        (("报名时间",), "三月一日至十日"),
        (("报名地点",), "少年宫一楼"),
        (("报名地点",), "凭证入场。"),
    ]


def test_one_label_alone_is_text(read_one: Read) -> None:
    assert sections(read_one("请大家踊跃参加，名额有限。\n报名时间\n三月一日至十日"))[-2] == ((), "报名时间")
