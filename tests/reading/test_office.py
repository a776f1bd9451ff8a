from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation
from pptx.presentation import Presentation as PresentationFile
from pptx.util import Inches

from retrieval.reading import Limits, read
from retrieval.records import Document

Read = Callable[..., Document]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def workbook(rows: list[list[object]], title: str = "Sheet1") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_row_of_a_sheet_is_a_paragraph_with_its_columns_names(read_one: Read) -> None:
    book = workbook([["通讯录"], [], ["姓名", "部门", "入职", "比例"], ["张三", "研发", dt.date(2022, 7, 8), 0.256]])
    assert book.active is not None
    book.active["D4"].number_format = "0.0%"
    assert texts(read_one(saved(book), "a.xlsx")) == ["通讯录", "姓名：张三，部门：研发，入职：2022-07-08，比例：25.6%"]


def test_sheet_is_the_section_where_there_are_several(read_one: Read) -> None:
    book = workbook([["姓名", "部门"], ["张三", "研发"]], "一季度")
    second = book.create_sheet("二季度")
    second.append(["姓名", "部门"])
    second.append(["李四", "市场"])
    document = read_one(saved(book), "a.xlsx")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        (("一季度",), "姓名：张三，部门：研发"),
        (("二季度",), "姓名：李四，部门：市场"),
    ]
    assert document.source.title == "a"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7000, "7000"), (1.5, "1.5"), (0.1 + 0.2, "0.3"), (True, "是"), (123456789012345, "123456789012345")],
)
def test_figures_are_shown_as_people_see_them(read_one: Read, value: object, shown: str) -> None:
    assert texts(read_one(saved(workbook([["名称", "数值"], ["甲", value]])), "a.xlsx")) == [f"名称：甲，数值：{shown}"]


def test_formula_without_a_value_is_remarked(read_one: Read) -> None:
    document = read_one(saved(workbook([["名称", "数值"], ["甲", "=1+1"]])), "a.xlsx")
    assert texts(document) == ["名称：甲"]
    (remark,) = document.remarks
    assert remark.startswith("left out 1 formulas that hold no value")


def test_workbook_properties_say_what_it_is(read_one: Read) -> None:
    book = workbook([["姓名", "部门"], ["张三", "研发"]])
    book.properties.title = "通讯录"
    book.properties.creator = "人事处"
    book.properties.created = dt.datetime(2022, 7, 8)
    source = read_one(saved(book), "a.xlsx").source
    assert (source.title, source.author, source.date) == ("通讯录", "人事处", "2022-07-08")


def test_rows_beyond_the_limit_are_left_out_with_a_remark(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(saved(workbook([["名称", "数值"], *([["甲", n] for n in range(20)])])))
    (document,) = read(tmp_path, "a.xlsx", limits=Limits(row_count=5)).documents
    assert len(document.paragraphs) == 4
    assert "row_count" in document.remarks[0]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_row_of_a_csv_is_a_paragraph_with_its_columns_names(read_one: Read, sign: str, encoding: str) -> None:
    rows = [["姓名", "部门", "备注"], ["张三", "研发部", '"有，逗号, 和 \n换行"'], ["李四", "市场部", ""]]
    text = "\r\n".join(sign.join(row) for row in rows)
    assert texts(read_one(text.encode(encoding), "a.csv")) == [
        "姓名：张三，部门：研发部，备注：有，逗号, 和换行",
        "姓名：李四，部门：市场部",
    ]


def test_csv_without_names_is_read_as_it_is(read_one: Read) -> None:
    assert texts(read_one("1,2\n3,4\n", "a.csv")) == ["1，2", "3，4"]


def presented(presentation: PresentationFile) -> bytes:
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def test_slide_is_a_page_below_its_title(read_one: Read) -> None:
    presentation = Presentation()
    for title, points in [("总体要求", ["甲。", "乙。"]), ("目标", ["突破7000亿元。"])]:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(points)
    document = read_one(presented(presentation), "a.pptx")
    assert [(p.page, p.section, p.text) for p in document.paragraphs] == [
        (1, ("总体要求",), "甲。"),
        (1, ("总体要求",), "乙。"),
        (2, ("目标",), "突破7000亿元。"),
    ]
    assert document.source.title == "总体要求"


def test_tables_groups_and_notes_of_slides_are_read(read_one: Read) -> None:
    presentation = Presentation()
    presentation.core_properties.title = "汇报"
    presentation.core_properties.author = "市经信委"
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for cell, text in zip(table.iter_cells(), ["姓名", "部门", "张三", "研发"], strict=True):
        cell.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(3), Inches(2), Inches(1)).text_frame.text = "组内文字。"
    slide.notes_slide.notes_text_frame.text = "备注文字。"
    document = read_one(presented(presentation), "a.pptx")
    assert texts(document) == ["姓名：张三，部门：研发", "组内文字。", "备注文字。"]
    assert (document.source.title, document.source.author) == ("汇报", "市经信委")
