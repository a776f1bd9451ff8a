from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.errors import UnreadableDocument
from retrieval.reading import Limits, read
from retrieval.records import Document

Read = Callable[..., Document]


def zipped(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_each_document_of_an_archive_is_one(tmp_path: Path) -> None:
    inner = zipped({"c.txt": "丙。"})
    data = zipped(
        {"b.md": "# 乙\n\n乙文。", "目录/a.txt": "甲。", "c.zip": inner, ".DS_Store": b"x", "__MACOSX/a.txt": "x"}
    )
    (tmp_path / "z.zip").write_bytes(data)
    reading = read(tmp_path, "z.zip")
    assert [(document.source.path, document.source.title) for document in reading.documents] == [
        ("z.zip/b.md", "乙"),
        ("z.zip/c.zip/c.txt", "c"),
        ("z.zip/目录/a.txt", "a"),
    ]
    assert reading.failures == ()


def test_member_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "z.zip").write_bytes(zipped({"a.txt": "甲。", "b.pdf": b"%PDF-1.4", "c.exe": b"x", "d.txt": b""}))
    reading = read(tmp_path, "z.zip")
    assert [document.source.path for document in reading.documents] == ["z.zip/a.txt"]
    assert [failure.path for failure in reading.failures] == ["z.zip/b.pdf", "z.zip/c.exe", "z.zip/d.txt"]


def test_archive_without_documents_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "z.zip").write_bytes(zipped({"c.exe": b"x"}))
    with pytest.raises(UnreadableDocument, match=r"holds no document that can be read; z\.zip/c\.exe: \.exe"):
        read(tmp_path, "z.zip")


def test_names_written_on_chinese_windows_are_read(tmp_path: Path) -> None:
    data = zipped({"AAAA.txt": "甲。"}).replace(b"AAAA", "名字".encode("gbk"))
    (tmp_path / "z.zip").write_bytes(data)
    (document,) = read(tmp_path, "z.zip").documents
    assert document.source.path == "z.zip/名字.txt"


@pytest.mark.attack
@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "..\\..\\evil.txt"])
def test_names_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "z.zip").write_bytes(zipped({name: "甲。"}))
    (document,) = read(tmp_path, "z.zip").documents
    assert document.source.path in {"z.zip/evil.txt", "z.zip/etc/evil.txt"}


@pytest.mark.attack
@pytest.mark.parametrize("suffix", [".zip", ".docx", ".xlsx", ".pptx", ".epub"])
@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(unpacked_bytes=20_000_000), r"unpacked, is too large .*unpacked_bytes"),
        (Limits(), r"unpacks to [\d,]+ times its size \(the limit pack_ratio is 200\)"),
        (Limits(member_count=1), r"holds 2 members \(the limit member_count is 1\)"),
    ],
)
def test_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, suffix: str, limits: Limits, reason: str) -> None:
    (tmp_path / f"z{suffix}").write_bytes(zipped({"a.txt": bytes(30_000_000), "b.txt": b"b"}))
    with pytest.raises(UnreadableDocument, match=reason):
        read(tmp_path, f"z{suffix}", limits=limits)


@pytest.mark.attack
def test_directory_that_lies_about_a_size_unpacks_no_more_than_it_says(tmp_path: Path) -> None:
    data = zipped({"a.txt": "甲" * 5_000_000})
    told = struct.pack("<L", 15_000_000)
    assert data.count(told) == 2
    (tmp_path / "z.zip").write_bytes(data.replace(told, struct.pack("<L", 30)))
    with pytest.raises(UnreadableDocument, match="cannot be unpacked"):
        read(tmp_path, "z.zip")


@pytest.mark.attack
def test_archives_within_archives_are_bounded(tmp_path: Path) -> None:
    data = zipped({"a.txt": "甲。"})
    for _ in range(3):
        data = zipped({"z.zip": data})
    (tmp_path / "z.zip").write_bytes(data)
    with pytest.raises(UnreadableDocument, match="archive_depth"):
        read(tmp_path, "z.zip")


