"""Reading takes time in proportion to the size of a text, whatever somebody has filled it with."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable

import pytest

from retrieval.errors import UnreadableDocument
from retrieval.language.splitting import sentences
from retrieval.reading.content import Block
from retrieval.reading.headings import headed
from retrieval.reading.joining import collapse
from retrieval.reading.text.plain import looks_like_html
from retrieval.records import Document

pytestmark = pytest.mark.attack

Read = Callable[..., Document]
SIZE = 4_000
LONGEST_IGNORED = 0.1  # seconds: shorter times say nothing about growth
TIMES = 4
MOST_GROWTH = 8  # times, for four times the size; a quadratic one grows by sixteen
ATTEMPTS = 5

MARKDOWN = (
    "![", "[", "[a](", "[[a|", "<", "<a ", "<A a={", "<A>", "</A>", '<A b="', "<!--", "{{<", "{/*", "%% ", "==a",
    "`a", "~~a", "**a", "*a_", "> ", "- ", "1. a\n", "# ", "#a\n", "|a", "|a|b|\n", "[^1]: a\n", "a[^1] ", "::: a\n",
    "!!! a\n", "{.a", "^a", "export {", "import a\n", "a，", "a\n", " ", "\n ", "\\", "&#",
)  # fmt: skip
HTML = (
    "<p", "<p>", "<div>", "<b>", "<ul><li>", "<dl><dt>a<dd>", "<details><summary>a</summary>b", "<table><tr><td>",
    "<pre>", "1<sup>2", "<div hidden>", "<!--", "<a '", '<a "', "</p", "&", "<button aria-expanded>", "ICP备 ", " ",
)  # fmt: skip
TEXT = (
    "问：", "问：a？答：b。", "问：a？\n", "（", "“", "。", "，", "一、a\n", "第一条 ", "- a\n", "1. ", "a：\n- b\n",
    "2023-", "---\n", "+++\n", "<", "<!-- ", " ", "\t", "a \n", "中文，中\n", "\u200b",
)  # fmt: skip


def grows_linearly(run: Callable[[int], object], size: int = SIZE) -> bool:
    """Whether a larger size takes about as many times the time, at the best of some attempts."""

    def seconds(size: int) -> float:
        gc.disable()  # or this one would pay for what others have left
        start = time.process_time()
        try:
            run(size)
            return time.process_time() - start
        finally:
            gc.enable()

    run(100)
    small = large = math.inf
    for _ in range(ATTEMPTS):
        small, large = min(small, seconds(size)), min(large, seconds(TIMES * size))
        if large < LONGEST_IGNORED or large < MOST_GROWTH * small:
            return True
    return False


@pytest.mark.parametrize(
    ("suffix", "unit"),
    [
        *((".mdx", unit) for unit in MARKDOWN),
        *((".html", unit) for unit in HTML),
        *((".txt", unit) for unit in TEXT),
    ],
)
def test_reading_grows_with_the_size(read_one: Read, suffix: str, unit: str) -> None:
    head = "<html><body>" if suffix == ".html" else ""

    def run(size: int) -> None:
        try:
            read_one(head + unit * (size // len(unit)), f"a{suffix}")
        except UnreadableDocument:
            return

    assert grows_linearly(run)


@pytest.mark.parametrize("unit", ["（甲）。", "（甲。乙）", "。\n", "“甲。", "(", "，", "；", "a. ", " ", "\n"])
def test_splitting_grows_with_the_size(unit: str) -> None:
    assert grows_linearly(lambda size: sentences(unit * size), 20_000)


@pytest.mark.parametrize("unit", [" ", "\t ", " \n", "\u3000", "a "])
def test_collapsing_grows_with_the_size(unit: str) -> None:
    assert grows_linearly(lambda size: collapse("a" + unit * size + "b"), 50_000)


@pytest.mark.parametrize("unit", [("报名地点", "东楼"), ("1.1 收费标准", "按月收费。")])
def test_heading_grows_with_the_size(unit: tuple[str, str]) -> None:
    assert grows_linearly(lambda size: headed([Block(text) for text in unit * size]), 10_000)


@pytest.mark.parametrize("unit", ["<!---->", "<!-- -->\n", "<!--", "</p", "<br ", " "])
def test_looking_for_html_grows_with_the_size(unit: str) -> None:
    assert grows_linearly(lambda size: looks_like_html(unit * size), 10_000)
