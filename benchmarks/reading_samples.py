"""A small good file of each format that can be read, made by the format's own writer."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import openpyxl
from pptx import Presentation
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate


def samples() -> dict[str, bytes]:
    """A small good file of each format, made by the format's own writer."""
    text = "三个行动方案\n\n" + "".join(
        f"　　第{n}段。上海出台方案，目标到2025年，产业规模突破{n}000亿元。\n" for n in range(9)
    )
    front = "---\ntitle: 方案\ndate: 2022-07-08\ntags: [金融, 上海]\n---\n"
    table = "<table><tr><th>姓名<th>部门<tr><td rowspan=2>张三<td>研发<tr><td>市场</table>"
    body = f"<h1>方案</h1><ul><li><a>甲</a></ul><p>{text}</p>{table}"
    page = f"<html><head><title>方案_网</title></head><body>{body}</body></html>"
    markdown = f"{front}# 方案\n\n## 目标\n\n{text}\n\n材料：\n\n1. 甲\n2. 乙\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n"
    made = {
        "a.txt": text.encode(),
        "b.txt": (front + page).encode(),
        "c.txt": text.encode("gb18030"),
        "d.txt": text.encode("utf-16"),
        "a.md": markdown.encode(),
        "a.html": page.encode("gb18030"),
        "a.csv": ("姓名,部门\n" + "张三,研发\n" * 9).encode("gb18030"),
        "a.docx": word_sample(text),
        "a.pptx": slides_sample(text),
        "a.xlsx": sheet_sample(),
        "a.pdf": pdf_sample(text),
        "a.epub": epub_sample(page),
    }
    return made | {"a.zip": zipped(made)}


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word_sample(text: str) -> bytes:
    word = docx.Document()
    word.add_heading("方案", level=1)
    for line in text.splitlines():
        word.add_paragraph(line, style="List Number")
    word.add_table(rows=2, cols=2).cell(0, 0).text = "姓名"
    return saved(word)


def slides_sample(text: str) -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "方案", text
    slide.shapes.add_table(2, 2, 0, 0, 99, 99).table.cell(0, 0).text = "姓名"
    slide.notes_slide.notes_text_frame.text = "备注"
    return saved(presentation)


def sheet_sample() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["姓名", "部门", "日期", "比例"])
    for _ in range(9):
        sheet.append(["张三", "研发", 44750, 0.5])
    return saved(book)


def pdf_sample(text: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("a", fontName="STSong-Light", fontSize=12, leading=18, firstLineIndent=24, wordWrap="CJK")
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, title="方案").build([Paragraph(line.strip(), style) for line in text.splitlines() * 4])
    return buffer.getvalue()


def epub_sample(page: str) -> bytes:
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>',
        "a.opf": "<package><metadata><title>书</title></metadata><manifest>"
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>',
        "a.xhtml": page,
    }
    return zipped({name: content.encode() for name, content in files.items()})


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
