"""How the bot behaves among people: when it is silent, what it takes for a question, how much it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation import passages
from bot.rendering import html
from bot.rendering.catalogue import phrases
from retrieval.language import Tokenizer
from retrieval.records import Answer, Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import GROUP, PERSON, Json
from testbed.serving import Library, live_index, quote, serving

TAIWANESE: Json = {"id": 1005, "is_bot": False, "first_name": "美", "language_code": "zh-hant"}
ENGLISH: Json = {"id": 1003, "is_bot": False, "first_name": "Eve", "language_code": "en"}

SMALL_TALK = (
    *(
        "哈哈",
        "哈哈哈哈",
        "好的",
        "好的好的",
        "谢谢啦",
        "谢谢，收到",
        "👍",
        "😂😂",
        "ok",
        "OK!",
        "收到",
        "测试",
        "测试一下",
    ),
    *(
        "嗯嗯",
        "666",
        "赞",
        "明白了",
        "你好",
        "早上好",
        "辛苦了",
        "thanks a lot",
        "haha",
        "nice",
        "了解",
        "没事",
        "对对对",
    ),
)


async def silent(api: FakeBotAPI, library: Library) -> bool:
    """Whether nothing was said until now; the bot has dealt with all that came."""
    said = len(api.replies)
    library.quotes = (quote(),)
    last = api.private("最后的问题？")
    await api.until(lambda: any(reply.reply_to == last["message_id"] for reply in api.replies))
    return len(api.replies) == said + 1


@pytest.mark.parametrize("way", ["reply", "mention", "reply and mention", "command"])
async def test_small_talk_in_a_group_gets_no_reply(api: FakeBotAPI, way: str) -> None:
    library = Library(quote("收到请回复。"))
    async with serving(api, library):
        for text in SMALL_TALK:
            replied = {"reply_to_message": api.said(api.me, "答案")} if "reply" in way else {}
            called = {"mention": "@yuanju_test_bot ", "command": "/ask "}.get(way.rsplit(maxsplit=1)[-1], "")
            api.group(called + text, **replied)
        assert await silent(api, library)
    assert library.questions == ["最后的问题？"]


@pytest.mark.parametrize(
    "text", ["会议改到三点了", "我们明天去爬山", "机器人好厉害啊", "let's talk tomorrow", "加班辛苦啦"]
)
async def test_what_people_tell_each_other_gets_no_reply_though_it_calls_the_bot(api: FakeBotAPI, text: str) -> None:
    library = Library(quote("可能的一句。"), sure=False)
    async with serving(api, library):
        api.group(f"@yuanju_test_bot {text}")
        api.group(f"/ask {text}")
        assert await silent(api, library)


async def test_what_is_named_to_be_looked_up_is_answered_though_it_asks_nothing(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("可能的一句。"), sure=False)):
        api.group("@yuanju_test_bot 钢的产量")
        assert "可能的一句。" in (await api.next_reply()).text


@pytest.mark.parametrize("text", ["我们明天去爬山", "这个方案我觉得还行，回头再看", "周五之前交给我"])
async def test_what_people_say_to_each_other_under_an_answer_gets_no_reply(api: FakeBotAPI, text: str) -> None:
    library = Library(quote("可能的一句。"), sure=False)
    async with serving(api, library):
        api.group(text, reply_to_message=api.said(api.me, "答案"))
        assert await silent(api, library)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("成本呢？", "没有找到答案"),
        ("成本是多少", "没有找到答案"),
        ("什么时候完成", "没有找到答案"),
        ("how much is it", "found no answer"),
    ],
)
async def test_a_question_under_an_answer_is_answered_even_where_it_is_not_found(
    api: FakeBotAPI, text: str, answer: str
) -> None:
    async with serving(api, Library()):
        api.group(text, reply_to_message=api.said(api.me, "答案"))
        assert answer in (await api.next_reply()).text


async def test_a_statement_under_an_answer_is_answered_where_that_is_sure(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("产量达到三万吨。"))):
        api.group("钢的产量", reply_to_message=api.said(api.me, "答案"))
        assert (await api.next_reply()).text.startswith("产量达到三万吨。")


async def test_a_sticker_in_a_group_gets_no_reply(api: FakeBotAPI) -> None:
    library = Library(quote())
    sticker: Json = {"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1, "type": "regular"}
    sticker |= {"is_animated": False, "is_video": False}
    async with serving(api, library):
        api.group("", sticker=sticker, reply_to_message=api.said(api.me, "答案"))
        assert await silent(api, library)


@pytest.mark.parametrize(("text", "lines"), [("/help", 1), ("/help@yuanju_test_bot", 1), ("/start", 0)])
async def test_help_in_a_group_is_one_line(api: FakeBotAPI, text: str, lines: int) -> None:
    library = Library(quote())
    async with serving(api, library):
        api.group(text)
        if lines:
            assert len((await api.next_reply()).text.splitlines()) == lines
        else:
            assert await silent(api, library)


@pytest.mark.parametrize("text", ["help", "Help!", "帮助", "你能做什么？", "怎么用", "这个怎么用？"])
async def test_who_asks_for_help_in_private_gets_it(api: FakeBotAPI, text: str) -> None:
    library = Library(quote())
    async with serving(api, library):
        api.private(text)
        assert "接着问" in (await api.next_reply()).text
    assert library.questions == []


async def test_filler_in_reply_to_a_question_asks_that_question(api: FakeBotAPI) -> None:
    library = Library(quote())
    async with serving(api, library):
        for text in ("帮忙看看", "这个呢", "求解", "你知道吗", "help", "谁知道啊？"):
            api.group(f"@yuanju_test_bot {text}", reply_to_message=api.said(PERSON, "年假有几天？"))
            await api.next_reply()
    assert library.questions == ["年假有几天？"] * 6


async def test_people_links_and_tags_are_no_part_of_a_question(api: FakeBotAPI) -> None:
    library = Library(missing=("火星",))
    async with serving(api, library):
        api.group("@yuanju_test_bot 年假几天 @xiaoming https://example.org/a #人事")
        reply = await api.next_reply()
    assert library.questions == ["年假几天"]
    assert "xiaoming" not in reply.text


async def test_in_a_group_one_sentence_and_the_rest_behind_a_button(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("一。"), quote("二。"), quote("三。"))):
        api.group("/ask 产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "更多")
        more = await api.next_edit()
    assert reply.text.splitlines()[0] == "一。"
    assert "二。" not in reply.text
    assert more.text.startswith("二。")
    assert "三。" in more.text


async def test_a_far_less_likely_sentence_is_behind_a_button(api: FakeBotAPI) -> None:
    unlikely = replace(quote("二。"), score=0.04)
    async with serving(api, Library(quote("一。"), unlikely)):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "更多")
        more = await api.next_edit()
    assert "二。" not in reply.text
    assert more.text.startswith("二。")


async def test_a_rival_is_shown_beside_the_best(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("一。"), replace(quote("二。"), score=0.8))):
        api.private("产量是多少？")
        assert "二。" in (await api.next_reply()).text


async def test_a_long_sentence_answers_with_its_clause_and_is_whole_behind_the_button(api: FakeBotAPI) -> None:
    sentence = "；".join(f"第{number}组的目标是{number}吨，由{number}号车间完成" for number in range(400)) + "。"
    start = sentence.index("200吨")
    async with serving(api, Library(quote(sentence, highlights=((start, start + 4),)))):
        api.private("第200组的目标是多少？")
        reply = await api.next_reply()
        api.press(reply, "上下文")
        screens = [await api.next_edit()]
        while "下一页 ›" in screens[-1].buttons:
            api.press(reply, "下一页")
            screens.append(await api.next_edit())
    shown = reply.text.splitlines()[0]
    assert len(shown) <= 120
    assert "第200组的目标是200吨，由200号车间完成；" in shown
    assert shown.strip("…") in sentence
    assert reply.marked("bold") == ["200吨"]
    assert "".join(piece for screen in screens for piece in screen.marked("expandable_blockquote")) == sentence


async def test_context_shows_a_paragraph_once_with_all_its_quotes_marked(api: FakeBotAPI) -> None:
    first = quote("甲是一。", after="乙是二。末尾。")
    second = quote("乙是二。", before="甲是一。", after="末尾。")
    async with serving(api, Library(first, second)):
        api.private("甲和乙是什么？")
        reply = await api.next_reply()
        api.press(reply, "上下文")
        context = await api.next_edit()
    assert context.marked("expandable_blockquote") == ["甲是一。乙是二。末尾。"]
    assert "".join(context.marked("underline")) == "甲是一。乙是二。"
    assert context.text.count("五年计划") == 1


@pytest.mark.parametrize(("date", "said"), [("2024-01-02", "各文档说法不一，新的在前。"), (None, "各文档说法不一。")])
async def test_that_documents_disagree_is_said_once(api: FakeBotAPI, date: str | None, said: str) -> None:
    quotes = [
        replace(quote(text, source=Source(f"{text}.txt", text, date=date)), disputed=True) for text in ("一", "二")
    ]
    async with serving(api, Library(*quotes)):
        api.private("产量是多少？")
        text = (await api.next_reply()).text
    assert text.endswith(f"\n\n{said}")
    assert text.count("说法不一") == 1


async def test_what_only_may_answer_is_marked_in_chat_and_inline(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("可能的一句。"), sure=False)):
        api.private("产量是多少？")
        reply = await api.next_reply()
        query = api.inline("产量是多少？")
        await api.until(lambda: query in api.inline_answers)
    (result,) = api.inline_answers[query]["results"]
    assert reply.text.startswith("🟡 可能相关，请核对原文：\n\n可能的一句。")
    assert result["input_message_content"]["text"].startswith("🟡 可能相关，请核对原文：\n\n可能的一句。")
    assert result["description"].startswith("🟡 可能相关，请核对原文：")


def test_what_was_taken_for_a_misspelling_is_said() -> None:
    answer = Answer("产亮是多少？", (quote(),), 0.9, corrections=(("产亮", "产量"),))
    text = html.message(passages.answered(answer, answer.quotes), phrases("zh"))
    assert text.startswith("文档里没有“产亮”，按“产量”找的：\n\n到那一年")


async def test_a_correction_can_be_taken_back(api: FakeBotAPI, tokenizer: Tokenizer, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "制度.txt").write_text("报销标准为每天二百元。\n\n请假须提前三天申请。", "utf-8")
    async with live_index(folder, tmp_path / "index", tokenizer, threshold=0.1) as documents, serving(api, documents):
        api.private("报消标准是多少？")
        reply = await api.next_reply()
        api.press(reply, "按原文查找")
        literal = await api.next_edit()
        literal_buttons = list(literal.buttons)
    assert reply.text.startswith("文档里没有“报消”，按“报销”找的：\n\n报销标准")
    assert "按“报销”" not in literal.text
    assert "按原文查找" not in literal_buttons


async def test_traditional_chinese_is_read_in_traditional_characters(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote(after="后文。"))):
        api.private("產量是多少？", sender=TAIWANESE)
        reply = await api.next_reply()
        api.private("/start", sender=TAIWANESE)
        start = await api.next_reply()
    assert list(reply.buttons) == ["上下文", "👍", "👎", "還可以問……"]
    assert "發來一個問題" in start.text


@pytest.mark.parametrize(
    ("text", "button"), [("產量目標是多少？", "為什麼"), ("产量目标是多少？", "为什么"), ("What is the output?", "Why")]
)
async def test_in_a_group_the_language_is_that_of_the_question(api: FakeBotAPI, text: str, button: str) -> None:
    words = {"為什麼": "⚪ 文件裡沒有找到答案。", "为什么": "⚪ 文档里没有找到答案。", "Why": "⚪ I found no answer"}
    async with serving(api, Library()):
        api.group(f"@yuanju_test_bot {text}", sender=TAIWANESE if button == "为什么" else ENGLISH)
        reply = await api.next_reply()
    assert reply.chat_id == GROUP["id"]
    assert reply.text.startswith(words[button])
