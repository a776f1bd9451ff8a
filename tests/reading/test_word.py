from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from retrieval.reading.office.numbering import write_number
from retrieval.records import Document

Read = Callable[..., Document]


def saved(document: WordDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_headings_become_sections_and_runs_are_joined(read_one: Read) -> None:
    word = docx.Document()
    word.add_heading("总体要求", level=1)
    paragraph = word.add_paragraph("大力发展智能")
    paragraph.add_run("机器人").bold = True
    paragraph.add_run("。")
    word.add_heading("目标", level=2)
    word.add_paragraph("突破7000亿元。")
    word.add_heading("保障", level=1)
    document = read_one(saved(word), "a.docx")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        (("总体要求",), "大力发展智能机器人。"),
        (("总体要求", "目标"), "突破7000亿元。"),
        ((), "保障"),
    ]


def test_properties_say_what_the_document_is(read_one: Read) -> None:
    word = docx.Document()
    word.core_properties.title = "三个行动方案"
    word.core_properties.author = "市经信委"
    word.core_properties.created = dt.datetime(2022, 7, 8)
    word.core_properties.keywords = "上海, 产业"
    word.add_paragraph("正文。")
    source = read_one(saved(word), "a.docx").source
    assert (source.title, source.author, source.date) == ("三个行动方案", "市经信委", "2022-07-08")
    assert source.categories == ("上海", "产业")


def test_title_style_is_the_title_and_the_librarys_name_is_no_author(read_one: Read) -> None:
    word = docx.Document()
    word.add_heading("会议纪要", level=0)
    word.add_paragraph("正文。")
    document = read_one(saved(word), "a.docx")
    assert (document.source.title, document.source.author) == ("会议纪要", None)
    assert texts(document) == ["正文。"]


def test_row_of_a_table_has_its_columns_names(read_one: Read) -> None:
    word = docx.Document()
    word.add_paragraph("名单如下。")
    table = word.add_table(rows=3, cols=3)
    for row, cells in zip(
        table.rows, [("姓名", "部门", "电话"), ("张三", "研发", "123"), ("李四", "", "456")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    word.add_paragraph("以上。")
    assert texts(read_one(saved(word), "a.docx")) == [
        "名单如下。",
        "姓名：张三，部门：研发，电话：123",
        "姓名：李四，部门：研发，电话：456",
        "以上。",
    ]


def add_xml(word: WordDocument, body: str) -> None:
    element = parse_xml(f"<w:p {nsdecls('w')}>{body}</w:p>")
    word.element.body.insert(len(word.element.body) - 1, element)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<w:r><w:t>新</w:t></w:r><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:r><w:t>的</w:t></w:r>", "新增的"),
        ("<w:r><w:t>旧</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>", "旧"),
        ("<w:sdt><w:sdtContent><w:r><w:t>控件里的字</w:t></w:r></w:sdtContent></w:sdt>", "控件里的字"),
        ("<w:smartTag><w:r><w:t>北京</w:t></w:r></w:smartTag>", "北京"),
        ("<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>", "链接"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>可见</w:t></w:r>", "可见"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>hàn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>汉</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r><w:r><w:t>字</w:t></w:r>",
            "汉字",
        ),
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>", "甲 乙"),
    ],
)
def test_text_is_found_wherever_word_puts_it(read_one: Read, body: str, expected: str) -> None:
    word = docx.Document()
    add_xml(word, body)
    assert texts(read_one(saved(word), "a.docx")) == [expected]


def test_line_break_begins_a_paragraph(read_one: Read) -> None:
    word = docx.Document()
    word.add_paragraph("第一行\n第二行")
    assert texts(read_one(saved(word), "a.docx")) == ["第一行", "第二行"]


def test_block_in_a_content_control_is_read(read_one: Read) -> None:
    word = docx.Document()
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>封面</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    word.element.body.insert(0, control)
    word.add_paragraph("正文。")
    assert texts(read_one(saved(word), "a.docx")) == ["封面", "正文。"]


def numbered(word: WordDocument, levels: list[tuple[str, str]]) -> Callable[[str, int], Any]:
    """Adds a numbering to the document and gives a function that adds a paragraph of it."""
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{writing}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (writing, text) in enumerate(levels)
    )
    root = word.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{written}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    def add(text: str, depth: int) -> None:
        settings = word.add_paragraph(text)._p.get_or_add_pPr()
        settings.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'))

    return add


def test_numbers_that_word_counts_are_written_out(read_one: Read) -> None:
    word = docx.Document()
    add = numbered(
        word, [("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）"), ("decimal", "%1.%2.%3")]
    )
    for text, depth in [
        ("本条例适用于本市。", 0),
        ("甲项。", 1),
        ("乙项。", 1),
        ("市政府负责监督。", 0),
        ("丙项。", 1),
    ]:
        add(text, depth)
    assert texts(read_one(saved(word), "a.docx")) == [
        "第一条 本条例适用于本市。",
        "（一） 甲项。",
        "（二） 乙项。",
        "第二条 市政府负责监督。",
        "（一） 丙项。",
    ]


def test_short_list_stands_with_the_sentence_that_leads_in(read_one: Read) -> None:
    word = docx.Document()
    word.add_paragraph("材料包括：")
    for text in ("身份证", "户口本"):
        word.add_paragraph(text, style="List Bullet")
    word.add_paragraph("完。")
    assert texts(read_one(saved(word), "a.docx")) == ["材料包括：\n身份证\n户口本", "完。"]


def test_contents_lines_are_left_out_with_a_remark(read_one: Read) -> None:
    word = docx.Document()
    word.styles.add_style("toc 1", 1)
    word.add_paragraph("第一章 总则 1", style="toc 1")
    word.add_paragraph("正文。")
    document = read_one(saved(word), "a.docx")
    assert texts(document) == ["正文。"]
    assert document.remarks == ("left out 1 lines of a table of contents",)


def test_text_box_is_read_once(read_one: Read) -> None:
    word = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>框中文字</w:t></w:r></w:p></w:txbxContent>"
    paragraph = parse_xml(
        f'<w:p {nsdecls("w", "wp", "a")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        "<w:r><w:t>正文。</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    word.element.body.insert(0, paragraph)
    document = read_one(saved(word), "a.docx")
    assert texts(document) == ["正文。", "框中文字"]
    assert document.remarks == ()


@pytest.mark.parametrize(
    ("number", "writing", "expected"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (20, "chineseCounting", "二十"),
        (105, "chineseCounting", "一百零五"),
        (110, "chineseCounting", "一百一十"),
        (21, "chineseLegalSimplified", "贰拾壹"),
        (2022, "ideographDigital", "二〇二二"),
        (9, "lowerRoman", "ix"),
        (28, "upperLetter", "BB"),
        (3, "decimalEnclosedCircle", "③"),
        (7, "decimalZero", "07"),
        (7, "unheardOf", "7"),
    ],
)
def test_numbers_are_written_in_words_ways(number: int, writing: str, expected: str) -> None:
    assert write_number(number, writing) == expected


def test_footnote_follows_the_paragraph_that_refers_to_it(read_one: Read) -> None:
    word = docx.Document()
    add_xml(word, '<w:r><w:t>正文。</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>')
    word.add_paragraph("下一段。")
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>脚注。</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert texts(read_one(saved(word), "a.docx")) == ["正文。", "脚注。", "下一段。"]
