from __future__ import annotations

import base64
import datetime as dt
import io
import re
import zipfile
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

from retrieval.reading.content import Block
from retrieval.reading.notices import notice
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
        (1011, "chineseCounting", "一千零一十一"),
        (21, "chineseLegalSimplified", "贰拾壹"),
        (2022, "ideographDigital", "二〇二二"),
        (9, "lowerRoman", "ix"),
        (28, "upperLetter", "BB"),
        (3, "decimalEnclosedCircle", "③"),
        (7, "decimalZero", "07"),
        (7, "unheardOf", "7"),
        (3, "ideographTraditional", "丙"),
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


def lines(document: Document) -> list[str]:
    return [line for text in texts(document) for line in text.split("\n")]


def paragraph_of(number_id: int, depth: int, text: str) -> str:
    settings = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number_id}"/></w:numPr></w:pPr>'
    return f"{settings}<w:r><w:t>{text}</w:t></w:r>"


def defined(word: WordDocument, levels: str, numberings: str) -> None:
    """Adds a definition of a numbering, with these levels, and numberings that refer to it as 77."""
    root = word.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    for element in parse_xml(f"<w:numbering {nsdecls('w')}>{numberings}</w:numbering>"):
        root.append(element)


def level(depth: int, writing: str, text: str, more: str = "") -> str:
    counts = f'<w:start w:val="1"/><w:numFmt w:val="{writing}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{counts}</w:lvl>'


def test_numbering_that_starts_anew_counts_from_there(read_one: Read) -> None:
    word = docx.Document()
    uses = '<w:abstractNumId w:val="77"/>'
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    defined(
        word,
        level(0, "decimal", "%1."),
        "".join(f'<w:num w:numId="{key}">{uses}{more}</w:num>' for key, more in ((81, ""), (82, start), (83, ""))),
    )
    for number_id, text in ((81, "甲。"), (81, "乙。"), (82, "丙。"), (82, "丁。"), (83, "戊。")):
        add_xml(word, paragraph_of(number_id, 0, text))
    assert lines(read_one(saved(word), "a.docx")) == ["1. 甲。", "2. 乙。", "5. 丙。", "6. 丁。", "7. 戊。"]


def test_level_of_figures_only_writes_those_above_it_so(read_one: Read) -> None:
    word = docx.Document()
    levels = level(0, "chineseCounting", "第%1条") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    defined(word, levels, '<w:num w:numId="81"><w:abstractNumId w:val="77"/></w:num>')
    for depth, text in ((0, "甲。"), (0, "乙。"), (1, "丙。")):
        add_xml(word, paragraph_of(81, depth, text))
    assert texts(read_one(saved(word), "a.docx")) == ["第一条 甲。", "第二条 乙。", "2.1 丙。"]


def test_level_that_never_begins_anew_goes_on(read_one: Read) -> None:
    word = docx.Document()
    levels = level(0, "upperLetter", "%1.") + level(1, "decimal", "%2)", '<w:lvlRestart w:val="0"/>')
    defined(word, levels, '<w:num w:numId="81"><w:abstractNumId w:val="77"/></w:num>')
    for depth, text in ((0, "甲。"), (1, "乙。"), (0, "丙。"), (1, "丁。")):
        add_xml(word, paragraph_of(81, depth, text))
    assert lines(read_one(saved(word), "a.docx")) == ["A. 甲。", "1) 乙。", "B. 丙。", "2) 丁。"]


def test_numbers_in_cells_are_written_out_and_counted_once(read_one: Read) -> None:
    word = docx.Document()
    add = numbered(word, [("decimal", "%1.")])
    add("甲。", 0)
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["步骤", "说明", "", "关阀"], strict=True):
        cell.text = text
    add("乙。", 0)
    cell = table.cell(1, 0)._tc
    cell.remove(cell.p_lst[0])
    cell.append(word.paragraphs[-1]._p)
    add("丙。", 0)
    assert lines(read_one(saved(word), "a.docx")) == ["1. 甲。", "步骤：2. 乙。，说明：关阀", "3. 丙。"]


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def maths(body: str) -> str:
    return f"<m:oMath {MATH}>{body}</m:oMath>"


