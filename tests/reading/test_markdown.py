from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.declarations import Declarations
from retrieval.reading.document import read_data
from retrieval.reading.limits import Limits
from retrieval.records import Document

Read = Callable[..., Document]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def sections(document: Document) -> list[tuple[tuple[str, ...], str]]:
    return [(paragraph.section, paragraph.text) for paragraph in document.paragraphs]


MDX = """---
title: 借还设备
---
import { Card } from 'components'
export const limits = {
  days: 7,

  count: 2,
}

先看须知。{/* 给编辑的话
第二行 */}

<Note>
设备间**周一**闭馆。
</Note>

<Tabs>
  <Tab title="学生">
    - 凭**学生证**
    - 每次两件
  </Tab>
  <Tab title={"教师"}>
    凭工作证，每次<Tooltip tip="含附件">五件</Tooltip>。
  </Tab>
</Tabs>

<Steps>
  <Step title="登记">
    在柜台登记。

    ```sh
    lend --item <ID>
    ```
  </Step>
  <Step title="取走">当面点清。</Step>
</Steps>

<CardGroup cols={2}><Card title="续借" icon="clock" href="/renew">可续一次。</Card></CardGroup>

<Frame caption="柜台的位置">
  ![](/a.png)
</Frame>

<div style={{ color: 'red' }}>逾期每天一元。</div>

用 `<Card>` 写卡片，填 `{name}`。
"""


def test_mdx_is_the_text_and_the_titles_of_its_components(read_one: Read) -> None:
    document = read_one(MDX, "a.mdx")
    assert (document.format, document.source.title) == ("markdown", "借还设备")
    assert sections(document) == [
        ((), "先看须知。"),
        ((), "设备间周一闭馆。"),
        (("学生",), "• 凭学生证\n• 每次两件"),
        (("教师",), "凭工作证，每次五件。"),
        ((), "1. 登记\n在柜台登记。\nlend --item <ID>\n2. 取走\n当面点清。"),
        (("续借",), "可续一次。"),
        ((), "柜台的位置"),
        ((), "逾期每天一元。"),
        ((), "用 <Card> 写卡片，填 {name}。"),
    ]


def test_accordion_pairs_its_title_that_asks_with_what_it_holds(read_one: Read) -> None:
    text = (
        '<AccordionGroup>\n  <Accordion title="逾期怎么办？">\n    先归还。\n\n    再缴费。\n  </Accordion>\n'
        "</AccordionGroup>\n"
    )
    assert [(p.questions, p.text) for p in read_one(text, "a.mdx").paragraphs] == [
        (("逾期怎么办？",), "先归还。"),
        (("逾期怎么办？",), "再缴费。"),
    ]


def test_placeholder_in_angle_brackets_is_text(read_one: Read) -> None:
    assert texts(read_one("把 <API_KEY> 换成密钥。", "a.md")) == ["把 <API_KEY> 换成密钥。"]


@pytest.mark.parametrize(
    ("box", "section"),
    [
        ("> [!note] 备份\n> 每周一次。", ("备份",)),
        ("> [!TIP]\n> 每周一次。", ()),
        ("::: tip 备份\n每周一次。\n:::", ("备份",)),
        (":::note[备份]\n每周一次。\n:::", ("备份",)),
        ("::: warning\n每周一次。\n:::", ()),
        ('!!! note "备份"\n\n    每周一次。', ("备份",)),
        ('??? question ""\n    每周一次。', ()),
        ('=== "备份"\n\n    每周一次。', ("备份",)),
        ("<details>\n<summary>备份</summary>\n\n每周一次。\n\n</details>", ("备份",)),
        ("## 备份 {#backup}\n\n每周一次。", ("备份",)),
    ],
)
def test_box_of_a_dialect_heads_what_it_holds(read_one: Read, box: str, section: tuple[str, ...]) -> None:
    assert sections(read_one(f"# 手册\n\n前面。\n\n{box}\n", "a.md")) == [((), "前面。"), (section, "每周一次。")]


