from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.control import strip_control_codes

from bot.conversation import passages
from bot.language import visible
from bot.rendering import html
from bot.rendering.catalogue import phrases
from bot.rendering.excerpts import excerpt
from bot.rendering.screen import message as on_screen
from bot.rendering.screen import plain
from bot.rendering.sources import source_line
from bot.terminal.console import as_json
from retrieval.records import Answer, Quote, Source
from testbed.serving import quote
from testbed.telegram_markup import Entity, parse_html, utf16_length, utf16_slice

MESSAGE_LIMIT = 4096

ZH = phrases("zh")


def shown(*quotes: Quote) -> tuple[str, list[Entity]]:
    """What a reader sees of the answer."""
    return parse_html(html.message(passages.passages(quotes), ZH))


def bold(text: str, entities: list[Entity]) -> list[str]:
    return [utf16_slice(text, e["offset"], e["length"]) for e in entities if e["type"] == "bold"]


def test_a_sentence_with_its_source_beneath() -> None:
    text, entities = shown(quote("产量达到三万吨。", highlights=((4, 7),)))
    assert text == "产量达到三万吨。\n—— 五年计划 · 张三 · 2022-07-08 · 第3段"
    assert bold(text, entities) == ["三万吨"]


def test_the_title_is_a_link_where_the_document_has_one() -> None:
    source = Source("a.txt", "计划", url='https://example.org/?a=1&b="2"')
    text, entities = shown(quote(source=source))
    assert [(utf16_slice(text, e["offset"], e["length"]), e["url"]) for e in entities] == [("计划", source.url)]


@pytest.mark.attack
def test_an_address_that_telegram_does_not_open_is_no_link() -> None:
    assert shown(quote(source=Source("a.txt", "计划", url="javascript:alert(1)")))[1] == []


def test_a_source_says_what_is_known() -> None:
    bare = quote(source=Source("a.txt", "计划"), number=1)
    full = quote(section=("第一章", "目标"), page=7)
    assert source_line(bare, ZH) == "计划 · 第1段"
    assert source_line(full, ZH) == "五年计划 › 第一章 › 目标 · 张三 · 2022-07-08 · 第3段 · 第7页"


@pytest.mark.parametrize(("page", "said"), [(2, True), (1, False)])
def test_a_source_says_what_was_recognised_in_a_picture(page: int, said: bool) -> None:
    scanned = quote(source=Source("a.pdf", "扫描件", recognised=(2,)), page=page)
    assert source_line(scanned, ZH) == f"扫描件 · 第3段 · 第{page}页" + " · 文字识别" * said
    assert as_json(Answer("问", (scanned,), 0.9))["answers"][0].get("recognised", False) is said


def test_a_source_names_the_other_documents_that_say_the_same_and_says_when_they_disagree() -> None:
    also = (Source("b.txt", "月报"), Source("c.txt", "周报"))
    assert source_line(replace(quote(), also=also), ZH).endswith("第3段 · 同见 月报、周报")


def test_that_documents_disagree_is_said_once_and_that_the_newest_is_first_where_dates_are_known() -> None:
    dated = [replace(quote(text), disputed=True) for text in ("一。", "二。")]
    undated = [replace(one, source=Source(one.source.path, "计划")) for one in dated]
    answers = [passages.answered(Answer("问", tuple(page), 0.9), page) for page in (dated, undated)]
    said = [parse_html(html.message(blocks, ZH))[0] for blocks in answers]
    assert said[0].endswith("\n\n各文档说法不一，新的在前。")
    assert said[1].endswith("\n\n各文档说法不一。")
    assert [text.count("说法不一") for text in said] == [1, 1]


def test_further_sentences_name_only_what_differs_in_their_source() -> None:
    other = Source("b.txt", "别的文件")
    text, _ = shown(quote("一。"), quote("二。"), quote("三。", number=5), quote("四。", source=other))
    assert text == (
        "一。\n—— 五年计划 · 张三 · 2022-07-08 · 第3段\n\n二。\n\n三。\n—— 第5段\n\n四。\n—— 别的文件 · 第3段"
    )


