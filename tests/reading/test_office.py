from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
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
        "姓名：张三，部门：研发部，备注：有，逗号, 和 换行",
        "姓名：李四，部门：市场部",
    ]


def test_csv_without_names_is_read_as_it_is(read_one: Read) -> None:
    assert texts(read_one("1,2\n3,4\n", "a.csv")) == ["1，2", "3，4"]


def active(book: openpyxl.Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with each part as ``change`` returns it, by name; a part of which it returns nothing is left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w") as written:
        for name in archive.namelist():
            content = change(name, archive.read(name))
            if content is not None:
                written.writestr(name, content)
    return buffer.getvalue()


def test_cell_merged_over_rows_and_columns_belongs_to_each(read_one: Read) -> None:
    book = workbook([["分馆", "工作日", None], [None, "开门", "关门"], ["城北", "8点", "18点"], ["城南", "9点", None]])
    for cells in ("A1:A2", "B1:C1", "C3:C4"):
        active(book).merge_cells(cells)
    assert texts(read_one(saved(book), "a.xlsx")) == [
        "分馆：城北，工作日 开门：8点，工作日 关门：18点",
        "分馆：城南，工作日 开门：9点，工作日 关门：18点",
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (7, "0000", "0007"),
        (9800, '"¥"#,##0.00', "¥9,800.00"),
        (2.5, '0.0"万元"', "2.5万元"),
        (86_400, '0!.0,"万"', "8.6万"),
        (dt.date(2020, 5, 6), 'yyyy"年"m"月"d"日"', "2020年5月6日"),
        (dt.time(7, 5), "h:mm", "7:05"),
        (dt.timedelta(hours=27, minutes=15), "[h]:mm", "27:15"),
        (0.075, "0.0%", "7.5%"),
        (0.25, "# ?/?", "1/4"),
        (3, "0.0", "3.0"),
        ("王五", '@"同学"', "王五同学"),
    ],
)
def test_value_is_shown_in_its_number_format(read_one: Read, value: object, number_format: str, shown: str) -> None:
    book = workbook([["名称", "数值"], ["甲", value]])
    active(book)["B2"].number_format = number_format
    assert texts(read_one(saved(book), "a.xlsx")) == [f"名称：甲，数值：{shown}"]


def test_dates_of_a_workbook_that_counts_from_1904(read_one: Read) -> None:
    book = workbook([["名称", "日期"], ["甲", dt.date(2020, 5, 6)]])
    book.epoch = CALENDAR_MAC_1904
    assert texts(read_one(saved(book), "a.xlsx")) == ["名称：甲，日期：2020-05-06"]


def test_line_break_parts_the_text_of_a_cell(read_one: Read) -> None:
    book = workbook([["故障", "办法"], ["漏水", "1. 关总阀\n2. 报物业"]])
    assert texts(read_one(saved(book), "a.xlsx")) == ["故障：漏水，办法：1. 关总阀 2. 报物业"]