def maths_run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def field(instruction: str, form: str = "", result: str = "") -> str:
    """A field of Word: its instruction, the form that it belongs to, and what it shows."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{form}</w:fldChar></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def run(text: str, settings: str = "") -> str:
    return f"<w:r><w:rPr>{settings}</w:rPr><w:t>{text}</w:t></w:r>"


RAISED = '<w:vertAlign w:val="superscript"/>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<m:f><m:num>{maths_run('1')}</m:num><m:den>{maths_run('3')}</m:den></m:f>", "1/3"),
        (f"<m:f><m:num>{maths_run('a+b')}</m:num><m:den>{maths_run('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:sSup><m:e>{maths_run('10')}</m:e><m:sup>{maths_run('5')}</m:sup></m:sSup>", "10⁵"),
        (f"<m:sSub><m:e>{maths_run('H')}</m:e><m:sub>{maths_run('2')}</m:sub></m:sSub>", "H₂"),
        (f"<m:rad><m:deg/><m:e>{maths_run('x+1')}</m:e></m:rad>", "√(x+1)"),
        (f"<m:d><m:e>{maths_run('x')}</m:e></m:d>", "(x)"),
    ],
)
def test_formula_is_written_on_one_line(read_one: Read, body: str, expected: str) -> None:
    word = docx.Document()
    add_xml(word, f"{run('占')}{maths(body)}{run('。')}")
    assert texts(read_one(saved(word), "a.docx")) == [f"占{expected}。"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (run("10") + run("5", RAISED) + run("个"), "10⁵个"),
        (run("CO") + run("2", '<w:vertAlign w:val="subscript"/>'), "CO₂"),
        (field(r" EQ \f(2,5) "), "2/5"),
        (field(r" eq \o\ac(○,3) "), "③"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>' + run("是"), "☑是"),
        (run("þ", '<w:rFonts w:ascii="Wingdings"/>') + run("是"), "☑是"),
        (
            field("FORMCHECKBOX", '<w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>')
            + run("是"),
            "☑是",
        ),
        (
            field("FORMCHECKBOX", '<w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData>') + run("否"),
            "□否",
        ),
        (
            field(
                "FORMDROPDOWN",
                '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="甲"/><w:listEntry w:val="乙"/>'
                "</w:ddList></w:ffData>",
            ),
            "乙",
        ),
        (field("FORMTEXT", "<w:ffData><w:textInput/></w:ffData>", run("李某")), "李某"),
        (
            run("姓名：李某")
            + "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
            + run("点此输入")
            + "</w:sdtContent></w:sdt>",
            "姓名：李某",
        ),
        (run("外") + f"<w:sdt><w:sdtContent>{run('☒')}</w:sdtContent></w:sdt>", "外☒"),
    ],
)
def test_characters_are_those_that_word_shows(read_one: Read, body: str, expected: str) -> None:
    word = docx.Document()
    add_xml(word, body)
    assert texts(read_one(saved(word), "a.docx")) == [expected]


@pytest.mark.parametrize("strike", ["<w:strike/>", "<w:dstrike/>", '<w:rStyle w:val="Struck"/>'])
def test_what_is_struck_out_is_left_out_and_named(read_one: Read, strike: str) -> None:
    word = docx.Document()
    style = word.styles.add_style("Struck", 2)
    style.font.strike = True
    add_xml(word, run("票价") + run("八十元", strike) + run("六十元。") + run("不划", '<w:strike w:val="0"/>'))
    document = read_one(saved(word), "a.docx")
    assert texts(document) == ["票价六十元。不划"]
    assert document.remarks == ("left out 1 passages that are struck out",)


def test_comments_are_named(read_one: Read) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("正文。")
    word.add_comment(paragraph.runs, "改一改", author="李某")
    document = read_one(saved(word), "a.docx")
    assert texts(document) == ["正文。"]
    assert document.remarks == ("left out 1 comments",)


def test_text_box_in_a_cell_is_read_once(read_one: Read) -> None:
    word = docx.Document()
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["事项", "要求", "借章", "先登记"], strict=True):
        cell.text = text
    box = "<w:txbxContent><w:p><w:r><w:t>找主任</w:t></w:r></w:p></w:txbxContent>"
    drawn = parse_xml(
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    table.cell(1, 1).paragraphs[0]._p.append(drawn)
    assert texts(read_one(saved(word), "a.docx")) == ["事项：借章，要求：先登记 找主任"]


def filled(word: WordDocument, rows: list[list[str]]) -> Any:
    table = word.add_table(rows=len(rows), cols=len(rows[0]))
    for cells, texts_ in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts_, strict=True):
            cell.text = text
    return table


def test_two_rows_of_names_are_joined(read_one: Read) -> None:
    word = docx.Document()
    table = filled(
        word,
        [
            ["工种", "日班", "", "夜班", ""],
            ["", "时薪", "餐补", "时薪", "餐补"],
            ["装卸", "20元", "8元", "26元", "12元"],
        ],
    )
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 3).merge(table.cell(0, 4))
    assert texts(read_one(saved(word), "a.docx")) == [
        "工种：装卸，日班 时薪：20元，日班 餐补：8元，夜班 时薪：26元，夜班 餐补：12元"
    ]


def test_lines_of_a_cell_are_parted(read_one: Read) -> None:
    word = docx.Document()
    filled(word, [["故障", "办法"], ["漏水", "关总阀\n报物业"]])
    assert texts(read_one(saved(word), "a.docx")) == ["故障：漏水，办法：关总阀 报物业"]


def test_questions_of_a_table_are_asked_and_its_answers_quoted(read_one: Read) -> None:
    word = docx.Document()
    filled(word, [["问题", "答案"], ["几点开馆？", "九点。"]])
    (paragraph,) = read_one(saved(word), "a.docx").paragraphs
    assert (paragraph.questions, paragraph.text) == (("几点开馆？",), "九点。")


def test_footnote_in_a_table_follows_it(read_one: Read) -> None:
    word = docx.Document()
    table = filled(word, [["种类", "价格"], ["全价", "80元"]])
    reference = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>')
    table.cell(1, 1).paragraphs[0]._p.append(reference)
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>含保险。</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert texts(read_one(saved(word), "a.docx")) == ["种类：全价，价格：80元", "含保险。"]


MHT = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.b64encode("<html><body><p>夹入的一段。</p></body></html>".encode()).decode()
    + "\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("chunk.html", "<html><body><p>夹入的一段。</p></body></html>".encode()),
        ("chunk.mht", MHT.encode()),
        ("chunk.txt", "夹入的一段。".encode()),
        ("chunk.docx", None),
    ],
)
def test_file_inserted_whole_is_read_in_its_place(read_one: Read, name: str, data: bytes | None) -> None:
    if data is None:
        inner = docx.Document()
        inner.add_paragraph("夹入的一段。")
        data = saved(inner)
    word = docx.Document()
    word.add_paragraph("前文。")
    part = Part(PackURI(f"/word/{name}"), "application/octet-stream", data, word.part.package)
    link = word.part.relate_to(part, RELATIONSHIP_TYPE.A_F_CHUNK)
    chunk = parse_xml(f'<w:altChunk {nsdecls("w", "r")} r:id="{link}"/>')
    word.element.body.insert(len(word.element.body) - 1, chunk)
    add_xml(word, run("后文。"))
    assert texts(read_one(saved(word), "a.docx")) == ["前文。", "夹入的一段。", "后文。"]


def test_inserted_file_that_cannot_be_read_is_named(read_one: Read) -> None:
    word = docx.Document()
    word.add_paragraph("前文。")
    part = Part(PackURI("/word/chunk.rtf"), "application/rtf", b"{\\rtf1}", word.part.package)
    link = word.part.relate_to(part, RELATIONSHIP_TYPE.A_F_CHUNK)
    word.element.body.insert(0, parse_xml(f'<w:altChunk {nsdecls("w", "r")} r:id="{link}"/>'))
    document = read_one(saved(word), "a.docx")
    assert texts(document) == ["前文。"]
    assert document.remarks[0].startswith("left out chunk.rtf, a file within the file")


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w") as written:
        for name in archive.namelist():
            written.writestr(name, change(name, archive.read(name)))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda _, data: re.sub(
                rb"http://schemas\.openxmlformats\.org/(\w+)/2006/(main|math|relationships)",
                rb"http://purl.oclc.org/ooxml/\1/\2",
                data,
            ),
            id="Strict Open XML",
        ),
        pytest.param(
            lambda _, data: data.replace(
                b"vnd.openxmlformats-officedocument.wordprocessingml.document.main",
                b"vnd.ms-word.document.macroEnabled.main",
            ),
            id="macros",
        ),
        pytest.param(
            lambda name, data: re.sub(rb"2013-12-23T[^<]*", "去年".encode(), data) if "core" in name else data,
            id="dates that are none",
        ),
    ],
)
def test_what_word_opens_is_read(read_one: Read, change: Callable[[str, bytes], bytes]) -> None:
    word = docx.Document()
    word.add_paragraph("正文。")
    assert texts(read_one(repacked(saved(word), change), "a.docx")) == ["正文。"]


def test_notice_has_its_title_and_the_date_of_its_signature(read_one: Read) -> None:
    word = docx.Document()
    word.core_properties.created = dt.datetime(2019, 1, 2)
    for line in (
        "某市图书馆文件",
        "图发〔2020〕3号",
        "关于调整开放时间的通知",
        "各分馆：",
        "自2020年6月1日起九点开馆。",
        "某市图书馆",
        "2020年5月6日",
    ):
        word.add_paragraph(line)
    source = read_one(saved(word), "a.docx").source
    assert (source.title, source.date) == ("关于调整开放时间的通知", "2020-05-06")


@pytest.mark.parametrize(
    ("lines", "title", "date"),
    [
        (
            ["关于印发《借阅办法》的通知", "各馆：", "某馆 二〇二〇年五月六日"],
            "关于印发《借阅办法》的通知",
            "2020-05-06",
        ),
        (
            ["某市人民政府办公厅关于进一步做好", "冬季防火工作的通知", "（2020年5月6日）", "各区："],
            "某市人民政府办公厅关于进一步做好冬季防火工作的通知",
            "2020-05-06",
        ),
        (["停水通知", "明天停水。"], "停水通知", None),
        (["会议记录。", "关于预算的意见是先做。", "2020年5月6日"], None, None),
    ],
)
def test_notices(lines: list[str], title: str | None, date: str | None) -> None:
    found = notice([Block(line) for line in lines])
    assert (found.title, found.date) == (title, date)


NUMBERED = (
    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>',
    f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>',
)


def test_number_of_an_empty_cell_is_what_word_shows_there(read_one: Read) -> None:
    word = docx.Document()
    root = word.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERED[0]))
    root.append(parse_xml(NUMBERED[1]))
    table = word.add_table(rows=3, cols=2)
    for row, cells in enumerate((("序号", "姓名"), ("", "钟一"), ("", "唐二"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
        if row:
            number = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="90"/></w:numPr>'
            table.cell(row, 0).paragraphs[0]._p.get_or_add_pPr().append(parse_xml(number))
    assert texts(read_one(saved(word), "a.docx")) == ["序号：1，姓名：钟一", "序号：2，姓名：唐二"]


def test_hidden_text_is_left_out_and_said_so(read_one: Read) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("售价九元")
    paragraph.add_run("，底价六元").font.hidden = True
    paragraph.add_run("。")
    document = read_one(saved(word), "a.docx")
    assert (texts(document), document.remarks) == (["售价九元。"], ("left out 1 passages of hidden text",))


def test_whole_number_before_a_fraction_stays_apart(read_one: Read) -> None:
    space = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    half = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    word = docx.Document()
    paragraph = word.add_paragraph("每次2")
    paragraph._p.append(parse_xml(f"<m:oMath {space}>{half}</m:oMath>"))
    paragraph.add_run("片，或")
    paragraph._p.append(parse_xml(f"<m:oMath {space}><m:r><m:t>3</m:t></m:r>{half}</m:oMath>"))
    assert texts(read_one(saved(word), "a.docx")) == ["每次2 1/2片，或3 1/2"]
