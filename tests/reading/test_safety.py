from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.errors import UnreadableDocument
from retrieval.reading import Limits, find, read
from retrieval.reading.formats import FORMATS
from retrieval.records import Document

pytestmark = pytest.mark.attack

Read = Callable[..., Document]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on loopback, and who has called there."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                calls.append("a document called")
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        server.shutdown(socket.SHUT_RDWR)


def test_document_reaches_no_network(read_one: Read, visited: tuple[str, list[str]]) -> None:
    address, calls = visited
    page = (
        f'<!DOCTYPE html SYSTEM "{address}/a.dtd"><base href="{address}/"><link rel="stylesheet" href="{address}/a">'
        f'<script src="{address}/a.js"></script><p>文<img src="{address}/a.png">字</p><iframe src="{address}/">'
        "</iframe>"
    )
    read_one(page, "a.html")
    read_one(f"![图]({address}/a.png)\n\n文字 <img src='{address}/a.png'>", "a.md")
    assert calls == []


def test_file_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(2 * 1024**3)  # two gigabytes that take no room on the disk
    with pytest.raises(UnreadableDocument, match=r"is too large \(2,048 MiB; the limit file_bytes is 256 MiB\)"):
        read(tmp_path, "a.txt")


def test_document_of_too_many_paragraphs_is_cut_with_a_remark(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一句话。\n" * 20, encoding="utf-8")
    (document,) = read(tmp_path, "a.txt", limits=Limits(paragraph_count=7)).documents
    assert len(document.paragraphs) == 7
    assert document.remarks == ("has more than 7 paragraphs (the limit paragraph_count): the rest was left out",)


def pdf_of_pages(count: int) -> bytes:
    """A PDF whose page tree claims so many pages, all of them the same."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"3 0 R " * min(count, 50)),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(data),
    )


def test_pdf_of_a_million_pages_is_refused(read_one: Read) -> None:
    with pytest.raises(UnreadableDocument, match=r"has 1,000,000 pages \(the limit page_count is 10,000\)"):
        read_one(pdf_of_pages(1_000_000), "a.pdf")


def test_yaml_of_references_to_references_does_not_blow_up(read_one: Read) -> None:
    lines = ["a0: &a0 [乙, 乙]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 30))]
    document = read_one("---\n" + "\n".join(lines) + "\ntags: *a29\nauthor: *a29\ntitle: *a29\n---\n正文。\n")
    assert document.paragraphs[0].text == "正文。"


def test_deep_tree_of_folders_is_walked(tmp_path: Path) -> None:
    place = tmp_path.joinpath(*["d"] * 100)
    place.mkdir(parents=True)
    (place / "a.txt").write_text("甲。", encoding="utf-8")
    assert len(find(tmp_path).files) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["> " * 5000 + "甲", "[" * 20_000 + "甲", "* " * 3000 + "甲", "`" * 20_000, "*_" * 20_000 + "甲", "|" * 20_000],
    ids=["quotes", "brackets", "lists", "ticks", "emphases", "bars"],
)
def test_markdown_meant_to_be_slow_is_not(tmp_path: Path, text: str) -> None:
    assert processor_seconds(tmp_path, "a.md", text) < 10


@pytest.mark.slow
@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>" * 300 + "甲",
        "<table><tr>" + "<td rowspan=9999 colspan=9999>甲" * 300,
        "<b><p>" * 400 + "甲",
        "<ul><li>" * 400 + "甲",
        "<!--" * 50_000 + "甲",
        "<" * 200_000 + "甲",
        "<a href=x>" * 50_000 + "甲",
        "&" * 200_000 + "甲",
    ],
    ids=["tables", "spans", "formats", "lists", "comments", "brackets", "links", "entities"],
)
def test_html_meant_to_be_slow_is_not(tmp_path: Path, markup: str) -> None:
    assert processor_seconds(tmp_path, "a.html", markup) < 10


def processor_seconds(folder: Path, name: str, text: str) -> float:
    """Return what reading the text takes of the processor, however many others want it, too."""
    (folder / name).write_text(text, encoding="utf-8")
    begun = time.process_time()
    with contextlib.suppress(UnreadableDocument):
        read(folder, name)
    return time.process_time() - begun


SUFFIXES = sorted({suffix for format_ in FORMATS for suffix in format_.suffixes} | {".zip"})


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(SUFFIXES),
    data=st.one_of(st.binary(max_size=2000), st.text(max_size=500).map(lambda text: text.encode("utf-8", "replace"))),
)
def test_any_bytes_under_any_suffix_are_read_or_unreadable(tmp_path: Path, suffix: str, data: bytes) -> None:
    (tmp_path / f"a{suffix}").write_bytes(data)
    documents: tuple[Document, ...] = ()
    with contextlib.suppress(UnreadableDocument):
        documents = read(tmp_path, f"a{suffix}").documents
    for document in documents:
        assert document.source.title.strip()
        assert document.paragraphs
        for number, paragraph in enumerate(document.paragraphs, start=1):
            assert paragraph.number == number
            assert paragraph.text == " ".join(paragraph.text.split())
            paragraph.text.encode()


@pytest.mark.slow
def test_library_that_is_missing_is_named_with_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of_pages(1))
    code = (
        "import sys; sys.modules['pypdfium2'] = None; from pathlib import Path; from retrieval.reading import read\n"
        "try: read(Path(sys.argv[1]), 'a.pdf')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout  # noqa: S603
    assert printed.strip() == (
        "UnreadableDocument a.pdf: .pdf files need the package pypdfium2; install it with: pip install '.[office]'"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "measure", [["encodings", "--texts", "12"], ["fuzz", "--inputs", "130"]], ids=["encodings", "fuzz"]
)
def test_benchmark_keeps_its_promises_in_small(measure: list[str]) -> None:
    command = [sys.executable, "-m", "benchmarks.reading", *measure]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr


def test_page_of_too_many_elements_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>甲" * 20, encoding="utf-8")
    with pytest.raises(UnreadableDocument, match=r"holds 20 elements \(the limit element_count is 10\)"):
        read(tmp_path, "a.html", limits=Limits(element_count=10))
