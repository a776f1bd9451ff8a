from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Table

from retrieval.errors import UnreadableDocument
from retrieval.reading.pdf.lines import Line, Part
from retrieval.reading.pdf.paragraphs import blocks_of
from retrieval.records import Document

Read = Callable[..., Document]
FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

SENTENCES = (
    "近期，上海出台了促进绿色低碳产业发展、培育“元宇宙”新赛道、促进智能终端产业高质量发展三个行动方案。",
    "智能网联汽车，将支持传统车企、造车新势力和科技公司紧抓消费趋势，打造具有上海标识度的爆款品牌；加快研发智能驾驶、智能网联和"
    "智能座舱核心系统，建设智慧道路，加快车联网发展，目标到2025年，产业规模突破7000亿元，百亿级企业不少于5家。",
    "虚拟现实交互，将着力提升硬件成熟度，突破近眼显示、感知交互、网络传输、渲染处理等关键技术，推进终端在游戏娱乐等场景的应用。",
)


def style(**settings: Any) -> ParagraphStyle:
    usual: dict[str, Any] = {"fontName": FONT, "fontSize": 12, "leading": 18, "wordWrap": "CJK"}
    return ParagraphStyle("test", **(usual | settings))


def plain_page(canvas: Canvas, template: Any) -> None:
    """Nothing but the text."""


def set_pdf(story: Sequence[Flowable], on_page: Callable[[Canvas, Any], None] = plain_page, **metadata: Any) -> bytes:
    buffer = io.BytesIO()
    template = SimpleDocTemplate(buffer, **metadata)
    template.build(list(story), onFirstPage=on_page, onLaterPages=on_page)
    return buffer.getvalue()


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


@pytest.mark.parametrize(
    "settings",
    [{"firstLineIndent": 24}, {"spaceAfter": 10}, {"firstLineIndent": 24, "alignment": 4}],
    ids=["indented", "spaced", "justified"],
)
def test_chinese_paragraphs_are_joined_across_lines_and_pages(read_one: Read, settings: dict[str, Any]) -> None:
    story = [Paragraph(text, style(**settings)) for text in SENTENCES * 12]
    document = read_one(set_pdf(story), "a.pdf")
    assert texts(document) == list(SENTENCES * 12)
    pages = [paragraph.page for paragraph in document.paragraphs]
    assert pages[0] == 1
    assert pages == sorted(pages, key=lambda page: page or 0)
    assert len(set(pages)) > 1


def test_english_words_are_joined_with_spaces(read_one: Read) -> None:
    text = "The quick brown fox jumps over the lazy dog while the sun is setting behind the hills. " * 4
    story = [Paragraph(text, ParagraphStyle("e", fontSize=11, leading=14, spaceAfter=8))] * 3
    assert texts(read_one(set_pdf(story), "a.pdf")) == [text.strip()] * 3


def test_columns_are_read_one_after_the_other(read_one: Read) -> None:
    buffer = io.BytesIO()
    template = BaseDocTemplate(buffer)
    template.addPageTemplates([PageTemplate(frames=[Frame(40, 40, 250, 300), Frame(300, 40, 250, 300)])])
    template.build([Paragraph(text, style(firstLineIndent=24)) for text in SENTENCES * 2])
    assert texts(read_one(buffer.getvalue(), "a.pdf")) == list(SENTENCES * 2)


def test_larger_lines_are_headings_and_the_largest_the_title(read_one: Read) -> None:
    story = [
        Paragraph("行动方案", style(fontSize=22, leading=30)),
        Paragraph("总体要求", style(fontSize=16, leading=24)),
        Paragraph(SENTENCES[0], style(firstLineIndent=24)),
        Paragraph("主要任务", style(fontSize=16, leading=24)),
        Paragraph(SENTENCES[2], style(firstLineIndent=24)),
    ]
    document = read_one(set_pdf(story), "a.pdf")
    assert document.source.title == "行动方案"
    assert [paragraph.section for paragraph in document.paragraphs] == [("总体要求",), ("主要任务",)]


