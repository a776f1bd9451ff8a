"""Text in pictures: pages that are drawn here, as printed and as scanned, are read like any other."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from retrieval import extras
from retrieval.engines.local import LocalEngine
from retrieval.errors import UnreadableDocument
from retrieval.language import Tokenizer
from retrieval.library import Library
from retrieval.reading import Limits, find
from retrieval.reading.images.kept import Kept
from retrieval.reading.images.lines import lines_of
from retrieval.reading.images.models import Piece
from retrieval.reading.images.pages import ranges
from retrieval.reading.images.recognition import Recognition, is_installed
from retrieval.reading.readers import Readers
from retrieval.records import Document
from testbed import drawing

Read = Callable[..., Document]

drawn = pytest.mark.skipif(drawing.FONT is None, reason=drawing.WITHOUT_FONT)
recognised = pytest.mark.skipif(not is_installed(), reason="needs text recognition, the extra ocr")

PARAGRAPHS = (
    "为了让大家按时用上热水，后勤处决定从下周一起调整浴室的开放时间。每天早上六点半到八点、晚上五点到十点开放，"
    "周末中午另外开放两个小时，节假日的安排另行通知。",
    "办理浴室卡须带本人证件，到二号楼一层的服务窗口登记，押金三十元，退卡时原数退还。卡片遗失的，凭登记号码补办，"
    "工本费十五元，原卡里的余额转到新卡。",
    "请各位爱护设备，发现漏水、漏电立即告诉值班人员，电话五五五零一二三。对损坏设备不报的，照价赔偿。",
)


def page(dpi: int, paragraphs: Sequence[str] = PARAGRAPHS, **options: Any) -> bytes:
    """A page with the paragraphs, as PNG; it ends below them, since what is empty takes time."""
    return drawing.page(paragraphs, dpi, cut=True, **options)


def wrong_share(document: Document, paragraphs: Sequence[str] = PARAGRAPHS) -> float:
    """The share of the paragraphs' characters that the document has not, or has others for."""
    return drawing.wrong_share("".join(paragraphs), "".join(paragraph.text for paragraph in document.paragraphs))


@drawn
@recognised
@pytest.mark.slow
@pytest.mark.parametrize(
    ("dpi", "options", "most_wrong"),
    [
        (150, {}, 0.04),
        (300, {"tilt": 1}, 0.02),
        (200, {"tilt": -1, "stamp": True}, 0.02),
        (200, {"columns": 2}, 0.02),
    ],
    ids=["150", "300-tilted", "200-stamp", "200-two-columns"],
)
def test_page_is_read(read_one: Read, dpi: int, options: dict[str, Any], most_wrong: float) -> None:
    document = read_one(page(dpi, **options), "a.png")
    assert wrong_share(document) <= most_wrong
    assert len(document.paragraphs) == len(PARAGRAPHS)
    assert document.source.recognised == (1,)
    assert document.remarks[0].startswith("recognised the text in pictures of page 1: 9")


@drawn
@recognised
@pytest.mark.slow
def test_addresses_and_numbers_among_ideographs_are_read_to_the_letter(read_one: Read) -> None:
    right = "有问题请写信给 library@mill.example.org，或者打电话 138-0013-8000，金额 ¥1,234,567.89。"
    (paragraph,) = read_one(_strip(right), "a.png").paragraphs
    assert drawing.wrong_share(right, paragraph.text) == 0


def _strip(*lines: str) -> bytes:
    """A few lines of text as a picture."""
    from PIL import Image, ImageDraw, ImageFont

    assert drawing.FONT
    image = Image.new("RGB", (1400, 30 + 60 * len(lines)), "white")
    font = ImageFont.truetype(drawing.FONT, 28)
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((30, 30 + 60 * number), line, fill="black", font=font)
    image.save(buffer := io.BytesIO(), "PNG")
    return buffer.getvalue()


@drawn
@recognised
@pytest.mark.slow
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_notice_on_its_side_or_upside_down_is_turned(read_one: Read, angle: int) -> None:
    from PIL import Image

    notice = ("浴室开放时间", "男部七点到九点", "女部五点到七点", "总务科")  # nobody can read it as it lies
    upright = Image.open(io.BytesIO(_strip(*notice)))
    upright.rotate(angle, expand=True).save(buffer := io.BytesIO(), "PNG")
    assert tuple(paragraph.text for paragraph in read_one(buffer.getvalue(), "a.png").paragraphs) == notice