@pytest.mark.attack
def test_markup_in_a_document_is_shown_as_it_is() -> None:
    nasty = '<b>&"&lt;</b><script>'
    text, entities = shown(quote(nasty, highlights=((3, 5),), source=Source("a.txt", nasty, author=nasty)))
    assert text == f"{nasty}\n—— {nasty} · {nasty} · 第3段"
    assert bold(text, entities) == ['&"']


def test_what_only_may_answer_looks_different_at_a_glance() -> None:
    found = quote("产量达到三万吨。", highlights=((4, 7),))
    kinds: list[tuple[str, set[str]]] = []
    for answer in (Answer("问", (found,), 0.9), Answer("问", (found,), 0.3, sure=False), Answer("问", (), 0.1)):
        text, entities = parse_html(html.message(passages.answered(answer, answer.quotes), ZH))
        kinds.append((text[0], {entity["type"] for entity in entities}))
    assert kinds == [("产", {"bold"}), ("🟡", {"blockquote"}), ("⚪", set())]


def test_the_context_of_what_only_may_answer_has_nothing_in_bold() -> None:
    found = quote("产量达到三万吨。", highlights=((4, 7),), before="前文。")
    (screen,) = passages.screens((found,), sure=False)
    text, entities = parse_html(html.message(screen, ZH))
    assert "前文。产量达到三万吨。" in text
    assert [entity["type"] for entity in entities] == ["blockquote", "expandable_blockquote", "underline"]


def test_not_found_says_what_was_looked_for_and_what_is_missing() -> None:
    blocks = passages.answered(Answer("火星<房价>", (), 0.1, ("火星", "<房价>")), ())
    assert (
        parse_html(html.message(blocks, ZH))[0]
        == "⚪ 文档里没有找到答案。\n找的是：火星<房价>\n没有提到：“火星”、“<房价>”。"
    )


def test_not_found_where_every_term_is_known() -> None:
    blocks = passages.answered(Answer("问题", (), 0.1), ())
    assert html.message(blocks, ZH) == "⚪ 文档里没有找到答案。\n找的是：问题\n换个说法，或者问得具体一些，再试一次。"


def test_places_in_english() -> None:
    assert source_line(quote(page=1234, number=2345), phrases("en")).endswith("paragraph 2345 · page 1234")


def test_a_long_sentence_is_cut_around_what_answers() -> None:
    text, entities = shown(quote("前" * 3000 + "答案" + "后" * 3000, highlights=((3000, 3002),)))
    sentence = text.splitlines()[0]
    assert sentence[0] == sentence[-1] == "…"
    assert sentence.strip("…").strip("前") == "答案" + "后" * 43
    assert bold(text, entities) == ["答案"]


def test_of_a_long_sentence_the_clauses_around_what_answers_are_shown() -> None:
    clauses = [f"第{number}个车间今年生产了许多不同的零件{'，而且质量很好' * 2}；" for number in range(9)]
    sentence = "".join(clauses)
    place = sentence.index("第5个车间")
    text, entities = shown(quote(sentence, highlights=((place, place + 5),)))
    first = text.splitlines()[0]
    assert (first[0], first[-1]) == ("…", "…")
    assert first.strip("…") in sentence
    assert clauses[5] in first  # to its end
    assert clauses[4] in first  # what comes before tells what it is about
    assert utf16_length(first) <= 90
    assert bold(text, entities) == ["第5个车间"]


def test_a_list_in_one_sentence_is_cut_between_its_items() -> None:
    items = "、".join(f"部门{number}的零件{number}千件" for number in range(400))
    sentence = f"各部门的产量如下：{items}。"
    place = sentence.index("部门200的零件200千件")
    text, _ = shown(quote(sentence, highlights=((place, place + 13),)))
    first = text.splitlines()[0]
    assert "部门200的零件200千件、" in first
    assert first.startswith("…部门")
    assert utf16_length(first) <= 90


def test_a_sentence_of_ordinary_length_is_shown_whole() -> None:
    assert shown(quote("一" * 59 + "，" + "二" * 59 + "。"))[0].splitlines()[0] == "一" * 59 + "，" + "二" * 59 + "。"


