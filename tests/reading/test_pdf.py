from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Table

from retrieval.errors import UnreadableDocument
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


def test_pages_without_text_are_remarked_or_fail(read_one: Read) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.rect(100, 100, 50, 50)
    canvas.showPage()
    canvas.save()
    with pytest.raises(UnreadableDocument, match=r"hold no text.*OCR"):
        read_one(buffer.getvalue(), "scan.pdf")


def test_locked_file_says_so(read_one: Read) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt="secret")
    canvas.drawString(100, 100, "text")
    canvas.save()
    with pytest.raises(UnreadableDocument, match="locked with a password"):
        read_one(buffer.getvalue(), "a.pdf")