def test_what_follows_a_box_stands_below_it_no_more(read_one: Read) -> None:
    text = (
        '!!! tip "甲"\n    第一。\n\n    - 项\n\n后面。\n\n'
        "::: info 乙\n::: details 丙\n第二。\n:::\n第三。\n:::\n\n最后。"
    )
    assert sections(read_one(text, "a.md")) == [
        (("甲",), "第一。"),
        (("甲",), "• 项"),
        ((), "后面。"),
        (("乙", "丙"), "第二。"),
        (("乙",), "第三。"),
        ((), "最后。"),
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("见[[备份流程|备份]]和[[密码表]]。", ["见备份和密码表。"]),
        ("见[[手册#附录]]。![[图.png]]", ["见手册 › 附录。"]),
        ("==重要==，a == b。", ["重要，a == b。"]),
        ("正文。%%内部注释%%后面。", ["正文。后面。"]),
        ("正文。\n\n%%\n内部\n\n注释\n%%\n\n后面。", ["正文。", "后面。"]),
        ("涨了 5%% 和 6%%", ["涨了 5%% 和 6%%"]),
        ("正文。^block-1", ["正文。"]),
        ("面积为 5 m^2", ["面积为 5 m^2"]),
        ("- [ ] 待办\n- [x] 已办", ["☐ 待办\n☑ 已办"]),
        (
            "保留[^1]，另存[^b]。\n\n后。\n\n[^1]: 九十天。\n[^b]: 见附录。",
            ["保留，另存。", "九十天。", "见附录。", "后。"],
        ),
        ("正文。\n\n[^1]: 没人提到的注。", ["正文。", "没人提到的注。"]),
        ("术语\n: 解释在此。", ["术语：解释在此。"]),
        ("价格~~80元~~60元。", ["价格60元。"]),
        ("> [!note] **甲\n> 乙**", ["甲", "乙"]),
        ("3~5 天，加急 ~1 天~。", ["3~5 天，加急 ~1 天~。"]),
        (
            "第一行\n:warning: 小心\n\n甲\n乙\n: 丙\n\n丁\n\n\n: 戊",
            ["第一行", ":warning: 小心", "甲", "乙", ": 丙", "丁", ": 戊"],
        ),
        ('{{< figure src="a.png" title="示意图" >}}\n\n正文{{< ref "b.md" >}}。', ["示意图", "正文。"]),
        ("[[toc]]\n\n正文。\n{: .no_toc}", ["正文。"]),
        ("点击 :material-plus: 新建{ .md-button }", ["点击 新建"]),
        ("|甲|乙|\n|丙|丁|", ["甲：丙，乙：丁"]),
    ],
)
def test_running_text_is_what_its_program_shows(read_one: Read, written: str, shown: list[str]) -> None:
    assert texts(read_one(written, "a.md")) == shown


def test_struck_out_text_is_left_out_with_a_remark(read_one: Read) -> None:
    assert read_one("价格~~80元~~60元。", "a.md").remarks == ("left out 3 characters of struck-out text",)


def test_what_is_nested_too_deep_is_left_out_with_a_remark(read_one: Read) -> None:
    document = read_one("前面。\n\n" + "> " * 150 + "深处。\n\n后面。", "a.md")
    assert texts(document) == ["前面。", "后面。"]
    assert document.remarks == ("nested more than 100 deep: what lies deeper was left out",)


def test_what_a_component_indents_deep_is_no_code(read_one: Read) -> None:
    assert texts(read_one("<Note>\n\n            **粗**体。\n\n              - 项\n\n</Note>", "a.mdx")) == [
        "粗体。",
        "• 项",
    ]


def test_heading_without_a_space_is_a_heading(read_one: Read) -> None:
    assert sections(read_one("#租车须知\n##押金\n每辆三百元。\n##2.还车\n当天还车。", "a.md")) == [
        (("押金",), "每辆三百元。"),
        (("2.还车",), "当天还车。"),
    ]


@pytest.mark.parametrize("line", ["#标签/运维", "#甲 #乙", "#123"])
def test_tags_and_numbers_behind_a_sign_are_text(read_one: Read, line: str) -> None:
    assert texts(read_one(f"正文。\n\n{line}\n\n后文。", "a.md")) == ["正文。", line, "后文。"]


def test_tag_in_a_text_with_headings_is_text(read_one: Read) -> None:
    assert sections(read_one("# 标题\n\n#标签\n\n正文。", "a.md")) == [((), "#标签"), ((), "正文。")]


def test_lines_stay_apart_as_their_author_set_them(read_one: Read) -> None:
    text = "地址：示例路6号\n热线：5550160\n\n周一值班\n周二休息\n"
    assert texts(read_one(text, "a.md")) == ["地址：示例路6号", "热线：5550160", "周一值班", "周二休息"]


