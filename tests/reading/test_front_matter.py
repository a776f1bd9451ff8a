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


def test_malformed_front_matter_is_remarked_and_the_body_read(read_one: Read) -> None:
    document = read_one("---\ntitle: 甲: 乙: 丙\n\t坏: [\n---\n正文在此。\n")
    assert [p.text for p in document.paragraphs] == ["正文在此。"]
    (remark,) = document.remarks
    assert remark.startswith("the YAML front matter is malformed and was left out:")


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
