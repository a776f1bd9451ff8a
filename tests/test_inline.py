"""Inline mode: ``@bot question`` in any chat."""

from __future__ import annotations

import pytest

from retrieval.records import Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON, Json
from testbed.serving import Library, quote, serving

ENGLISH: Json = {"id": 1003, "is_bot": False, "first_name": "Eve", "language_code": "en"}


async def answer(api: FakeBotAPI, text: str, **others: str) -> Json:
    query = api.inline(text, **others)  # type: ignore[arg-type]
    await api.until(lambda: query in api.inline_answers)
    return api.inline_answers[query]


async def test_sentences_with_their_sources(api: FakeBotAPI) -> None:
    source = Source("计划.txt", "五年计划", url="https://example.org/plan")
    async with serving(api, Library(quote("产量达到三万吨。", highlights=((4, 7),), source=source))):
        found = await answer(api, " 产量是多少？ ")
    (result,) = found["results"]
    content = result["input_message_content"]
    assert (result["title"], result["description"]) == ("产量达到三万吨。", "五年计划 · 第3段")
    assert content["text"] == "产量达到三万吨。\n—— 五年计划 · 第3段"
    assert {entity["type"] for entity in content["entities"]} == {"bold", "text_link"}
    assert content["link_preview_options"] == {"is_disabled": True}
    assert found["is_personal"]
    assert "next_offset" not in found


async def test_pages_of_fifty(api: FakeBotAPI) -> None:
    library = Library(*(quote(f"第{number}句。", number=number) for number in range(120)))
    sizes, titles, offset = [], [], ""
    async with serving(api, library):
        while True:
            found = await answer(api, "问题", offset=offset)
            sizes.append(len(found["results"]))
            titles += [result["title"] for result in found["results"]]
            offset = found.get("next_offset", "")
            if not offset:
                break
    assert sizes == [50, 50, 20]
    assert titles == [f"第{number}句。" for number in range(120)]


async def test_an_empty_query_suggests_questions(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote(), suggested=("产量是多少？", "成本是多少？"))):
        found = await answer(api, "")
    assert [result["title"] for result in found["results"]] == ["产量是多少？", "成本是多少？"]
    assert found["results"][0]["input_message_content"]["text"].startswith("问：产量是多少？\n\n到那一年")


async def test_nothing_found(api: FakeBotAPI) -> None:
    async with serving(api, Library()):
        found = await answer(api, "火星")
    assert (found["results"], found["button"]["text"]) == ([], "没有找到")


async def test_long_sentences(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("𠮷" * 3000, highlights=((2990, 3000),)))):
        found = await answer(api, "问题")
    (result,) = found["results"]
    assert 110 <= len(result["title"].encode("utf-16-le")) // 2 <= 120


async def test_in_english(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        query = api.inline("产量", sender=ENGLISH)
        await api.until(lambda: query in api.inline_answers)
    assert "paragraph 3" in api.inline_answers[query]["results"][0]["description"]


async def test_a_person_who_is_not_allowed_gets_nothing(api: FakeBotAPI) -> None:
    library = Library(quote(), suggested=("产量是多少？",))
    async with serving(api, library, allowed_chats="-1001"):
        assert (await answer(api, "产量"))["results"] == []
        assert (await answer(api, ""))["results"] == []
    assert library.questions == []


@pytest.mark.attack
async def test_an_operator_who_may_see_everything_sends_nothing_private_either(api: FakeBotAPI) -> None:
    library = Library(quote("工资。", source=Source("人事/工资.txt", "工资表")), quote("别的。"))
    person = str(PERSON["id"])
    async with serving(api, library, private_folders=f"人事={person}", admins=person):
        found = await answer(api, "工资")
    assert [result["title"] for result in found["results"]] == ["别的。"]


async def test_what_is_typed_is_not_written_down_as_a_question(api: FakeBotAPI) -> None:
    async with serving(api, Library(), admins=str(PERSON["id"])):
        await answer(api, "火")
        api.private("/unanswered")
        assert (await api.next_reply()).text == "没有答不上来的问题。"


async def test_a_query_that_can_no_longer_be_answered(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.inline("产", late=True)
        api.private("还在吗？还在的")
        await api.next_reply()
    assert len(api.replies) == 1


async def test_an_offset_that_is_none(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        assert len((await answer(api, "产量", offset="x" * 64))["results"]) == 1
