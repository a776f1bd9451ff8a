"""The content of a file decides how it is read where its suffix says something else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from retrieval.errors import UnreadableDocument
from retrieval.reading import find, is_document_name, read
from retrieval.reading.formats import refusal
from retrieval.records import Document

Read = Callable[..., Document]

PAGE = '<html><meta charset="utf-8"><table><tr><th>项目<th>金额<th>备注<tr><td>运费<td>九元<td>无</table></html>'


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("一份通知。")
    document.save(buffer := io.BytesIO())
    return buffer.getvalue()


def sheet() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["姓名", "部门", "电话"], ["张三", "研发", "无"]):
        book.active.append(row)
    book.save(buffer := io.BytesIO())
    return buffer.getvalue()


def pdf() -> bytes:
    canvas = Canvas(buffer := io.BytesIO())
    canvas.drawString(100, 700, "A page of words.")
    canvas.save()
    return buffer.getvalue()


def archive() -> bytes:
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as made:
        made.writestr("a.txt", "包里的话。")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "format_", "text"),
    [
        ("a.xls", PAGE.encode(), "html", "项目：运费，金额：九元，备注：无"),
        ("a.xlsx", b"\xef\xbb\xbf" + PAGE.encode(), "html", "项目：运费，金额：九元，备注：无"),
        ("a.doc", PAGE.encode(), "html", "项目：运费，金额：九元，备注：无"),
        ("a.csv", PAGE.encode(), "html", "项目：运费，金额：九元，备注：无"),
        ("a.xls", "姓名\t部门\t电话\n张三\t研发\t无\n".encode("gbk"), "csv", "姓名：张三，部门：研发，电话：无"),
        ("a.xlsx", "姓名,部门,电话\n张三,研发,无\n".encode(), "csv", "姓名：张三，部门：研发，电话：无"),
        ("a.xls", sheet(), "xlsx", "姓名：张三，部门：研发，电话：无"),
        ("a.csv", sheet(), "xlsx", "姓名：张三，部门：研发，电话：无"),
        ("a.txt", word(), "docx", "一份通知。"),
        ("a.zip", word(), "docx", "一份通知。"),
        ("a.pdf", word(), "docx", "一份通知。"),
        ("a.txt", pdf(), "pdf", "A page of words."),
        ("a.docx", pdf(), "pdf", "A page of words."),
        ("a.pdf", "其实是文本。".encode(), "text", "其实是文本。"),
        ("a.docx", "其实是文本。".encode("gbk"), "text", "其实是文本。"),
    ],
)
def test_content_decides(read_one: Read, name: str, content: bytes, format_: str, text: str) -> None:
    document = read_one(content, name)
    assert (document.format, document.paragraphs[0].text) == (format_, text)
    assert document.remarks[0].startswith(f"its name ends in {Path(name).suffix}, its content is ")
    assert document.source.path == name


def test_archive_under_another_name_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(archive())
    (document,) = read(tmp_path, "a.txt").documents
    assert (document.source.path, document.paragraphs[0].text) == ("a.txt/a.txt", "包里的话。")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "a.txt",
            b"{\\rtf1\\ansi a}",
            "its name ends in .txt, its content is rtf; .rtf files are not read; save it as",
        ),
        (
            "a.pdf",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
            "its name ends in .pdf, its content is xls; .xls files are not read; save it as .xlsx",
        ),
        ("a.txt", b"%PDF-1.4", "its name ends in .txt, its content is pdf; is no PDF file or is damaged"),
    ],
)
def test_what_is_not_read_says_what_it_is(read_one: Read, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_one(content, name)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "<html> 是网页的第一个标记。".encode()),
        ("a.txt", "%PDF 是一种格式。".encode()),
        ("a.md", "<div>一段</div>\n\n# 题\n\n文。".encode()),
        ("a.txt", "PK 赛明天开始。".encode()),
    ],
)
def test_text_that_speaks_of_formats_stays_text(read_one: Read, name: str, content: bytes) -> None:
    assert not any("its name ends" in remark for remark in read_one(content, name).remarks)


def test_file_of_a_format_that_is_not_read_is_listed_where_its_content_is(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(PAGE.encode())
    (tmp_path / "b.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    listing = find(tmp_path)
    assert [file.relative for file in listing.files] == ["a.xls"]
    assert [one.reason for one in listing.skipped] == [".xls files are not read; save it as .xlsx"]
    assert is_document_name("a.xls")


@pytest.mark.parametrize(
    "suffix",
    [".mht", ".mhtml", ".ofd", ".ods", ".odt", ".rtf", ".doc", ".xls", ".xlsb", ".json", ".jsonl", ".rst", ".srt"],
)
def test_what_is_not_read_comes_with_what_to_do(suffix: str) -> None:
    assert (refusal(suffix) or "").startswith(f"{suffix} files are not read; ")