def test_running_heads_and_page_numbers_are_left_out(read_one: Read) -> None:
    def decorate(canvas: Canvas, template: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(200, 815, "市人民政府公报")
        canvas.drawString(280, 20, f"- {canvas.getPageNumber()} -")

    story = [Paragraph(text, style(firstLineIndent=24)) for text in SENTENCES * 30]
    document = read_one(set_pdf(story, decorate), "a.pdf")
    assert texts(document) == list(SENTENCES * 30)
    (remark,) = document.remarks
    assert "running heads and page numbers" in remark


def test_row_of_a_table_is_a_paragraph(read_one: Read) -> None:
    table = Table([["姓名", "部门"], ["张三", "研发"], ["李四", "市场"]], style=[("FONTNAME", (0, 0), (-1, -1), FONT)])
    assert texts(read_one(set_pdf([table]), "a.pdf")) == ["姓名 部门", "张三 研发", "李四 市场"]


def test_metadata_is_the_files_own(read_one: Read) -> None:
    data = set_pdf([Paragraph(SENTENCES[0], style())], title="三个行动方案", author="市经信委", keywords="上海,产业")
    source = read_one(data, "a.pdf").source
    assert (source.title, source.author, source.categories) == ("三个行动方案", "市经信委", ("上海", "产业"))
    assert source.date is not None


def test_locked_file_says_so(read_one: Read) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt="secret")
    canvas.drawString(100, 100, "text")
    canvas.save()
    with pytest.raises(UnreadableDocument, match="locked with a password"):
        read_one(buffer.getvalue(), "a.pdf")