@pytest.mark.parametrize(
    "lines",
    [
        ["借用设备的人应当在使用之前仔细检查外观是否完好，发现", "损坏应当立即告诉管理员，否则由借用人负责赔偿损失。"],
        ["The quick brown fox jumps over the lazy dog,", "and runs away."],
        ["第一行以逗号结尾，", "第二行。"],
    ],
)
def test_wrapped_lines_are_joined(read_one: Read, lines: list[str]) -> None:
    separator = " " if lines[0].isascii() else ""
    assert texts(read_one("\n".join(lines), "a.md")) == [separator.join(lines)]


def test_code_is_one_paragraph_with_its_indent_below_what_announces_it(read_one: Read) -> None:
    text = (
        "# 重启\n\n用下面的命令：\n\n```py\nif a:\n    stop()\n\nstart()\n```\n\n"
        "然后看日志。\n\n```\n# 不是标题\n##也不是\n```\n"
    )
    assert texts(read_one(text, "a.md")) == [
        "用下面的命令：\nif a:\n    stop()\nstart()",
        "然后看日志。",
        "# 不是标题\n##也不是",
    ]


def test_page_of_notion_has_its_title_and_date(read_one: Read) -> None:
    source = read_one("日期: 2023年5月6日\n参会: 甲, 乙\n\n周三开会。", f"周会纪要 {'0123456789abcdef' * 2}.md").source
    assert (source.title, source.date) == ("周会纪要", "2023-05-06")


def test_rows_of_strokes_in_code_stay_as_they_are(read_one: Read) -> None:
    shown = "| a | b |\n| 1 | 2 |\n| 3 | 4 |"
    assert texts(read_one(f"结果：\n\n```\n{shown}\n```\n", "a.md")) == [f"结果：\n{shown}"]


@pytest.mark.parametrize("rows", ["|票|价|\n|甲|5元|\n|乙|7元|", "票 | 价\n甲 | 5元\n乙 | 7元"])
def test_rows_without_a_rule_are_a_table(read_one: Read, rows: str) -> None:
    assert texts(read_one(f"# 票价\n\n{rows}\n\n正文。", "a.md")) == ["票：甲，价：5元", "票：乙，价：7元", "正文。"]


def test_note_within_the_text_stands_behind_it(read_one: Read) -> None:
    assert texts(read_one("池水每天换^[冬季隔天换。]，免费。\n\n另一段。", "a.md")) == [
        "池水每天换，免费。",
        "冬季隔天换。",
        "另一段。",
    ]


def test_front_matter_without_its_first_fence(read_one: Read) -> None:
    document = read_one("title: 开馆\ndate: 2021-02-03\ntags:\n  - 馆\n---\n\n九点开馆。\n", "a.md")
    assert (document.source.title, document.source.date, texts(document)) == ("开馆", "2021-02-03", ["九点开馆。"])


PIECES = (
    "办公室八点开门。", "押金 200 元", "a\nb", "**粗**", "*", "~~删~~", "`a<b>`", "[链](b.md)", "[[双链|名]]",
    "<https://a.b>", "![图](a.png)", "&lt;", "&nbsp;", "&#13;", "\\*", "<br>", "<!-- 注 -->", "[^1]", "==亮==",
    "\x0b", "\x1c", "\u2028", "\u00ad", "\u3000", "  \n", "\n", "\n\n", "\n- ", "\n  - ", "\n3. ", "\n> ",
    "\n> [!note] 题\n> ", "\n## ", "\n: ", "\n[^1]: ", "\n\n    ", "\n```\n", "\n---\n", "\n::: tip 题\n",
    "\n:::\n", "\n\n|甲|乙|\n|---|---|\n|1|", "\n\n<details><summary>题</summary>\n\n", "\n\n</details>\n\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_markdown_reads_the_same_with_html_that_must_be_parsed_beside_it(text: str) -> None:
    def paragraphs(between: str) -> object:
        data = f"# 题\n\n{between}{text}".encode()
        (document,) = read_data("a.md", data, limits=Limits(), declarations=Declarations()).documents
        return document.paragraphs

    assert paragraphs("") == paragraphs("<!-- a tag in a comment: <p> -->\n\n")
