"""Operators in chat, with real documents in a real folder."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import storage
from bot.documents.live_index import LiveIndex
from retrieval.language import Tokenizer
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import GROUP, PERSON, Json, Reply
from testbed.serving import Library, live_index, quote, serving

ADMIN = str(PERSON["id"])
BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "zh-hans"}
HANDBOOK = "仓库手册\n\n叉车的限速是每小时5公里。叉车每天早上检查一次。\n\n仓库的面积是3000平方米。\n"
PLAN = "五年计划\n\n到那一年，钢的产量达到三万吨。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "手册.txt").write_text(HANDBOOK, encoding="utf-8")
    return documents


@pytest.fixture
async def documents(folder: Path, tmp_path: Path, tokenizer: Tokenizer) -> AsyncIterator[LiveIndex]:
    async with live_index(folder, tmp_path / "index", tokenizer, threshold=0) as found:
        yield found


async def say(api: FakeBotAPI, text: str, **others: Json) -> Reply:
    api.private(text, **others)
    return await api.next_reply()


async def test_a_file_is_looked_at_confirmed_and_asked(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode("gb18030"))
        preview = await api.next_reply()
        assert not (folder / "计划.txt").exists()
        query = api.press(preview, "加进来")
        assert "正在加入" in (await api.next_edit()).text
        added = await api.next_edit()
        answer = await say(api, "钢的产量是多少？")
    assert preview.text.startswith("计划.txt\n格式：text\n编码：gb")
    assert "段落：1" in preview.text
    assert "钢的产量" in preview.text
    assert list(preview.buttons) == ["加进来", "不要"]
    assert added.text == "已加入 计划.txt：1 段，现在就可以问了。"
    assert added.keyboard == ()
    assert "三万吨" in answer.text
    assert query in api.callback_answers
    assert sorted(file.name for file in folder.iterdir()) == ["手册.txt", "计划.txt"]


async def test_questions_are_answered_while_a_file_is_taken_in(api: FakeBotAPI, documents: LiveIndex) -> None:
    text = "大文件\n\n" + "".join(f"第{number}号仓库的面积是{number}平方米。\n\n" for number in range(1, 3000))
    async with serving(api, documents, admins=ADMIN):
        api.upload("大.txt", text.encode())
        api.press(await api.next_reply(), "加进来")
        await api.next_edit()
        during = await say(api, "叉车的限速是多少？", sender=BEN)
        edits = len(api.edits)
        await api.next_edit()
    assert "5公里" in during.text
    assert edits == 1  # it was not in yet


async def test_pressing_twice_adds_once(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode())
        preview = await api.next_reply()
        data = preview.buttons["加进来"]
        queries = [api.press(preview, data), api.press(preview, data)]
        await api.until(lambda: api.callback_answers.keys() >= set(queries))
        await api.until(lambda: len(api.edits) == 2)
    assert [edit.text.startswith("已加入") for edit in api.edits] == [False, True]


async def test_a_file_that_is_not_wanted(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode())
        api.press(await api.next_reply(), "不要")
        assert (await api.next_edit()).text == "没有加入 计划.txt。"
    assert [file.name for file in folder.iterdir()] == ["手册.txt"]


async def test_a_file_takes_the_place_of_one_with_its_name(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload("手册.txt", HANDBOOK.replace("5公里", "8公里").encode())
        preview = await api.next_reply()
        api.press(preview, "加进来")
        await api.next_edit()
        await api.next_edit()
        answer = await say(api, "叉车的限速是多少？")
    assert "会替换同名的文档" in preview.text
    assert "8公里" in answer.text


async def test_a_caption_names_the_folder(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode(), caption="人事/内部")
        api.press(await api.next_reply(), "加进来")
        await api.next_edit()
        await api.next_edit()
    assert (folder / "人事" / "内部" / "计划.txt").exists()


@pytest.mark.parametrize(
    ("name", "caption"),
    [("../../逃.txt", None), ("/etc/逃.txt", None), ("逃.txt", "../.."), ("..", "/"), (".逃.txt", "..\\..")],
)
async def test_a_file_stays_in_the_folder(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, name: str, caption: str | None
) -> None:
    before = {file for file in folder.parent.rglob("*") if folder not in file.parents and "index" not in file.parts}
    async with serving(api, documents, admins=ADMIN):
        fields: Json = {"caption": caption} if caption else {}
        api.upload(name, PLAN.encode(), **fields)
        preview = await api.next_reply()
        if "加进来" in preview.buttons:
            api.press(preview, "加进来")
            await api.next_edit()
            await api.next_edit()
    after = {file for file in folder.parent.rglob("*") if folder not in file.parents and "index" not in file.parts}
    assert after == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("图.png", b"\x89PNG\r\n\x1a\n", "读不了 图.png"),
        ("空.txt", b"  \n", "读不了 空.txt"),
        ("坏.docx", b"no zip", "读不了 坏.docx"),
    ],
)
async def test_a_file_that_cannot_be_read(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, name: str, content: bytes, said: str
) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload(name, content)
        reply = await api.next_reply()
    assert reply.text.startswith(said)
    assert reply.keyboard == ()
    assert [file.name for file in folder.iterdir()] == ["手册.txt"]


async def test_a_file_that_telegram_does_not_give(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload(
            "大.txt",
            b"x",
            document={"file_id": "x", "file_unique_id": "x", "file_name": "大.txt", "file_size": 30_000_000},
        )
        assert "大.txt 太大了（30 MB）" in (await api.next_reply()).text


async def test_a_file_from_somebody_else_is_no_document(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode(), sender=BEN)
        assert "我只看得懂文字" in (await api.next_reply()).text


async def test_a_folder_that_cannot_be_written_to(api: FakeBotAPI, documents: LiveIndex, tmp_path: Path) -> None:
    documents.folder = tmp_path / "gone"
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode())
        assert (await api.next_reply()).text == "文档文件夹不能写入，加不了文档：文件夹是只读的"


async def test_the_list_of_documents_in_pages(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"标题\n\n第{number}份文档的内容在这里。\n", encoding="utf-8")
    (folder / "坏.docx").write_bytes(b"no zip")
    await documents.refresh()
    async with serving(api, documents, admins=ADMIN):
        first = await say(api, "/sources")
        api.press(first, "下一页")
        second = await api.next_edit()
    assert first.text.startswith("文档 14 个（第 1/2 页）\n\n1. 00.txt · 1 段\n")
    assert list(first.buttons) == ["下一页 ›"]
    assert "⚠️ 坏.docx" in second.text
    assert "手册.txt · 2 段" in second.text
    assert list(second.buttons) == ["‹ 上一页"]


@pytest.mark.parametrize("name", ["2", "计划.txt"])
async def test_a_document_is_removed_and_brought_back(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, name: str
) -> None:
    (folder / "计划.txt").write_text(PLAN, encoding="utf-8")
    await documents.refresh()
    async with serving(api, documents, admins=ADMIN):
        removed = await say(api, f"/remove {name}")
        without = await say(api, "钢的产量是多少？")
        api.press(removed, "撤销")
        restored = await api.next_edit()
        with_it = await say(api, "钢的产量是多少？")
    assert (removed.text, restored.text) == ("已移除 计划.txt。", "已恢复 计划.txt。")
    assert "三万吨" not in without.text
    assert "三万吨" in with_it.text


async def test_a_removed_document_is_kept_for_as_long_as_records_are(tmp_path: Path) -> None:
    (tmp_path / "removed").mkdir()
    (tmp_path / "removed" / "key").write_text("旧的", encoding="utf-8")
    storage.clear(tmp_path, days=1)
    assert (tmp_path / "removed" / "key").exists()
    storage.clear(tmp_path, days=-1)
    assert not (tmp_path / "removed" / "key").exists()


async def test_the_last_document_stays(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    async with serving(api, documents, admins=ADMIN):
        assert (await say(api, "/remove 手册.txt")).text.startswith("更新失败，仍按原来的索引回答")
        assert "5公里" in (await say(api, "叉车的限速是多少？")).text
    assert (folder / "手册.txt").exists()


async def test_a_name_that_is_taken_again_is_not_restored_over(
    api: FakeBotAPI, documents: LiveIndex, folder: Path
) -> None:
    (folder / "计划.txt").write_text(PLAN, encoding="utf-8")
    await documents.refresh()
    async with serving(api, documents, admins=ADMIN):
        removed = await say(api, "/remove 计划.txt")
        (folder / "计划.txt").write_text("新的\n\n新的计划。\n", encoding="utf-8")
        api.press(removed, "撤销")
        assert (await api.next_edit()).text == "恢复不了 计划.txt：已经有同名的文档"
    assert "新的计划" in (folder / "计划.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [("/remove", "要移除哪个文档？"), ("/remove 99", "没有“99”这个文档"), ("/remove ../a", "没有“../a”")],
)
async def test_nothing_to_remove(api: FakeBotAPI, documents: LiveIndex, text: str, said: str) -> None:
    async with serving(api, documents, admins=ADMIN):
        assert (await say(api, text)).text.startswith(said)


async def test_reload_takes_in_what_has_changed(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    async with serving(api, documents, admins=ADMIN):
        await say(api, "/reload")
        unchanged = await api.next_edit()
        (folder / "计划.txt").write_text(PLAN, encoding="utf-8")
        await say(api, "/reload")
        changed = await api.next_edit()
        (folder / "计划.txt").unlink()
        (folder / "手册.txt").unlink()
        await say(api, "/reload")
        failed = await api.next_edit()
        assert "三万吨" in (await say(api, "钢的产量是多少？")).text
    assert unchanged.text == "文档没有变化。"
    assert changed.text == "索引已更新：新增 1，改变 0，移除 0，不变 1，读不了 0。"
    assert failed.text.startswith("更新失败，仍按原来的索引回答")


async def test_statistics(api: FakeBotAPI) -> None:
    library = Library(quote())
    async with serving(api, library, admins=ADMIN):
        assert (await say(api, "/stats")).text == "最近 7 天没有人提问。"
        answer = await say(api, "产量是多少？")
        api.press(answer, "👍")
        await api.next_edit()
        library.quotes = ()
        await say(api, "火星", sender=BEN)
        lines = (await say(api, "/stats")).text.splitlines()
    assert lines[:3] == ["最近 7 天", "提问：2 次，2 人", "有答案：50%，可能相关：0%"]
    assert lines[3].startswith("用时：中位数 ")
    assert lines[4] == "评价：👍 1 👎 0"


async def test_questions_without_an_answer_and_their_file(api: FakeBotAPI) -> None:
    async with serving(api, Library(), admins=ADMIN):
        for text in ("火星的房价？", "火星的房价", "=1+1是什么"):
            await say(api, text, sender=BEN)
        listed = await say(api, "/unanswered")
        api.press(listed, "导出 CSV")
        await api.until(lambda: bool(api.sent_files))
    (file,) = api.sent_files
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert listed.text.splitlines()[0] == "没有答案的问题（2 个）"
    assert "2 次 · 火星的房价" in listed.text
    assert [row[:2] for row in rows] == [["question", "count"], ["火星的房价", "2"], ["'=1+1是什么", "1"]]
    assert file.name == "unanswered.csv"


async def test_why_under_an_answer_and_as_a_command(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        answer = await say(api, "叉车的限速是多少？")
        api.press(answer, "为什么")
        pressed = await api.next_reply()
        asked = await say(api, "/why 叉车的限速是多少？")
        replied = await say(api, "/why", reply_to_message=api.message_of(answer))
        how = await say(api, "/why")
    for part in ("为什么是这句", "叉车（", "1. 得分", "· ", "把握：", "门槛 0", f"索引版本：{documents.version}"):
        assert part in pressed.text
    assert pressed.text == asked.text == replied.text
    assert how.text == "请回复一个答案，再发 /why"


async def test_why_in_a_group(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.group("/ask 叉车的限速是多少？", sender=BEN)
        answer = await api.next_reply()
        api.group("/why", reply_to_message=api.message_of(answer))
        assert "为什么是这句" in (await api.next_reply()).text


async def test_others_have_no_button_for_it(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        answer = await say(api, "叉车的限速是多少？", sender=BEN)
        key = answer.buttons["👍"].partition(":")[2]
        query = api.press(answer, f"w:{key}", sender=BEN)
        await api.until(lambda: query in api.callback_answers)
    assert "为什么" not in answer.buttons
    assert api.callback_answers[query]["text"] == "这个命令只给管理员用。"


@pytest.mark.parametrize("command", ["sources", "remove 1", "reload", "stats", "unanswered", "why 产量"])
async def test_others_cannot_use_the_commands(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, command: str
) -> None:
    async with serving(api, documents, admins=ADMIN):
        assert (await say(api, f"/{command}", sender=BEN)).text == "这个命令只给管理员用。"
    assert [file.name for file in folder.iterdir()] == ["手册.txt"]


async def test_names_of_documents_stay_in_private(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.group("/sources@yuanju_test_bot")
        reply = await api.next_reply()
    assert (reply.chat_id, reply.text) == (GROUP["id"], "请在私聊里用这个命令。")


async def test_suggestions_come_from_the_documents(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents):
        start = await say(api, "/start")
        question = next(iter(start.buttons))
        api.press(start, question)
        answer = await api.next_reply()
    assert "叉车" in question or "仓库" in question
    assert answer.text.startswith(f"问：{question}\n\n")
    assert answer.marked("bold") != []


async def test_a_miss_names_the_nearest_headings(
    api: FakeBotAPI, folder: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    (folder / "制度.md").write_text(
        "# 制度\n\n## 假期\n\n每年的假期有十五天。\n\n## 加班\n\n加班要先申请。\n", encoding="utf-8"
    )
    async with live_index(folder, tmp_path / "index2", tokenizer, threshold=1) as found, serving(api, found):
        miss = await say(api, "火星上的假期有几天？")
        api.press(miss, "制度 › 假期")
        near = await api.next_reply()
    assert "没有提到：“火星" in miss.text
    assert near.text.startswith("每年的假期有十五天。")