def scan(*, dpi: int = 150) -> bytes:
    """A PDF with a page of text, a scanned one with a mark of text on it, and an empty one."""
    canvas = Canvas(buffer := io.BytesIO(), pagesize=(595, 842))
    canvas.drawString(72, 700, "The first page holds text of its own, which nobody has to recognise.")
    canvas.showPage()
    canvas.drawImage(ImageReader(io.BytesIO(page(dpi, PARAGRAPHS[1:2], heading="浴室须知"))), 0, 300, 595, 500)
    canvas.drawString(500, 20, "scanned")
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@drawn
@recognised
@pytest.mark.slow
async def test_scanned_pages_are_read_once_and_said_so(tmp_path: Path, tokenizer: Tokenizer) -> None:
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(scan())
    engine = LocalEngine(index, tokenizer)
    told: list[str] = []
    library = Library(folder, engine, tokenizer, readers=partial(Readers, recognised=index / "recognised"))
    report = await library.refresh(progress=lambda _, __, path, ___: told.append(path))
    assert report.files[0].documents[0].remarks == (
        "1 of 3 pages hold no text, perhaps pictures of it; text recognition (OCR) found none either",
        "recognised the text in pictures of page 2: 99% sure",
    )
    assert "a.pdf 1/1" in told
    found = await engine.search(tokenizer.terms("浴室卡押金"), limit=1)
    assert found.hits[0].paragraph.text.startswith("办理浴室卡须带本人证件")
    assert (found.hits[0].paragraph.page, found.hits[0].source.recognised) == (2, (2,))
    engine.close()

    # The same page in another file is known by its pixels.
    (folder / "b.pdf").write_bytes(scan() + b"\n")
    told.clear()
    async with Readers(recognised=index / "recognised", page_read=lambda path, *_: told.append(path)) as readers:
        readings = [one async for one in readers.read_all(folder, [(file, "") for file in find(folder).files])]
    assert told == []
    assert readings[0].documents[0].paragraphs == readings[1].documents[0].paragraphs


@pytest.mark.skipif(is_installed(), reason="text recognition is installed")
def test_without_the_extra_it_is_said_what_reads_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (skipped,) = find(tmp_path).skipped
    assert extras.command("ocr") in skipped.reason


@pytest.mark.slow
def test_a_page_without_text_is_unreadable(read_one: Read) -> None:
    canvas = Canvas(buffer := io.BytesIO())
    canvas.rect(100, 100, 50, 50)
    canvas.showPage()
    canvas.save()
    with pytest.raises(UnreadableDocument, match=r"hold no text.*OCR"):
        read_one(buffer.getvalue(), "scan.pdf")


@recognised
def test_picture_without_text_says_so(read_one: Read) -> None:
    from PIL import Image

    Image.new("RGB", (20, 20), "blue").save(buffer := io.BytesIO(), "PNG")
    with pytest.raises(UnreadableDocument, match="is a picture in which no text is recognised"):
        read_one(buffer.getvalue(), "a.png")


@recognised
async def test_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("1", (2000, 2000)).save(buffer := io.BytesIO(), "PNG")
    async with Readers(limits=Limits(pixel_count=1_000_000)) as readers:
        with pytest.raises(UnreadableDocument, match="4,000,000 pixels \\(the limit pixel_count is 1,000,000\\)"):
            await readers.read(tmp_path, "a.png", buffer.getvalue())


def piece(text: str, left: float, top: float, *, slope: float = 0.0, height: float = 20) -> Piece:
    width = 20 * len(text)
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    return Piece(text, tuple((x, y + slope * x) for x, y in corners), 0.99)


def test_pieces_of_a_tilted_line_are_one_line() -> None:
    pieces = [
        piece("右边的字", 115, 100, slope=0.05),
        piece("左边的字", 20, 100, slope=0.05),
        piece("下一行的字", 20, 140, slope=0.05),
    ]
    lines = lines_of(pieces, height=800, points_per_pixel=0.5)
    assert [line.text for line in lines] == ["左边的字右边的字", "下一行的字"]
    assert lines[0].bottom - lines[1].bottom == pytest.approx(20, abs=1)


def test_wide_gaps_part_a_line_as_in_a_table() -> None:
    (line,) = lines_of([piece("姓名", 20, 100), piece("电话", 300, 100)], height=800, points_per_pixel=1)
    assert [part.text for part in line.parts] == ["姓名", "电话"]


def test_no_pieces_are_no_lines() -> None:
    assert lines_of([], height=100, points_per_pixel=1) == []


def test_what_is_kept_is_bounded_and_found_by_its_pixels(tmp_path: Path) -> None:
    pictures = [np.full((60, 60, 3), shade, np.uint8) for shade in range(5)]
    for picture in pictures:
        Kept(tmp_path / "kept").put(Kept(tmp_path).key(picture), [["字", [], 1.0]])
    kept = Kept(tmp_path / "kept", most=3)
    assert kept.get(kept.key(pictures[4])) == [["字", [], 1.0]]
    kept.put(kept.key(pictures[0]), [])
    assert len(list((tmp_path / "kept").iterdir())) == 4
    assert kept.get(kept.key(np.zeros((61, 60, 3), np.uint8))) is None


def test_ornament_is_not_looked_at() -> None:
    assert Recognition().pieces(np.zeros((10, 900, 3), np.uint8)) == ([], False)


def test_ranges_of_pages() -> None:
    assert (ranges([]), ranges([4]), ranges([1, 2, 4, 5, 6])) == ("", "4", "1-2, 4-6")
