"""Operators in chat, with real documents in a real folder."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import storage
from bot.documents.live_index import LiveIndex
from retrieval.language import Tokenizer
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import GROUP, PERSON, Json, Reply
from testbed.serving import Library, live_index, quote, serving

pytestmark = pytest.mark.slow  # a process reads each file

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
    assert preview.text == (
        "标题：五年计划\n文件名：计划.txt\n文件夹：文档文件夹\n文本，1 段\n\n开头：到那一年，钢的产量达到三万吨。"
    )
    assert list(preview.buttons) == ["加进来", "不要"]
    assert added.text == "已加入 计划.txt：1 段，现在就可以问了。"
    assert list(added.buttons) == ["撤销"]
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


@pytest.mark.attack
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


async def add(api: FakeBotAPI, name: str, content: bytes, **fields: Json) -> tuple[Reply, Reply]:
    """Send a file and have it added; returns the preview and what is said in the end."""
    api.upload(name, content, **fields)
    preview = await api.next_reply()
    api.press(preview, "加进来")
    await api.next_edit()
    return preview, await api.next_edit()


async def test_a_file_takes_the_place_of_one_with_its_name_and_gives_it_back(
    api: FakeBotAPI, documents: LiveIndex, folder: Path
) -> None:
    async with serving(api, documents, admins=ADMIN):
        preview, added = await add(api, "手册.txt", HANDBOOK.replace("5公里", "8公里").encode())
        replaced = await say(api, "叉车的限速是多少？")
        api.press(added, "撤销")
        undone = await api.next_edit()
        before = await say(api, "叉车的限速是多少？")
    assert "会替换同名的文档" in preview.text
    assert "8公里" in replaced.text
    assert undone.text == "已恢复 手册.txt。"
    assert "5公里" in before.text
    assert (folder / "手册.txt").read_text(encoding="utf-8") == HANDBOOK


async def test_an_added_file_can_be_taken_out_again(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    async with serving(api, documents, admins=ADMIN):
        _, added = await add(api, "计划.txt", PLAN.encode())
        api.press(added, "撤销")
        assert (await api.next_edit()).text == "已撤销，计划.txt 不在文档里了。"
        assert "三万吨" not in (await say(api, "钢的产量是多少？")).text
    assert [file.name for file in folder.iterdir()] == ["手册.txt"]


async def test_nothing_is_undone_over_what_somebody_else_has_put_there(
    api: FakeBotAPI, documents: LiveIndex, folder: Path
) -> None:
    async with serving(api, documents, admins=ADMIN):
        _, added = await add(api, "计划.txt", PLAN.encode())
        (folder / "计划.txt").write_text("新的\n\n新的计划。\n", encoding="utf-8")
        api.press(added, "撤销")
        assert (await api.next_edit()).text == "恢复不了 计划.txt：已经有同名的文档"
    assert "新的计划" in (folder / "计划.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("caption", "path"),
    [
        ("文件夹：人事/内部", "人事/内部/计划.txt"),
        ("folder: plans", "plans/计划.txt"),
        ("旧的", "旧的/计划.txt"),
        ("这是今年的计划，请大家看看", "计划.txt"),
        ("没有这个文件夹", "计划.txt"),
        ("字" * 900, "计划.txt"),
        (f"文件夹：{'字' * 900}", f"{'字' * 66}/计划.txt"),
    ],
)
async def test_a_caption_names_a_folder_only_by_saying_so_or_where_there_is_one(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, caption: str, path: str
) -> None:
    (folder / "旧的").mkdir()
    (folder / "旧的" / "别的.txt").write_text(PLAN.replace("钢", "铁"), encoding="utf-8")
    await documents.refresh()
    async with serving(api, documents, admins=ADMIN):
        preview, _ = await add(api, "计划.txt", PLAN.encode(), caption=caption)  # type: ignore[arg-type]
    assert (folder / path).exists()
    where = path.rpartition("/")[0] or "文档文件夹"
    assert f"标题：五年计划\n文件名：计划.txt\n文件夹：{where}\n" in preview.text


async def test_a_control_file_is_checked_confirmed_and_undone(
    api: FakeBotAPI, documents: LiveIndex, folder: Path
) -> None:
    async with serving(api, documents, admins=ADMIN):
        preview, added = await add(api, "synonyms.txt", "# 说明\n铲车 叉车\n".encode())
        by_synonym = await say(api, "铲车的限速是多少？")
        api.press(added, "撤销")
        undone = await api.next_edit()
    assert preview.text == "synonyms.txt 是设置文件，写法没有错，有 1 行。"
    assert added.text == "synonyms.txt 已生效。"
    assert "5公里" in by_synonym.text
    assert undone.text == "已撤销，synonyms.txt 不在文档里了。"
    assert not (folder / "synonyms.txt").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("documents.toml", b"title = "),
        ("documents.toml", b'["*.txt"]\ncolour = "red"\n'),
        ("userdict.txt", "词 0\n".encode()),
        ("stopwords.txt", "的".encode("utf-16")),
    ],
)
async def test_a_control_file_with_a_mistake_is_not_taken(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, name: str, content: bytes
) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.upload(name, content)
        reply = await api.next_reply()
    assert reply.text.startswith(f"读不了 {name}：")
    assert str(folder) not in reply.text
    assert tempfile.gettempdir() not in reply.text  # nor where it was tried
    assert reply.keyboard == ()


@pytest.mark.attack
@pytest.mark.parametrize(
    ("name", "caption"),
    [
        ("../../逃.txt", None),
        ("/etc/逃.txt", None),
        ("逃.txt", "../.."),
        ("逃.txt", "文件夹：../.."),
        ("..", "/"),
        (".逃.txt", "folder: ..\\.."),
    ],
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


async def test_a_photo_is_looked_at_like_a_file(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    photo = {"file_id": "photo", "file_unique_id": "photo", "width": 90, "height": 60, "file_size": 3}
    api.files["photo"] = b"\xff\xd8\xff"
    async with serving(api, documents, admins=ADMIN):
        api.send({"photo": [photo | {"file_id": "small"}, photo]})
        looked_at = await api.next_reply()
        api.send({"photo": [photo], "caption": "叉车的限速是多少？"})
        answered = await api.next_reply()
    assert re.match(r"读不了 photo-\d{8}-\d+\.jpg", looked_at.text)
    assert "每小时5公里" in answered.text
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
        assert (await api.next_reply()).text.startswith("没有收下这个文件：只有管理员能添加文档。")


async def test_a_folder_that_cannot_be_written_to(api: FakeBotAPI, documents: LiveIndex, tmp_path: Path) -> None:
    documents.folder = tmp_path / "gone"
    async with serving(api, documents, admins=ADMIN):
        api.upload("计划.txt", PLAN.encode())
        assert (await api.next_reply()).text == "文档文件夹不能写入，加不了文档：文件夹是只读的"


async def test_the_list_of_documents_in_pages(api: FakeBotAPI, documents: LiveIndex, folder: Path) -> None:
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"标题\n\n第{number}份文档的内容在这里。\n", encoding="utf-8")
    (folder / "坏.xyz").write_bytes(b"\x89PNG")
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    await documents.refresh()
    async with serving(api, documents, admins=ADMIN):
        first = await say(api, "/sources")
        api.press(first, "下一页")
        second = await api.next_edit()
    assert first.text.startswith("文档 14 个（第 1/2 页）\n\n1. 00.txt · 1 段\n")
    assert list(first.buttons) == ["下一页 ›"]
    assert "⚠️ 坏.pdf" in second.text
    assert "手册.txt · 2 段" in second.text
    assert list(second.buttons) == ["‹ 上一页"]


@pytest.mark.parametrize("name", ["2", "计划.txt"])
async def test_a_document_is_removed_and_brought_back(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, name: str
) -> None:
    (folder / "计划.txt").write_text(PLAN, encoding="utf-8")
    await documents.refresh()
    async with serving(api, documents, admins=ADMIN):
        await say(api, "/sources")  # which numbers them
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
    assert lines[4:7] == ["评价：👍 1 👎 0", "", "每天：█ 确定，▓ 可能相关，░ 没有找到"]
    assert [line.partition(" ")[2] for line in lines[7:]] == [*6 * [" 0"], "██████████░░░░░░░░░░ 2"]


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


async def test_why_says_its_verdict_first_then_plain_reasons_and_numbers_behind_a_button(
    api: FakeBotAPI, documents: LiveIndex
) -> None:
    async with serving(api, documents, admins=ADMIN):
        answer = await say(api, "叉车的限速是多少？")
        api.press(answer, "为什么")
        pressed = await api.next_reply()
        asked = await say(api, "/why 叉车的限速是多少？")
        replied = await say(api, "/why", reply_to_message=api.message_of(answer))
        how = await say(api, "/why")
        api.press(pressed, "详情")
        details = await api.next_reply()
    verdict, sentence, blank, words, *others, certainty = pressed.text.splitlines()
    assert (verdict, sentence, blank) == ("确定：就是这句", "叉车的限速是每小时5公里。", "")
    assert words.startswith("· 在这句里：“叉车”")
    assert others[-1].startswith("· 另外比较了 ")
    assert certainty.startswith("· 把握 ")
    assert not any(letter.isascii() and letter.isalpha() for letter in pressed.text)
    assert pressed.text == asked.text == replied.text
    assert how.text == "请回复一个答案，再发 /why"
    for part in ("找的是：叉车的限速是多少？", "叉车（", "1. 得分", f"索引版本：{documents.version}"):
        assert part in details.text


@pytest.mark.parametrize(
    ("thresholds", "verdict"),
    [((0.0, 0.0), "确定：就是这句"), ((0.0, 1.0), "可能相关：没有把握"), ((1.0, 1.0), "没有回答：把握不够")],
)
async def test_the_verdict_is_that_of_the_answer(
    api: FakeBotAPI, folder: Path, tmp_path: Path, tokenizer: Tokenizer, thresholds: tuple[float, float], verdict: str
) -> None:
    shown, sure = thresholds
    async with (
        live_index(folder, tmp_path / "index2", tokenizer, threshold=shown) as found,
        serving(api, found, admins=ADMIN, sure_threshold=sure),
    ):
        assert (await say(api, "/why 叉车的限速是多少？")).text.startswith(f"{verdict}\n叉车的限速是每小时5公里。")


async def test_why_in_a_group(api: FakeBotAPI, documents: LiveIndex) -> None:
    async with serving(api, documents, admins=ADMIN):
        api.group("/ask 叉车的限速是多少？", sender=BEN)
        answer = await api.next_reply()
        api.group("/why", reply_to_message=api.message_of(answer))
        assert (await api.next_reply()).text.startswith("确定：就是这句")


@pytest.mark.attack
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


@pytest.mark.attack
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


async def test_a_miss_shows_the_nearest_sentence(
    api: FakeBotAPI, folder: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    (folder / "制度.md").write_text(
        "# 制度\n\n## 假期\n\n每年的假期有十五天。\n\n## 加班\n\n加班要先申请。\n", encoding="utf-8"
    )
    async with live_index(folder, tmp_path / "index2", tokenizer, threshold=0.95) as found, serving(api, found):
        miss = await say(api, "每年的假期有几天？")
    assert miss.text.startswith("⚪ 文档里没有找到答案。\n")
    assert "\n\n🟡 可能相关：\n\n每年的假期有十五天。\n—— 制度 › 假期" in miss.text