def hiding() -> bytes:
    book = workbook([["货品", "售价", "成本"], ["毛笔", "20元", "9元"], ["停售", "5元", "1元"]], "价目")
    active(book).column_dimensions["C"].hidden = True
    active(book).row_dimensions[3].hidden = True
    for name, state in (("底价", "hidden"), ("密", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["货品", "底价"])
        sheet.append(["毛笔", "15元"])
    return saved(book)


def test_what_a_workbook_hides_is_left_out_and_named(read_one: Read) -> None:
    document = read_one(hiding(), "a.xlsx")
    assert texts(document) == ["货品：毛笔，售价：20元"]
    reads = "; hidden = true in documents.toml reads them"
    assert document.remarks == (
        f"left out 1 hidden columns of 价目 (C){reads}",
        f"left out 1 hidden rows of 价目 (3){reads}",
        f"left out 2 hidden sheets (底价, 密){reads}",
    )


def test_what_a_workbook_hides_is_read_where_that_is_declared(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(hiding())
    (tmp_path / "documents.toml").write_text('["*.xlsx"]\nhidden = true\n', encoding="utf-8")
    (document,) = read(tmp_path, "a.xlsx").documents
    assert texts(document) == [
        "货品：毛笔，售价：20元，成本：9元",
        "货品：停售，售价：5元，成本：1元",
        "货品：毛笔，底价：15元",
        "货品：毛笔，底价：15元",
    ]
    assert document.remarks == ()


def test_hidden_row_parts_no_table(read_one: Read) -> None:
    book = workbook([["货品", "售价"], ["毛笔", "20元"], ["停售", "5元"], ["砚台", "90元"]])
    active(book).row_dimensions[3].hidden = True
    assert texts(read_one(saved(book), "a.xlsx")) == ["货品：毛笔，售价：20元", "货品：砚台，售价：90元"]


def test_what_is_struck_out_is_left_out_and_named(read_one: Read) -> None:
    changed = CellRichText(TextBlock(InlineFont(strike=True), "原价9元"), "现价7元")
    book = workbook([["货品", "售价", "备注"], ["毛笔", changed, "新"], ["砚台", "90元", "旧"]])
    active(book)["C3"].font = Font(strike=True)
    document = read_one(saved(book), "a.xlsx")
    assert texts(document) == ["货品：毛笔，售价：现价7元，备注：新", "货品：砚台，售价：90元"]
    assert document.remarks == ("left out 1 cells that are struck out",)


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", '=DISPIMG("ID_1",1)', '=_xlfn.DISPIMG("ID_1",1)'])
def test_errors_and_pictures_in_cells_are_no_text(read_one: Read, text: str) -> None:
    book = workbook([["货品", "图", "售价"], ["毛笔", None, "20元"]])
    active(book)["B2"].value = text
    active(book)["B2"].data_type = "s"
    document = read_one(saved(book), "a.xlsx")
    assert texts(document) == ["货品：毛笔，售价：20元"]
    assert len(document.remarks) == 1


def test_comment_is_a_paragraph_below_what_it_is_about(read_one: Read) -> None:
    book = workbook([["班次", "补贴"], ["夜班", "30元"]])
    active(book)["B2"].comment = Comment("李某:\n夜班补贴次月发放。", "李某")
    paragraphs = read_one(saved(book), "a.xlsx").paragraphs
    assert [(p.section, p.text) for p in paragraphs] == [
        ((), "班次：夜班，补贴：30元"),
        (("夜班", "30元"), "夜班补贴次月发放。"),
    ]


def test_text_box_on_a_sheet_is_a_paragraph(read_one: Read) -> None:
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody><a:p><a:r><a:t>框中</a:t>'
        "</a:r><a:r><a:t>说明。</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kinds}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    )
    buffer = io.BytesIO(saved(workbook([["班次", "补贴"], ["夜班", "30元"]])))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/drawings/drawing1.xml", drawing)
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", links)
    assert texts(read_one(buffer.getvalue(), "a.xlsx")) == ["班次：夜班，补贴：30元", "框中说明。"]


def strict(name: str, data: bytes) -> bytes:
    """The part as Strict Open XML has it: the same under other names."""
    names = re.compile(rb"http://schemas\.openxmlformats\.org/(\w+)/2006/(main|math|relationships)")
    return names.sub(rb"http://purl.oclc.org/ooxml/\1/\2", data) if name.endswith((".xml", ".rels")) else data


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda name, data: re.sub(rb"<fill>.*?</fill>", b"<fill/>", data) if name == "xl/styles.xml" else data,
            id="an empty fill",
        ),
        pytest.param(
            lambda name, data: (
                re.sub(rb"\d{4}-\d\d-\d\dT[^<]*", "去年".encode(), data) if name == "docProps/core.xml" else data
            ),
            id="dates that are none",
        ),
        pytest.param(lambda name, data: None if name == "xl/styles.xml" else data, id="no styles"),
        pytest.param(lambda name, data: b"<broken" if name == "docProps/core.xml" else data, id="broken properties"),
        pytest.param(strict, id="Strict Open XML"),
    ],
)
def test_what_excel_opens_is_read(read_one: Read, change: Callable[[str, bytes], bytes | None]) -> None:
    data = repacked(saved(workbook([["货品", "售价"], ["毛笔", "20元"]])), change)
    assert texts(read_one(data, "a.xlsx")) == ["货品：毛笔，售价：20元"]


def test_questions_of_a_sheet_are_asked_and_its_answers_quoted(read_one: Read) -> None:
    book = workbook([["问题", "答案"], ["几点开馆？", "九点。"], ["能带水吗？", "可以。"]])
    assert [(p.questions, p.text) for p in read_one(saved(book), "a.xlsx").paragraphs] == [
        (("几点开馆？",), "九点。"),
        (("能带水吗？",), "可以。"),
    ]


def test_empty_rows_far_apart_take_no_time(read_one: Read) -> None:
    book = workbook([["货品", "售价"], ["毛笔", "20元"]])
    active(book)["A1000000"] = "砚台"
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A900000"/></mergeCells>'
    data = repacked(saved(book), lambda _, part: part.replace(b"</sheetData>", merged))
    assert len(read_one(data, "a.xlsx").paragraphs) == 2


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


def told(*texts_: str) -> PresentationFile:
    """A presentation with a text on each slide."""
    presentation = Presentation()
    for text in texts_:
        presentation.slides.add_slide(presentation.slide_layouts[1]).placeholders[1].text = text
    return presentation


def test_hidden_slide_is_left_out_and_named(read_one: Read) -> None:
    presentation = told("公开。", "内部。")
    presentation.slides[1].element.set("show", "0")
    document = read_one(presented(presentation), "a.pptx")
    assert texts(document) == ["公开。"]
    assert document.remarks == ("left out 1 hidden slides; hidden = true in documents.toml reads them",)


def test_strict_presentation_is_read(read_one: Read) -> None:
    assert texts(read_one(repacked(presented(told("公开。")), strict), "a.pptx")) == ["公开。"]