@pytest.mark.attack
def test_archives_in_an_archive_unpack_to_no_more_than_the_limits_together(tmp_path: Path) -> None:
    inner = {f"{number}.zip": zipped({"a.txt": bytes(15_000_000)}, zipfile.ZIP_BZIP2) for number in range(8)}
    (tmp_path / "z.zip").write_bytes(zipped({"a.txt": "甲。", **inner}))
    reading = read(tmp_path, "z.zip")
    assert [document.source.path for document in reading.documents] == ["z.zip/a.txt"]
    assert all("(the limit pack_ratio is 200)" in str(failure) for failure in reading.failures[1:])


@pytest.mark.attack
def test_members_of_archives_in_an_archive_count_together(tmp_path: Path) -> None:
    inner = zipped({f"{number}.txt": "甲。" for number in range(6)})
    (tmp_path / "z.zip").write_bytes(zipped({"a.zip": inner, "b.zip": inner}))
    reading = read(tmp_path, "z.zip", limits=Limits(member_count=10))
    assert len(reading.documents) == 6
    assert [str(failure) for failure in reading.failures] == [
        "z.zip/b.zip: holds 14 members (the limit member_count is 10)"
    ]


def test_half_written_archive_says_so(tmp_path: Path) -> None:
    data = zipped({"a.txt": "甲。" * 100})
    (tmp_path / "z.zip").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableDocument, match="damaged or half-written"):
        read(tmp_path, "z.zip")


@pytest.mark.attack
def test_entities_in_an_office_file_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    (tmp_path / "a.docx").write_bytes(zipped({"word/document.xml": bomb}))
    with pytest.raises(UnreadableDocument, match=r"declares XML entities \(word/document\.xml\)"):
        read(tmp_path, "a.docx")


def book(chapters: dict[str, str], *, metadata: str = "", more: dict[str, str] | None = None) -> bytes:
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    contents = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>' if more else ""
    files: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{metadata}</metadata><manifest>{items}{contents}</manifest><spine>{spine}</spine></package>",
        **{f"OEBPS/{name}.xhtml": text for name, text in chapters.items()},
        **(more or {}),
    }
    return zipped(files)


def chapter(body: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><html><head><title/></head><body>{body}</body></html>'


def test_book_is_read_chapter_by_chapter(read_one: Read) -> None:
    metadata = (
        "<dc:title>某某书</dc:title><dc:creator>张三</dc:creator><dc:creator>李四</dc:creator>"
        "<dc:date>2022-07-08T00:00:00Z</dc:date><dc:subject>历史</dc:subject>"
    )
    chapters = {
        "c1": chapter('<h1>第一章 起</h1><p>甲。</p><a id="x"/><div class="nav"/><p>乙。</p>'),
        "c2": chapter("<h1>第二章 承</h1><h2>小节</h2><p>丙。</p>"),
    }
    document = read_one(book(chapters, metadata=metadata), "a.epub")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        (("第一章 起",), "甲。"),
        (("第一章 起",), "乙。"),
        (("第二章 承", "小节"), "丙。"),
    ]
    source = document.source
    assert (source.title, source.author, source.date, source.categories) == (
        "某某书",
        "张三、李四",
        "2022-07-08",
        ("历史",),
    )


def test_chapter_without_a_heading_takes_its_title_from_the_contents(read_one: Read) -> None:
    point = '<navPoint><navLabel><text>第{0}章</text></navLabel><content src="c{0}.xhtml#a"/></navPoint>'
    contents = f"<ncx><navMap>{point.format(1)}{point.format(2)}</navMap></ncx>"
    data = book({"c1": chapter("<p>甲。</p>"), "c2": chapter("<p>乙。</p>")}, more={"OEBPS/toc.ncx": contents})
    assert [p.section for p in read_one(data, "a.epub").paragraphs] == [("第1章",), ("第2章",)]


@pytest.mark.attack
def test_book_with_external_entities_reads_nothing_from_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    hostile = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><container>&x;</container>'
    (tmp_path / "a.epub").write_bytes(zipped({"META-INF/container.xml": hostile}))
    with pytest.raises(UnreadableDocument, match="EntitiesForbidden"):
        read(tmp_path, "a.epub")


def test_locked_book_says_so(read_one: Read) -> None:
    with pytest.raises(UnreadableDocument, match="DRM"):
        read_one(zipped({"META-INF/rights.xml": "<a/>", "META-INF/container.xml": "<a/>"}), "a.epub")