def test_a_page_holds_what_fits_and_the_next_goes_on() -> None:
    found = [quote("字" * 450 + "\n" + "字" * 449, number=number) for number in range(1, 11)]
    pages = passages.pages(found, per_page=50)
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert [one for page in pages for one in page] == found


def test_no_more_on_a_page_than_is_wanted() -> None:
    assert [len(page) for page in passages.pages([quote()] * 5, per_page=2)] == [2, 2, 1]


def context(*quotes: Quote) -> list[tuple[str, list[Entity]]]:
    return [parse_html(html.message(screen, ZH)) for screen in passages.screens(quotes)]


def test_the_paragraph_in_an_expandable_quote() -> None:
    ((text, entities),) = context(quote("答案<是>三。", highlights=((5, 6),), before="前&文。", after="后文。"))
    assert text == "答案<是>三。\n—— 五年计划 · 张三 · 2022-07-08 · 第3段\n前&文。答案<是>三。后文。"
    marked = {e["type"]: utf16_slice(text, e["offset"], e["length"]) for e in entities}
    assert marked["expandable_blockquote"] == "前&文。答案<是>三。后文。"
    assert [e["type"] for e in entities].count("bold") == 2  # in the sentence, and in its paragraph
    assert "".join(utf16_slice(text, e["offset"], e["length"]) for e in entities if e["type"] == "underline") == (
        "答案<是>三。"
    )


def test_a_sentence_that_is_its_paragraph_has_no_context() -> None:
    assert not passages.has_context([quote()])
    assert passages.has_context([quote(), quote(after="后文。")])


def test_a_sentence_that_was_cut_is_shown_whole_behind_the_button() -> None:
    sentence = "前" * 3000 + "答案" + "后" * 3000
    screens = context(quote(sentence, highlights=((3000, 3002),)))
    assert passages.has_context([quote(sentence)])
    quoted = [
        utf16_slice(text, e["offset"], e["length"])
        for text, entities in screens
        for e in entities
        if e["type"] == "expandable_blockquote"
    ]
    assert "".join(quoted) == sentence


pieces = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(["<", "&", "&lt;", "<b>", "𠮷", "…", "\n"])
texts = st.lists(pieces, min_size=1, max_size=12).map("".join)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    text = draw(texts) * draw(st.sampled_from([1, 1, 300]))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    highlights = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    source = Source("a.txt", draw(texts), author=draw(st.none() | texts), url=draw(st.none() | texts))
    return quote(
        text,
        highlights=highlights,
        source=source,
        number=draw(st.integers(1, 3)),
        section=tuple(draw(st.lists(texts, max_size=4))),
        before=draw(st.just("") | texts),
        after=draw(st.just("") | texts) * draw(st.sampled_from([1, 1, 400])),
    )


@pytest.mark.attack
@pytest.mark.slow
@given(st.lists(quotes(), min_size=1, max_size=5), st.integers(1, 5))
def test_telegram_takes_any_answer(found: list[Quote], per_page: int) -> None:
    for page in passages.pages(found, per_page=per_page):
        for blocks in (passages.passages(page), *passages.screens(page)):
            text, _ = parse_html(html.message(blocks, ZH))
            assert utf16_length(text) <= MESSAGE_LIMIT - 300
            assert plain(on_screen(blocks, ZH)).strip() == strip_control_codes(visible(text)).strip()


@given(quotes(), st.integers(4, 60))
def test_an_excerpt_is_a_piece_of_the_sentence(found: Quote, limit: int) -> None:
    whole = found.sentence.text
    text, highlights = excerpt(whole, found.highlights, limit=limit)
    assert utf16_length(text) <= limit
    if text == whole:
        assert highlights == found.highlights
    else:
        piece = max((text, text[1:], text[:-1], text[1:-1]), key=lambda kept: (kept in whole, len(kept)))
        assert piece in whole
        assert len(text) - len(piece) <= 2
    assert bool(highlights) == bool(found.highlights)
    for (start, end), (first, last) in zip(highlights, found.highlights, strict=False):
        assert text[start:end] in whole[first:last]