def drawn(
    *pages: Sequence[tuple[float, float, str]], size: int = 12, fields: Sequence[tuple[str, str, int]] = ()
) -> bytes:
    """A PDF with texts at places of its pages, and on the last one fields of a form (name, value, height)."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for texts_of_page in pages:
        canvas.setFont(FONT, size)
        for left, bottom, text in texts_of_page:
            canvas.drawString(left, bottom, text)
        if texts_of_page is pages[-1]:
            for name, value, height in fields:
                canvas.acroForm.textfield(name=name, value=value, x=130, y=height, width=200, height=18, fontSize=12)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_radicals_become_the_characters_that_they_stand_for(read_one: Read) -> None:
    assert texts(read_one(drawn([(72, 700, "⻓⻔⻋⽉由⻛⻢⻰")]), "a.pdf")) == ["长门车月由风马龙"]


LEFT = ["第一条 本办法适用于全体会员，会员", "应当按时缴纳会费，不得拖欠。逾期", "三个月未缴的，视为自动退会。"]
RIGHT = ["第二条 会费标准为每年二百元，学生", "会员减半收取，由秘书处开具收据，", "并在网上公布。"]


def test_columns_that_are_written_row_by_row_are_read_one_after_the_other(read_one: Read) -> None:
    rows = zip((760, 740, 720), LEFT, RIGHT, strict=True)
    page = [place for bottom, left, right in rows for place in ((60, bottom, left), (310, bottom, right))]
    assert texts(read_one(drawn(page), "a.pdf")) == ["".join(LEFT), "".join(RIGHT)]


def test_rows_of_a_table_have_their_columns_names(read_one: Read) -> None:
    page = [
        place
        for bottom, left, right in ((760, "项目", "收费标准"), (740, "体检", "每人二百元"), (720, "复印", "每页五角"))
        for place in ((60, bottom, left), (310, bottom, right))
    ]
    assert texts(read_one(drawn(page), "a.pdf")) == [
        "项目：体检，收费标准：每人二百元",
        "项目：复印，收费标准：每页五角",
    ]


def test_running_head_of_two_pages_is_left_out_and_the_sentence_joined(read_one: Read) -> None:
    first = [
        (72, 120, "员工因私出国应当提前两个月提出书面申请，经部门负责人"),
        (72, 100, "和人事部门审核同意以后，由公司主要负责人批准，未经批"),
    ]
    second = [(72, 760, "准擅自出国的，按旷工处理。")]
    pages = [
        [(72, 810, "某某公司员工手册"), *page, (280, 20, f"第 {number} 页")]
        for number, page in enumerate((first, second), 1)
    ]
    assert texts(read_one(drawn(*pages), "a.pdf")) == ["".join(text for _, _, text in (*first, *second))]


def test_figures_at_the_edge_of_a_page_are_text(read_one: Read) -> None:
    first = [
        (72, 757, "登记"),
        (72, 737, "可容纳人数如下，请勿超员使用，以免发生危险。"),
        (72, 717, "兰厅"),
        (72, 697, "35"),
    ]
    second = [
        (72, 757, "2024"),
        (72, 737, "年度总结在这一页，各部门应当按时提交材料。"),
        (72, 717, "竹厅"),
        (72, 697, "12"),
    ]
    assert texts(read_one(drawn(first, second), "a.pdf")) == [
        "登记",
        "可容纳人数如下，请勿超员使用，以免发生危险。\n兰厅 35",
        "2024",
        "年度总结在这一页，各部门应当按时提交材料。",
        "竹厅 12",
    ]


@pytest.mark.parametrize("bottom", [697, 20])
def test_figures_that_count_the_pages_are_left_out(read_one: Read, bottom: int) -> None:
    pages = [
        [(72, 737, text), (72, 717, "完。"), (280, bottom, f"{number}")]
        for number, text in enumerate(("甲。", "乙。"), 7)
    ]
    assert texts(read_one(drawn(*pages), "a.pdf")) == ["甲。", "完。", "乙。", "完。"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["the filter of this machine is model XH-", "200 and is ordered yearly."], "is model XH-200 and"),
        (["the gasket and the label, which is self-", "adhesive, are both supplied."], "is self-adhesive, are"),
        (["the gasket and its label give more infor-", "mation on the filter as such."], "more information on"),
    ],
)
def test_hyphen_at_the_end_of_a_line_stays_where_the_word_has_one(
    read_one: Read, lines: list[str], expected: str
) -> None:
    story = [(72, 757 - 16 * number, text) for number, text in enumerate(lines)]
    (text,) = texts(read_one(drawn(story), "a.pdf"))
    assert expected in text


def test_numbered_line_that_is_full_goes_on_in_the_next(read_one: Read) -> None:
    lines = [
        (104, 736, "一、参保人员在定点医疗机构就诊的，应当出示医疗凭证，并"),
        (80, 714, "由医疗机构即时结算，参保人员只需支付个人负担部分的费用。"),
        (104, 692, "（一）在职职工住院的起付标准为每次八百元，退休人员为每"),
        (80, 670, "次五百元。"),
        (104, 648, "二、长期驻外人员须办理备案手续。"),
    ]
    document = read_one(drawn(lines), "a.pdf")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        ((), lines[0][2] + lines[1][2]),
        ((), lines[2][2] + lines[3][2]),
        ((), lines[4][2]),
    ]


def test_values_of_a_form_stand_behind_their_labels(read_one: Read) -> None:
    page = [(72, 757, "报名表"), (72, 737, "姓名："), (72, 707, "电话：")]
    data = drawn(page, fields=[("name", "Li Lei", 733), ("phone", "5550200", 703), ("note", "on Monday", 600)])
    assert texts(read_one(data, "a.pdf")) == ["报名表", "姓名：Li Lei", "电话：5550200", "on Monday"]


def test_footnote_between_two_pages_comes_behind_the_sentence(read_one: Read) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    sentence = [
        "借用设备的人应当在使用之前仔细检查设备的外观是否完好，发现",
        "损坏应当立即告诉管理员，否则由借用人负责赔偿全部的损失，不",
        "得推诿。",
    ]
    canvas.setFont(FONT, 12)
    canvas.drawString(72, 140, sentence[0])
    canvas.drawString(72, 120, sentence[1])
    canvas.setFont(FONT, 9)
    canvas.drawString(72, 80, "① 设备指本馆的设备。")
    canvas.showPage()
    canvas.setFont(FONT, 12)
    canvas.drawString(72, 760, sentence[2])
    canvas.drawString(96, 740, "另行通知。")
    canvas.save()
    assert texts(read_one(buffer.getvalue(), "a.pdf")) == ["".join(sentence), "① 设备指本馆的设备。", "另行通知。"]


def test_cell_of_several_lines_is_one_cell_of_its_row(read_one: Read) -> None:
    cells = [
        ["姓名", "住址", "电话"],
        ["张三", "示例市示例区示例路六号院三号楼二单元", "5550101"],
        ["李四", "示例市", "5550102"],
    ]
    table = Table(
        [[Paragraph(cell, style(leading=14)) for cell in row] for row in cells],
        colWidths=[80, 130, 100],
        style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
    )
    names, *rows = cells
    expected = ["，".join(f"{name}：{cell}" for name, cell in zip(names, row, strict=True)) for row in rows]
    assert texts(read_one(set_pdf([table]), "a.pdf")) == expected


def test_names_over_several_columns_are_joined_with_those_below() -> None:
    lines = [
        row((60, "车站"), (200, "上午"), (400, "下午")),
        row((160, "进站"), (230, "出站"), (360, "进站"), (430, "出站")),
        row((60, "东站"), (160, "30人"), (230, "20人"), (360, "50人"), (430, "40人")),
        row((60, "西站"), (160, "10人"), (230, "15人"), (360, "25人"), (430, "35人")),
    ]
    below_each_other = [replace(line, bottom=700 - 20 * number) for number, line in enumerate(lines)]
    blocks, _ = blocks_of([below_each_other])
    assert [block.text for block in blocks] == [
        "车站：东站，上午 进站：30人，上午 出站：20人，下午 进站：50人，下午 出站：40人",
        "车站：西站，上午 进站：10人，上午 出站：15人，下午 进站：25人，下午 出站：35人",
    ]


def test_table_that_goes_on_over_the_page_keeps_its_names(read_one: Read) -> None:
    def page(*rows: tuple[str, str]) -> list[tuple[float, float, str]]:
        return [
            (left, 760 - 20 * at, text)
            for at, row in enumerate(rows)
            for left, text in zip((60, 310), row, strict=True)
        ]

    pages = page(("项目", "收费标准"), ("体检", "200元"), ("复印", "5角")), page(("停车", "6元"), ("寄存", "3元"))
    document = read_one(drawn(*pages), "a.pdf")
    assert [(p.page, p.text) for p in document.paragraphs][2:] == [
        (2, "项目：停车，收费标准：6元"),
        (2, "项目：寄存，收费标准：3元"),
    ]


def row(*cells: tuple[float, str]) -> Line:
    parts = tuple(Part(text, left, left + 12 * len(text)) for left, text in cells)
    return Line(" ".join(text for _, text in cells), parts[0].left, parts[-1].right, 0, 12, parts=parts)


def test_narrow_columns_of_running_text_are_read_one_after_the_other() -> None:
    left = ["会员须年满十八周岁", "持有效证件到前台办", "理手续，缴费三百元。", "会员卡限本人用。"]
    right = ["会员可以带一名亲友", "入场，每月两次，周", "末除外。卡片遗失的", "须及时挂失。"]
    lines = [
        Line(
            text=f"{one} {other}",
            left=72,
            right=220 + 12 * len(other),
            bottom=700 - 18 * at,
            size=12,
            parts=(Part(one, 72, 72 + 12 * len(one)), Part(other, 220, 220 + 12 * len(other))),
        )
        for at, (one, other) in enumerate(zip(left, right, strict=True))
    ]
    found, _ = blocks_of([lines])
    assert [block.text for block in found] == [
        "会员须年满十八周岁持有效证件到前台办理手续，缴费三百元。会员卡限本人用。",
        "会员可以带一名亲友入场，每月两次，周末除外。卡片遗失的须及时挂失。",
    ]


def test_questions_and_answers_are_no_running_text() -> None:
    said = ["问：押金什么时候退？", "答：退房后三天内原路退回。", "问：可以加床吗？", "答：可以，每晚八十元。"]
    lines = [Line(text, 72, 72 + 12 * len(text), 700 - 18 * at, 12) for at, text in enumerate(said)]
    found, _ = blocks_of([lines])
    assert [block.text for block in found] == said
