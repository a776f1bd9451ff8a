from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import replies
from retrieval.records import Answer, Quote, Source
from tests.serving import quote
from tests.telegram_markup import Entity, parse_html, utf16_length, utf16_slice


def shown(*quotes: Quote) -> tuple[str, list[Entity]]:
    """What a reader sees of the answer."""
    return parse_html(replies.answer_html(Answer("问题", quotes, 0.9)))


def bold(text: str, entities: list[Entity]) -> list[str]:
    return [utf16_slice(text, e["offset"], e["length"]) for e in entities if e["type"] == "bold"]


def test_docstrings_tell_the_truth() -> None:
    assert doctest.testmod(replies).failed == 0


def test_a_sentence_with_its_source_beneath() -> None:
    text, entities = shown(quote("产量达到三万吨。", highlights=((4, 7),)))
    assert text == "产量达到三万吨。\n—— 五年计划 · 张三 · 2022-07-08 · 第3段"
    assert bold(text, entities) == ["三万吨"]


def test_the_title_is_a_link_where_the_document_has_one() -> None:
    source = Source("a.txt", "计划", url='https://example.org/?a=1&b="2"')
    text, entities = shown(quote(source=source))
    assert [(utf16_slice(text, e["offset"], e["length"]), e["url"]) for e in entities] == [("计划", source.url)]


def test_an_address_that_telegram_does_not_open_is_no_link() -> None:
    assert shown(quote(source=Source("a.txt", "计划", url="javascript:alert(1)")))[1] == []


def test_a_source_says_what_is_known() -> None:
    bare = quote(source=Source("a.txt", "计划"), number=1)
    full = quote(section=("第一章", "目标"), page=7)
    assert replies.source_line(bare) == "计划 · 第1段"
    assert replies.source_line(full) == "五年计划 › 第一章 › 目标 · 张三 · 2022-07-08 · 第3段 · 第7页"


def test_further_sentences_name_only_what_differs_in_their_source() -> None:
    other = Source("b.txt", "别的文件")
    text, _ = shown(quote("一。"), quote("二。"), quote("三。", number=5), quote("四。", source=other))
    assert text == (
        "一。\n—— 五年计划 · 张三 · 2022-07-08 · 第3段\n\n二。\n\n三。\n—— 第5段\n\n四。\n—— 别的文件 · 第3段"
    )


def test_markup_in_a_document_is_shown_as_it_is() -> None:
    nasty = '<b>&"&lt;</b><script>'
    text, entities = shown(quote(nasty, highlights=((3, 5),), source=Source("a.txt", nasty, author=nasty)))
    assert text == f"{nasty}\n—— {nasty} · {nasty} · 第3段"
    assert bold(text, entities) == ['&"']


def test_not_found_says_what_is_missing() -> None:
    html = replies.answer_html(Answer("火星<房价>", (), 0.1, ("火星", "<房价>")))
    assert parse_html(html)[0] == "文档里没有找到答案。没有提到：“火星”、“<房价>”。"


def test_not_found_where_every_term_is_known() -> None:
    assert replies.answer_html(Answer("问题", (), 0.1)).startswith("文档里没有找到答案。换个说法")


def test_a_long_sentence_is_cut_around_what_answers() -> None:
    text, entities = shown(quote("前" * 3000 + "答案" + "后" * 3000, highlights=((3000, 3002),)))
    sentence = text.splitlines()[0]
    assert sentence[0] == sentence[-1] == "…"
    assert sentence.strip("…").strip("前") == "答案" + "后" * 498
    assert bold(text, entities) == ["答案"]


def test_as_many_sentences_as_fit() -> None:
    text, _ = shown(*(quote("字" * 900, number=number) for number in range(1, 51)))
    assert text.count("第") == 5
    assert utf16_length(text) <= 4096


pieces = st.characters(exclude_categories=["Cs"]) | st.sampled_from(["<", "&", "&lt;", "<b>", "𠮷", "…", "\n"])
texts = st.lists(pieces, min_size=1, max_size=12).map("".join)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    text = draw(texts) * draw(st.sampled_from([1, 1, 300]))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    highlights = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    source = Source("a.txt", draw(texts), author=draw(st.none() | texts), url=draw(st.none() | texts))
    return quote(text, highlights=highlights, source=source, number=draw(st.integers(1, 3)))


@given(st.lists(quotes(), min_size=1, max_size=8))
def test_telegram_takes_any_answer(found: list[Quote]) -> None:
    text, _ = shown(*found)
    assert utf16_length(text) <= replies.MESSAGE_LIMIT


@given(quotes(), st.integers(3, 60))
def test_an_excerpt_is_a_piece_of_the_sentence(found: Quote, limit: int) -> None:
    whole = found.sentence.text
    text, highlights = replies.excerpt(whole, found.highlights, limit=limit)
    assert utf16_length(text) <= limit
    if text != whole:
        piece = max((text, text[1:], text[:-1], text[1:-1]), key=lambda kept: (kept in whole, len(kept)))
        assert piece in whole
        assert len(text) - len(piece) <= 2
    for (start, end), (first, last) in zip(highlights, found.highlights, strict=False):
        assert text[start:end] in whole[first:last]


@pytest.mark.parametrize("html", [replies.START, replies.help_text("bot"), replies.not_for_you(-1), replies.ASK_HOW])
def test_what_the_bot_says_of_itself_is_valid(html: str) -> None:
    assert parse_html(html)[0]
