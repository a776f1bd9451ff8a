from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.reading.dates import iso_date
from retrieval.records import Document

Read = Callable[..., Document]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: 标题\nauthor: [甲, 乙]\ndate: 2022-07-08\ntags: 金融, 上海\nurl: https://example.com/a\n---\n",
        '+++\ntitle = "标题"\nauthor = ["甲", "乙"]\ndate = 2022-07-08\ntags = ["金融", "上海"]\n'
        'url = "https://example.com/a"\n+++\n',
        "\n\ufeff---\n标题: 标题\n作者: 甲、乙\n日期: 2022年7月8日\n标签: [金融, 上海]\nlink: https://example.com/a\n---\n",
    ],
)
def test_yaml_and_toml_say_what_the_document_is(read_one: Read, name: str, front: str) -> None:
    document = read_one(front + "\n正文在此。\n", name)
    source = document.source
    assert (source.title, source.author, source.date) == ("标题", "甲、乙", "2022-07-08")
    assert (source.url, source.categories) == ("https://example.com/a", ("金融", "上海"))
    assert [p.text for p in document.paragraphs] == ["正文在此。"]


def test_malformed_value_is_remarked_and_costs_only_itself(read_one: Read) -> None:
    document = read_one("---\ntitle: 甲: 乙: 丙\n\t坏: [\nauthor: 张三, 李四\n---\n正文在此。\n")
    assert [p.text for p in document.paragraphs] == ["正文在此。"]
    assert (document.source.title, document.source.author) == ("甲: 乙: 丙", "张三、李四")
    assert document.remarks == ("line 3 of the YAML front matter is malformed and was left out",)


@pytest.mark.parametrize(
    ("value", "title"),
    [("007", "007"), ("12:30", "12:30"), ("No", "No"), ("1.10", "1.10"), ("2023-05-06", "2023-05-06"), ("\t甲", "甲")],
)
def test_value_is_what_somebody_wrote(read_one: Read, value: str, title: str) -> None:
    assert read_one(f"---\ntitle: {value}\n---\n正文。", "1.md").source.title == title


@pytest.mark.parametrize(
    "front", ['title: "{{title}}"\ndate: {{date}}', "title:\ndate: 2023-13-45", "title: ~", "- 甲: [乙"]
)
def test_value_that_says_nothing_is_none(read_one: Read, front: str) -> None:
    source = read_one(f"---\n{front}\n---\n正文。", "名.md").source
    assert (source.title, source.date) == ("名", None)


@pytest.mark.parametrize(
    "front",
    [
        "a: " + "[" * 60_000,
        "a: " + "{a: " * 60_000,
        "\n".join("  " * depth + "a:" for depth in range(300)),
        "a: &a [x]\n" + "\n".join(f"b{number}: *a" for number in range(5_000)),
        "a: " + "x" * 200_000,
    ],
    ids=["lists", "maps", "indents", "aliases", "size"],
)
def test_front_matter_of_any_depth_and_size_ends_nothing(read_one: Read, front: str) -> None:
    document = read_one(f"---\ntitle: 标题\n{front}\n---\n正文。", "a.md")
    assert document.paragraphs[-1].text == "正文。"


@pytest.mark.parametrize(
    ("name", "date", "title"),
    [
        ("2021-03-04-春季通知.md", "2021-03-04", "春季通知"),
        ("规定(2013-12-11).md", "2013-12-11", "规定(2013-12-11)"),
        ("20240517.md", "2024-05-17", "20240517"),
        ("2023年第5号.md", "2023", "2023年第5号"),
        ("简报/2024/要闻.md", "2024", "要闻"),
        ("A20230506123.md", None, "A20230506123"),
        ("v2023.1.2.md", None, "v2023.1.2"),
    ],
)
def test_name_of_the_file_says_what_the_document_does_not(
    read_one: Read, name: str, date: str | None, title: str
) -> None:
    source = read_one("正文。", name).source
    assert (source.date, source.title) == (date, title)


@pytest.mark.parametrize(
    ("text", "author", "date"),
    [
        ("《河边》\n作者：某人\n\n正文在此，很长。", "某人", None),
        ("通知\n\n停课一天，请各班周知。\n\n教务处\n2023年4月20日", None, "2023-04-20"),
        ("通知\n\n停课一天，请各班周知。\n\n教务处 二〇二三年四月二十日", None, "2023-04-20"),
        ("停水\n\n发布时间：2023-05-06 09:10 来源：水务局\n\n停水一天。", None, "2023-05-06"),
        ("条例\n（2022年3月1日第五次会议通过）\n\n第一条 甲。", None, "2022-03-01"),
        ("会议\n会议时间：2023-05-06\n\n在三楼开会，请准时。", None, None),
    ],
)
def test_byline_says_author_and_date(read_one: Read, text: str, author: str | None, date: str | None) -> None:
    source = read_one(text).source
    assert (source.author, source.date) == (author, date)


def test_text_between_dashes_is_text(read_one: Read) -> None:
    document = read_one("---\n第一段。\n---\n第二段。\n")
    assert [p.text for p in document.paragraphs] == ["第一段。", "第二段。"]


def test_date_that_is_none_is_left_out(read_one: Read) -> None:
    assert read_one("---\ndate: 昨天吧\n---\n正文。").source.date is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 08 Jul 2022 02:41:25 GMT", "2022-07-08"),
        ("2022-07-08T23:59:59Z", "2022-07-08"),
        ("2022/7/8 10:41", "2022-07-08"),
        ("2022.07.08", "2022-07-08"),
        ("2022年7月8日 10:41", "2022-07-08"),
        ("2022年07月08日", "2022-07-08"),
        ("2022年7月", "2022-07"),
        ("2022", "2022"),
        ("20220708", "2022-07-08"),
        ("D:20220708104125+08'00'", "2022-07-08"),
        ("July 8, 2022", "2022-07-08"),
        ("8 Jul 2022", "2022-07-08"),
        ("发布时间：2022-07-08", "2022-07-08"),
        ("二〇二二年七月八日", "2022-07-08"),
        ("2022-02-30", None),
        ("不知道", None),
        ("", None),
    ],
)
def test_dates_are_iso(value: str, expected: str | None) -> None:
    assert iso_date(value) == expected
