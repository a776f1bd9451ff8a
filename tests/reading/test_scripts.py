"""A document in traditional characters is read as the same one in simplified characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document as Word
from openpyxl import Workbook

from retrieval.records import Document
from retrieval.simplified import in_both_scripts, simplified, to_simplified

Read = Callable[..., Document]
TRADITIONAL = {other: character for character, other in simplified().items() if "\u4e00" <= character < "\ua000"}

WRITTEN = {
    "faq.csv": "编号,问题,答案\n1,开卡的办理方式,带身份证到柜台。\n2,开户的资格条件,年满二十岁即可。\n",
    "wordings.csv": "标准问题,相似问题,回答内容,所属分类\n怎么请假,请假流程|如何请假,填写申请单。,考勤\n"
    "几点上班,上班时间,九点。,考勤\n",
    "marks.txt": "常见问答\n\n问题一：卡丢了怎么办？\n答复：打电话挂失。\n\n问题二：几点关门？\n答复：九点。\n",
    "asked.md": "# 说明\n\n## 会员卡丢了怎么办\n\n打电话挂失。\n\n## 为什么要实名\n\n法律要求。\n",
    "faq.html": "<dl><dt>营业到几点<dd>晚上九点。<dt>可以带宠物吗<dd>可以。</dl>",
    "notice.txt": "关于调整医疗门诊时间的通知\n\n各科室：\n\n自下月起，改为八点至五点。\n\n办公室\n\n2023年5月6日\n",
    "law.txt": "图书馆条例\n\n第一章 总则\n\n第一条 为了规范借阅。\n\n第二章 处罚\n\n第二条 丢失图书的，照赔。\n",
    "units.csv": "产品,重量,单价\n单位,公斤,元\n苹果,5,12\n龙眼,3,20\n",
    "form.csv": "姓名,张三,性别,男\n电话,5551234,单位,总务处\n联系地址,长江路8号,职务,会计\n",
    "front.md": "---\n标题: 借书规则\n作者: 陈为民\n发布日期: 2023-05-06\n分类: [图书]\n---\n\n每人可以借五本书。\n",
    "byline.txt": "借书规则\n发布时间：2023年5月6日\n作者：陈为民\n\n每人可以借五本书，期限为三十天。\n",
    "list.txt": "办理步骤如下：\n1、填写申请单。\n2、交给总务处。\n3、领取证件。\n",
    "关于/index.md": "# 简介\n\n这里是图书馆。\n",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_text_is_read_alike_in_both_scripts(read_one: Read, name: str) -> None:
    read = read_one(in_traditional(WRITTEN[name]), in_traditional(name))
    assert in_simplified(read) == in_simplified(read_one(WRITTEN[name], name))


def test_a_word_document_and_a_workbook_are_read_alike_in_both_scripts(read_one: Read, tmp_path: Path) -> None:
    def word(written: Callable[[str], str]) -> None:
        document = Word()
        document.add_paragraph(written("借书规则"), style="Heading 1")
        document.styles["Heading 1"].name = written("标题 1")
        document.add_paragraph(written("每人可以借五本书。"))
        document.save(str(tmp_path / "made"))

    def workbook(written: Callable[[str], str]) -> None:
        book = Workbook()
        assert book.active is not None
        for row in (
            ("楼层", "负责人", "备注"),
            ("一楼", "陈为民", "装修中"),
            ("二楼", "张三", "开放"),
            ("备注：以公告为准",),
        ):
            book.active.append([written(cell) for cell in row])
        book.save(str(tmp_path / "made"))

    for make, name in ((word, "a.docx"), (workbook, "a.xlsx")):
        make(str)
        expected = in_simplified(read_one((tmp_path / "made").read_bytes(), name))
        make(in_traditional)
        assert in_simplified(read_one((tmp_path / "made").read_bytes(), name)) == expected


@pytest.mark.parametrize("expression", ["问题", "[问题]+", r"[^\]说]+", r"\[问\]", "(?<=[门])第\\d条"])
def test_an_expression_matches_the_same_texts_in_both_scripts(expression: str) -> None:
    both = re.compile(in_both_scripts(expression))
    for text in ("问题", "题", "说明", "[问]", "门第3条", "国"):
        assert bool(both.search(text)) == bool(re.search(expression, text))
        assert bool(both.search(in_traditional(text))) == bool(re.search(expression, text))


def in_traditional(text: str) -> str:
    return "".join(TRADITIONAL.get(character, character) for character in text)


def in_simplified(document: Document) -> str:
    return to_simplified(repr(document))
